"""Tumblr's HTML → HTML that no longer shows where it came from. Pure."""

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from selectolax.lexbor import LexborNode

from bot.text.fold import one_line
from bot.text.markup import parse_tree

GENERIC_TITLES = frozenset({"Photo", "Photoset", "Video", "Audio", "Untitled"})
"""Tumblr's own words for a post that has no title."""

_DEACTIVATED = re.compile(r"-deactivated\d*$")
_SAYS = re.compile(r"\s*[:：]?\s*")
_REDIRECTOR = re.compile(
    r"https?://(?:t\.umblr\.com/redirect\?(?:[^#]*&)?z=(https?%3A%2F%2F[^&#]+)|href\.li/\?(https?://.+))",
    re.IGNORECASE,
)
_LEFT_OVER = ("data-npf", "data-orig-width", "data-orig-height")
_PROVIDERS = {
    "youtube": "YouTube", "soundcloud": "SoundCloud", "tiktok": "TikTok", "dailymotion": "DailyMotion",
    "deviantart": "DeviantArt", "ted": "TED",
}  # fmt: skip


def neutral_html(html: str) -> str:
    """The same post in HTML that needs no knowledge of Tumblr.

    A reblogged post becomes `<blockquote cite="POST" data-author="name">`, a video or sound `<video src poster>` or
    `<audio src>`, a player of another site `<iframe src="ITS PAGE" title="Provider">`, and the original size of a
    picture its width and height.
    """
    if "<" not in html:
        return html
    body = parse_tree(html)
    for figure in body.css("figure"):
        _show_media(figure)
    for player in body.css("iframe.tumblr_audio_player"):
        _unwrap_audio(player)
    for video in body.css("video:not([src])"):
        _name_source(video)
    for picture in body.css("img"):
        _size_picture(picture)
    for author in body.css("p > a.tumblr_blog"):
        _attribute(author)
    for link in body.css("a[href]"):
        _unwrap_link(link)
    for name in _LEFT_OVER:
        for node in body.css(f"[{name}]"):
            del node.attrs[name]
    return body.inner_html or ""


def _unwrap_link(link: LexborNode) -> None:
    """Outgoing links lead over redirectors, which tell readers and search nothing."""
    address = link.attributes.get("href") or ""
    if found := _REDIRECTOR.match(address):
        link.attrs["href"] = unquote(found[1]) if found[1] else found[2]


def _attribute(author: LexborNode) -> None:
    """`<p><a>name</a>:</p><blockquote>` says who is quoted; a paragraph that says more is the post's own."""
    paragraph = author.parent
    if paragraph is None:
        return
    quote = _next_element(paragraph)
    name = one_line(author.text())
    rest = one_line(paragraph.text()).removeprefix(name)
    if quote is None or quote.tag != "blockquote" or not _SAYS.fullmatch(rest):
        return
    if address := author.attributes.get("href"):
        quote.attrs["cite"] = address
    quote.attrs["data-author"] = _DEACTIVATED.sub("", name)
    paragraph.decompose()


def _next_element(node: LexborNode) -> LexborNode | None:
    following = node.next
    while following is not None and not following.is_element_node and not following.text(deep=True).strip():
        following = following.next
    return following


def _show_media(figure: LexborNode) -> None:
    """The figure's own description of its content is better than the player inside it."""
    attributes = figure.attributes
    npf = _npf(attributes.get("data-npf") or "")
    kind, address = npf.get("type"), _url_in(npf.get("media")) or ""
    provider = str(attributes.get("data-provider") or npf.get("provider") or "")
    page = attributes.get("data-url") or (npf.get("url") if not address else None)
    for name in ("data-url", "data-provider"):
        if name in attributes:
            del figure.attrs[name]
    if isinstance(page, str) and page:
        _put(figure, "iframe", src=page, title=_provider(provider))
    elif address and kind in ("video", "audio"):
        _put(figure, str(kind), src=address, poster=_url_in(npf.get("poster")))


def _npf(text: str) -> dict[str, object]:
    """A block of the "Neue Post Format"."""
    try:
        block = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return block if isinstance(block, dict) else {}


def _url_in(media: object) -> str:
    """NPF has one file or a list of them, the largest first."""
    if isinstance(media, list):
        media = media[0] if media else None
    url = media.get("url") if isinstance(media, dict) else None
    return url if isinstance(url, str) else ""


def _provider(word: str) -> str:
    return _PROVIDERS.get(word.lower(), word[:1].upper() + word[1:])


def _put(figure: LexborNode, tag: str, **attributes: str) -> None:
    """Leaves the caption, and puts an element in the place of everything else."""
    old = [node for node in figure.iter(include_text=True) if node.tag != "figcaption"]
    element = figure.parser.create_node(tag)
    for name, value in attributes.items():
        if value:
            element.attrs[name] = value
    for node in old:
        node.decompose()
    figure.insert_child(element)


def _unwrap_audio(player: LexborNode) -> None:
    """Tumblr's player page is told in its address which file to play."""
    query = urlsplit((player.attributes.get("src") or "").replace("&amp;", "&")).query
    if file := parse_qs(query).get("audio_file", [""])[0]:
        audio = player.parser.create_node("audio")
        audio.attrs["src"] = file
        player.replace_with(audio)


def _name_source(video: LexborNode) -> None:
    source = video.css_first("source[src]")
    if source is not None and (address := source.attributes.get("src")):
        video.attrs["src"] = address
        source.decompose()


def _size_picture(picture: LexborNode) -> None:
    """Pictures of a figure and their figure say the original size."""
    parent = picture.parent
    for side in ("width", "height"):
        name = f"data-orig-{side}"
        around = parent.attributes.get(name) if parent is not None and parent.tag == "figure" else None
        if size := picture.attributes.get(name) or around:
            picture.attrs[side] = size
