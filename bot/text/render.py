"""An entry in a style becomes a message within Discord's limits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.model import Embed, Entry, Media, MediaKind, Message, Style
from bot.text import limits, pictures
from bot.text.document import Document
from bot.text.escape import escape_mentions, is_blank, isolate_direction, strip_controls
from bot.text.fold import fold, one_line, unescape
from bot.text.headline import Headline, choose_headline
from bot.text.html import parse_html
from bot.text.links import safe_url
from bot.text.markdown import escape_line, masked_link, to_markdown
from bot.text.providers import find_player
from bot.text.summary import clip, lead, shorten

_MOST_PINGS = 25
"""Roles that one message pings: more would leave its content no room."""
_TITLE_LINE = 400
_NAME = 160
_TAGS, _TAG = 200, 80
_PLAYERS = 3
_PROVIDER = 60
_PLAYERS_ROOM = 1500
_GAP = " · "


def render(
    entry: Entry,
    feed_name: str,
    style: Style,
    *,
    summary_length: int = 400,
    mention_roles: tuple[int, ...] = (),
) -> Message:
    """What Discord shall show of `entry`: the same message for the same arguments, within limits for any input."""
    post = _post(entry, feed_name)
    roles = tuple(dict.fromkeys(mention_roles))[:_MOST_PINGS]
    pings = " ".join(f"<@&{role}>" for role in roles)
    room = limits.CONTENT - limits.utf16_length(pings) - 1
    content, embeds, suppress = _shape(post, style, summary_length, room)
    return Message(
        content=f"{pings} {content}".strip(),
        embeds=embeds,
        suppress_embeds=suppress,
        mention_roles=roles,
        thread_name=_fitting(post.headline.line, limits.THREAD_NAME, escape_mentions),
        tags=entry.tags,
        link=post.link,
    )


@dataclass(frozen=True, slots=True)
class _Post:
    """What the styles choose from."""

    entry: Entry
    headline: Headline
    link: str
    """Safe to write; "" if there is none."""
    feed_name: str
    pictures: tuple[Media, ...]
    players: tuple[Media, ...]


def _post(entry: Entry, feed_name: str) -> _Post:
    document = _body(entry)
    name = one_line(strip_controls(unescape(feed_name)))
    link = safe_url(entry.link)
    shown = pictures.choose_pictures(entry.media, document.media)
    players = _players((*document.media, *entry.media))
    linked = find_player(link)
    about = (*shown, *players, *((linked,) if linked else ()))
    return _Post(
        entry=entry,
        headline=choose_headline(entry.title, document, about),
        link=link,
        feed_name="" if is_blank(name) else name,
        pictures=shown,
        players=tuple(one for one in players if linked is None or one.url != linked.url),
    )


def _body(entry: Entry) -> Document:
    """The fullest body that says something, with the first pictures that there are."""
    content = parse_html(entry.content)
    if content.blocks and content.media:
        return content
    summary = parse_html(entry.summary)
    return Document(content.blocks or summary.blocks, content.media or summary.media)


def _players(media: Iterable[Media]) -> tuple[Media, ...]:
    """Videos and sounds that can be linked, each once."""
    found: dict[str, Media] = {}
    for one in media:
        url = safe_url(one.url)
        if one.kind is not MediaKind.IMAGE and url:
            known = None if one.provider else find_player(url)
            found.setdefault(url, known or Media(url, one.kind, provider=one.provider))
    return tuple(found.values())


def _shape(post: _Post, style: Style, length: int, room: int) -> tuple[str, tuple[Embed, ...], bool]:
    """Content, embeds, and whether Discord's own previews are suppressed."""
    if style is Style.LINK and post.link and len(post.link) <= room:
        return post.link, (), False
    if style in {Style.LINK, Style.COMPACT}:
        return _one_line(post, room), (), True
    if style is Style.FULL:
        return "", _full(post), False
    return _bold_title(post), (_embed(post, _card_text(post, length)),), False


def _bold_title(post: _Post) -> str:
    """What a phone's notification shows: the title, and whose post it is where a kind is all the title there is."""
    title = f"**{_part(post.headline.title, _TITLE_LINE)}**"
    if post.headline.is_own or not post.feed_name:
        return title
    return f"{title}{_GAP}{_part(post.feed_name, _NAME)}"


def _one_line(post: _Post, room: int) -> str:
    """The title, linked, then feed and tags; what has no room is left out from the end, the link last."""
    title = f"**{_part(post.headline.line, _TITLE_LINE)}**"
    linked = _fitting(
        post.headline.line,
        len(post.link) + _TITLE_LINE,
        lambda line: masked_link(isolate_direction(line), post.link),
    )
    beside = [_part(post.feed_name, _NAME), escape_line(_tags(post.entry.tags))]
    shapes = [(linked, *beside), (linked, beside[0]), (linked,)] if post.link else [(title, *beside)]
    lines = (_GAP.join(filter(None, shape)) for shape in shapes)
    return next((line for line in lines if limits.utf16_length(line) <= room), title)


def _full(post: _Post) -> tuple[Embed, ...]:
    text = _text(post, lambda body: shorten(body, limits.EMBED_DESCRIPTION))
    more = post.pictures[1 : limits.GALLERY] if post.link else ()
    return (_embed(post, text), *(Embed(url=post.link, image_url=safe_url(one.url)) for one in more))


def _card_text(post: _Post, length: int) -> str:
    return _text(post, lambda body: lead(body, max(1, length)))


def _text(post: _Post, choose: Callable[[Document], Document]) -> str:
    """The chosen part of the body (or what the pictures show, if it says nothing), then where to watch and listen."""
    players = _joined(map(_player, post.players[:_PLAYERS]), _PLAYERS_ROOM)
    room = limits.EMBED_DESCRIPTION - limits.utf16_length(players) - 2
    body = post.headline.body
    text = _fitted(choose(body), room) if body.blocks else _alt_texts(post)
    return "\n\n".join(filter(None, (text, players)))


def _joined(parts: Iterable[str], limit: int) -> str:
    """As many of the parts as have room together."""
    line = ""
    for part in parts:
        longer = _GAP.join(filter(None, (line, part)))
        if limits.utf16_length(longer) <= limit:
            line = longer
    return line


def _fitted(document: Document, limit: int) -> str:
    """As much of the document as its Markdown has room for."""
    text, length = to_markdown(document), limits.utf16_length(document.text)
    while limits.utf16_length(text) > limit:
        length = min(length * limit // limits.utf16_length(text), length - 1 - length // 20)
        text = to_markdown(shorten(document, length))
    return text


def _alt_texts(post: _Post) -> str:
    told = dict.fromkeys(one_line(strip_controls(one.alt)) for one in post.pictures[: limits.GALLERY])
    return "\n".join(f"*{_part(alt, _TITLE_LINE)}*" for alt in told if not is_blank(alt))


def _player(media: Media) -> str:
    provider = clip(one_line(strip_controls(media.provider)), _PROVIDER)
    words = {
        (MediaKind.VIDEO, True): f"Watch on {provider}",
        (MediaKind.VIDEO, False): "Watch the video",
        (MediaKind.AUDIO, True): f"Listen on {provider}",
        (MediaKind.AUDIO, False): "Listen",
    }
    return masked_link(words[media.kind, not is_blank(provider)], safe_url(media.url))


def _embed(post: _Post, text: str) -> Embed:
    return Embed(
        title=_fitting(post.headline.title, limits.EMBED_TITLE, escape_line),
        url=post.link,
        description=text,
        author=_authors(post),
        image_url=safe_url(post.pictures[0].url) if post.pictures else "",
        footer=_GAP.join(
            filter(
                None,
                (
                    escape_mentions(_tags(post.entry.tags)),
                    _fitting(post.feed_name, _NAME, lambda name: escape_mentions(isolate_direction(name))),
                ),
            )
        ),
        timestamp=post.entry.published or post.entry.updated,
    )


def _authors(post: _Post) -> str:
    """The authors, unless they are what the feed is called."""
    named = [one_line(strip_controls(unescape(author))) for author in post.entry.authors]
    told = [name for name in named if not is_blank(name) and fold(name) != fold(post.feed_name)]
    return _fitting(", ".join(told), limits.EMBED_AUTHOR, escape_mentions)


def _tags(tags: tuple[str, ...]) -> str:
    """As many tags as have room, in plain text."""
    line = ""
    for tag in tags:
        word = one_line(strip_controls(unescape(tag))).lstrip("#").strip()
        if is_blank(word):
            continue
        longer = f"{line} {isolate_direction(f'#{clip(word, _TAG)}')}".strip()
        if limits.utf16_length(longer) > _TAGS:
            return f"{line} …".strip()
        line = longer
    return line


def _part(text: str, limit: int) -> str:
    """A feed's words within a line of ours."""
    return _fitting(text, limit, lambda clipped: escape_line(isolate_direction(clipped)))


def _fitting(text: str, limit: int, write_out: Callable[[str], str]) -> str:
    """`text` written out, clipped at a word before that so that the result has at most `limit` UTF-16 units."""
    length = limit
    while limits.utf16_length(written := write_out(clip(text, length))) > limit:
        length -= max(1, limits.utf16_length(written) - limit) // 2 or 1
    return written
