"""Web sites on this machine that work, change and fail on demand.

blog             feeds and pages over HTTP
faults           how a site fails: an argument of `BlogFeed.next` and `always`
feed_documents   posts → RSS, Atom, WordPress's RSS, JSON Feed
paging           access to posts that the feed no longer shows
tumblr           Tumblr's API with the posts of such blogs
drafts           what is written into a post → Tumblr's HTML
sample_blogs     a year of posts of our own, read from `samples/`
desk             where the demo's posts are written
draft_json       JSON ↔ posts, for the demo's form
drawings         the pictures of the sample blogs
raster           flat shapes → PNG
"""
