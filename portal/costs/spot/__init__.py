"""Spot rates from a file."""
