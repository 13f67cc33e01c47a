"""Find out what a feed itself warns of: an author's content warning, or a rating of the pictures."""

import re
from collections.abc import Iterable

from bot.model import Media, MediaKind
from bot.text.fold import fold, one_line, unescape

SENSITIVE = "Sensitive"
EXPLICIT = "Explicit"
_MAX_LENGTH = 300
_MAX_PREROLL_LENGTH = 4_000
_ADULT = frozenset({"adult", "explicit", "mature", "nc-17", "x", "xxx", "tv-ma", "18+"})
_NOT_ADULT = frozenset({"nonadult", "g", "pg", "pg-13", "r", "tv-y", "tv-g", "tv-pg", "tv-14"})
_YES, _NO = frozenset({"yes", "true", "explicit"}), frozenset({"no", "false", "clean"})
_PREROLL = re.compile(
    r"""\s*+<p[^<>]*+>\s*+(?:<(?:strong|b)>([^<>]{1,60})</(?:strong|b)>)?
    ((?:[^<>]|<img[^<>]*+>){1,1000}+)</p>\s*+<hr\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""What Mastodon writes before a text with a content warning. Some versions leave out the label."""
_STATUS = re.compile(r"https?://[^/]+/(?:@[^/]+|users/[^/]+/statuses)/\d+$")
"""The address of a post on Mastodon, whose label is in the post's language."""
_LABEL = re.compile(
    r"(?:content warning|trigger warning|cw|tw|inhaltswarnung|avertissement|advertencia|aviso de conteudo|avviso"
    r"|inhoudswaarschuwing|閲覧注意|内容警告)\s*:?"
)
_TAG = re.compile(r"<[^<>]*>")


def content_warning(html: str, link: str) -> str:
    """Return the author's warning at the start of a text, as Mastodon writes it; "" if there is none."""
    match = _PREROLL.match(html[:_MAX_PREROLL_LENGTH])
    if match is None or not (_STATUS.match(link) or _LABEL.fullmatch(fold(unescape(match[1] or "")))):
        return ""
    return one_line(unescape(_TAG.sub("", match[2])))[:_MAX_LENGTH]


def is_adult(ratings: Iterable[str]) -> bool | None:
    """Return whether one of these values of `media:rating` or the like says adult; None if none says anything."""
    values = {value.strip().lower() for value in ratings}
    return True if values & _ADULT else False if values & _NOT_ADULT else None


def is_explicit(value: str) -> bool | None:
    """Return what a value of `itunes:explicit` or the like says; None if nothing."""
    value = value.strip().lower()
    return True if value in _YES else False if value in _NO else None


def choose_warning(html: str, link: str, media: Iterable[Media], *, adult: bool, explicit: bool) -> str:
    """Return the warning of a post; "" if there is none.

    A podcast calls its language explicit. So `explicit` counts only for a post with pictures.
    """
    if warning := content_warning(html, link):
        return warning
    if adult:
        return SENSITIVE
    has_picture = "<img" in html or any(each.kind is MediaKind.IMAGE for each in media)
    return EXPLICIT if explicit and has_picture else ""
