"""For each room, the records on which its pages are looked at."""
