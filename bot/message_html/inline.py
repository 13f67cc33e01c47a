"""Discord's Markdown → HTML."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bot.message_html.elements import Html, element, is_web, link, spoiler
from bot.message_html.markdown import (
    Block,
    Code,
    CodeBlock,
    Items,
    Link,
    Mention,
    Moment,
    Node,
    Styled,
    Text,
    Tree,
    parse,
)
from bot.message_html.view import View

_MESSAGE_LINK = re.compile(r"https://discord\.com/channels/\d+/(?P<channel>\d+)/\d+")
"""Discord's clients show such an address as the name of the channel."""
_TIME_FORMS = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%Y-%m-%d", "D": "%Y-%m-%d"}
_OTHER_TIME_FORM = "%Y-%m-%d %H:%M"
_TAGS = {"quote": "blockquote", "subtext": "small"}
_UNKNOWN = {"user": "unknown user", "role": "unknown role", "channel": "unknown channel"}


def markdown(text: str, view: View) -> Html:
    """Return the HTML of a text."""
    return _tree(parse(text), view)


def paragraph(text: str, view: View, class_: str) -> Html:
    """Return a text as a block in its own direction; nothing if it is empty."""
    return element("div", markdown(text, view), class_=class_, dir="auto") if text else Html()


def moment(when: datetime, form: str = "f") -> Html:
    """Return a time in UTC, which the page rewrites for the reader's zone."""
    shown = f"{when:{_TIME_FORMS.get(form, _OTHER_TIME_FORM)}} UTC"
    return element("time", shown, datetime=when.isoformat(timespec="seconds"), data_form=form)


def parsed_moment(text: str, form: str = "f") -> Html:
    """Return a time of Discord's API; nothing if it isn't one."""
    try:
        when = datetime.fromisoformat(text)
        return moment(when.astimezone(UTC), form)
    except (ValueError, OverflowError):
        return Html()


def _tree(nodes: Tree, view: View) -> Html:
    return Html.of(_node(node, view) for node in nodes)


def _node(node: Node, view: View) -> Html:
    match node:
        case Text(text):
            return Html.of([text])
        case Styled(style, inside):
            shown = _tree(inside, view)
            return spoiler("mark", shown) if style == "spoiler" else element(style, shown)
        case Code(text):
            return element("code", text)
        case CodeBlock(text, language):
            return element("pre", element("code", text, data_language=language or None), tabindex=0)
        case Link(address, inside):
            return _link(address, inside, view)
        case Block(kind, inside):
            return element(_TAGS.get(kind, "p"), _tree(inside, view), class_=kind)
        case Items(items, start):
            return _items(items, start, view)
        case Mention() | Moment():
            return _mention(node, view) if isinstance(node, Mention) else _timestamp(node)


def _link(address: str, inside: Tree, view: View) -> Html:
    if not is_web(address):
        return _as_written(address, inside, view)
    message = _MESSAGE_LINK.fullmatch(address) if inside == (Text(address),) else None
    if message and (channel := view.channels.get(message["channel"])):
        return link(address, element("span", f"#{channel} › message", class_="mention", dir="auto"))
    return link(address, _tree(inside, view))


def _as_written(address: str, inside: Tree, view: View) -> Html:
    shown = _tree(inside, view)
    return shown if inside == (Text(address),) else Html.of(["[", shown, f"]({address})"])


def _items(items: Iterable[Tree], start: int | None, view: View) -> Html:
    inside = [element("li", _tree(item, view)) for item in items]
    return element("ul", *inside) if start is None else element("ol", *inside, start=start)


def _mention(mention: Mention, view: View) -> Html:
    names: dict[str, Callable[[], str]] = {
        "user": lambda: f"@{view.users.get(mention.id, _UNKNOWN['user'])}",
        "role": lambda: f"@{view.roles.get(mention.id, _UNKNOWN['role'])}",
        "channel": lambda: f"#{view.channels.get(mention.id, _UNKNOWN['channel'])}",
        "command": lambda: f"/{mention.name}",
        "emoji": lambda: f":{mention.name}:",
        "everyone": lambda: f"@{mention.name}",
    }
    shown = names[mention.kind]()
    if mention.kind == "emoji":
        return Html.of([shown])
    if mention.kind == "channel" and mention.id in view.channels:
        return element("a", shown, href=f"#{mention.id}", class_="mention", data_channel=mention.id)
    return element("span", shown, class_="mention", dir="auto")


def _timestamp(node: Moment) -> Html:
    try:
        return moment(datetime.fromtimestamp(node.seconds, UTC), node.form)
    except (ValueError, OverflowError, OSError):
        return Html.of([node.source])
