"""Scripts behind the Makefile. Nothing in the portal imports them."""
