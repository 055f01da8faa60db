"""Blocks of places that a council buys, and what empty ones cost."""
