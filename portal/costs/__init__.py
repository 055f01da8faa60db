"""What placements cost: comparisons of rates."""
