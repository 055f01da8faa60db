"""The interface for programs: JSON and CSV over the same queries and actions as the pages."""
