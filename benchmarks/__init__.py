"""Measurements for the documentation, each with the command that repeats it."""
