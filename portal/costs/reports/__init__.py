"""The reports on a council's placements, and the spells behind a figure."""
