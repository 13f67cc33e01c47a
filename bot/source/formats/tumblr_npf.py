"""Blocks of Tumblr's "Neue Post Format" → the HTML that Tumblr's own feeds have for such a post. Pure.

`tumblr.neutral_html` then treats it as it treats theirs. The format: github.com/tumblr/docs, npf-spec.md.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple

from bot.source.formats.jsonvalues import Json, list_of, mapping_of, mappings_of, text_of, whole_of

_BLOCKS = 1_000
_SPANS = 60  # of one block: what overlaps costs their square
_TRAIL = 50
_DEEPEST = 7  # as the format has it
_LARGEST = 100_000  # pixels

_LISTS = {"ordered-list-item": "ol", "unordered-list-item": "ul"}
_PARAGRAPHS = {"heading1": "h1", "heading2": "h2"}
_SPAN_TAGS = {"bold": "b", "italic": "i", "strikethrough": "s", "small": "small"}


class _Span(NamedTuple):
    """Characters that are shown in some way: from `start` to before `end`, counted in code points."""

    start: int
    end: int
    opening: str
    closing: str


def whole_post(post: Json) -> str:
    """All that a post shows: the trail of posts that it answers, then its own words."""
    return trail((part, in_order(part)) for part in mappings_of(post.get("trail"))) + in_order(post)


def trail(parts: Iterable[tuple[Json, str]]) -> str:
    """Each post quoted by the one after it, as Tumblr nests them; the parts as `trail` has them, with their HTML."""
    told = ""
    for part, html in list(parts)[:_TRAIL]:
        blog, post = mapping_of(part.get("blog")), mapping_of(part.get("post"))
        name = text_of(blog, "name") or text_of(part, "broken_blog_name")
        number = text_of(post, "id") or str(whole_of(post, "id") or "")
        address = f' href="https://www.tumblr.com/{escape(name)}/{escape(number)}"' if name and number else ""
        said = f'<p><a class="tumblr_blog"{address}>{escape(name)}</a>:</p>' if name else ""
        told = f"{said}<blockquote>{told}{html}</blockquote>"
    return told


def in_order(holder: Json) -> str:
    """The content of a post, or of a part of its trail, in the order of its layout; the question of an answer first."""
    blocks = [mapping_of(block) for block in list_of(holder.get("content"))[:_BLOCKS]]
    layouts = mappings_of(holder.get("layout"))
    ask = next((layout for layout in layouts if text_of(layout, "type") == "ask"), {})
    questions = set(_numbers(ask.get("blocks")))
    order = _order(len(blocks), layouts)
    question = _flow([blocks[number] for number in order if number in questions])
    name = text_of(mapping_of(mapping_of(ask.get("attribution")).get("blog")), "name")
    rest = _flow([blocks[number] for number in order if number not in questions])
    return (asked(name, question) if question else "") + rest


def asked(name: str, question: str) -> str:
    """A question as Tumblr shows it above its answer; without a name it was asked anonymously."""
    return f'<div class="question"><p><b>{escape(name or "Anonymous")} asked:</b></p>{question}</div>'


def picture(media: Json, alt: str = "", caption: str = "") -> str:
    """A picture in its original size; "" if it has no address."""
    address = text_of(media, "url")
    if not address:
        return ""
    sizes = ((side, whole_of(media, side) or 0) for side in ("width", "height"))
    size = "".join(f' {side}="{length}"' for side, length in sizes if 0 < length <= _LARGEST)
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption.strip() else ""
    described = f' alt="{escape(alt)}"' if alt else ""
    return f'<figure><img src="{escape(address)}"{size}{described}>{below}</figure>'


def player(kind: str, provider: str, page: str, file: str = "", poster: str = "", caption: str = "") -> str:
    """A video or sound, as the figure in which Tumblr describes one: a file of its own, or a page elsewhere."""
    block = {
        "type": kind,
        "provider": provider,
        "url": page,
        "media": {"url": file},
        "poster": {"url": poster},
    }
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption.strip() else ""
    return f'<figure data-npf="{escape(json.dumps(block))}">{below}</figure>' if page or file else ""


def _flow(blocks: Sequence[Json]) -> str:
    pieces: list[str] = []
    for is_list, grouped in groupby(blocks, key=lambda block: bool(_list_tag(block))):
        run = list(grouped)
        pieces += [_listed(run)] if is_list else map(_block, run)
    return "".join(pieces)


def _block(block: Json) -> str:
    """What is of a kind that nobody knew when this was written shows its text, if it has one."""
    write = _WRITERS.get(text_of(block, "type"), _paragraph)
    return write(block)


def _order(count: int, layouts: Sequence[Json]) -> list[int]:
    """As the rows say, if they name every block; else as they stand."""
    rows = next((layout for layout in layouts if text_of(layout, "type") == "rows"), {})
    named = [number for row in mappings_of(rows.get("display")) for number in _numbers(row.get("blocks"))]
    order = list(dict.fromkeys(number for number in named if 0 <= number < count))
    return order if len(order) == count else list(range(count))


def _numbers(value: object) -> list[int]:
    return [number for number in list_of(value) if isinstance(number, int) and not isinstance(number, bool)]


def _paragraph(block: Json) -> str:
    words = _formatted(block)
    if not words.strip():
        return ""
    subtype = text_of(block, "subtype")
    if subtype == "indented":
        depth = _level(block) + 1
        return f"{'<blockquote>' * depth}<p>{words}</p>{'</blockquote>' * depth}"
    tag = _PARAGRAPHS.get(subtype, "p")
    return f"<{tag}>{words}</{tag}>"


def _list_tag(block: Json) -> str:
    return _LISTS.get(text_of(block, "subtype"), "")


def _level(block: Json) -> int:
    return min(max(whole_of(block, "indent_level") or 0, 0), _DEEPEST)


def _listed(items: Sequence[Json]) -> str:
    """List items one after the other → lists; deeper items belong to the one before them."""
    level = min(map(_level, items))
    nested: list[tuple[str, str]] = []
    at = 0
    while at < len(items):
        end = at + 1
        while end < len(items) and _level(items[end]) > level:
            end += 1
        below = _listed(items[at + 1 : end]) if end > at + 1 else ""
        nested.append((_list_tag(items[at]), f"<li>{_formatted(items[at])}{below}</li>"))
        at = end
    runs = ((tag, "".join(item for _, item in run)) for tag, run in groupby(nested, key=lambda one: one[0]))
    return "".join(f"<{tag}>{inside}</{tag}>" for tag, inside in runs)


def _formatted(block: Json) -> str:
    """The text of a block, as inline HTML. Ranges may overlap: the text is cut wherever one begins or ends."""
    text = text_of(block, "text")
    found = (_span(mark, len(text)) for mark in mappings_of(block.get("formatting"))[:_SPANS])
    spans = [span for span in found if span is not None]
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    return "".join(
        _dressed(text[start:end], [span for span in spans if span.start <= start and end <= span.end])
        for start, end in pairwise(edges)
    )


def _span(mark: Json, length: int) -> _Span | None:
    start, end = whole_of(mark, "start"), whole_of(mark, "end")
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


def _dressed(text: str, spans: Sequence[_Span]) -> str:
    """Each element once: a word that is bold twice is bold, and one that links to two places links to the last."""
    distinct = {span.closing: span.opening for span in spans}
    opening, closing = "".join(distinct.values()), "".join(reversed(distinct))
    return opening + escape(text, quote=False).replace("\n", "<br>") + closing


def _image(block: Json) -> str:
    """The widest size stands first."""
    return picture(_first(block.get("media")), text_of(block, "alt_text"), text_of(block, "caption"))


def _link(block: Json) -> str:
    address = text_of(block, "url")
    label = text_of(block, "title") or text_of(block, "display_url") or address
    return f'<p class="npf_link"><a href="{escape(address)}">{escape(label)}</a></p>' if address else ""


def _media(block: Json) -> str:
    named = " – ".join(filter(None, (text_of(block, "artist"), text_of(block, "title"))))
    return player(
        text_of(block, "type"),
        text_of(block, "provider"),
        text_of(block, "url"),
        text_of(_first(block.get("media")), "url"),
        text_of(_first(block.get("poster")), "url"),
        named if text_of(block, "type") == "audio" else "",
    )


def _poll(block: Json) -> str:
    """The question with its choices; nobody can vote from here."""
    choices = [text_of(answer, "answer_text") for answer in mappings_of(block.get("answers"))]
    items = "".join(f"<li>{escape(choice)}</li>" for choice in choices if choice)
    return f"<p>{escape(text_of(block, 'question'))}</p>" + (f"<ul>{items}</ul>" if items else "")


def _first(media: object) -> Json:
    """One file, or the first of several sizes."""
    return next(iter(mappings_of(media)), {}) if isinstance(media, list) else mapping_of(media)


_WRITERS: dict[str, Callable[[Json], str]] = {
    "text": _paragraph,
    "image": _image,
    "link": _link,
    "audio": _media,
    "video": _media,
    "poll": _poll,
}
