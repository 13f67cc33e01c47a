"""Discord, and nothing else imports discord.py.

`client` logs in and sends over REST through `sender`; `gateway` receives events beside it. `commands` has the slash
commands; `services` is what they need from the rest of the bot.
"""
