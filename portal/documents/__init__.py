"""Typed documents, their versions, checks and expiry."""
