"""Messages in a terminal, roughly as Discord shows them."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.cli.output import without_control_characters
from bot.cli.preview.runs import Run, runs, split_quotes
from bot.model import Embed, Message

_MAX_WIDTH = 100
_WORD = re.compile(r"\S+\s*|\s+")
_BAR = "\N{LEFT ONE QUARTER BLOCK} "
_QUOTE = "\N{BOX DRAWINGS LIGHT VERTICAL} "


def show(messages: Sequence[Message], width: int | None = None) -> None:
    """Print messages to stdout, without colours unless it is a terminal."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    columns = width or min(console.width, _MAX_WIDTH)
    for number, message in enumerate(messages):
        if number:
            console.print()
        for line in _lines_of(message, columns):
            console.print(line, soft_wrap=True)


def _lines_of(message: Message, width: int) -> Iterator[Text]:
    if message.content:
        yield from _wrapped(styled(message.content), width)
    for embed in message.embeds:
        for line in _lines_in(embed, width - len(_BAR)):
            yield Text.assemble((_BAR, "dim"), line)


def _lines_in(embed: Embed, width: int) -> Iterator[Text]:
    for above in _above(embed):
        yield from _wrapped(above, width)
    for part, quoted in split_quotes(without_control_characters(embed.description)):
        bar = _QUOTE if quoted else ""
        for line in _wrapped(_text(part), width - len(bar)):
            yield Text.assemble((bar, "dim"), line)
    for below in _below(embed):
        yield from _wrapped(below, width)


def _wrapped(text: Text, width: int) -> Iterator[Text]:
    """Wrap lines between words only, so that addresses can be copied."""
    if text.plain.endswith("\n"):
        text.right_crop(1)
    for line in text.split("\n", allow_blank=True):
        for part in line.divide(_breaks(line.plain, width)):
            part.rstrip()
            yield part


def _breaks(line: str, width: int) -> list[int]:
    found: list[int] = []
    used = 0
    for word in _WORD.finditer(line):
        if used and used + cell_len(word[0].rstrip()) > width:
            found.append(word.start())
            used = 0
        used += cell_len(word[0])
    return found


def _above(embed: Embed) -> Iterator[Text]:
    if embed.author:
        yield Text(without_control_characters(embed.author), style="dim")
    if embed.title:
        yield styled(embed.title, "bold")
        if embed.url:
            yield Text(without_control_characters(embed.url), style="cyan")


def _below(embed: Embed) -> Iterator[Text]:
    if embed.image_url:
        yield Text(f"picture: {without_control_characters(embed.image_url)}", style="cyan")
    below = [part for part in (without_control_characters(embed.footer), _date(embed.timestamp)) if part]
    if below:
        yield Text(" · ".join(below), style="dim")


def styled(markdown: str, base: str = "") -> Text:
    """Return Markdown as rich text, with each link's address after its label."""
    return _text(runs(without_control_characters(markdown)), base)


def _text(found: Iterable[Run], base: str = "") -> Text:
    text = Text(style=base)
    for run in found:
        text.append(run.text, style=_style(run))
        if run.link and run.link != run.text:
            text.append(f" ({run.link})", style="cyan")
    return text


def _style(run: Run) -> str:
    styles = {
        "bold": run.bold,
        "italic": run.italic,
        "underline": run.underlined or bool(run.link),
        "strike": run.struck,
        "reverse": run.code,
        "dim": run.hidden,
    }
    return " ".join(name for name, wanted in styles.items() if wanted)


def _date(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else ""
