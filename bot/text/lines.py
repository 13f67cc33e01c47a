"""One line of a feed's or member's text: cleaned, escaped, and short enough."""

from collections.abc import Callable

from bot.text import limits
from bot.text.escape import isolate_direction, strip_controls
from bot.text.fold import one_line, unescape
from bot.text.markdown import escape_line
from bot.text.summary import clip


def clean_line(text: str) -> str:
    """Return `text` as one line with its entities unescaped, without control characters."""
    return one_line(strip_controls(unescape(text)))


def fit_escaped_line(text: str, limit: int) -> str:
    """Return one line as Markdown that shows it literally, in at most `limit` UTF-16 units."""
    return fit_line(text, limit, lambda clipped: escape_line(isolate_direction(clipped)))


def fit_line(text: str, limit: int, write: Callable[[str], str]) -> str:
    """Return `write(text)`, with `text` clipped until the result has at most `limit` UTF-16 units.

    It stays longer if even `write` of a single character is.
    """
    length = limit
    while (excess := limits.utf16_length(written := write(clip(text, length))) - limit) > 0 and length > 1:
        length = max(1, length - max(1, excess // 2))
    return written
