"""Web sites on this machine that work, change and fail on demand.

blog             feeds and pages over HTTP
faults           how a site fails: an argument of `BlogFeed.next` and `always`
feed_documents   posts → RSS, Atom, WordPress's RSS, JSON Feed
paging           access to posts that the feed no longer shows
tumblr           Tumblr's API with the posts of such blogs
demo_posts       what the demo's blogs publish
"""
