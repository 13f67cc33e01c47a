"""An answer of Tumblr's API v2 → ParsedFeed, with the identities that a blog's own feed gives to the same posts. Pure.

Without `npf=true` the API has most posts as HTML in the fields of their old kinds (text, photo, quote, …), and that is
how they are asked for, since the feed is made of the same HTML; blocks of the new format are read where they come.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from bot.errors import NotAFeed, Unreadable
from bot.model import ParsedFeed
from bot.source.entry.dates import in_range, read_date
from bot.source.entry.links import absolute
from bot.source.entry.normalise import Body, DocumentContext, Draft, entries_of, paragraphs, title_text
from bot.source.formats import tumblr_npf as npf
from bot.source.formats.charset import lawful
from bot.source.formats.jsonvalues import Json, list_of, mapping_of, mappings_of, text_of, whole_of
from bot.source.tumblr.tags import tag_of

_ANSWER = re.compile(r'\{\s*"(?:meta|response)"\s*:')
_DIGITS = re.compile(r"0*([1-9]\d{0,19})")
_FAR_OFF = 1 << 37  # seconds, within what a datetime can hold


def looks_like_answer(text: str) -> bool:
    """Whether this JSON is to be read here."""
    return _ANSWER.match(text) is not None


def parse(text: str, url: str) -> ParsedFeed:
    """The posts of a blog, or of a tag. Raises `Unreadable`, or `NotAFeed` for answers about something else."""
    try:
        document = mapping_of(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        raise Unreadable(url) from None
    response = document.get("response")
    posts = response if isinstance(response, list) else mapping_of(response).get("posts")
    if not isinstance(posts, list) or whole_of(mapping_of(document.get("meta")), "status") not in (None, 200):
        raise NotAFeed(url)
    blog = mapping_of(mapping_of(response).get("blog"))
    tag = tag_of(url)
    around = DocumentContext(url, url if tag else absolute(text_of(blog, "url")), from_tumblr=True)
    entries, skipped = entries_of([mapping_of(post) for post in posts], draft_of, around)
    return ParsedFeed(
        format="tumblr2",
        title=f"#{tag} on Tumblr" if tag else title_text(text_of(blog, "title"), markup=False),
        link=around.link,
        entries=entries,
        skipped=skipped,
        total=whole_of(mapping_of(response), "total_posts"),
    )


def draft_of(post: Json) -> Draft:
    """A post without a title of its own is called as in its blog's feed: by the beginning of its text."""
    number = _number(post)
    blog = text_of(post, "blog_name") or text_of(mapping_of(post.get("blog")), "name")
    link = text_of(post, "post_url") or (f"https://www.tumblr.com/{blog}/{number}" if blog and number else "")
    return Draft(
        guid=link,
        link=link,
        title=text_of(post, "title") or text_of(post, "summary"),
        bodies=(Body(_html(post)),),
        authors=(blog,) if blog else (),
        tags=tuple(lawful(tag) for tag in list_of(post.get("tags")) if isinstance(tag, str)),
        published=_published(post),
        source_id=f"tumblr:{number}" if number else "",
    )


def _number(post: Json) -> str:
    """The digits by which Tumblr knows the post."""
    found = _DIGITS.fullmatch(text_of(post, "id_string") or str(whole_of(post, "id") or text_of(post, "id")))
    return found[1] if found else ""


def _published(post: Json) -> datetime | None:
    stamp = whole_of(post, "timestamp")
    if stamp is None or not 0 < stamp < _FAR_OFF:
        return read_date(text_of(post, "date").replace(" GMT", "+00:00"))
    return in_range(datetime.fromtimestamp(stamp, UTC))


def _html(post: Json) -> str:
    if isinstance(post.get("content"), list):
        return npf.whole_post(post)
    write = _WRITERS.get(text_of(post, "type"), _text)
    return write(post) or _words_of_trail(post)


def _words_of_trail(post: Json) -> str:
    """For a post whose own field is empty: what its trail says, whose last part is the post itself."""
    parts = mappings_of(post.get("trail"))
    before = ((part, _part(part)) for part in parts if part.get("is_current_item") is not True)
    own = (_part(part) for part in parts if part.get("is_current_item") is True)
    return npf.trail(before) + "".join(own)


def _part(part: Json) -> str:
    return text_of(part, "content_raw") or text_of(part, "content")


def _text(post: Json) -> str:
    return text_of(post, "body") or text_of(post, "caption") or text_of(post, "description")


def _photo(post: Json) -> str:
    pictures = (
        npf.picture(mapping_of(photo.get("original_size")), caption=text_of(photo, "caption"))
        for photo in mappings_of(post.get("photos"))
    )
    return "".join(pictures) + text_of(post, "caption")


def _quote(post: Json) -> str:
    words, source = text_of(post, "text"), text_of(post, "source")
    return f"“{words}”" + (f"<br><br> - {source}" if source.strip() else "")


def _link(post: Json) -> str:
    address = text_of(post, "url")
    label = text_of(post, "title") or address
    card = f'<p class="npf_link"><a href="{escape(address)}">{escape(label)}</a></p>' if address else ""
    return card + text_of(post, "description")


def _chat(post: Json) -> str:
    lines = [
        f"<b>{escape(text_of(line, 'label'))}</b> {escape(text_of(line, 'phrase'))}"
        for line in mappings_of(post.get("dialogue"))
    ]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else paragraphs(text_of(post, "body"))


def _audio(post: Json) -> str:
    kind, file = text_of(post, "audio_type"), text_of(post, "audio_url")
    named = " – ".join(filter(None, (text_of(post, "artist"), text_of(post, "track_name"))))
    page = text_of(post, "audio_source_url")
    sound = npf.player("audio", kind, page, file if kind == "tumblr" or not page else "", caption=named)
    return (sound or text_of(post, "player")) + text_of(post, "caption")


def _video(post: Json) -> str:
    """Tumblr's own file, the page of another site, or else the widest player that is offered."""
    page = text_of(post, "permalink_url")
    seen = npf.player(
        "video", text_of(post, "video_type"), page, text_of(post, "video_url"), text_of(post, "thumbnail_url")
    )
    players = [text_of(one, "embed_code") for one in mappings_of(post.get("player"))]
    return (seen or next(filter(None, reversed(players)), "")) + text_of(post, "caption")


def _answer(post: Json) -> str:
    question = text_of(post, "question")
    return npf.asked(text_of(post, "asking_name"), f"<p>{question}</p>") + text_of(post, "answer")


_WRITERS: dict[str, Callable[[Json], str]] = {
    "text": _text,
    "photo": _photo,
    "quote": _quote,
    "link": _link,
    "chat": _chat,
    "audio": _audio,
    "video": _video,
    "answer": _answer,
}
