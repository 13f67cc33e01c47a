"""Discord, and nothing else imports discord.py.

`client` logs in and sends over REST through `sender`; `gateway` receives events in another client. `commands` has the
slash commands; `services` is what they need from the rest of the bot.
"""
