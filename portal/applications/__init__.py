"""Drafting, submitting, receipts, opening, compliance."""
