"""What people decide after the lock: low prices, bids set aside, ties, corrections."""
