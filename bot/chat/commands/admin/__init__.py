"""Commands of a server's admins: `/feed`, `/follow`, `/notices`, `/server` and `/why`, and the buttons of held posts.

Each package is a command or a part of one; `base` has what they share.
"""
