"""Forecasts with a range, drawn at once or by a worker."""
