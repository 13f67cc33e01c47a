"""Parse the HTML of posts into what a reader would see."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from bot.model import Media, MediaKind
from bot.text import elements, pictures
from bot.text.boilerplate import strip_boilerplate
from bot.text.document import Block, Document, Kind, Mark, Quote, Run
from bot.text.fold import one_line, unescape
from bot.text.line_numbers import hide_line_numbers
from bot.text.lines import clean_line
from bot.text.links import safe_url
from bot.text.markup import parse_tree, walk
from bot.text.providers import (
    bare_player,
    find_player,
    is_known_player,
    player_from_element,
    player_from_title,
    still_of,
    thumbnail_of,
)
from bot.text.runs import tidy_runs

_MAX_HTML_LENGTH = 250_000
_MAX_TEXT_LENGTH = 12_000
"""Characters that are parsed for a message, of HTML and of text. A message contains at most 4,096."""
_MAX_NODES = 20_000
"""Tags and texts that are parsed for a message. A long article has a tenth as many."""
_FRAME_ATTRIBUTES = (
    "src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cookieblock-src", "data-src-cmplz", "data-cmp-src",
    "data",
)  # fmt: skip
"""Where a frame's address is: scripts move it to `src` when a reader scrolls there, or agrees to cookies."""
_PLAYER_QUOTE = re.compile(r"(?:^|\s)(?:instagram-media|tiktok-embed)(?:\s|$)")
_MAX_BARE_PLAYERS = 3
"""Further addresses on lines of their own stay in the text, since a message lists no more players than this."""
_LINES = re.compile(r"[^\n]+")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_LANGUAGE_CLASS = re.compile(
    r"(?:^|\s)(?:lang(?:uage)?|highlight-source|brush:?|sourceCode)[-\s:]+([\w+#.-]{1,20})"
)


def html_to_text(html: str) -> str:
    """Return the visible text without markup, one line for each block that has any: to search, match and identify."""
    parts: list[str] = []
    open_pre = 0
    for node, opens in walk(parse_tree(html), elements.TEXTLESS_TAGS):
        tag = node.tag or ""
        if node.is_text_node:
            text = node.text_content or ""
            parts.append(text if open_pre else unescape(text).replace("\n", " "))
        elif tag in elements.BLOCK_TAGS or tag == "br":
            parts.append("\n")
            open_pre += (1 if opens else -1) if tag == "pre" else 0
        elif tag in elements.CELL_TAGS:
            parts.append(" ")
    lines = (one_line(line) for line in _LINES.findall("".join(parts)))
    return "\n".join(line for line in lines if line)


def parse_html(html: str) -> Document:
    """Return the body as blocks in reading order, with its pictures, videos and sounds."""
    parser = _Parser()
    tree = parse_tree(html[:_MAX_HTML_LENGTH])
    hide_line_numbers(tree)
    for node, opens in islice(walk(tree, elements.SKIPPED_TAGS), _MAX_NODES):
        if parser.length > _MAX_TEXT_LENGTH:
            break
        if node.is_text_node:
            parser.add_text(node.text_content or "")
        elif opens:
            parser.open(node)
        else:
            parser.close(node)
    return parser.finish()


@dataclass(slots=True)
class _List:
    next_number: int | None
    """None for bullets."""


@dataclass(slots=True)
class _Link:
    url: str
    """"" if the address is not safe."""
    labelled: bool = False
    """Whether a block in the link has ended. Later blocks describe the target and are not part of the label."""


class _Parser:
    """Builds blocks from a walk through the tree."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._media: dict[str, Media] = {}
        self._runs: list[Run] = []
        self._marks: Counter[Mark] = Counter()
        self._states: Counter[str] = Counter()
        self._links: list[_Link] = []
        self._lists: list[_List] = []
        self._quotes: list[Quote] = []
        self._quote_count = 0
        self._marker = ""
        self._language = ""
        self._tight = False
        self._rows = 0
        self._rest: str | None = None
        self.length = 0
        """Characters of text parsed so far."""

    def finish(self) -> Document:
        self._end_block()
        return strip_boilerplate(Document(tuple(self._blocks), tuple(self._media.values()), self._rest))

    def add_text(self, text: str) -> None:
        if self._states["hidden"] or self._states["textless"] or (self._links and elements.is_backlink(text)):
            return
        text = text[: 2 * _MAX_TEXT_LENGTH]
        self.length += len(text)
        code = bool(self._states["code"])
        if self._states["pre"]:
            self._add_run(text, code=True)
        else:
            text = _SPACE.sub(" ", text if code else unescape(text))
            self._add_run(elements.to_super_or_subscript(text, self._states), code=code)

    def open(self, node: LexborNode) -> None:
        tag, attributes = node.tag or "", node.attributes
        if tag in elements.BLOCK_TAGS:
            self._end_block()
        self._update_states(tag, attributes, 1)
        if "data-rest" in attributes and self._rest is None:
            self._rest = safe_url(attributes.get("cite") or "")
        if self._states["hidden"]:
            return
        self._find_media(tag, node, attributes)
        if tag == "br":
            self._runs.append(Run("\n", code=bool(self._states["pre"])))
        elif tag == "a":
            self._links.append(_Link(safe_url(attributes.get("href") or "")))
        elif tag in elements.WRAPPERS:
            self._add_run(elements.WRAPPERS[tag][0])
        elif tag in elements.CELL_TAGS:
            self._open_cell()
        else:
            self._open_block(tag, attributes)

    def _open_cell(self) -> None:
        if any(run.text.strip() for run in self._runs):
            self._add_run(elements.CELL_SEPARATOR)

    def close(self, node: LexborNode) -> None:
        tag, attributes = node.tag or "", node.attributes
        if tag in elements.BLOCK_TAGS:
            self._end_block()
        was_hidden = self._states["hidden"]
        self._update_states(tag, attributes, -1)
        if was_hidden:
            return
        if tag == "a" and self._links:
            self._links.pop()
        elif tag in elements.WRAPPERS:
            self._add_run(elements.WRAPPERS[tag][1])
        elif tag == "abbr" and not self._states["textless"]:
            self._add_run(elements.expansion_of(node.text(), attributes.get("title") or ""))
        elif tag in {"ul", "ol", "menu", "dir"} and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._quotes:
            self._quotes.pop()

    def _update_states(self, tag: str, attributes: Mapping[str, str | None], step: int) -> None:
        for state in elements.states_of(tag, attributes):
            self._states[state] += step
        for mark in elements.marks_of(tag, attributes):
            self._marks[mark] += step

    def _open_block(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "blockquote":
            self._quote_count += 1
            author = clean_line(attributes.get("data-author") or "")
            self._quotes.append(Quote(self._quote_count, author, safe_url(attributes.get("cite") or "")))
        elif tag in {"ul", "menu", "dir"}:
            self._lists.append(_List(None))
        elif tag == "ol":
            self._lists.append(_List(_parse_number(attributes.get("start"))))
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
        elif tag in {"pre", "code"} and self._states["pre"]:
            self._language = _code_language(attributes) or self._language

    def _next_marker(self) -> str:
        if not self._lists or (number := self._lists[-1].next_number) is None:
            return "-"
        self._lists[-1].next_number = number + 1
        return f"{number}."

    def _add_run(self, text: str, *, code: bool = False) -> None:
        link = next((link for link in reversed(self._links) if link.url), None)
        url = link.url if link and not link.labelled else ""
        marks = frozenset() if code else frozenset(mark for mark, count in self._marks.items() if count > 0)
        if self._states["summary"]:
            marks -= {Mark.SPOILER}
        self._runs.append(Run(text, marks, url, code))

    def _end_block(self) -> None:
        """Make a block of the runs since the last one, if anything in them is visible."""
        preformatted = bool(self._states["pre"])
        runs = tidy_runs(self._runs, preformatted=preformatted)
        self._runs = []
        if not runs or (not preformatted and self._take_bare_player(runs)):
            return
        heading = next((level for level in range(1, 7) if self._states[f"h{level}"]), 0)
        kind = Kind.CODE if preformatted else Kind.HEADING if heading else Kind.TEXT
        describes_link = any(link.labelled for link in self._links)
        self._blocks.append(
            Block(
                runs, kind, heading, self._marker, len(self._lists), tuple(self._quotes), self._language,
                self._tight or bool(self._marker) or describes_link,
            )
        )  # fmt: skip
        for link in self._links:
            link.labelled = link.labelled or any(run.url == link.url for run in runs)
        self._marker, self._language, self._tight = "", "", False

    def _take_bare_player(self, runs: tuple[Run, ...]) -> bool:
        """Add the player of a block that is only its address, as WordPress has it, and return whether it is one."""
        if self._lists or self._marker or len(runs) > 1 or runs[0].code:
            return False
        if sum(media.kind is not MediaKind.IMAGE for media in self._media.values()) >= _MAX_BARE_PLAYERS:
            return False
        player = bare_player(runs[0].text)
        if player is None or (runs[0].url and find_player(runs[0].url) != player):
            return False
        self._add_media(player)
        return True

    def _find_media(self, tag: str, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        if tag == "img":
            self._add_image(node, attributes)
        elif tag in {"video", "audio"}:
            self._add_player(MediaKind(tag), node, attributes)
        elif tag in {"iframe", "embed", "object", "figure"}:
            self._add_frame(tag, attributes)
        elif tag == "blockquote":
            page = attributes.get("data-instgrm-permalink") or attributes.get("cite") or ""
            is_player = _PLAYER_QUOTE.search(attributes.get("class") or "") is not None
            self._add_media(find_player(page) if is_player else None)
        elif tag == "a" and not self._states["textless"]:
            url = attributes.get("data-url") or ""
            self._add_media(find_player(url) if is_known_player(url) else None)
        else:
            self._add_media(player_from_element(tag, attributes))

    def _add_frame(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Add what a frame plays, with its still: its own `poster` or the one that its address names."""
        names = ("data-url",) if tag == "figure" else _FRAME_ATTRIBUTES
        if "wp-embedded-content" in (attributes.get("class") or ""):  # a post of another blog, not a player
            return
        for address in filter(None, map(attributes.get, names)):
            player = find_player(address) or player_from_title(address, attributes.get("title") or "")
            self._add_media(player)
            if player and not thumbnail_of(player):
                self._add_media(
                    pictures.parse_picture({"src": attributes.get("poster") or still_of(address)})
                )

    def _add_image(self, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        if emoji := pictures.emoji_of(attributes):
            self.add_text(emoji)
            return
        parent = node.parent
        siblings = parent.iter() if parent is not None and parent.tag == "picture" else ()
        sources = [source.attributes for source in siblings if source.tag == "source"]
        sources.sort(key=lambda source: "avif" in (source.get("type") or ""))
        self._add_media(
            pictures.parse_picture(attributes, [source.get("srcset") or "" for source in sources])
        )

    def _add_player(self, kind: MediaKind, node: LexborNode, attributes: Mapping[str, str | None]) -> None:
        sources = [source.attributes.get("src") for source in node.css("source")[:8]]
        url = next(filter(None, map(safe_url, filter(None, [attributes.get("src"), *sources]))), "")
        if url:
            self._add_media(Media(url, kind))
        self._add_media(pictures.parse_picture({"src": attributes.get("poster")}))

    def _add_media(self, media: Media | None) -> None:
        if media is None:
            return
        self._media.setdefault(media.url, media)
        if picture := thumbnail_of(media):
            self._media.setdefault(picture, Media(picture, MediaKind.IMAGE))


def _parse_number(start: str | None) -> int:
    match = re.fullmatch(r"\s*(\d{1,6})\s*", start or "")
    return int(match[1]) if match else 1


def _code_language(attributes: Mapping[str, str | None]) -> str:
    named = attributes.get("data-language") or attributes.get("data-lang") or ""
    match = _LANGUAGE_CLASS.search(attributes.get("class") or "")
    return re.sub(r"[^\w+#.-]", "", named or (match[1] if match else ""))[:20].lower()
