"""The pictures, videos and sounds that stand beside a post's HTML: enclosures, media:* elements, cover pictures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.model import Media, MediaKind
from bot.source.entry.links import absolute
from bot.text.fold import one_line
from bot.text.links import host_of
from bot.text.providers import find_player

_MOST = 40
_ALT = 1_500
_KINDS = {kind.value: kind for kind in MediaKind}
_SUFFIXES = {
    MediaKind.IMAGE: {"jpg", "jpeg", "png", "gif", "webp", "avif", "pnj"},
    MediaKind.VIDEO: {"mp4", "m4v", "webm", "mov", "m3u8", "gifv"},
    MediaKind.AUDIO: {"mp3", "m4a", "ogg", "oga", "opus", "wav", "aac", "flac"},
}
_SIZE = re.compile(r"(?:[-_/](?:\d{2,5}(?:x\d{2,5})?|scaled))?(?=\.\w+$)")
_SUFFIX_KIND = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class Offer:
    """A file as a feed offers it, before it is known to be worth showing."""

    url: str
    type: str = ""
    medium: str = ""
    width: str = ""
    height: str = ""
    alt: str = ""
    group: int = 0
    """Offers of one group, other than 0, are the same thing in several sizes or formats."""


def choose(offers: Iterable[Offer], thumbnails: Iterable[Offer], html: str, base: str) -> tuple[Media, ...]:
    """One Media for each thing offered, at its best size, without what the HTML shows already.

    Thumbnails stand in only where there is no other picture.
    """
    shown = _pictures_in(html)
    best: dict[tuple[MediaKind, str], Media] = {}
    for offer in offers:
        media = _media(offer, base)
        if media is None or _same_file(media.url) in shown:
            continue
        key = (media.kind, f"group {offer.group}" if offer.group else _same_file(media.url))
        best[key] = _better(best[key], media) if key in best else media
    pictured = "<img" in html or any(media.kind is MediaKind.IMAGE for media in best.values())
    stand_ins = [] if pictured else [media for offer in thumbnails if (media := _picture(offer, base))]
    chosen = list(best.values())
    if stand_ins:
        chosen.append(max(stand_ins, key=_area))
    return tuple(chosen[:_MOST])


def _media(offer: Offer, base: str) -> Media | None:
    url = absolute(offer.url, base)
    if not url or _is_avatar(url):
        return None
    if page := find_player(url):
        return replace(page, width=_size(offer.width), height=_size(offer.height))
    kind = _kind(offer, url)
    if kind is None:
        return None
    return Media(url, kind, _size(offer.width), _size(offer.height), one_line(offer.alt[: 2 * _ALT])[:_ALT])


def _picture(offer: Offer, base: str) -> Media | None:
    media = _media(replace(offer, medium="image", type=""), base)
    return media if media and media.kind is MediaKind.IMAGE else None


def _kind(offer: Offer, url: str) -> MediaKind | None:
    for word in (offer.type.partition("/")[0].strip().lower(), offer.medium.strip().lower()):
        if word in _KINDS:
            return _KINDS[word]
    suffix = urlsplit(url).path.rpartition(".")[2].lower()
    return _SUFFIX_KIND.get(suffix)


def _is_avatar(url: str) -> bool:
    """WordPress sends its author's face with every post."""
    return host_of(url).endswith("gravatar.com")


def _size(value: str) -> int | None:
    digits = value.strip().removesuffix("px")
    return (
        int(digits) if digits.isascii() and digits.isdigit() and 0 < len(digits) < 6 and int(digits) else None
    )


def _area(media: Media) -> int:
    return (media.width or 0) * (media.height or media.width or 1)


def _better(one: Media, other: Media) -> Media:
    better = other if _area(other) > _area(one) else one
    return better if better.alt else replace(better, alt=one.alt or other.alt)


def _same_file(url: str) -> str:
    """What the sizes of one picture have in common: all but scheme, query, and the size at the end of the name."""
    return host_of(url) + _SIZE.sub("", urlsplit(url).path)


_SOURCE = re.compile(r"<(?:img|source|video|audio)\b[^<>]*?\ssrc=\"([^\"<>]{1,4000})\"", re.IGNORECASE)


def _pictures_in(html: str) -> set[str]:
    """Of serialised HTML, whose attributes are always in double quotes."""
    return {_same_file(absolute(match[1].replace("&amp;", "&"))) for match in _SOURCE.finditer(html)}
