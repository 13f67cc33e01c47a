"""Find the large size of a thumbnail, where its site writes the size into the address."""

import re
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.model import Media, MediaKind


class _Site(NamedTuple):
    host: re.Pattern[str]
    size: re.Pattern[str]
    """What to replace in the address."""
    large: str


def _site(host: str, size: str, large: str) -> _Site:
    return _Site(re.compile(rf"(?:.+\.)?(?:{host})"), re.compile(size), large)


_GOOGLE = r"googleusercontent\.com|bp\.blogspot\.com|ggpht\.com"
_GOOGLE_SIZE = r"(?:[swh]\d{1,3})(?:-[a-z]{1,2}\d{0,3})*"
"""At most three digits: `s1600` is large already."""
_SITES = (
    _site(_GOOGLE, rf"/{_GOOGLE_SIZE}(?=/[^/]*$)", "/s1600"),
    _site(_GOOGLE, rf"={_GOOGLE_SIZE}$", "=s1600"),
    _site(r"ytimg\.com|img\.youtube\.com", r"(?<=/)(?:default|mqdefault|[123])(?=\.jpg)", "hqdefault"),
    _site(r"i\d\.wp\.com", r"\?(?:[^#]*&)?(?:resize|fit|w|h)=[^#]*$", ""),
    _site(r"files\.wordpress\.com", r"\?(?:[^#]*&)?(?:w|h)=\d{1,3}(?:&[^#]*)?$", ""),
    _site(
        r"miro\.medium\.com|cdn-images-\d\.medium\.com",
        r"/max/\d{2,3}(?:/\d{2,3})?(?=/)",
        "/max/1400",
    ),
    _site(r"miro\.medium\.com", r"/resize:(?:fit|fill):\d{2,3}(?::\d{2,3})?(?=/)", "/resize:fit:1400"),
)


def enlarge(media: Media) -> Media:
    """Return a picture at the address of its large size, whose size in pixels is not known; or the media unchanged.

    Icons and faces stay as they are.
    """
    host = urlsplit(media.url).hostname or ""
    for site in _SITES if media.kind is MediaKind.IMAGE else ():
        if site.host.fullmatch(host) and (large := site.size.sub(site.large, media.url)) != media.url:
            return replace(media, url=large, width=None, height=None)
    return media
