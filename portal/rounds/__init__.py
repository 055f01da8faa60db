"""Agreements and the rounds in which they are opened."""
