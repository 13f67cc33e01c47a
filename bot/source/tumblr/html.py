"""Convert Tumblr's HTML to HTML that needs no knowledge of Tumblr. Pure."""

import re

from selectolax.lexbor import LexborNode

from bot.source.tumblr.cards import replace_link_cards
from bot.source.tumblr.players import replace_players
from bot.source.tumblr.polls import replace_polls
from bot.source.tumblr.redirects import direct_url
from bot.source.tumblr.rest import hide_rest, mark_rest
from bot.source.tumblr.tree import inner_first, next_element, runs_of
from bot.text.fold import one_line
from bot.text.markup import parse_tree

GENERIC_TITLES = frozenset({"Photo", "Photoset", "Video", "Audio", "Untitled"})
"""Titles that Tumblr gives to posts without one."""

_DEACTIVATED = re.compile(r"-deactivated\d*$")
_ATTRIBUTION_END = re.compile(r"\s*[:：]?\s*")
_TUMBLR_ATTRIBUTES = ("data-npf", "data-orig-width", "data-orig-height", "data-tumblr-attribution")
_DECORATIONS = ".tmblr-attribution, .tmblr-alt-text-helper"
"""Who made a GIF, and a picture's "ALT" button."""


def neutral_html(html: str) -> str:
    """Return the post as HTML that needs no knowledge of Tumblr.

    A reblogged post becomes `<blockquote cite="POST" data-author="name">`, a video or sound `<video src poster>` or
    `<audio src>`, and another site's player `<iframe src="ITS PAGE" title="Provider" poster>`. Pictures get their
    original width and height. What is below "Keep reading" gets `hidden`, after an element with `data-rest`.
    """
    if "<" not in html:
        return html
    body = parse_tree(mark_rest(html))
    for decoration in inner_first(body, _DECORATIONS):
        decoration.decompose()
    replace_players(body)
    replace_polls(body)
    replace_link_cards(body)
    for paragraphs in runs_of(body, "npf_quote"):
        _replace_with_quote(paragraphs)
    for picture in body.css("img"):
        _set_picture_size(picture)
    for author in body.css("p > a.tumblr_blog"):
        _attribute_quote(author)
    for link in body.css("a[href]"):
        link.attrs["href"] = direct_url(link.attributes.get("href") or "")
    hide_rest(body)
    _remove_attributes(body)
    return body.inner_html or ""


def _remove_attributes(body: LexborNode) -> None:
    for name in _TUMBLR_ATTRIBUTES:
        for node in body.css(f"[{name}]"):
            del node.attrs[name]


def _replace_with_quote(paragraphs: list[LexborNode]) -> None:
    """Replace neighbouring paragraphs of a quotation with one quotation."""
    quote = paragraphs[0].parser.create_node("blockquote")
    quote.inner_html = "".join(f"<p>{paragraph.inner_html or ''}</p>" for paragraph in paragraphs)
    for paragraph in paragraphs[1:]:
        paragraph.decompose()
    paragraphs[0].replace_with(quote)


def _attribute_quote(author: LexborNode) -> None:
    """Move the name of `<p><a>name</a>:</p><blockquote>` to the quote. A paragraph with more text is left as it is."""
    paragraph = author.parent
    if paragraph is None:
        return
    quote = next_element(paragraph)
    name = one_line(author.text())
    rest = one_line(paragraph.text()).removeprefix(name)
    if not name or quote is None or quote.tag != "blockquote" or not _ATTRIBUTION_END.fullmatch(rest):
        return
    if address := author.attributes.get("href"):
        quote.attrs["cite"] = address
    quote.attrs["data-author"] = _DEACTIVATED.sub("", name)
    paragraph.decompose()


def _set_picture_size(picture: LexborNode) -> None:
    """Set the original size, which Tumblr adds to the picture or its figure."""
    parent = picture.parent
    for side in ("width", "height"):
        name = f"data-orig-{side}"
        of_figure = parent.attributes.get(name) if parent is not None and parent.tag == "figure" else None
        if size := picture.attributes.get(name) or of_figure:
            picture.attrs[side] = size
