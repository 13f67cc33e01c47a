"""Code shared by the commands of admins and members.

`responses` answers people and their errors, `components` is the base of buttons and menus, `pager` shows lists in
pages. `access` decides which channels somebody may view. `channels` and `resolve` find the channel and the
subscriptions that a command means, and `autocomplete` suggests them.
"""
