"""Practice rounds with made-up bids, which nothing counts."""
