"""Pages for long lists, whose buttons work after restarts.

A button carries which list, about what, and which page; the list is made anew from the server where it is pressed and
for the member who presses. So nothing is remembered, and a custom id that was made up shows nothing else than the
command itself would.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.chat.commands.answers import Interaction, Refusal, answering, require_admin, say
from bot.chat.words import _
from bot.text import limits
from bot.text.summary import clip

LINES = 12
"""Of one page."""
_ROOM = 3500
"""UTF-16 units of one page's lines."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows, all pages together."""

    title: str
    lines: tuple[str, ...]
    note: str = ""
    """Below each page."""


Lister = Callable[[Interaction, str], Awaitable[Listing]]
"""Makes a list for who asks, about what the argument says: digits, or "" for everything. Raises Refusal."""

_listers: dict[str, Lister] = {}


def lists(name: str) -> Callable[[Lister], Lister]:
    """Make a function the maker of the lists of this name, for the buttons of messages that are sent already."""

    def register(lister: Lister) -> Lister:
        _listers[name] = lister
        return lister

    return register


async def show(interaction: Interaction, name: str, argument: str = "") -> None:
    """Answer with the first page of a list."""
    embed, view = lay_out(await _listers[name](interaction, argument), name, argument, 1)
    await say(interaction, "", embeds=(embed,), view=view)


def lay_out(
    listing: Listing, name: str, argument: str, number: int
) -> tuple[discord.Embed, discord.ui.View | None]:
    """A page, and the buttons that turn it; None where there is one page. `number` is brought within the pages."""
    pages = paginate(listing.lines)
    number = max(1, min(number, len(pages)))
    text = "\n".join((*pages[number - 1], *(("", listing.note) if listing.note else ())))
    embed = discord.Embed(title=listing.title, description=text)
    if len(pages) == 1:
        return embed, None
    embed.set_footer(text=_("Page {number} of {pages}").format(number=number, pages=len(pages)))
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton.make(_("Previous"), name, argument, number - 1, disabled=number == 1))
    view.add_item(PageButton.make(_("Next"), name, argument, number + 1, disabled=number == len(pages)))
    return embed, view


def paginate(lines: Sequence[str]) -> list[list[str]]:
    """At least one page; none of them longer than an embed has room for."""
    pages: list[list[str]] = [[]]
    used = 0
    for line in lines:
        shown = clip(line, _ROOM)
        used += limits.units(shown) + 1
        if len(pages[-1]) == LINES or used > _ROOM:
            pages.append([])
            used = limits.units(shown) + 1
        pages[-1].append(shown)
    return [page for page in pages if page] or [[]]


class PageButton(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=r"page:(?P<name>[a-z]{1,20}):(?P<argument>[0-9]{0,20}):(?P<number>[0-9]{1,4})",
):
    """Turns to a page."""

    def __init__(self, item: discord.ui.Item[Any], name: str, argument: str, number: int) -> None:
        super().__init__(item)
        self._name = name
        self._argument = argument
        self._number = number

    @classmethod
    def make(cls, label: str, name: str, argument: str, number: int, *, disabled: bool) -> Self:
        """A new one; a page 0 or one after the last exists as a disabled button only."""
        custom_id = f"page:{name}:{argument}:{number}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=custom_id, disabled=disabled
        )
        return cls(button, name, argument, number)

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The one that was pressed."""
        return cls(item, match["name"], match["argument"], int(match["number"]))

    async def callback(self, interaction: Interaction) -> Any:  # noqa: ANN401 -- as discord.py has it
        """Show the page in place of the one before."""
        await answering(interaction, lambda: self._turn(interaction))

    async def _turn(self, interaction: Interaction) -> None:
        require_admin(interaction)
        lister = _listers.get(self._name)
        if lister is None:
            raise Refusal(_("This list is no longer made; run the command again."))
        await interaction.response.defer()
        listing = await lister(interaction, self._argument)
        embed, view = lay_out(listing, self._name, self._argument, self._number)
        await interaction.edit_original_response(embed=embed, view=view)
