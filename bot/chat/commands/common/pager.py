"""Pages of long lists, whose buttons work after restarts.

A button's custom id holds the list's name, its argument and the page number. Each press builds the page again, for the
server and the member of that press. So nothing is kept in memory, and a forged custom id shows only what the command
itself would show.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

import discord

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.managers import require_manager
from bot.chat.commands.common.responses import Interaction, UserError, respond
from bot.chat.commands.common.turns import defer_edit, search_turn
from bot.chat.embeds import create_view
from bot.chat.messages import _
from bot.text import limits
from bot.text.summary import clip

T = TypeVar("T")

MAX_LINES = 12
"""Lines on one page."""
_MAX_PAGE_LENGTH = 3500
"""UTF-16 units of one page's lines."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of a list, all pages together."""

    title: str
    lines: tuple[str, ...]
    note: str = ""
    """Below each page."""


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """The items of one page, and which of how many pages it is."""

    items: Sequence[T]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list that may be too long to be fetched completely."""

    title: str
    lines: Sequence[str]
    """The longest are clipped if they don't fit."""
    number: int
    pages: int
    note: str = ""


RenderedPage = tuple[discord.Embed, discord.ui.View | None]
"""A page with its buttons."""
FetchListing = Callable[[Interaction, str], Awaitable[Listing]]
"""Fetches a list for the user; the argument is digits, or "" for everything. Raises UserError."""
FetchPage = Callable[[Interaction, str, int], Awaitable[ListPage]]
"""Fetches one page of a list; a number outside of the pages means the nearest. Same argument and errors."""
RenderPage = Callable[[Interaction, str, int], Awaitable[RenderedPage]]
"""Renders one page of such a list; same argument and errors."""


@dataclass(frozen=True, slots=True)
class PagedList:
    """A list that buttons can page through: its name in custom ids, and how to make one page."""

    name: str
    render: RenderPage
    for_admins: bool = False
    """Whether turning a page requires what other presses of admins do; otherwise `render` decides who may see what."""


def create_list(name: str, fetch: FetchListing, *, for_admins: bool = True) -> PagedList:
    """Return a list that is fetched completely for each page."""

    async def render(interaction: Interaction, argument: str, number: int) -> RenderedPage:
        return render_page(await fetch(interaction, argument), name, argument, number)

    return PagedList(name, render, for_admins)


def create_long_list(name: str, fetch: FetchPage, *, for_admins: bool = True) -> PagedList:
    """Return a list that fetches only the page that is shown."""

    async def render(interaction: Interaction, argument: str, number: int) -> RenderedPage:
        page = await fetch(interaction, argument, number)
        return _render(replace(page, lines=fit_page(page.lines)), name, argument)

    return PagedList(name, render, for_admins)


async def show(interaction: Interaction, paged: PagedList, argument: str = "") -> None:
    """Respond with the first page."""
    embed, view = await paged.render(interaction, argument, 1)
    await respond(interaction, "", embeds=(embed,), view=view)


def render_page(listing: Listing, name: str, argument: str, number: int) -> RenderedPage:
    """Return a page with its buttons (None for a single page). A number outside of the pages means the nearest."""
    parts = paginate(listing.lines)
    number = max(1, min(number, len(parts)))
    page = ListPage(listing.title, parts[number - 1], number, len(parts), listing.note)
    return _render(page, name, argument)


def _render(page: ListPage, name: str, argument: str) -> RenderedPage:
    number, pages = page.number, page.pages
    text = "\n".join((*page.lines, *(("", page.note) if page.note else ())))
    embed = discord.Embed(title=page.title, description=text)
    if pages == 1:
        return embed, None
    embed.set_footer(text=page_footer(number, str(pages)))
    return embed, create_view(create_page_buttons(name, argument, number, is_last=number == pages))


def page_footer(number: int, pages: str) -> str:
    """Return which page this is; `pages` may be "20+"."""
    return _("Page {number} of {pages}").format(number=number, pages=pages)


def create_page_buttons(
    name: str, argument: str, number: int, *, is_last: bool
) -> tuple[discord.ui.Button[Any], discord.ui.Button[Any]]:
    """Return Previous and Next; a button without a page behind it is disabled."""
    start = f"page:{name}:{argument}"
    return (
        discord.ui.Button(label=_("Previous"), custom_id=f"{start}:{number - 1}", disabled=number == 1),
        discord.ui.Button(label=_("Next"), custom_id=f"{start}:{number + 1}", disabled=is_last),
    )


def paginate(lines: Sequence[str]) -> list[list[str]]:
    """Return at least one page, each short enough for an embed."""
    parts: list[list[str]] = [[]]
    used = 0
    for line in lines:
        shown = clip(line, _MAX_PAGE_LENGTH)
        used += limits.utf16_length(shown) + 1
        if len(parts[-1]) == MAX_LINES or used > _MAX_PAGE_LENGTH:
            parts.append([])
            used = limits.utf16_length(shown) + 1
        parts[-1].append(shown)
    return [part for part in parts if part] or [[]]


def cut_page(items: Sequence[T], number: int) -> Cut[T]:
    """Return the items of one page. A number outside of the pages means the nearest."""
    pages = max(1, -(-len(items) // MAX_LINES))
    number = max(1, min(number, pages))
    return Cut(items[(number - 1) * MAX_LINES : number * MAX_LINES], number, pages)


def fit_page(lines: Sequence[str]) -> list[str]:
    """If a page is too long, clip its longest lines to one length."""
    fitted = list(lines)
    room = _MAX_PAGE_LENGTH
    shortest_first = sorted(range(len(lines)), key=lambda index: limits.utf16_length(lines[index]))
    for done, index in enumerate(shortest_first):
        fitted[index] = clip(lines[index], room // (len(lines) - done) - 1)
        room -= limits.utf16_length(fitted[index]) + 1
    return fitted


class PageButton(
    PersistentItem, template=r"page:(?P<name>[a-z]{1,20}):(?P<argument>[0-9]{0,20}):(?P<number>[0-9]{1,4})"
):
    """Previous or Next; `tree.py` names the lists."""

    lists: ClassVar[Mapping[str, PagedList]] = {}

    async def press(self, interaction: Interaction) -> None:
        """Replace the page with the one before or after it."""
        paged = self.lists.get(self.fields["name"])
        if paged is None or paged.for_admins:
            await require_manager(interaction)
        if paged is None:
            raise UserError(_("This list no longer exists; run the command again."))
        async with search_turn(interaction, defer_edit):
            embed, view = await paged.render(interaction, self.fields["argument"], int(self.fields["number"]))
        await interaction.edit_original_response(embed=embed, view=view)
