"""Discord's length limits. They count UTF-16 units, as the JavaScript of its clients does.

https://docs.discord.com/developers/resources/message#embed-object-embed-limits
"""

CONTENT = 2000
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4096
EMBED_AUTHOR = 256
GALLERY = 4
"""Embeds with the same `url`, whose pictures Discord shows as one block."""
THREAD_NAME = 100
MENU_OPTIONS = 25
URL = 2048

_LAST_SINGLE_UNIT = "\uffff"


def utf16_length(text: str) -> int:
    """Return the length of `text` as Discord counts it; a lone surrogate counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting_length(text: str, limit: int) -> int:
    """Return how many characters of `text` fit into `limit` UTF-16 units."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if char > _LAST_SINGLE_UNIT else 1
        if used > limit:
            return index
    return len(text)


def truncate(text: str, limit: int) -> str:
    """Return the longest prefix of `text` that has at most `limit` UTF-16 units."""
    return text[: fitting_length(text, limit)]
