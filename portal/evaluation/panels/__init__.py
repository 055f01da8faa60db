"""Panels: who is on one, what they declare, and who scores which answers."""
