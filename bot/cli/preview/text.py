"""Messages in a terminal, about as Discord shows them."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.cli.output import harmless
from bot.cli.preview.markdown import Run, runs
from bot.model import Embed, Message

_WIDTH = 100


def show(messages: Sequence[Message], width: int | None = None) -> None:
    """Print them to stdout; without colours where that is no terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=False)
    console.width = width or min(console.width, _WIDTH)
    for number, message in enumerate(messages):
        if number:
            console.print()
        console.print(Group(*_parts(message)))


def _parts(message: Message) -> Iterator[RenderableType]:
    if message.content:
        yield styled(message.content)
    for embed in message.embeds:
        yield Panel(Group(*_lines(embed)), border_style="dim", padding=(0, 1))


def _lines(embed: Embed) -> Iterator[Text]:
    if embed.author:
        yield Text(harmless(embed.author), style="dim")
    if embed.title:
        yield _with_style(styled(embed.title, "bold"))
    if embed.url:
        yield Text(harmless(embed.url), style="cyan")
    if embed.description:
        yield styled(embed.description)
    if embed.image_url:
        yield Text(f"picture: {harmless(embed.image_url)}", style="cyan")
    below = [part for part in (harmless(embed.footer), _date(embed.timestamp)) if part]
    if below:
        yield Text(" · ".join(below), style="dim")


def styled(markdown: str, base: str = "") -> Text:
    """Markdown as rich text; an address stands behind its label."""
    text = Text(style=base)
    for run in runs(harmless(markdown)):
        text.append(run.text, style=_style(run))
        if run.link and run.link != run.text:
            text.append(f" ({run.link})", style="cyan")
    return text


def _with_style(text: Text) -> Text:
    text.stylize("bold")
    return text


def _style(run: Run) -> str:
    looks = {
        "bold": run.bold,
        "italic": run.italic,
        "underline": run.underlined or bool(run.link),
        "strike": run.struck,
        "reverse": run.code,
    }
    return " ".join(name for name, wanted in looks.items() if wanted)


def _date(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else ""
