"""Why a feed or a channel doesn't work, in the language of a notice.

The database has each reason in English, as it was recorded; these are the sentences of `bot.errors` and `bot.chat`.
"""

import re

from bot.i18n import _

_STATUS = re.compile(r"(.*?)( \(HTTP \d+\))?", re.DOTALL)


def mark(text: str) -> str:
    """Return the text; `make messages` finds it here."""
    return text


def translate_reason(recorded: str) -> str:
    """Return a recorded reason in the language of the post; one that isn't listed here stays in English."""
    for pattern, template in _PATTERNS:
        if found := pattern.fullmatch(recorded):
            values = {name: value.replace(" and ", ", ") for name, value in found.groupdict().items()}
            translated = _(template)
            return recorded if translated == template else translated.format(**values)
    found = _STATUS.fullmatch(recorded)
    sentence, status = ("", "") if found is None else found.group(1, 2)
    return f"{_(sentence)}{status or ''}" if sentence else recorded


FEED_REASONS = (
    mark("This is not a web address; paste one that starts with https://."),
    mark(
        "This address leads into a private network; use a public one, or set polling.allow_private_addresses."
    ),
    mark("The site did not send the feed; the bot will try again later."),
    mark("The site cannot be reached; check the address, or wait until the site is back."),
    mark("The site did not answer in time; the bot will try again later."),
    mark(
        "The document is larger than polling.max_body; raise that limit, or follow a smaller feed of the site."
    ),
    mark("The address redirects more than 5 times; open it in a browser and use the address you end up at."),
    mark("The site answered with an error; the bot will try again later."),
    mark("There is no feed at this address; check it in a browser, as it may have moved or need an account."),
    mark(
        "The site refuses the bot; ask its owner to allow the User-Agent feed-relay, or follow another of its feeds."
    ),
    mark(
        "The feed has ended, and its site says that it is gone for good; remove it, or follow its successor."
    ),
    mark(
        "The site asks for fewer requests; the bot will pause all feeds of the site for as long as it asks."
    ),
    mark("The site has a problem of its own; the bot will try again later."),
    mark("The bot cannot use what the site sent."),
    mark("This is not a feed; look for the site's RSS or Atom link and use that address."),
    mark("This is a web page, not a feed; run `feed-relay discover` with its address to find the feed."),
    mark("The site has a bot check; ask its owner to let feed readers pass, or follow another of its feeds."),
    mark("The site shows a consent page instead of the feed; the bot will try again later."),
    mark("The site asks for a login; follow a feed that anyone can read."),
    mark("The site sent an empty document; open the address in a browser. The bot will try again later."),
    mark("The document is too broken to read; let the site's owner know. The bot will try again later."),
    mark("The document breaks off before the end of its first post; the bot will try again soon."),
    mark("Reading the document took too long and was stopped; the bot will try again later."),
    mark("Documents of other sites that are slow to read come first; the bot will try again later."),
)
"""Why a feed can't be read."""

CHANNEL_REASONS = (
    mark("The channel is gone; choose another one, or remove it from the feed."),
    mark("The channel was deleted; follow the feed in another one."),
    mark("The bot was removed from the server; invite it again within 30 days and everything is as it was."),
    mark("The bot can't see the channel; invite it to the server, or grant it View Channel."),
    mark(
        "The bot can't write in the channel; grant it Send Messages, or in a thread Send Messages in Threads."
    ),
    mark("The thread is locked or archived; unlock it, or choose another channel."),
    mark("This kind of channel can't hold messages; choose a text, announcement or forum channel."),
    mark("The bot doesn't know this kind of channel; choose a text or forum channel."),
    mark("This forum requires a tag but has none that the bot can use; add one that isn't moderated."),
    mark("Discord doesn't let the bot write here ({detail}); check its permissions."),
    mark(
        "The bot lacks {permissions} in this channel; grant it in the channel's settings, under Permissions."
    ),
    mark(
        "The bot lacks {permissions} in this channel; grant it in the channel's settings, under Permissions, or choose"
        " the style compact or link."
    ),
)
"""Why the bot can't post in a channel."""


def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern with a group for each placeholder."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)


_PATTERNS = tuple((_pattern(text), text) for text in CHANNEL_REASONS if "{" in text)
