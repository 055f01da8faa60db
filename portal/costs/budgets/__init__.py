"""Budgets for placements, and the outturn beside them."""
