"""HTML as blogs write it, read for what a person would see."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from bot.model import Media, MediaKind
from bot.text import elements, pictures
from bot.text.boilerplate import strip_boilerplate
from bot.text.document import Block, Document, Kind, Mark, Quoted, Run
from bot.text.fold import one_line, unescape
from bot.text.lines import clean_line
from bot.text.links import safe_url
from bot.text.markup import parse_tree, walk
from bot.text.providers import find_player, is_known_player, player_from_title, thumbnail_of
from bot.text.runs import tidy_runs

_LONGEST_READ = 250_000
_ENOUGH = 12_000
"""Characters of text, and of HTML, that are read for showing: a message holds 4,096."""
_MOST_STEPS = 20_000
"""Tags and texts that are walked for it: a long article needs a tenth."""
_LINES = re.compile(r"[^\n]+")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:lang(?:uage)?|highlight-source|brush:?|sourceCode)[-\s:]+([\w+#.-]{1,20})"
)


def html_to_text(html: str) -> str:
    """The visible text, one line for each block and none empty, without markup: to search, match and identify."""
    parts: list[str] = []
    inside_pre = 0
    for node, opens in walk(parse_tree(html), elements.TEXTLESS_TAGS):
        tag = node.tag or ""
        if node.is_text_node:
            text = node.text_content or ""
            parts.append(text if inside_pre else unescape(text).replace("\n", " "))
        elif tag in elements.BLOCK_TAGS or tag == "br":
            parts.append("\n")
            inside_pre += (1 if opens else -1) if tag == "pre" else 0
        elif tag in elements.CELL_TAGS:
            parts.append(" ")
    lines = (one_line(line) for line in _LINES.findall("".join(parts)))
    return "\n".join(line for line in lines if line)


def parse_html(html: str) -> Document:
    """The body as blocks in reading order, with the pictures, videos and sounds found on the way."""
    reader = _Reader()
    steps = walk(parse_tree(html[:_LONGEST_READ]), elements.SKIPPED_TAGS)
    for node, opens in islice(steps, _MOST_STEPS):
        if reader.length > _ENOUGH:
            break
        if node.is_text_node:
            reader.text(node.text_content or "")
        elif opens:
            reader.opens(node)
        else:
            reader.closes(node)
    return reader.document()


@dataclass(slots=True)
class _List:
    next_number: int | None
    """None: bullets."""


class _Reader:
    """Turns a walk through the tree into blocks: what is open now, and the runs of the block being read."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._media: dict[str, Media] = {}
        self._runs: list[Run] = []
        self._marks: Counter[Mark] = Counter()
        self._open: Counter[str] = Counter()
        self._urls: list[str] = []
        self._lists: list[_List] = []
        self._quotes: list[Quoted] = []
        self._quote_count = 0
        self._marker = ""
        self._language = ""
        self._tight = False
        self._rows = 0
        self.length = 0
        """Characters of text read so far."""

    def document(self) -> Document:
        self._end_block()
        return strip_boilerplate(Document(tuple(self._blocks), tuple(self._media.values())))

    def text(self, text: str) -> None:
        if self._open["hidden"] or self._open["silent"] or (self._urls and elements.is_backlink(text)):
            return
        text = text[: 2 * _ENOUGH]
        self.length += len(text)
        code = bool(self._open["code"])
        if self._open["pre"]:
            self._add(text, code=True)
        else:
            text = elements.to_super_or_subscript(
                _SPACE.sub(" ", text if code else unescape(text)), self._open
            )
            self._add(text, code=code)

    def opens(self, node: LexborNode) -> None:
        tag, attributes = node.tag or "", node.attributes
        if tag in elements.BLOCK_TAGS:
            self._end_block()
        self._count(tag, attributes, 1)
        if self._open["hidden"]:
            return
        self._look_for_media(tag, node, attributes)
        if tag == "br":
            self._runs.append(Run("\n", code=bool(self._open["pre"])))
        elif tag == "a":
            self._urls.append(safe_url(attributes.get("href") or ""))
        elif tag in elements.WRAPPERS:
            self._add(elements.WRAPPERS[tag][0])
        elif tag in elements.CELL_TAGS:
            self._open_cell()
        else:
            self._open_block(tag, attributes)

    def _open_cell(self) -> None:
        if any(run.text.strip() for run in self._runs):
            self._add(elements.CELL_SEPARATOR)

    def closes(self, node: LexborNode) -> None:
        tag, attributes = node.tag or "", node.attributes
        if tag in elements.BLOCK_TAGS:
            self._end_block()
        hidden = self._open["hidden"]
        self._count(tag, attributes, -1)
        if hidden:
            return
        if tag == "a" and self._urls:
            self._urls.pop()
        elif tag in elements.WRAPPERS:
            self._add(elements.WRAPPERS[tag][1])
        elif tag == "abbr" and not self._open["silent"]:
            self._add(elements.expansion_of(node.text(), attributes.get("title") or ""))
        elif tag in {"ul", "ol", "menu", "dir"} and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._quotes:
            self._quotes.pop()

    def _count(self, tag: str, attributes: Mapping[str, str | None], step: int) -> None:
        for state in elements.states_of(tag, attributes):
            self._open[state] += step
        for mark in elements.marks_of(tag, attributes):
            self._marks[mark] += step

    def _open_block(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "blockquote":
            self._quote_count += 1
            author = clean_line(attributes.get("data-author") or "")
            self._quotes.append(Quoted(self._quote_count, author, safe_url(attributes.get("cite") or "")))
        elif tag in {"ul", "menu", "dir"}:
            self._lists.append(_List(None))
        elif tag == "ol":
            self._lists.append(_List(_number(attributes.get("start"))))
        elif tag == "li":
            self._marker = self._next_marker()
        elif tag == "hr":
            self._blocks.append(Block((Run("───"),), Kind.RULE, quotes=tuple(self._quotes)))
        elif tag == "table":
            self._rows = 0
        elif tag == "tr":
            self._tight, self._rows = self._rows > 0, self._rows + 1
        elif tag in elements.TIGHT_TAGS:
            self._tight = True
        elif tag in {"pre", "code"} and self._open["pre"]:
            self._language = _language(attributes) or self._language

    def _next_marker(self) -> str:
        if not self._lists or (number := self._lists[-1].next_number) is None:
            return "-"
        self._lists[-1].next_number = number + 1
        return f"{number}."

    def _add(self, text: str, *, code: bool = False) -> None:
        url = next((url for url in reversed(self._urls) if url), "")
        marks = frozenset() if code else frozenset(mark for mark, count in self._marks.items() if count > 0)
        if self._open["summary"]:
            marks -= {Mark.SPOILER}
        self._runs.append(Run(text, marks, url, code))

    def _end_block(self) -> None:
        """What was read since the last boundary becomes a block, if anything can be seen in it."""
        preformatted = bool(self._open["pre"])
        runs = tidy_runs(self._runs, preformatted=preformatted)
        self._runs = []
        if not runs:
            return
        heading = next((level for level in range(1, 7) if self._open[f"h{level}"]), 0)
        kind = Kind.CODE if preformatted else Kind.HEADING if heading else Kind.TEXT
        self._blocks.append(
            Block(
                runs, kind, heading, self._marker, len(self._lists), tuple(self._quotes), self._language,
                self._tight or bool(self._marker),
            )
        )  # fmt: skip
        self._marker, self._language, self._tight = "", "", False

    def _look_for_media(self, tag: str, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        if tag == "img":
            self._image(node, attributes)
        elif tag in {"video", "audio"}:
            self._player(MediaKind(tag), node, attributes)
        elif tag in {"iframe", "embed", "object", "figure"}:
            names = ("data-url",) if tag == "figure" else ("src", "data-src", "data-lazy-src", "data")
            for address in filter(None, map(attributes.get, names)):
                self._keep(find_player(address) or player_from_title(address, attributes.get("title") or ""))
        elif tag == "a" and self._open["silent"] == 0 and is_known_player(attributes.get("data-url") or ""):
            self._keep(find_player(attributes.get("data-url") or ""))

    def _image(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        if emoji := pictures.emoji_of(attributes):
            self.text(emoji)
            return
        parent = node.parent
        beside = parent.iter() if parent is not None and parent.tag == "picture" else ()
        sources = [source.attributes for source in beside if source.tag == "source"]
        best = sorted(sources, key=lambda source: "avif" in (source.get("type") or ""))
        self._keep(pictures.parse_picture(attributes, [source.get("srcset") or "" for source in best]))

    def _player(self, kind: MediaKind, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        inside = [source.attributes.get("src") for source in node.css("source")[:8]]
        url = next(filter(None, map(safe_url, filter(None, [attributes.get("src"), *inside]))), "")
        if url:
            self._keep(Media(url, kind))
        self._keep(pictures.parse_picture({"src": attributes.get("poster")}))

    def _keep(self, media: Media | None) -> None:
        if media is None:
            return
        self._media.setdefault(media.url, media)
        if picture := thumbnail_of(media):
            self._media.setdefault(picture, Media(picture, MediaKind.IMAGE))


def _number(start: str | None) -> int:
    found = re.fullmatch(r"\s*(\d{1,6})\s*", start or "")
    return int(found[1]) if found else 1


def _language(attributes: Mapping[str, str | None]) -> str:
    named = attributes.get("data-language") or attributes.get("data-lang") or ""
    found = _LANGUAGE.search(attributes.get("class") or "")
    return re.sub(r"[^\w+#.-]", "", named or (found[1] if found else ""))[:20].lower()
