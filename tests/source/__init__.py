"""Addresses in, parsed feeds out."""
