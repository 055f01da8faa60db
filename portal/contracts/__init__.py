"""List membership for each lot of an agreement, and the rates that hold."""
