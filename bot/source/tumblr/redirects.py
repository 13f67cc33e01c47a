"""Resolve Tumblr's redirectors in outgoing links. Pure."""

import re
from urllib.parse import unquote

_REDIRECTOR = re.compile(
    r"https?://(?:t\.umblr\.com/redirect\?(?:[^#]*&)?z=(https?%3A%2F%2F[^&#]+)|href\.li/\?(https?://.+))",
    re.IGNORECASE,
)


def direct_url(address: str) -> str:
    """Return the target of an address of a redirector; any other address as it is."""
    match = _REDIRECTOR.match(address)
    return address if match is None else unquote(match[1]) if match[1] else match[2]
