"""Recommendation, approval, letters, conclusion."""
