"""What a bidder says of each lot: branches, councils, its own order."""
