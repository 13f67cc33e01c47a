"""Convert Tumblr's HTML to HTML that needs no knowledge of Tumblr. Pure."""

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from selectolax.lexbor import LexborNode

from bot.text.fold import one_line
from bot.text.markup import parse_tree

GENERIC_TITLES = frozenset({"Photo", "Photoset", "Video", "Audio", "Untitled"})
"""Titles that Tumblr gives to posts without one."""

_DEACTIVATED = re.compile(r"-deactivated\d*$")
_ATTRIBUTION_END = re.compile(r"\s*[:：]?\s*")
_REDIRECTOR = re.compile(
    r"https?://(?:t\.umblr\.com/redirect\?(?:[^#]*&)?z=(https?%3A%2F%2F[^&#]+)|href\.li/\?(https?://.+))",
    re.IGNORECASE,
)
_TUMBLR_ATTRIBUTES = ("data-npf", "data-orig-width", "data-orig-height")
_PROVIDERS = {
    "youtube": "YouTube", "soundcloud": "SoundCloud", "tiktok": "TikTok", "dailymotion": "DailyMotion",
    "deviantart": "DeviantArt", "ted": "TED",
}  # fmt: skip


def neutral_html(html: str) -> str:
    """Return the post as HTML that needs no knowledge of Tumblr.

    A reblogged post becomes `<blockquote cite="POST" data-author="name">`, a video or sound `<video src poster>` or
    `<audio src>`, and another site's player `<iframe src="ITS PAGE" title="Provider">`. Pictures get their original
    width and height.
    """
    if "<" not in html:
        return html
    body = parse_tree(html)
    for figure in body.css("figure"):
        _replace_player(figure)
    for player in body.css("iframe.tumblr_audio_player"):
        _replace_audio_player(player)
    for video in body.css("video:not([src])"):
        _set_video_source(video)
    for picture in body.css("img"):
        _set_picture_size(picture)
    for author in body.css("p > a.tumblr_blog"):
        _attribute_quote(author)
    for link in body.css("a[href]"):
        _unwrap_link(link)
    _remove_attributes(body)
    return body.inner_html or ""


def _remove_attributes(body: LexborNode) -> None:
    for name in _TUMBLR_ATTRIBUTES:
        for node in body.css(f"[{name}]"):
            del node.attrs[name]


def _unwrap_link(link: LexborNode) -> None:
    """Replace Tumblr's redirector in an outgoing link with its target."""
    address = link.attributes.get("href") or ""
    if match := _REDIRECTOR.match(address):
        link.attrs["href"] = unquote(match[1]) if match[1] else match[2]


def _attribute_quote(author: LexborNode) -> None:
    """Move the name of `<p><a>name</a>:</p><blockquote>` to the quote. A paragraph with more text is left as it is."""
    paragraph = author.parent
    if paragraph is None:
        return
    quote = _next_element(paragraph)
    name = one_line(author.text())
    rest = one_line(paragraph.text()).removeprefix(name)
    if quote is None or quote.tag != "blockquote" or not _ATTRIBUTION_END.fullmatch(rest):
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


def _replace_player(figure: LexborNode) -> None:
    """Replace the figure's player with what the figure's own attributes say about the video or sound."""
    attributes = figure.attributes
    npf = _parse_npf(attributes.get("data-npf") or "")
    kind, address = npf.get("type"), _url_in(npf.get("media")) or ""
    provider = str(attributes.get("data-provider") or npf.get("provider") or "")
    page = attributes.get("data-url") or (npf.get("url") if not address else None)
    for name in ("data-url", "data-provider"):
        if name in attributes:
            del figure.attrs[name]
    if isinstance(page, str) and page:
        _replace_content(figure, "iframe", src=page, title=_provider(provider))
    elif address and kind in ("video", "audio"):
        _replace_content(figure, str(kind), src=address, poster=_url_in(npf.get("poster")))


def _parse_npf(text: str) -> dict[str, object]:
    """Return a block of Tumblr's Neue Post Format (NPF); an empty one if it is invalid."""
    try:
        block = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return block if isinstance(block, dict) else {}


def _url_in(media: object) -> str:
    """Return the address of an NPF media object, or of the first, largest one in a list."""
    if isinstance(media, list):
        media = media[0] if media else None
    url = media.get("url") if isinstance(media, dict) else None
    return url if isinstance(url, str) else ""


def _provider(word: str) -> str:
    return _PROVIDERS.get(word.lower(), word[:1].upper() + word[1:])


def _replace_content(figure: LexborNode, tag: str, **attributes: str) -> None:
    """Replace everything in the figure but the caption with one element."""
    old = [node for node in figure.iter(include_text=True) if node.tag != "figcaption"]
    element = figure.parser.create_node(tag)
    for name, value in attributes.items():
        if value:
            element.attrs[name] = value
    for node in old:
        node.decompose()
    figure.insert_child(element)


def _replace_audio_player(player: LexborNode) -> None:
    """Replace Tumblr's audio player with the file that its address names."""
    query = urlsplit((player.attributes.get("src") or "").replace("&amp;", "&")).query
    if file := parse_qs(query).get("audio_file", [""])[0]:
        audio = player.parser.create_node("audio")
        audio.attrs["src"] = file
        player.replace_with(audio)


def _set_video_source(video: LexborNode) -> None:
    """Move the address of the video's first source to the video itself."""
    source = video.css_first("source[src]")
    if source is not None and (address := source.attributes.get("src")):
        video.attrs["src"] = address
        source.decompose()


def _set_picture_size(picture: LexborNode) -> None:
    """Set the original size, which Tumblr adds to the picture or its figure."""
    parent = picture.parent
    for side in ("width", "height"):
        name = f"data-orig-{side}"
        of_figure = parent.attributes.get(name) if parent is not None and parent.tag == "figure" else None
        if size := picture.attributes.get(name) or of_figure:
            picture.attrs[side] = size
