"""A Discord message as HTML, for the demo's page and for `preview`. Pure.

`message` is the entry: it takes a message as Discord's API returns it, or as the bot sends it. `embeds`, `components`,
`attachments` and `inline` write its parts with `elements`, which escapes everything that isn't an element. `markdown`
parses Discord's Markdown.
"""
