"""Choose a post's media outside of its HTML: enclosures, media:* elements and cover pictures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.model import Media, MediaKind
from bot.source.entry.links import absolute
from bot.text.fold import one_line
from bot.text.links import host_of
from bot.text.providers import find_player

_MAX_MEDIA = 40
_MAX_ALT_LENGTH = 1_500
_KINDS = {kind.value: kind for kind in MediaKind}
_SUFFIXES = {
    MediaKind.IMAGE: {"jpg", "jpeg", "png", "gif", "webp", "avif", "pnj"},
    MediaKind.VIDEO: {"mp4", "m4v", "webm", "mov", "m3u8", "gifv"},
    MediaKind.AUDIO: {"mp3", "m4a", "ogg", "oga", "opus", "wav", "aac", "flac"},
}
_SOURCE = re.compile(r"<(?:img|source|video|audio)\b[^<>]*?\ssrc=\"([^\"<>]{1,4000})\"", re.IGNORECASE)
_SIZE = re.compile(r"(?:[-_/](?:\d{2,5}(?:x\d{2,5})?|scaled))?(?=\.\w+$)")
_SUFFIX_KIND = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class MediaCandidate:
    """A file that a feed names, before it is known to be usable."""

    url: str
    type: str = ""
    medium: str = ""
    width: str = ""
    height: str = ""
    alt: str = ""
    group: int = 0
    """Candidates with the same group, other than 0, are the same content in several sizes or formats."""


def choose_media(
    candidates: Iterable[MediaCandidate], thumbnails: Iterable[MediaCandidate], html: str, base: str
) -> tuple[Media, ...]:
    """Return each picture, video or sound once, in its largest size, without those that the HTML already contains.

    The largest thumbnail is added only if there is no other picture.
    """
    in_html = {_file_key(url) for url in _media_in(html)}
    best: dict[tuple[MediaKind, str], Media] = {}
    for candidate in candidates:
        media = _to_media(candidate, base)
        if media is None or _file_key(media.url) in in_html:
            continue
        key = (media.kind, f"group {candidate.group}" if candidate.group else _file_key(media.url))
        best[key] = _larger(best[key], media) if key in best else media
    chosen = list(best.values())
    if "<img" not in html and not any(media.kind is MediaKind.IMAGE for media in chosen):
        pictures = [media for thumbnail in thumbnails if (media := _to_picture(thumbnail, base))]
        chosen += [max(pictures, key=_area)] if pictures else []
    return tuple(chosen[:_MAX_MEDIA])


def _to_media(candidate: MediaCandidate, base: str) -> Media | None:
    url = absolute(candidate.url, base)
    if not url or _is_avatar(url):
        return None
    if page := find_player(url):
        return replace(page, width=_pixels(candidate.width), height=_pixels(candidate.height))
    kind = _kind(candidate, url)
    if kind is None:
        return None
    alt = one_line(candidate.alt[: 2 * _MAX_ALT_LENGTH])[:_MAX_ALT_LENGTH]
    return Media(url, kind, _pixels(candidate.width), _pixels(candidate.height), alt)


def _to_picture(thumbnail: MediaCandidate, base: str) -> Media | None:
    media = _to_media(replace(thumbnail, medium="image", type=""), base)
    return media if media and media.kind is MediaKind.IMAGE else None


def _kind(candidate: MediaCandidate, url: str) -> MediaKind | None:
    for word in (candidate.type.partition("/")[0].strip().lower(), candidate.medium.strip().lower()):
        if word in _KINDS:
            return _KINDS[word]
    suffix = urlsplit(url).path.rpartition(".")[2].lower()
    return _SUFFIX_KIND.get(suffix)


def _is_avatar(url: str) -> bool:
    """Return whether this is an author's picture, which WordPress adds to every post."""
    return host_of(url).endswith("gravatar.com")


def _pixels(value: str) -> int | None:
    digits = value.strip().removesuffix("px")
    valid = digits.isascii() and digits.isdigit() and len(digits) < 6
    return (int(digits) or None) if valid else None


def _area(media: Media) -> int:
    return (media.width or 0) * (media.height or media.width or 1)


def _larger(one: Media, other: Media) -> Media:
    """Return the larger of two sizes of one picture, with the alternative text of either."""
    larger = other if _area(other) > _area(one) else one
    return larger if larger.alt else replace(larger, alt=one.alt or other.alt)


def _file_key(url: str) -> str:
    """Return what all sizes of one picture have in common: the address without scheme, query and size suffix."""
    return host_of(url) + _SIZE.sub("", urlsplit(url).path)


def _media_in(html: str) -> Iterable[str]:
    """Return the addresses in serialised HTML, whose attributes are always in double quotes."""
    return (absolute(match[1].replace("&amp;", "&")) for match in _SOURCE.finditer(html))
