"""Fetch and parse feeds.

`http` fetches, `tumblr` adds what only Tumblr needs, `entry` normalises posts, `formats` parses documents, `history`
reads older posts and `discovery` finds the feeds behind an address. Each package imports only from those named before
it. `values` reads untyped values for all of them.
"""
