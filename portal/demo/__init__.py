"""A whole believable story, told only by calling actions, so that it is always legal."""
