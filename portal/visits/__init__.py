"""Visits to homes, on the 'Other Arrangements' framework."""
