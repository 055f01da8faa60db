"""Recommendations and actions with an owner, a date and a state, in one list whoever asked for them."""
