"""The young people's own panel: scoring, agreeing, sign-off, and what their scores changed."""
