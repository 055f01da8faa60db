"""Keeping an installation: are its files there, backup and restore, and leaving with everything."""
