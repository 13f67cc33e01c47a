"""`/feed settings`: the settings of a subscription, and the forms that change them.

`controls` has the buttons and forms. `fields` says how people read and fill in each setting, `form` compares a form
with what it showed, `change` writes and undoes, and `view` shows the results. `roles` decides whom posts may ping.
"""
