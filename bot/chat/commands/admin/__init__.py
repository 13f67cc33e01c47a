"""Commands of a server's admins: `/feed`, `/follow`, `/notices` and `/why`, and the buttons of held posts.

`group.py` is the base of `/feed` and `/follow`, and `autocomplete.py` completes their options. `rules.py` and
`rule_preview.py` describe rules and try them on posts. Each other file is one command, one part of a command, or the
text of one (`feed_add_view.py`, `why_text.py`).
"""
