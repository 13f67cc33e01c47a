"""Parse documents into a ParsedFeed.

`parse` detects the format and passes the document on: `feedxml` (RSS, RDF, Atom), `jsonfeed`, `wordpress`,
`tumblr_api` and `tumblr_npf`. `charset` decodes documents and `jsonvalues` reads untyped values. `process` runs all
of it in a separate process, whose entry point is `process_main`.
"""
