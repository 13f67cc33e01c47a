"""Parse documents into a ParsedFeed.

`parse` detects the format and passes the document on: `feedxml` (RSS, RDF, Atom), `jsonfeed`, `wordpress`,
`tumblr_api` and `tumblr_npf`. `torn` and `well_formed` mend broken documents. `process` runs all of it in a separate
process, whose entry point is `process_main`.
"""
