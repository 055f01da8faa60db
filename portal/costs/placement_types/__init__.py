"""The mapping of placement types, as it ships and as a council changes it."""
