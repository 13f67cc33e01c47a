"""Choose the pictures of a post to show, each at the address with the highest resolution."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from bot.model import Media, MediaKind
from bot.text.enlarge import enlarge
from bot.text.escape import strip_controls
from bot.text.fold import one_line
from bot.text.links import safe_url

_SRCSET_ATTRIBUTES = ("data-srcset", "data-lazy-srcset", "data-original-set", "srcset")
_Sides = tuple[int | None, int | None]
_URL_ATTRIBUTES = (
    "data-orig-file", "data-large-file", "data-full-url", "data-src", "data-lazy-src", "data-original", "data-lazy",
    "src",
)  # fmt: skip
_CANDIDATE = re.compile(r"\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+(\d+(?:\.\d+)?)([wxh]))?[^,]*(?:,|$)")
_UNSUITABLE_PATH = re.compile(r"\.(?:svg|gifv|ico|mp4|webm|mov|swf)$", re.IGNORECASE)
_TRACKER = re.compile(
    r"feedburner\.com/~|feeds\.feedburner|feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|/b\.gif\?"
    r"|feeds\.wordpress\.com/1\.0/|doubleclick\.net|google-analytics\.com|scorecardresearch\.com|quantserve\.com"
    r"|medium\.com/_/stat|imp\.gif|/open\.aspx|list-manage\.com/track|assoc-amazon\.|//(?:[\w-]+\.)*(?:beacon|pixel)s?\."
    r"|(?:substack|beehiiv|mailchimp|sendgrid|mailgun|convertkit|kit-mail\d?)\S*/(?:o|open|wf/open|eo)(?:[/?]|$)",
    re.IGNORECASE,
)
_FACE = re.compile(
    r"gravatar\.com/avatar|//avatars?\d*\.|//[^/]*tumblr\.com/(?:\w+/)?avatar_|//lh\d\.googleusercontent\.com/a-?/"
    r"|//yt\d\.ggpht\.com/|//pbs\.twimg\.com/profile_images/|//github\.com/[\w-]+\.png|//miro\.medium\.com/fit/c/\d{2,3}/",
    re.IGNORECASE,
)
"""Where sites serve only the pictures of people."""
_EMOJI = re.compile(r"s\.w\.org/images/core/emoji|twemoji|/emoji/|/smil(?:ies|eys)/", re.IGNORECASE)
_SUSPICIOUS_PATH = re.compile(
    r"/(?:spacer|blank|pixel|transparent|clear|1x1|loading)\.(?:gif|png)$"
    r"|/(?:tracking|track|pixels?|beacons?)(?:(?:/[^./]+)?(?:/[^/]*)?\.(?:gif|png|php|aspx?)|/[^./]*)?$"
    r"|/(?:avatar|favicon|gravatar)(?:[-_.]?\d+(?:x\d+)?)?(?:\.\w+)?$"
    r"|/(?:user_?|profile_?|default_)?(?:avatars?|favicons?|profile_images)/",
    re.IGNORECASE,
)
"""Names of trackers, placeholders and faces. A large picture may have such a name too."""
_SUSPICIOUS_CLASS = re.compile(
    r"(?:^|[\s_-])(?:avatar|emoji|emote|smiley|icon|favicon|gravatar)s?(?:[\s_-]|$)"
    r"|(?:^|\s)(?:share|social|tracking|pixel)"
    r"(?:[_-](?:share|social|tracking|pixel|button|link|icon)s?)?(?:\s|$)"
)
_CONTENT_CLASS = re.compile(
    r"(?:^|\s)(?:wp-image-\d+|size-(?:medium|large|full)\S*|attachment-\S+|tmblr-full)(?:\s|$)"
)
"""Classes of pictures that an author put into the text."""
_STYLE_SIDE = re.compile(
    r"(?:^|[;\s])(?:max-)?(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*(?:!important\s*)?(?=;|$)",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|mso-hide\s*:\s*all)",
    re.IGNORECASE,
)
_SIDE_IN_ADDRESS = re.compile(
    r"[?&](?:sz|size|w|width)=(\d{2,3})(?:&|$)|/resize:fill:(\d{2,3}):\d"
    r"|(?:googleusercontent|blogspot|ggpht)\.com/\S*[/=][swh](\d{2,3})(?:-\w+)*(?:/[^/]*)?$"
)
_MAX_ICON_SIDE = 64
"""Pixels; a picture no larger is an icon or a face."""
_MIN_LARGE_SIDE = 250
"""Pixels; a picture at least as large is for readers, whatever its name."""
_MAX_PIXEL_SIDE = 2
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
    sides = _sides_of(attributes)
    if not _is_worth_showing(attributes, sides):
        return None
    for address in _addresses(attributes, sources):
        url = safe_url(f"https:{address}" if address.startswith("//") else address)
        if _is_suitable(url, sides):
            return enlarge(Media(url, MediaKind.IMAGE, *sides, alt=_alt(attributes)))
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
    attached = [enlarge(media) for media in attached if _is_picture(media)]
    inline = [enlarge(media) for media in inline if _is_picture(media)]
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
    sides = (media.width, media.height)
    return media.kind is MediaKind.IMAGE and not _is_small(sides) and _is_suitable(safe_url(media.url), sides)


def _is_suitable(url: str, sides: _Sides) -> bool:
    """Return whether a safe address may be that of a picture for readers. Its size counts more than its name."""
    path = urlsplit(url).path
    if not url or _UNSUITABLE_PATH.search(path) or _TRACKER.search(url) or _FACE.search(url):
        return False
    if _is_large(sides):
        return True
    address_sides = [int(side) for match in _SIDE_IN_ADDRESS.finditer(url) for side in match.groups() if side]
    is_icon = bool(address_sides) and max(address_sides) <= _MAX_ICON_SIDE
    return not is_icon and not _SUSPICIOUS_PATH.search(path)


def _is_small(sides: _Sides) -> bool:
    """Return whether a picture of this size is an icon or a pixel."""
    known = [side for side in sides if side is not None]
    return bool(known) and (max(known) <= _MAX_ICON_SIDE or min(known) <= _MAX_PIXEL_SIDE)


def _is_large(sides: _Sides) -> bool:
    return max((side for side in sides if side is not None), default=0) >= _MIN_LARGE_SIDE


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


def _is_worth_showing(attributes: Mapping[str, str | None], sides: _Sides) -> bool:
    if "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or "") or _is_small(sides):
        return False
    if _is_large(sides):
        return True
    classes = attributes.get("class") or ""
    is_content = _CONTENT_CLASS.search(classes) or not _SUSPICIOUS_CLASS.search(classes)
    return bool(is_content) and not _EMOJI.search(attributes.get("src") or "")


def _sides_of(attributes: Mapping[str, str | None]) -> _Sides:
    """Return the width and height that the attributes and the style give a picture."""
    style = {name.lower(): int(side) for name, side in _STYLE_SIDE.findall(attributes.get("style") or "")}
    width, height = (_pixels(attributes.get(name)) for name in ("width", "height"))
    return _smaller(width, style.get("width")), _smaller(height, style.get("height"))


def _smaller(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _pixels(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", value or "")
    return int(match[1]) if match else None


def _alt(attributes: Mapping[str, str | None]) -> str:
    return one_line(strip_controls(attributes.get("alt") or ""))
