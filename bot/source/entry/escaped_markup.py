"""Find tags that a site escaped once too often, so that people would read `<a href=…>` in a post."""

import re
from collections.abc import Iterator

from bot.text.elements import BLOCK_TAGS
from bot.text.fold import unescape
from bot.text.markup import VOID

_NAMES = (
    "a|abbr|article|b|big|blockquote|br|center|cite|dd|del|div|dl|dt|em|embed|figcaption|figure|font|footer|h[1-6]|header"
    "|hr|i|iframe|img|ins|li|ol|p|q|s|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead"
    "|tr|tt|u|ul|video|audio|source"
)
_LESS, _GREATER = r"&(?:amp;){0,2}(?:lt|\#0*60|\#x0*3c);", r"&(?:amp;){0,2}(?:gt|\#0*62|\#x0*3e);"
_TOKEN = re.compile(
    rf"""<[a-z/!](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>
    | {_LESS} (?P<end>/?) (?P<name>{_NAMES})
      (?P<attributes> (?: \s (?: (?!{_LESS}|{_GREATER}) [^<>] ){{0,2000}}+ )?+ ) /? (?:{_GREATER}|>)""",
    re.VERBOSE | re.IGNORECASE,
)
_ESCAPED = re.compile(_LESS, re.IGNORECASE)
_CODE = re.compile(r"<(?:code|pre|kbd|samp|textarea|xmp)(?=[\s/>])", re.IGNORECASE)
_MAX_OPEN = 50
_USELESS_VOID = {"img": "src", "embed": "src", "source": "src"}
"""Void elements that say something only with this attribute. Without it, the text talks about the tag."""


def unescape_markup(html: str) -> str:
    """Return the HTML with its escaped tags unescaped, if they are complete: `&lt;b&gt;word&lt;/b&gt;`.

    A tag without its other half stays text, and so does everything in a post with code: its author writes about tags.
    """
    if not _ESCAPED.search(html) or _CODE.search(html):
        return html
    tokens = [token for token in _TOKEN.finditer(html) if token["name"]]
    markup = set(_complete(tokens, html))
    if not markup:
        return html
    parts: list[str] = []
    at = 0
    for index, token in enumerate(tokens):
        if index in markup:
            parts += [html[at : token.start()], _tag(token)]
            at = token.end()
    return "".join([*parts, html[at:]])


def _complete(tokens: list[re.Match[str]], html: str) -> Iterator[int]:
    """Yield the indexes of void elements, and of tags with their other half."""
    opened: list[int] = []
    for index, token in enumerate(tokens):
        name = token["name"].lower()
        if name in VOID:
            if _USELESS_VOID.get(name, "") in token["attributes"].lower():
                yield index
        elif not token["end"]:
            opened = [*opened[1 - _MAX_OPEN :], index]
        else:
            start = next((each for each in reversed(opened) if tokens[each]["name"].lower() == name), None)
            if start is not None:
                opened = [each for each in opened if each < start]
                yield from [start, index] if _is_tight(tokens[start], token, html) else []


def _is_tight(start: re.Match[str], end: re.Match[str], html: str) -> bool:
    """Return whether this is an element and not a remark about its tags, such as "put it between <b> and </b>"."""
    if start["attributes"].strip() or start["name"].lower() in BLOCK_TAGS:
        return True
    return not (html[start.end()].isspace() or html[end.start() - 1].isspace())


def _tag(token: re.Match[str]) -> str:
    return f"<{token['end']}{token['name']}{unescape(token['attributes'])}>"
