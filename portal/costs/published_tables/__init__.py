"""Tables that somebody published, as they stand, beside what is computed."""
