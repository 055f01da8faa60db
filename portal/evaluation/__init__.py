"""Panels, conflicts, sheets, moderation, results."""
