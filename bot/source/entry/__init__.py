"""Normalise the posts of all formats.

`normalise` turns a RawEntry into an Entry with the help of `dates`, `links` and `media`.
"""
