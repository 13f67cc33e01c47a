"""Answers the searches of a member one after the other. Asks the member to wait if there are too many."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.messages import _
from bot.chat.turns import LineFull, Turns

Acknowledge = Callable[[Interaction], Awaitable[None]]


@asynccontextmanager
async def search_turn(interaction: Interaction, acknowledge: Acknowledge) -> AsyncIterator[None]:
    """Acknowledge at once, and wait for the member's turn. Raises UserError if too many of their searches wait."""
    async with turn_in(services_of(interaction).searches, interaction, acknowledge):
        yield


@asynccontextmanager
async def turn_in(
    turns: Turns, interaction: Interaction, acknowledge: Acknowledge | None = None
) -> AsyncIterator[None]:
    """Like `search_turn`, with other `turns`, and without acknowledging if `acknowledge` is None."""
    try:
        with turns.join(interaction.user.id) as turn:
            if acknowledge is not None:
                await acknowledge(interaction)
            async with turn:
                yield
    except LineFull as error:
        raise UserError(_("That's faster than the bot can search; try again in 3 s.")) from error


async def defer_edit(interaction: Interaction) -> None:
    """Acknowledge a press; its message is edited later."""
    await interaction.response.defer()
