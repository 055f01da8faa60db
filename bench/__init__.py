"""Measured work. `make bench` prints a table and writes build/bench.json; nothing here is a test."""
