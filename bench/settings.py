"""What both sides of a measurement must know."""

SMALLEST = "/smallest"  # where the smallest possible page is served
