"""Convert blocks of Tumblr's Neue Post Format (NPF) to the HTML that Tumblr's own feeds have for such a post. Pure.

`tumblr.html` then makes it neutral. The format: github.com/tumblr/docs, npf-spec.md.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple

from bot.source.tumblr.polls import npf_poll_html
from bot.source.values import Json, first_of, int_of, list_of, mapping_of, mappings_of, text_of

READ_MORE = "<p><!-- more --></p>"
"""Marks the place below which the author hid the rest, as the old format does."""
_MAX_BLOCKS = 1_000
_MAX_SPANS = 60  # per block; the cost grows with their square
_MAX_TRAIL = 50
_MAX_INDENT = 7  # as the format defines
_MAX_PIXELS = 100_000

_LISTS = {"ordered-list-item": "ol", "unordered-list-item": "ul"}
_PARAGRAPHS = {"heading1": "h1", "heading2": "h2"}
_SPAN_TAGS = {"bold": "b", "italic": "i", "strikethrough": "s", "small": "small"}


class _Span(NamedTuple):
    """Formatted characters: from `start` up to, but not including, `end`, in code points."""

    start: int
    end: int
    opening: str
    closing: str


def post_html(post: Json) -> str:
    """Return a post as HTML: the trail of posts that it reblogs, then its own content."""
    trail = ((part, content_html(part)) for part in mappings_of(post.get("trail")))
    return quote_trail(trail) + content_html(post)


def quote_trail(parts: Iterable[tuple[Json, str]]) -> str:
    """Return a trail as nested quotes, each post quoting the one before. `parts`: items of `trail` and their HTML."""
    quoted = ""
    for part, html in list(parts)[:_MAX_TRAIL]:
        blog, post = mapping_of(part.get("blog")), mapping_of(part.get("post"))
        name = text_of(blog, "name") or text_of(part, "broken_blog_name")
        number = text_of(post, "id") or str(int_of(post, "id") or "")
        address = f' href="https://www.tumblr.com/{escape(name)}/{escape(number)}"' if name and number else ""
        attribution = f'<p><a class="tumblr_blog"{address}>{escape(name)}</a>:</p>' if name else ""
        quoted = f"{attribution}<blockquote>{quoted}{html}</blockquote>"
    return quoted


def content_html(post: Json) -> str:
    """Return the content of a post, or of a part of its trail, in the order of its layout, an asked question first."""
    blocks = [mapping_of(block) for block in list_of(post.get("content"))[:_MAX_BLOCKS]]
    layouts = mappings_of(post.get("layout"))
    ask_layout = next((layout for layout in layouts if text_of(layout, "type") == "ask"), {})
    questions = set(_indexes(ask_layout.get("blocks")))
    order = _block_order(len(blocks), layouts)
    question = _blocks_html([blocks[index] for index in order if index in questions])
    name = text_of(mapping_of(mapping_of(ask_layout.get("attribution")).get("blog")), "name")
    last = _last_shown(layouts)
    shown = _blocks_html([blocks[index] for index in order if index not in questions and index <= last])
    hidden = _blocks_html([blocks[index] for index in order if index not in questions and index > last])
    return (ask(name, question) if question else "") + shown + (READ_MORE + hidden if hidden else "")


def ask(name: str, question: str) -> str:
    """Return a question as Tumblr shows it above the answer. `name`: "" for an anonymous question."""
    return f'<div class="question"><p><b>{escape(name or "Anonymous")} asked:</b></p>{question}</div>'


def picture(media: Json, alt: str = "", caption: str = "") -> str:
    """Return a picture in its original size; "" if it has no address."""
    address = text_of(media, "url")
    if not address:
        return ""
    sizes = ((side, int_of(media, side) or 0) for side in ("width", "height"))
    size = "".join(f' {side}="{length}"' for side, length in sizes if 0 < length <= _MAX_PIXELS)
    alt_attribute = f' alt="{escape(alt)}"' if alt else ""
    return f'<figure><img src="{escape(address)}"{size}{alt_attribute}>{_figcaption(caption)}</figure>'


def player(
    kind: str, provider: str, page: str, file: str = "", poster: str = "", caption: str = "", frame: str = ""
) -> str:
    """Return a video or sound as a figure with an NPF block: a file of Tumblr's, or another site's page or frame.

    `frame`: the HTML of an embedded player, which counts if there is neither page nor file.
    """
    block = {
        "type": kind,
        "provider": provider,
        "url": page,
        "media": {"url": file},
        "poster": {"url": poster},
    }
    data = escape(json.dumps(block))
    inside = "" if page or file else frame
    return (
        f'<figure data-npf="{data}">{inside}{_figcaption(caption)}</figure>' if page or file or frame else ""
    )


def _figcaption(caption: str) -> str:
    return f"<figcaption>{escape(caption)}</figcaption>" if caption.strip() else ""


def _blocks_html(blocks: Sequence[Json]) -> str:
    pieces: list[str] = []
    for is_list, grouped in groupby(blocks, key=lambda block: bool(_list_tag(block))):
        run = list(grouped)
        pieces += [_list(run)] if is_list else map(_block_html, run)
    return "".join(pieces)


def _block_html(block: Json) -> str:
    """Convert one block. A block of an unknown type shows its text, if it has one."""
    to_html = _CONVERTERS.get(text_of(block, "type"), _paragraph)
    return to_html(block)


def _block_order(count: int, layouts: Sequence[Json]) -> list[int]:
    """Return the blocks' indexes in the order of the layout's rows; in document order unless these name every block."""
    rows = next((layout for layout in layouts if text_of(layout, "type") == "rows"), {})
    named = [index for row in mappings_of(rows.get("display")) for index in _indexes(row.get("blocks"))]
    order = list(dict.fromkeys(index for index in named if 0 <= index < count))
    return order if len(order) == count else list(range(count))


def _last_shown(layouts: Sequence[Json]) -> int:
    """Return the index of the last block above "Keep reading"; a large number if the author hid none."""
    after = (int_of(layout, "truncate_after") for layout in layouts)
    return next((index for index in after if index is not None), _MAX_BLOCKS)


def _indexes(value: object) -> list[int]:
    return [index for index in list_of(value) if isinstance(index, int) and not isinstance(index, bool)]


def _paragraph(block: Json) -> str:
    text = _formatted(block)
    if not text.strip():
        return ""
    subtype = text_of(block, "subtype")
    if subtype == "indented":
        depth = _indent(block) + 1
        return f"{'<blockquote>' * depth}<p>{text}</p>{'</blockquote>' * depth}"
    if subtype == "quote":
        return f'<p class="npf_quote">{text}</p>'
    tag = _PARAGRAPHS.get(subtype, "p")
    return f"<{tag}>{text}</{tag}>"


def _list_tag(block: Json) -> str:
    return _LISTS.get(text_of(block, "subtype"), "")


def _indent(block: Json) -> int:
    return min(max(int_of(block, "indent_level") or 0, 0), _MAX_INDENT)


def _list(items: Sequence[Json]) -> str:
    """Convert consecutive list items to nested lists. Items with a larger indent belong to the item before them."""
    level = min(map(_indent, items))
    nested: list[tuple[str, str]] = []
    at = 0
    while at < len(items):
        end = at + 1
        while end < len(items) and _indent(items[end]) > level:
            end += 1
        below = _list(items[at + 1 : end]) if end > at + 1 else ""
        nested.append((_list_tag(items[at]), f"<li>{_formatted(items[at])}{below}</li>"))
        at = end
    runs = ((tag, "".join(item for _, item in run)) for tag, run in groupby(nested, key=lambda one: one[0]))
    return "".join(f"<{tag}>{inside}</{tag}>" for tag, inside in runs)


def _formatted(block: Json) -> str:
    """Return the text of a block as inline HTML. Spans may overlap, so the text is split at all of their ends."""
    text = text_of(block, "text")
    parsed = (_span(mark, len(text)) for mark in mappings_of(block.get("formatting"))[:_MAX_SPANS])
    spans = [span for span in parsed if span is not None]
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    return "".join(
        _apply_spans(text[start:end], [span for span in spans if span.start <= start and end <= span.end])
        for start, end in pairwise(edges)
    )


def _span(mark: Json, length: int) -> _Span | None:
    start, end = int_of(mark, "start"), int_of(mark, "end")
    opening, closing = _tags(mark)
    if start is None or end is None or not 0 <= start < end or not opening:
        return None
    return _Span(min(start, length), min(end, length), opening, closing)


def _tags(mark: Json) -> tuple[str, str]:
    kind = text_of(mark, "type")
    address = text_of(mark, "url") if kind == "link" else ""
    if kind == "mention":
        address = text_of(mapping_of(mark.get("blog")), "url")
    if address:
        return f'<a href="{escape(address)}">', "</a>"
    tag = _SPAN_TAGS.get(kind, "")
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")


def _apply_spans(text: str, spans: Sequence[_Span]) -> str:
    """Wrap the text in each kind of element once. The last of several links applies."""
    distinct = {span.closing: span.opening for span in spans}
    opening, closing = "".join(distinct.values()), "".join(reversed(distinct))
    return opening + escape(text, quote=False).replace("\n", "<br>") + closing


def _image(block: Json) -> str:
    return picture(first_of(block.get("media")), text_of(block, "alt_text"), text_of(block, "caption"))


def link_card(url: str, title: str, description: str, site: str, poster: str) -> str:
    """Return a link with what is known about its target; "" without an address."""
    block = {
        "type": "link",
        "url": url,
        "title": title,
        "description": description,
        "site_name": site,
        "poster": [{"url": poster}],
    }
    data = escape(json.dumps(block))
    anchor = f'<a href="{escape(url)}">{escape(title or url)}</a>'
    return f'<p class="npf_link" data-npf="{data}">{anchor}</p>' if url else ""


def _link(block: Json) -> str:
    return link_card(
        text_of(block, "url"),
        text_of(block, "title") or text_of(block, "display_url"),
        text_of(block, "description"),
        text_of(block, "site_name") or text_of(block, "author"),
        text_of(first_of(block.get("poster")), "url"),
    )


def _media(block: Json) -> str:
    caption = " – ".join(filter(None, (text_of(block, "artist"), text_of(block, "title"))))
    frame = text_of(mapping_of(block.get("embed_iframe")), "url")
    return player(
        text_of(block, "type"),
        text_of(block, "provider"),
        text_of(block, "url") or text_of(block, "embed_url") or frame,
        text_of(first_of(block.get("media")), "url"),
        text_of(first_of(block.get("poster")), "url"),
        caption if text_of(block, "type") == "audio" else "",
        text_of(block, "embed_html"),
    )


_CONVERTERS: dict[str, Callable[[Json], str]] = {
    "text": _paragraph,
    "image": _image,
    "link": _link,
    "audio": _media,
    "video": _media,
    "poll": npf_poll_html,
}
