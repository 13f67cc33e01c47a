"""Everything that only Tumblr needs.

`addresses` and `tags` understand Tumblr's addresses, `html` makes its HTML neutral, `calls` maps addresses to calls
of its API, and `web` is the fetcher that makes those calls.
"""
