"""Counting: rows as stretches of days, in columns, and the figures that add up."""
