"""Signing, submitting, sealing, withdrawing, and what was submitted."""
