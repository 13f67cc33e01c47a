"""Which pictures of a post are worth showing, and the sharpest address of each."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from bot.model import Media, MediaKind
from bot.text.escape import strip_controls
from bot.text.fold import one_line
from bot.text.links import safe_url

_SRCSETS = ("data-srcset", "data-lazy-srcset", "data-original-set", "srcset")
_SOURCES = (
    "data-orig-file", "data-large-file", "data-full-url", "data-src", "data-lazy-src", "data-original", "data-lazy",
    "src",
)  # fmt: skip
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+(\d+(?:\.\d+)?)([wxh]))?[^,]*(?:,|$)")
_NEVER = re.compile(
    r"\.(?:svg|gifv|ico|mp4|webm|mov|swf)$|/(?:spacer|blank|pixel|transparent|clear|1x1|loading)\.(?:gif|png)$",
    re.IGNORECASE,
)
_TRACKER = re.compile(
    r"feedburner\.com/~|feeds\.feedburner|feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|/b\.gif\?"
    r"|feeds\.wordpress\.com/1\.0/|doubleclick\.net|google-analytics\.com|scorecardresearch\.com|quantserve\.com"
    r"|medium\.com/_/stat|imp\.gif|/open\.aspx|list-manage\.com/track|beacon|assoc-amazon\.|/tracking/|/pixel[?/]",
    re.IGNORECASE,
)
_AVATAR = re.compile(r"gravatar\.com/avatar|/avatars?[/_-]|/favicon", re.IGNORECASE)
_EMOJI = re.compile(r"s\.w\.org/images/core/emoji|twemoji|/emoji/|/smil(?:ies|eys)/", re.IGNORECASE)
_SMALL_CLASS = re.compile(
    r"(?:^|[\s_-])(?:avatar|emoji|emote|smiley|icon|favicon|share|social|tracking|pixel)s?(?:[\s_-]|$)"
)
_SMALLEST = 48
"""Pixels: what is smaller on both sides is an icon."""
_THUMBNAIL = 150
_TELLING_NAME = 14
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|pnj)$", re.IGNORECASE)
_SIZE_IN_NAME = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|\d{3,4}|scaled|s\d{3,4}x\d{3,4})(?=\.\w+$)")


def parse_picture(attributes: Mapping[str, str | None], sources: Iterable[str] = ()) -> Media | None:
    """The picture of an `img` with these attributes; `sources`: the `srcset`s that stand beside it in a `picture`."""
    if not _worth_showing(attributes):
        return None
    for address in _addresses(attributes, sources):
        url = safe_url(f"https:{address}" if address.startswith("//") else address)
        if url and not _NEVER.search(urlsplit(url).path) and not _TRACKER.search(url):
            size = (_pixels(attributes.get("width")), _pixels(attributes.get("height")))
            return Media(url, MediaKind.IMAGE, *size, alt=_alt(attributes))
    return None


def emoji_of(attributes: Mapping[str, str | None]) -> str:
    """The character that a picture stands for; "" if it is no emoji."""
    marked = _EMOJI.search(attributes.get("src") or "") or re.search(
        "emoji|smiley", attributes.get("class") or ""
    )
    alt = _alt(attributes)
    return alt if marked and len(alt) <= 32 else ""


def choose_pictures(given: Iterable[Media], found: Iterable[Media]) -> tuple[Media, ...]:
    """The pictures of a post, best first, each once: those the feed names, then those of the text, then thumbnails."""
    named = [media for media in given if _is_showable(media)]
    inside = [media for media in found if _is_showable(media)]
    thumbnails = [media for media in named if media.width is not None and media.width <= _THUMBNAIL]
    best: dict[str, Media] = {}
    for media in (*(media for media in named if media not in thumbnails), *inside, *thumbnails):
        key = _same_picture(media.url)
        if key not in best or (media.width or 0) > (best[key].width or 0):
            best[key] = media
    return tuple(best.values())


def _is_showable(media: Media) -> bool:
    url = safe_url(media.url)
    shown = bool(url) and not _NEVER.search(urlsplit(url).path) and not _TRACKER.search(url)
    return media.kind is MediaKind.IMAGE and shown


def _same_picture(url: str) -> str:
    """A key that the sizes of one picture share."""
    parts = urlsplit(url)
    name = _SIZE_IN_NAME.sub("", parts.path.rsplit("/", 1)[-1]).lower()
    if not _PICTURE_FILE.search(parts.path):
        return url
    return name if len(name) >= _TELLING_NAME else f"{parts.hostname}{parts.path}"


def largest_candidate(srcset: str) -> str:
    """The address of the largest candidate, by width or density; "" if there is none."""
    best, best_size = "", -1.0
    for found in _CANDIDATE.finditer(srcset):
        size = float(found[2] or 1)
        if size > best_size and not found[1].startswith("data:"):
            best, best_size = found[1], size
    return best


def _addresses(attributes: Mapping[str, str | None], sources: Iterable[str]) -> Iterator[str]:
    yield from (largest_candidate(srcset) for name in _SRCSETS if (srcset := attributes.get(name)))
    yield from (largest_candidate(srcset) for srcset in sources)
    yield from (address.strip() for name in _SOURCES if (address := attributes.get(name)))


def _worth_showing(attributes: Mapping[str, str | None]) -> bool:
    width, height = _pixels(attributes.get("width")), _pixels(attributes.get("height"))
    if width is not None and height is not None and max(width, height) < _SMALLEST:
        return False
    if any(side is not None and side <= 2 for side in (width, height)):
        return False
    src = attributes.get("src") or ""
    return not (
        _SMALL_CLASS.search(attributes.get("class") or "") or _AVATAR.search(src) or _EMOJI.search(src)
    )


def _pixels(value: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", value or "")
    return int(found[1]) if found else None


def _alt(attributes: Mapping[str, str | None]) -> str:
    return one_line(strip_controls(attributes.get("alt") or ""))
