"""What the commands of admins share.

`group` is the base of `/feed`, `/follow` and `/server`, and `autocomplete` completes their options. `rules` and
`rule_preview` describe rules and try them on posts. `feed_read` fetches a feed while an admin waits, and `kept_offer`
keeps what an answer offers until somebody presses one of its buttons.
"""
