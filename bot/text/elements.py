"""HTML's elements by what they mean for a reader: shown or not, block or inline, which mark."""

import re
from collections.abc import Iterator, Mapping

from bot.text.document import Mark

SKIPPED_TAGS = frozenset(
    {
        "base", "button", "canvas", "datalist", "form", "head", "link", "map", "math", "meta", "progress", "rp",
        "script", "select", "style", "svg", "template", "textarea", "title",
    }
)  # fmt: skip
"""Neither text nor pictures for a reader."""
_SILENT = frozenset({"audio", "embed", "iframe", "noscript", "object", "video"})
"""Their text is for browsers that cannot show them; their pictures and addresses count."""
TEXTLESS_TAGS = SKIPPED_TAGS | _SILENT
BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
CELL_TAGS = frozenset({"td", "th"})
CELL_SEPARATOR = " · "
TIGHT_TAGS = frozenset({"dd"})
WRAPPERS = {"q": ("“", "”"), "rt": ("(", ")")}
"""What is written before and after them."""

_MARKS = {
    "b": Mark.BOLD,
    "strong": Mark.BOLD,
    "dt": Mark.BOLD,
    "th": Mark.BOLD,
    "caption": Mark.BOLD,
    "summary": Mark.BOLD,
    "em": Mark.ITALIC,
    "i": Mark.ITALIC,
    "cite": Mark.ITALIC,
    "dfn": Mark.ITALIC,
    "var": Mark.ITALIC,
    "figcaption": Mark.ITALIC,
    "u": Mark.UNDERLINE,
    "ins": Mark.UNDERLINE,
    "s": Mark.STRIKE,
    "del": Mark.STRIKE,
    "strike": Mark.STRIKE,
}
_STATES = {
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
    "pre": "pre",
    "sup": "sup",
    "sub": "sub",
    "summary": "summary",
} | {f"h{level}": f"h{level}" for level in range(1, 7)}
_FURNITURE = re.compile(
    r"(?:^|\s)(?:feedflare|sharedaddy|sd-sharing\S*|share-(?:buttons?|links?)|social-(?:share|links)\S*|addtoany\S*"
    r"|jp-relatedposts|screen-reader-text|sr-only|visually-hidden|invisible|post-views\S*|wp-block-social\S*"
    r"|footnote-back\S*|reversefootnote|headerlink|anchorjs-link)(?:\s|$)"
)
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPOILER = re.compile(r"(?:^|[\s_-])spoilers?(?:[\s_-]|$)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_STRIKE_STYLE = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()aehklmnopstx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕₖₗₘₙₒₚₛₜₓ")
_LONGEST_EXPANSION = 60
_WAYS_BACK = frozenset("↩↑⤴⏎")
_VARIANTS = "\ufe0e\ufe0f"


def marks_of(tag: str, attributes: Mapping[str, str | None]) -> Iterator[Mark]:
    """The marks that an element puts on its text."""
    if tag in _MARKS:
        yield _MARKS[tag]
    style = attributes.get("style") or ""
    if tag == "span" and style:
        if _BOLD_STYLE.search(style):
            yield Mark.BOLD
        if _ITALIC_STYLE.search(style):
            yield Mark.ITALIC
        if _STRIKE_STYLE.search(style):
            yield Mark.STRIKE
    if tag in {"spoiler", "details"} or _SPOILER.search(attributes.get("class") or ""):
        yield Mark.SPOILER


def states_of(tag: str, attributes: Mapping[str, str | None]) -> Iterator[str]:
    """What is true inside an element: "pre", "code", "sup", "h2", "silent" (no text), "hidden" (nothing at all)."""
    if tag in _STATES:
        yield _STATES[tag]
    if tag in _SILENT:
        yield "silent"
    if _is_hidden(attributes):
        yield "hidden"


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    return (
        "hidden" in attributes
        or _NOT_DISPLAYED.search(attributes.get("style") or "") is not None
        or _FURNITURE.search(attributes.get("class") or "") is not None
    )


def to_super_or_subscript(text: str, inside: Mapping[str, int]) -> str:
    """`text` in the small digits of Unicode where it stands in `sup` or `sub`, or marked where they lack a letter."""
    state = "sup" if inside.get("sup") else "sub" if inside.get("sub") else ""
    bare = text.strip()
    if not state or not bare:
        return text
    small = bare.translate(_RAISED if state == "sup" else _LOWERED)
    if any(old == new for old, new in zip(bare, small, strict=True)):
        return text if len(bare) > 1 and state == "sub" else f"{'^' if state == 'sup' else '_'}{bare}"
    return small


def is_backlink(words: str) -> bool:
    """Whether a link with these words leads from a footnote to where it was called: no way for a message."""
    return words.strip().rstrip(_VARIANTS) in _WAYS_BACK


def expansion_of(short: str, title: str) -> str:
    """What to add after an abbreviation whose meaning the author gave."""
    worth = title.strip() and title.strip() != short.strip() and len(title) <= _LONGEST_EXPANSION
    return f" ({title.strip()})" if worth else ""
