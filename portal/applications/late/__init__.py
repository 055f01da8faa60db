"""Late cases: asked by the bidder, decided by two officers."""
