"""The exclusion of a supplier: told, heard, decided by two, its effect, and what the authority is told."""
