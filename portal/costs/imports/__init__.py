"""Files of placements and costs: read, checked whole, taken or refused."""
