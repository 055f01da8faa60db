"""The compliance check of opened bids, item by item."""
