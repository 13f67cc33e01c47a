"""Posts that are older than those in a feed's document.

`base` defines what a history is, and `choose` picks the source that has one for a feed: `linked` (the document's own
links to older pages), `wordpress` (the REST API), `paged` (`?paged=2`) or `tumblr` (Tumblr's API).
"""
