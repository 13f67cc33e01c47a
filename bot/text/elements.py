"""What HTML elements mean for a reader: whether they are shown, block or inline, and their marks."""

import re
from collections.abc import Iterator, Mapping

from bot.text.document import Mark

SKIPPED_TAGS = frozenset(
    {
        "base", "button", "canvas", "datalist", "form", "head", "link", "map", "math", "meta", "progress", "rp",
        "script", "select", "style", "svg", "template", "textarea", "title",
    }
)  # fmt: skip
"""Neither their text nor their pictures are for readers."""
_FALLBACK_TEXT_TAGS = frozenset({"audio", "embed", "iframe", "noscript", "object", "video"})
"""Their text is for browsers that cannot show them. Their pictures and addresses are for readers."""
TEXTLESS_TAGS = SKIPPED_TAGS | _FALLBACK_TEXT_TAGS
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
"""The text before and after an element."""

_TAGS_OF_MARKS = {
    Mark.BOLD: ("b", "strong", "dt", "th", "caption", "summary"),
    Mark.ITALIC: ("em", "i", "cite", "dfn", "var", "figcaption"),
    Mark.UNDERLINE: ("u", "ins"),
    Mark.STRIKE: ("s", "del", "strike"),
}
_MARKS = {tag: mark for mark, tags in _TAGS_OF_MARKS.items() for tag in tags}
_STATES = dict.fromkeys(("code", "kbd", "samp", "tt"), "code") | {
    tag: tag for tag in ("pre", "sup", "sub", "summary", "h1", "h2", "h3", "h4", "h5", "h6")
}
_BOILERPLATE_CLASS = re.compile(
    r"(?:^|\s)(?:feedflare|sharedaddy|sd-sharing\S*|share-(?:buttons?|links?)|social-(?:share|links)\S*|addtoany\S*"
    r"|jp-relatedposts|screen-reader-text|sr-only|visually-hidden|invisible|post-views\S*|wp-block-social\S*"
    r"|footnote-back\S*|reversefootnote|headerlink|anchorjs-link|(?:lyt|ltv)-visually-hidden"
    r"|kg-(?:audio|video)-player"
    r"|subscription-widget\S*|subscribe-widget\S*|captioned-button-wrap|kg-(?:signup|subscribe)-\S+|kg-bookmark-metadata"
    r"|wp-block-jetpack-subscriptions\S*|jetpack[_-]subscription\S*|mc[_-]embed[_-]\S*|mailpoet[_-]\S*"
    r"|tnp(?:-subscription\S*)?|formkit\S*|sib-form\S*|ml-embedded|beehiiv-embed"
    r"|(?:newsletter|e?mail)-?(?:sign-?up|subscri\w+|form|opt-?in)\S*|(?:sign-?up|subscribe)-(?:form|box)\S*)(?:\s|$)"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPOILER_CLASS = re.compile(r"(?:^|[\s_-])spoilers?(?:[\s_-]|$)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC_STYLE = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_STRIKE_STYLE = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()aehklmnopstx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕₖₗₘₙₒₚₛₜₓ")
_MAX_EXPANSION_LENGTH = 60
_BACKLINK_SIGNS = frozenset("↩↑⤴⏎")
_VARIATION_SELECTORS = "\ufe0e\ufe0f"


def marks_of(tag: str, attributes: Mapping[str, str | None]) -> Iterator[Mark]:
    """Yield the marks that an element gives its text."""
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
    if tag in {"spoiler", "details"} or _SPOILER_CLASS.search(attributes.get("class") or ""):
        yield Mark.SPOILER


def states_of(tag: str, attributes: Mapping[str, str | None]) -> Iterator[str]:
    """Yield the states of an element's content.

    "textless" (its text is not shown), "hidden" (nothing is), or the kind of text: "pre", "code", "sup", "h2" ….
    """
    if tag in _STATES:
        yield _STATES[tag]
    if tag in _FALLBACK_TEXT_TAGS:
        yield "textless"
    if _is_hidden(attributes):
        yield "hidden"


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    return (
        "hidden" in attributes
        or _HIDDEN_STYLE.search(attributes.get("style") or "") is not None
        or _BOILERPLATE_CLASS.search(attributes.get("class") or "") is not None
        or (attributes.get("id") or "").startswith("mc_embed")
    )


def to_super_or_subscript(text: str, open_states: Mapping[str, int]) -> str:
    """Return text inside `sup` or `sub` in Unicode's small characters; "^x" or "_x" if one of them is missing there."""
    state = "sup" if open_states.get("sup") else "sub" if open_states.get("sub") else ""
    stripped = text.strip()
    if not state or not stripped:
        return text
    small = stripped.translate(_SUPERSCRIPT if state == "sup" else _SUBSCRIPT)
    if all(old != new for old, new in zip(stripped, small, strict=True)):
        return small
    if state == "sup":
        return f"^{stripped}"
    return text if len(stripped) > 1 else f"_{stripped}"


def is_backlink(label: str) -> bool:
    """Return whether a link with this text leads from a footnote back to its reference."""
    return label.strip().rstrip(_VARIATION_SELECTORS) in _BACKLINK_SIGNS


def expansion_of(abbreviation: str, title: str) -> str:
    """Return what to add after an abbreviation that has a title: its expansion in parentheses, or ""."""
    is_useful = (
        title.strip() and title.strip() != abbreviation.strip() and len(title) <= _MAX_EXPANSION_LENGTH
    )
    return f" ({title.strip()})" if is_useful else ""
