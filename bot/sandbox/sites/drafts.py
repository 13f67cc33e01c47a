"""What a person writes into a post, and the HTML that Tumblr makes of it.

The sample blogs and the demo's form share these values.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from urllib.parse import quote
from zlib import crc32

PictureUrl = Callable[[str], str]
"""Returns the address of a drawing by its name."""


class Kind(StrEnum):
    """The kinds of posts that Tumblr has."""

    TEXT = "text"
    PHOTO = "photo"
    PHOTO_SET = "photo set"
    VIDEO = "video"
    LINK = "link"
    QUOTE = "quote"
    CHAT = "chat"
    AUDIO = "audio"
    ANSWER = "answer"
    REBLOG = "reblog"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing in a post."""

    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier post in a reblog's trail, or the question that an answer is about."""

    blog: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a post before it has an id, a date and an address."""

    kind: Kind = Kind.TEXT
    title: str = ""
    text: str = ""
    """Paragraphs with empty lines between them, or HTML if it starts with a tag. In a chat, a line for each turn as
    `name: words`; in a poll, a line for each answer."""
    tags: tuple[str, ...] = ()
    author: str = ""
    pictures: tuple[Picture, ...] = ()
    link: str = ""
    """Where a link, a video or a sound leads."""
    source: str = ""
    """The name of the quoted person."""
    trail: tuple[Earlier, ...] = ()
    """The root post first."""


def html_of(draft: Draft, picture: PictureUrl) -> str:
    """Return the post as Tumblr's HTML."""
    return _WRITERS[draft.kind](draft, picture)


def headline_of(draft: Draft) -> str:
    """Return what a list shows for the post: its title, or else its first words, its first picture or its kind."""
    words = re.sub(r"<[^>]*>", " ", draft.text)
    alts = (picture.alt for picture in draft.pictures)
    found = next(filter(None, (draft.title, " ".join(words.split()), *alts)), draft.kind.capitalize())
    return found if len(found) <= _MAX_HEADLINE else f"{found[: _MAX_HEADLINE - 1].rstrip()}…"


_MAX_HEADLINE = 80
_SIZE = (960, 600)


def _body(text: str) -> str:
    text = text.strip()
    if text.startswith("<"):
        return text
    return "".join(f"<p>{_lines(part)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _lines(paragraph: str) -> str:
    return "<br/>".join(escape(line.strip()) for line in paragraph.strip().splitlines())


def _pictures(draft: Draft, picture: PictureUrl) -> str:
    if not draft.pictures:
        return ""
    width, height = _SIZE
    figures = (
        f'<figure class="tmblr-full" data-orig-width="{width}" data-orig-height="{height}">'
        f'<img src="{escape(picture(one.name))}" alt="{escape(one.alt)}"/></figure>'
        for one in draft.pictures
    )
    return f'<div class="npf_row">{"".join(figures)}</div>'


def _npf(**block: object) -> str:
    """Return an attribute with a block of Tumblr's Neue Post Format."""
    return f'data-npf="{escape(json.dumps(block, ensure_ascii=False))}"'


def _text(draft: Draft, picture: PictureUrl) -> str:
    return _body(draft.text) + _pictures(draft, picture)


def _photo(draft: Draft, picture: PictureUrl) -> str:
    return _pictures(draft, picture) + _body(draft.text)


def _video(draft: Draft, picture: PictureUrl) -> str:
    posters = [{"url": picture(one.name)} for one in draft.pictures]
    block = _npf(type="video", media={"url": draft.link, "type": "video/mp4"}, poster=posters)
    source = f'<source src="{escape(draft.link)}" type="video/mp4"/>'
    return f'<figure class="tmblr-full" {block}><video controls="controls">{source}</video></figure>' + _body(
        draft.text
    )


def _link(draft: Draft, picture: PictureUrl) -> str:
    about = " ".join(draft.text.split())
    block = _npf(type="link", url=draft.link, title=draft.title, description=about)
    anchor = f'<a href="{escape(draft.link)}">{escape(draft.title or draft.link)}</a>'
    return f'<p class="npf_link" {block}>{anchor}</p>' + _pictures(draft, picture)


def _quote(draft: Draft, picture: PictureUrl) -> str:
    by = f"<p>— {escape(draft.source)}</p>" if draft.source else ""
    return (
        "".join(f'<p class="npf_quote">{line}</p>' for line in map(_lines, draft.text.split("\n\n")))
        + by
        + _pictures(draft, picture)
    )


def _chat(draft: Draft, picture: PictureUrl) -> str:
    turns = (line.partition(":") for line in draft.text.splitlines() if line.strip())
    return "".join(
        f'<p class="npf_chat"><b>{escape(name.strip())}:</b> {escape(words.strip())}</p>'
        if words
        else f'<p class="npf_chat">{escape(name)}</p>'
        for name, _, words in turns
    ) + _pictures(draft, picture)


def _audio(draft: Draft, picture: PictureUrl) -> str:
    player = f"https://assets.tumblr.com/audio_player?audio_file={quote(draft.link, safe='')}"
    frame = f'<iframe class="tumblr_audio_player" src="{escape(player)}"></iframe>'
    return frame + _body(draft.text) + _pictures(draft, picture)


def _answer(draft: Draft, picture: PictureUrl) -> str:
    questions = (
        f"<p><strong>{escape(one.blog)} asked:</strong></p><blockquote>{_body(one.text)}</blockquote>"
        for one in draft.trail
    )
    return "".join(questions) + _body(draft.text) + _pictures(draft, picture)


def _reblog(draft: Draft, picture: PictureUrl) -> str:
    """Nest the trail as Tumblr does: the root innermost."""
    html = ""
    for one in draft.trail:
        post = f"https://{quote(one.blog)}.example/post/{crc32(one.text.encode())}"
        html = (
            f"{html}{_body(one.text)}"
            if not one.blog
            else (
                f'<p><a class="tumblr_blog" href="{post}">{escape(one.blog)}</a>:</p>'
                f"<blockquote>{html}{_body(one.text)}</blockquote>"
            )
        )
    return html + _body(draft.text) + _pictures(draft, picture)


def _poll(draft: Draft, picture: PictureUrl) -> str:
    answers = [line.strip() for line in draft.text.splitlines() if line.strip()]
    block = _npf(type="poll", question=draft.title, answers=[{"answer_text": one} for one in answers])
    rows = "".join(f'<a class="poll-row" href="#"><p>{escape(one)}</p></a>' for one in answers)
    return f'<div class="poll-post" {block}>{rows}</div>' + _pictures(draft, picture)


_Writer = Callable[[Draft, PictureUrl], str]
_WRITERS: dict[Kind, _Writer] = {
    Kind.TEXT: _text,
    Kind.PHOTO: _photo,
    Kind.PHOTO_SET: _photo,
    Kind.VIDEO: _video,
    Kind.LINK: _link,
    Kind.QUOTE: _quote,
    Kind.CHAT: _chat,
    Kind.AUDIO: _audio,
    Kind.ANSWER: _answer,
    Kind.REBLOG: _reblog,
    Kind.POLL: _poll,
}


def trail_of(lines: Sequence[str]) -> tuple[Earlier, ...]:
    """Return a trail written as `blog: words`, the root first."""
    pairs = (line.partition(":") for line in lines)
    return tuple(Earlier(blog.strip(), words.strip()) for blog, _, words in pairs)


def pictures_of(lines: Sequence[str]) -> tuple[Picture, ...]:
    """Return pictures written as `drawing: description`."""
    pairs = (line.partition(":") for line in lines)
    return tuple(Picture(name.strip(), alt.strip()) for name, _, alt in pairs)
