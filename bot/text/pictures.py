"""Choose the pictures of a post to show, each at the address with the highest resolution."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from bot.model import Media, MediaKind
from bot.text.escape import strip_controls
from bot.text.fold import one_line
from bot.text.links import safe_url

_SRCSET_ATTRIBUTES = ("data-srcset", "data-lazy-srcset", "data-original-set", "srcset")
_URL_ATTRIBUTES = (
    "data-orig-file", "data-large-file", "data-full-url", "data-src", "data-lazy-src", "data-original", "data-lazy",
    "src",
)  # fmt: skip
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+(\d+(?:\.\d+)?)([wxh]))?[^,]*(?:,|$)")
_UNSUITABLE_PATH = re.compile(
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
_MIN_SIDE = 48
"""Pixels; a picture smaller on both sides is an icon."""
_MAX_THUMBNAIL_WIDTH = 150
_MIN_UNIQUE_NAME_LENGTH = 14
"""Characters; pictures with the same name of this length are the same picture."""
_MAX_EMOJI_LENGTH = 32
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|pnj)$", re.IGNORECASE)
_SIZE_IN_NAME = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|\d{3,4}|scaled|s\d{3,4}x\d{3,4})(?=\.\w+$)")


def parse_picture(attributes: Mapping[str, str | None], sources: Iterable[str] = ()) -> Media | None:
    """Return the picture of an `img` with these attributes; None if it is not worth showing.

    `sources` are the `srcset`s beside it in a `picture` element.
    """
    if not _is_worth_showing(attributes):
        return None
    for address in _addresses(attributes, sources):
        url = safe_url(f"https:{address}" if address.startswith("//") else address)
        if _is_suitable(url):
            size = (_pixels(attributes.get("width")), _pixels(attributes.get("height")))
            return Media(url, MediaKind.IMAGE, *size, alt=_alt(attributes))
    return None


def emoji_of(attributes: Mapping[str, str | None]) -> str:
    """Return the emoji that a picture shows; "" if it is not an emoji."""
    is_emoji = _EMOJI.search(attributes.get("src") or "") or re.search(
        "emoji|smiley", attributes.get("class") or ""
    )
    alt = _alt(attributes)
    return alt if is_emoji and len(alt) <= _MAX_EMOJI_LENGTH else ""


def choose_pictures(attached: Iterable[Media], inline: Iterable[Media]) -> tuple[Media, ...]:
    """Return the pictures of a post, each once: those attached by the feed, those in the text, then thumbnails."""
    attached = [media for media in attached if _is_picture(media)]
    inline = [media for media in inline if _is_picture(media)]
    thumbnails = [
        media for media in attached if media.width is not None and media.width <= _MAX_THUMBNAIL_WIDTH
    ]
    best: dict[str, Media] = {}
    for media in (*(media for media in attached if media not in thumbnails), *inline, *thumbnails):
        key = _picture_key(media.url)
        if key not in best or (media.width or 0) > (best[key].width or 0):
            best[key] = media
    return tuple(best.values())


def _is_picture(media: Media) -> bool:
    return media.kind is MediaKind.IMAGE and _is_suitable(safe_url(media.url))


def _is_suitable(url: str) -> bool:
    """Return whether a safe address may be that of a picture for readers."""
    return bool(url) and not _UNSUITABLE_PATH.search(urlsplit(url).path) and not _TRACKER.search(url)


def _picture_key(url: str) -> str:
    """Return a key that is the same for all sizes of a picture."""
    parts = urlsplit(url)
    name = _SIZE_IN_NAME.sub("", parts.path.rsplit("/", 1)[-1]).lower()
    if not _PICTURE_FILE.search(parts.path):
        return url
    return name if len(name) >= _MIN_UNIQUE_NAME_LENGTH else f"{parts.hostname}{parts.path}"


def largest_candidate(srcset: str) -> str:
    """Return the address with the greatest width or density in a `srcset`; "" if there is none."""
    best, best_size = "", -1.0
    for match in _CANDIDATE.finditer(srcset):
        size = float(match[2] or 1)
        if size > best_size and not match[1].startswith("data:"):
            best, best_size = match[1], size
    return best


def _addresses(attributes: Mapping[str, str | None], sources: Iterable[str]) -> Iterator[str]:
    yield from (largest_candidate(srcset) for name in _SRCSET_ATTRIBUTES if (srcset := attributes.get(name)))
    yield from (largest_candidate(srcset) for srcset in sources)
    yield from (address.strip() for name in _URL_ATTRIBUTES if (address := attributes.get(name)))


def _is_worth_showing(attributes: Mapping[str, str | None]) -> bool:
    width, height = _pixels(attributes.get("width")), _pixels(attributes.get("height"))
    if width is not None and height is not None and max(width, height) < _MIN_SIDE:
        return False
    if any(side is not None and side <= 2 for side in (width, height)):
        return False
    src = attributes.get("src") or ""
    return not (
        _SMALL_CLASS.search(attributes.get("class") or "") or _AVATAR.search(src) or _EMOJI.search(src)
    )


def _pixels(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", value or "")
    return int(match[1]) if match else None


def _alt(attributes: Mapping[str, str | None]) -> str:
    return one_line(strip_controls(attributes.get("alt") or ""))
