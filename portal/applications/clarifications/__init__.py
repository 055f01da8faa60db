"""The council's one request to a bidder, the reply, and clean copies of infected files."""
