"""Parse responses of Tumblr's API v2. Posts get the same identities as in the blog's own feed. Pure.

The bot does not request `npf=true`, so most posts come as HTML in the fields of the old post types (text, photo,
quote, …), which is the HTML of the feed. Some posts come as blocks of the Neue Post Format all the same; `tumblr_npf`
converts those.
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
from bot.source.entry.normalise import (
    Body,
    DocumentContext,
    RawEntry,
    normalise_entries,
    title_text,
)
from bot.source.entry.plaintext import paragraphs
from bot.source.formats import tumblr_npf as npf
from bot.source.tumblr.players import page_url
from bot.source.tumblr.rest import above_rest
from bot.source.tumblr.tags import tag_of
from bot.source.values import Json, int_of, list_of, mapping_of, mappings_of, strip_forbidden, text_of
from bot.text.fold import one_line
from bot.text.html import html_to_text
from bot.text.providers import is_known_player

_RESPONSE = re.compile(r'\{\s*"(?:meta|response)"\s*:')
_DIGITS = re.compile(r"0*([1-9]\d{0,19})")
_CUT = re.compile(r"[\s.…]{1,20}$")
_SPACE = re.compile(r"\s+")
_MAX_TIMESTAMP = 1 << 37  # seconds; datetime supports it


def looks_like_response(text: str) -> bool:
    """Return whether this JSON is a response of the API."""
    return _RESPONSE.match(text) is not None


def parse(text: str, url: str) -> ParsedFeed:
    """Parse the posts of a blog or a tag. Raises Unreadable, or NotAFeed for responses without posts."""
    try:
        document = mapping_of(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        raise Unreadable(url) from None
    response = document.get("response")
    posts = response if isinstance(response, list) else mapping_of(response).get("posts")
    if not isinstance(posts, list) or int_of(mapping_of(document.get("meta")), "status") not in (None, 200):
        raise NotAFeed(url)
    blog = mapping_of(mapping_of(response).get("blog"))
    tag = tag_of(url)
    context = DocumentContext(url, url if tag else absolute(text_of(blog, "url")), from_tumblr=True)
    normalised = normalise_entries([mapping_of(post) for post in posts], to_raw_entry, context)
    return ParsedFeed(
        format="tumblr2",
        title=f"#{tag} on Tumblr" if tag else title_text(text_of(blog, "title"), markup=False),
        link=context.link,
        entries=normalised.entries,
        skipped=normalised.skipped,
        left_out=normalised.left_out,
        total=int_of(mapping_of(response), "total_posts"),
    )


def to_raw_entry(post: Json) -> RawEntry:
    """Convert a post. Without a title it gets the one of the blog's feed: the start of its text."""
    number = _post_id(post)
    blog = text_of(post, "blog_name") or text_of(mapping_of(post.get("blog")), "name")
    html = _html(post)
    link = text_of(post, "post_url") or (f"https://www.tumblr.com/{blog}/{number}" if blog and number else "")
    return RawEntry(
        guid=link,
        link=link,
        title=text_of(post, "title") or _summary(post, html),
        bodies=(Body(html),),
        authors=(blog,) if blog else (),
        tags=tuple(strip_forbidden(tag) for tag in list_of(post.get("tags")) if isinstance(tag, str)),
        published=_published(post),
        source_id=f"tumblr:{number}" if number else "",
    )


def _summary(post: Json, html: str) -> str:
    """Return the start of the post's text as Tumblr cut it; "" if it reaches below what the author hid."""
    summary, above = text_of(post, "summary"), above_rest(html)
    if above == html:
        return summary
    words, shown = (_SPACE.sub("", text) for text in (_CUT.sub("", summary), html_to_text(above)))
    return summary if words in shown else ""


def _post_id(post: Json) -> str:
    """Return Tumblr's id of the post, as digits."""
    match = _DIGITS.fullmatch(text_of(post, "id_string") or str(int_of(post, "id") or text_of(post, "id")))
    return match[1] if match else ""


def _published(post: Json) -> datetime | None:
    timestamp = int_of(post, "timestamp")
    if timestamp is None or not 0 < timestamp < _MAX_TIMESTAMP:
        return read_date(text_of(post, "date"))
    return in_range(datetime.fromtimestamp(timestamp, UTC))


def _html(post: Json) -> str:
    if isinstance(post.get("content"), list):
        return npf.post_html(post)
    to_html = _CONVERTERS.get(text_of(post, "type"), _text)
    return to_html(post) or _trail_html(post)


def _trail_html(post: Json) -> str:
    """Return the trail of a post whose own field is empty. The trail includes the post itself."""
    parts = mappings_of(post.get("trail"))
    before = ((part, _part(part)) for part in parts if part.get("is_current_item") is not True)
    own = (_part(part) for part in parts if part.get("is_current_item") is True)
    return npf.quote_trail(before) + "".join(own)


def _part(part: Json) -> str:
    return text_of(part, "content_raw") or text_of(part, "content")


def _text(post: Json) -> str:
    return text_of(post, "body") or text_of(post, "caption") or text_of(post, "description")


def _photo(post: Json) -> str:
    caption = text_of(post, "caption")
    pictures = (
        npf.picture(mapping_of(photo.get("original_size")), caption=_own_caption(photo, caption))
        for photo in mappings_of(post.get("photos"))
    )
    return "".join(pictures) + caption


def _own_caption(photo: Json, caption: str) -> str:
    """Return the photo's own caption; "" if the post's caption has the same words."""
    own = text_of(photo, "caption")
    return "" if one_line(html_to_text(own)) in one_line(html_to_text(caption)) else own


def _quote(post: Json) -> str:
    words, source = text_of(post, "text"), text_of(post, "source")
    return f"“{words}”" + (f"<br><br> - {source}" if source.strip() else "")


def _link(post: Json) -> str:
    card = npf.link_card(
        text_of(post, "url"),
        text_of(post, "title"),
        text_of(post, "excerpt"),
        text_of(post, "publisher") or text_of(post, "link_author"),
        text_of(post, "link_image"),
    )
    return card + text_of(post, "description")


def _chat(post: Json) -> str:
    lines = [
        f"<b>{escape(text_of(line, 'label'))}</b> {escape(text_of(line, 'phrase'))}"
        for line in mappings_of(post.get("dialogue"))
    ]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else paragraphs(text_of(post, "body"))


def _audio(post: Json) -> str:
    """Return the file, or the page at the site that plays it, or else the embedded player."""
    caption = " – ".join(filter(None, (text_of(post, "artist"), text_of(post, "track_name"))))
    page = _audio_page(post)
    sound = npf.player(
        "audio",
        text_of(post, "audio_type"),
        page,
        "" if page else text_of(post, "audio_url"),
        text_of(post, "album_art"),
        caption,
        text_of(post, "player") or text_of(post, "embed"),
    )
    return sound + text_of(post, "caption")


def _audio_page(post: Json) -> str:
    """Return the page of a sound at another site; "" for a file of Tumblr's. `audio_type` may be missing."""
    names = ("audio_source_url", "audio_url", "provider_uri")
    source, *others = (page_url(text_of(post, name)) for name in names)
    if known := next(filter(is_known_player, (source, *others)), ""):
        return known
    if text_of(post, "audio_url"):
        return "" if text_of(post, "audio_type") in {"tumblr", ""} else source
    origin = page_url(text_of(post, "source_url"))
    return source or (origin if is_known_player(origin) or not text_of(post, "player") else "")


def _video(post: Json) -> str:
    """Return Tumblr's own file or another site's page; without either, the widest embedded player."""
    players = [text_of(one, "embed_code") for one in mappings_of(post.get("player"))]
    video = npf.player(
        "video",
        text_of(post, "video_type"),
        page_url(text_of(post, "permalink_url")),
        text_of(post, "video_url"),
        text_of(post, "thumbnail_url"),
        frame=next(filter(None, reversed(players)), ""),
    )
    return video + text_of(post, "caption")


def _answer(post: Json) -> str:
    question = text_of(post, "question")
    return npf.ask(text_of(post, "asking_name"), f"<p>{question}</p>") + text_of(post, "answer")


_CONVERTERS: dict[str, Callable[[Json], str]] = {
    "text": _text,
    "photo": _photo,
    "quote": _quote,
    "link": _link,
    "chat": _chat,
    "audio": _audio,
    "video": _video,
    "answer": _answer,
}
