"""Versioned content: question sets, checklists, scales, schemes, rate cards."""
