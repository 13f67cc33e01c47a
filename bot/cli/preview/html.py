"""Messages as one self-contained page, roughly as Discord shows them. All feed text is escaped."""

from collections.abc import Iterable, Mapping
from html import escape

from bot.cli.output import without_control_characters
from bot.message_html.message import message_html
from bot.message_html.style import STYLE_SHEETS

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src http: https:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}
body {{ margin: 0 auto; max-width: 44rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.4 system-ui, sans-serif; }}
.message {{ margin-bottom: 1.5rem; }}
</style>
</head>
<body>
<main>
{messages}
</main>
</body>
</html>"""


def page(bodies: Iterable[Mapping[str, object]], title: str) -> str:
    """Return the complete HTML document of messages, each given as the bot sends it."""
    messages = "\n".join(message_html(body) for body in bodies)
    style = "\n".join(sheet.read_text(encoding="utf-8") for sheet in STYLE_SHEETS.values())
    return _PAGE.format(title=escape(without_control_characters(title)), style=style, messages=messages)
