"""Commands for everybody: `/search`, `/latest`, `/tags` and `/help`.

`visibility` decides what a member may see. A search goes from `search` (what is shown) through `search_run` (what is
found now) to `search_request` (what was typed) and `search_page` (how hits look). `search_share` shows a page to a
channel. `autocomplete` suggests values for the options.
"""
