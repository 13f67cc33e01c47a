"""Follow feeds in a channel: `/feed add` with one address (`draft`) or several (`many`), and `/feed import`.

`view` is what `/feed add` shows, and `subscribe` saves. `newest` and `backfill` offer what may follow a subscription.
"""
