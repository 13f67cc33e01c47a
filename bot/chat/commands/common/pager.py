"""Pages, whose buttons work after restarts.

A button carries what is paged, about what, and which page; the page is made anew from the server where it is pressed
and for the member who presses. So nothing is remembered here, and a custom id that was made up shows nothing else than
the command itself would.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, UserError, require_admin, respond
from bot.chat.embeds import create_view
from bot.chat.messages import _
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


Laid = tuple[discord.Embed, discord.ui.View | None]
"""A page with its buttons."""
Lister = Callable[[Interaction, str], Awaitable[Listing]]
"""Makes a list for who asks, about what the argument says: digits, or "" for everything. Raises UserError."""
Maker = Callable[[Interaction, str, int], Awaitable[Laid]]
"""Makes one page, likewise."""


@dataclass(frozen=True, slots=True)
class _Paged:
    make: Maker
    for_admins: bool


_paged: dict[str, _Paged] = {}


def lists(name: str, *, for_admins: bool = True) -> Callable[[Lister], Lister]:
    """Make a function the maker of the lists of this name, for the buttons of messages that are sent already."""

    def register(lister: Lister) -> Lister:
        async def make(interaction: Interaction, argument: str, number: int) -> Laid:
            return lay_out(await lister(interaction, argument), name, argument, number)

        _paged[name] = _Paged(make, for_admins)
        return lister

    return register


def pages(name: str) -> Callable[[Maker], Maker]:
    """As `lists`, for what makes a page at a time, and decides itself who may see it."""

    def register(maker: Maker) -> Maker:
        _paged[name] = _Paged(maker, for_admins=False)
        return maker

    return register


async def show(interaction: Interaction, name: str, argument: str = "") -> None:
    """Answer with the first page."""
    embed, view = await _paged[name].make(interaction, argument, 1)
    await respond(interaction, "", embeds=(embed,), view=view)


def lay_out(listing: Listing, name: str, argument: str, number: int) -> Laid:
    """A page, and the buttons that turn it; None where there is one page. `number` is brought within the pages."""
    parts = paginate(listing.lines)
    number = max(1, min(number, len(parts)))
    text = "\n".join((*parts[number - 1], *(("", listing.note) if listing.note else ())))
    embed = discord.Embed(title=listing.title, description=text)
    if len(parts) == 1:
        return embed, None
    embed.set_footer(text=_("Page {number} of {pages}").format(number=number, pages=len(parts)))
    return embed, create_view(create_turners(name, argument, number, is_last=number == len(parts)))


def create_turners(
    name: str, argument: str, number: int, *, is_last: bool
) -> tuple["PageButton", "PageButton"]:
    """Previous and Next; one that leads to no page is disabled."""
    start = f"page:{name}:{argument}"
    return (
        PageButton.button(_("Previous"), f"{start}:{number - 1}", disabled=number == 1),
        PageButton.button(_("Next"), f"{start}:{number + 1}", disabled=is_last),
    )


def paginate(lines: Sequence[str]) -> list[list[str]]:
    """At least one page; none of them longer than an embed has room for."""
    parts: list[list[str]] = [[]]
    used = 0
    for line in lines:
        shown = clip(line, _ROOM)
        used += limits.utf16_length(shown) + 1
        if len(parts[-1]) == LINES or used > _ROOM:
            parts.append([])
            used = limits.utf16_length(shown) + 1
        parts[-1].append(shown)
    return [part for part in parts if part] or [[]]


class PageButton(
    PersistentItem,
    template=r"page:(?P<name>[a-z]{1,20}):(?P<argument>[0-9]{0,20}):(?P<number>[0-9]{1,4})",
):
    """Turns to a page."""

    async def press(self, interaction: Interaction) -> None:
        """Show the page in place of the one before."""
        paged = _paged.get(self.fields["name"])
        if paged is None or paged.for_admins:
            require_admin(interaction)
        if paged is None:
            raise UserError(_("This list is no longer made; run the command again."))
        await interaction.response.defer()
        embed, view = await paged.make(interaction, self.fields["argument"], int(self.fields["number"]))
        await interaction.edit_original_response(embed=embed, view=view)
