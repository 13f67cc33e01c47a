"""An offer that an answer made and the bot keeps in memory, until somebody presses one of its two buttons."""

from typing import TypeVar

from bot.chat.commands.common.responses import Interaction, UserError
from bot.chat.messages import _
from bot.chat.recent import RecentCache

T = TypeVar("T")


async def take_offer(
    interaction: Interaction, kept: RecentCache[str, T], key: str, *, is_cancelled: bool, command: str
) -> T | None:
    """Defer the answer to a press, and return the offer, which nobody can take again.

    Returns None if the press cancels it; the answer then says so. Raises UserError, which names the command to repeat,
    if the offer is no longer kept.
    """
    offered = kept.get(key)
    if offered is None:
        raise UserError(_("These buttons have expired; run `{command}` again."), command=command)
    kept.drop(key)  # before anything is awaited, so that a second press doesn't take it
    try:
        await interaction.response.defer()
    except BaseException:
        kept.put(key, offered)  # nothing was done, so it can be pressed again
        raise
    if is_cancelled:
        await interaction.edit_original_response(content=_("Cancelled; nothing changed."), view=None)
        return None
    return offered
