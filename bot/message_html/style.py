"""The style sheets of messages, which work without a script."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

_FOLDER = files("bot.message_html")
STYLE_SHEETS: Mapping[str, Traversable] = {name: _FOLDER / name for name in ("colours.css", "message.css")}
"""In the order in which a page needs them."""
