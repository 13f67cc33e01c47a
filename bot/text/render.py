"""An entry in a style becomes a message within Discord's limits."""

from bot.model import Embed, Entry, Message, Style
from bot.text import limits
from bot.text.escape import clean, inert, line_starts, markdown
from bot.text.html import plain


def render(
    entry: Entry,
    feed_name: str,
    style: Style,
    *,
    summary_length: int = 400,
    mention_roles: tuple[int, ...] = (),
) -> Message:
    """What Discord shall show of `entry`: the same message for the same arguments, for any input within limits."""
    embeds: tuple[Embed, ...] = ()
    pings = " ".join(f"<@&{role}>" for role in mention_roles)
    title = clean(entry.title or plain(entry.content or entry.summary)[:80] or feed_name or "Post")
    shown = inert(markdown(title[:100]))
    if style is Style.LINK and entry.link:
        content = entry.link
    elif style in {Style.COMPACT, Style.LINK}:
        content = f"[{shown}](<{entry.link}>) · {inert(markdown(clean(feed_name)[:80]))}"
    else:
        text = clean(plain(entry.content or entry.summary))[: 1500 if style is Style.FULL else summary_length]
        content = f"**{shown}**"
        embeds = (
            Embed(
                title=shown,
                url=entry.link,
                description=inert(line_starts(markdown(text))),
                author=inert(clean(", ".join(entry.authors))[:100]),
                footer=inert(clean(feed_name)[:100]),
                timestamp=entry.published or entry.updated,
            ),
        )
    return Message(
        content=f"{pings} {content}".strip()[: limits.CONTENT],
        embeds=embeds,
        suppress_embeds=style is Style.COMPACT,
        mention_roles=mention_roles,
        thread_name=inert(title[:90]),
        tags=entry.tags,
        link=entry.link,
    )
