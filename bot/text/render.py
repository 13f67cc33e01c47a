"""Render an entry as a Discord message in one of the styles."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.i18n import _, posts_in
from bot.model import Embed, Entry, Media, MediaKind, Message, Style
from bot.text import limits
from bot.text.document import Document
from bot.text.escape import escape_mentions, is_blank, isolate_direction, strip_controls
from bot.text.fold import one_line
from bot.text.lines import fit_escaped_line, fit_line
from bot.text.links import safe_url
from bot.text.markdown import escape_line, masked_link, quote_marks, to_markdown
from bot.text.post import Post, build_post
from bot.text.repetition import letters_of
from bot.text.summary import ELLIPSIS, clip, lead, shorten

MAX_PINGED_ROLES = 25
"""More would leave too little space in the content."""
_MAX_TITLE_LENGTH = 400
_MAX_NAME_LENGTH = 160
_MAX_TAG_LENGTH = 80
_MAX_TAGS_LENGTH = 200
_MAX_PROVIDER_LENGTH = 60
_MAX_PLAYERS = 3
_MAX_PLAYERS_LENGTH = 1500
_SEPARATOR = " · "


def render(
    entry: Entry,
    feed_name: str,
    style: Style,
    *,
    summary_length: int = 400,
    mention_roles: tuple[int, ...] = (),
    language: str = "",
) -> Message:
    """Return the message for `entry`: the same for the same arguments, and within Discord's limits for any input.

    `language`: of the words that are not the post's own, such as "Open the post"; "" is English.
    """
    roles = tuple(dict.fromkeys(mention_roles))[:MAX_PINGED_ROLES]
    with posts_in(language):
        message = _write(build_post(entry, feed_name), style, summary_length, roles)
    return replace(message, tags=entry.tags)


def _write(post: Post, style: Style, summary_length: int, roles: tuple[int, ...]) -> Message:
    pings = " ".join(f"<@&{role}>" for role in roles)
    limit = limits.CONTENT - limits.utf16_length(pings) - 1
    message = _STYLES[style](post, limit, summary_length)
    return replace(
        message,
        content=f"{pings} {message.content}".strip(),
        opening=None if message.opening is None else f"{pings} {message.opening}".strip(),
        mention_roles=roles,
        thread_name=fit_line(post.headline.line, limits.THREAD_NAME, escape_mentions),
        link=post.link,
    )


def _card(post: Post, limit: int, summary_length: int) -> Message:
    """Write the linked headline as content, for notifications, and an embed with a summary and the first picture."""
    text = _describe(post, lambda body: lead(body, max(1, summary_length)))
    embed = replace(_embed(post, text), title="")
    content = _bold_headline(post, linked=True)
    if limits.utf16_length(content) > limit:
        content, embed = _bold_headline(post, linked=False), replace(embed, title=_("Open the post"))
    return Message(content, (embed,) if _is_visible(embed) else (), opening=_opening(post, limit))


def _compact(post: Post, limit: int, _summary_length: int) -> Message:
    """Write a line: the linked title, feed and tags. What does not fit is left out: tags, then feed, then the link."""
    name, tags = fit_escaped_line(post.feed_name, _MAX_NAME_LENGTH), escape_line(_join_tags(post.tags))
    title = f"**{fit_escaped_line(post.headline.line, _MAX_TITLE_LENGTH)}**"
    linked = _link_line(post.headline.line, post.link)
    choices = [(linked, name, tags), (linked, name), (linked,)] if post.link else [(title, name, tags)]
    content = next(_fitting(choices, limit), title)
    opening = _opening(post, limit)
    if opening is not None:
        opening = next(_fitting([(opening, name, tags), (opening, name), (opening,)], limit), opening)
    return Message(content, suppress_embeds=True, opening=opening)


def _fitting(choices: Iterable[tuple[str, ...]], limit: int) -> Iterator[str]:
    lines = (_SEPARATOR.join(filter(None, parts)) for parts in choices)
    return (line for line in lines if limits.utf16_length(line) <= limit)


def _full(post: Post, _limit: int, _summary_length: int) -> Message:
    """Write an embed with as much text as fits, and a gallery of pictures."""
    text = _describe(post, lambda body: shorten(body, limits.EMBED_DESCRIPTION))
    more = post.pictures[1 : limits.GALLERY] if post.link else ()
    gallery = (Embed(url=post.link, image_url=safe_url(picture.url)) for picture in more)
    return Message(embeds=(_embed(post, text), *gallery))


def _link(post: Post, limit: int, summary_length: int) -> Message:
    """Write only the link, which Discord previews; the compact line if it does not fit, or is not to be previewed."""
    if post.link and len(post.link) <= limit and not post.warned:
        return Message(post.link)
    return _compact(post, limit, summary_length)


_STYLES: Mapping[Style, Callable[[Post, int, int], Message]] = {
    Style.CARD: _card,
    Style.COMPACT: _compact,
    Style.FULL: _full,
    Style.LINK: _link,
}
"""One function for each style. It gets a post, and in UTF-16 units the limits of the content and of a summary."""


def _bold_headline(post: Post, *, linked: bool) -> str:
    """Return the headline, followed by the feed's name if it only says what kind of post it is."""
    title = post.headline.title
    is_linked = linked and bool(post.link)
    written = _link_line(title, post.link) if is_linked else fit_escaped_line(title, _MAX_TITLE_LENGTH)
    name = fit_escaped_line(post.feed_name, _MAX_NAME_LENGTH) if post.headline.is_kind else ""
    return _SEPARATOR.join(filter(None, (f"**{written}**", name)))


def _link_line(line: str, link: str) -> str:
    """Return a line as a link without preview."""
    limit = len(quote_marks(link)) + _MAX_TITLE_LENGTH
    return fit_line(line, limit, lambda clipped: masked_link(isolate_direction(clipped), link))


def _opening(post: Post, limit: int) -> str | None:
    """Return the link that starts a forum post whose name is the whole headline; None if the headline must stay."""
    link = masked_link(_("Open the post"), post.link)
    is_named = limits.utf16_length(post.headline.title) <= limits.THREAD_NAME
    return link if post.link and is_named and limits.utf16_length(link) <= limit else None


def _is_visible(embed: Embed) -> bool:
    """Return whether Discord accepts the embed: an address alone is nothing to show."""
    return embed != Embed(url=embed.url)


def _embed(post: Post, text: str) -> Embed:
    name = fit_line(post.feed_name, _MAX_NAME_LENGTH, lambda line: escape_mentions(isolate_direction(line)))
    return Embed(
        title=fit_line(post.headline.title, limits.EMBED_TITLE, escape_line),
        url=post.link,
        description=text,
        author=fit_line(", ".join(post.authors), limits.EMBED_AUTHOR, escape_mentions),
        image_url=safe_url(post.pictures[0].url) if post.pictures else "",
        footer=_SEPARATOR.join(filter(None, (escape_mentions(_join_tags(post.tags)), name))),
        timestamp=post.timestamp,
    )


def _describe(post: Post, choose: Callable[[Document], Document]) -> str:
    """Return the chosen part of the body, or the pictures' descriptions if it has no text; then links.

    The links lead to what the author hid behind "Keep reading", and to the players.
    """
    links = "\n\n".join(filter(None, (_rest_link(post), _join_players(post.players[:_MAX_PLAYERS]))))
    limit = limits.EMBED_DESCRIPTION - limits.utf16_length(links) - 2
    text = _fit_markdown(choose(post.body), limit) if post.body.blocks else _alt_texts(post)
    return "\n\n".join(filter(None, (text, links)))


def _rest_link(post: Post) -> str:
    """Return a link to what the author hid; "" if nothing is hidden or it has no address."""
    url = "" if post.body.rest is None else post.body.rest or post.link
    return masked_link(_("Keep reading"), url) if url else ""


def _fit_markdown(document: Document, limit: int) -> str:
    """Return as much of the document as fits as Markdown."""
    text, length = to_markdown(document), limits.utf16_length(document.text)
    while (written := limits.utf16_length(text)) > limit:
        length = min(length * limit // written, length - 1 - length // 20)
        text = to_markdown(shorten(document, length))
    return text


def _alt_texts(post: Post) -> str:
    """Return the descriptions of the pictures, without those that the headline starts with."""
    texts = dict.fromkeys(
        one_line(strip_controls(picture.alt)) for picture in post.pictures[: limits.GALLERY]
    )
    headline = letters_of(post.headline.title)
    shown = (
        text
        for text in texts
        if not (is_blank(text) or text == post.headline.title)
        and not (letters_of(text) and headline.startswith(letters_of(text)))
    )
    return "\n".join(f"*{fit_escaped_line(text, _MAX_TITLE_LENGTH)}*" for text in shown)


def _join_players(players: Iterable[Media]) -> str:
    """Return links to as many of the players as fit."""
    line = ""
    for player in players:
        longer = _SEPARATOR.join(filter(None, (line, _player_link(player))))
        if limits.utf16_length(longer) <= _MAX_PLAYERS_LENGTH:
            line = longer
    return line


def _player_link(player: Media) -> str:
    provider = clip(one_line(strip_controls(player.provider)), _MAX_PROVIDER_LENGTH)
    labels = {
        (MediaKind.VIDEO, True): _("Watch on {provider}").format(provider=provider),
        (MediaKind.VIDEO, False): _("Watch the video"),
        (MediaKind.AUDIO, True): _("Listen on {provider}").format(provider=provider),
        (MediaKind.AUDIO, False): _("Listen"),
    }
    return masked_link(labels[player.kind, not is_blank(provider)], safe_url(player.url))


def _join_tags(tags: Iterable[str]) -> str:
    """Return as many tags as fit, not escaped."""
    line = ""
    for tag in tags:
        longer = f"{line} {isolate_direction(f'#{clip(tag, _MAX_TAG_LENGTH)}')}".strip()
        if limits.utf16_length(longer) > _MAX_TAGS_LENGTH:
            return f"{line} {ELLIPSIS}".strip()
        line = longer
    return line
