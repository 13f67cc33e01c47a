"""The buttons below held posts: an admin decides once for all, whenever and after however many restarts.

A button carries all it needs in its custom id, so that no press depends on what this process remembers.
"""

from collections.abc import Sequence

import aiohttp
import discord
import structlog

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, respond, services_of
from bot.chat.embeds import create_buttons, create_view
from bot.chat.messages import _, escape_text, n_, use_locale
from bot.chat.services import Services
from bot.model import NEWEST_COUNT, Decision, Hold
from bot.text.notices import render_hold

_MOST_AGAIN = 5
"""Channels of one server in which the same feed is held."""

_log = structlog.get_logger(__name__)


class HoldButton(
    PersistentItem,
    template=r"hold:(?P<hold>[0-9]{1,18}):(?P<decision>newest|all|skip)",
):
    """A decision about one hold, as `bot.text.notices` offers it."""

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Decide for this member, or say why not."""
        await _press(interaction, int(self.fields["hold"]), Decision(self.fields["decision"]))


async def ask_again(interaction: Interaction, subscription_ids: Sequence[int]) -> None:
    """After an answer, offer the buttons once more: the first message may be deleted, or never have arrived."""
    undecided = await services_of(interaction).store.holds.undecided(subscription_ids)
    for hold in undecided[:_MOST_AGAIN]:
        message = render_hold(hold)
        view = create_view(create_buttons(message.buttons)) or discord.utils.MISSING
        await interaction.followup.send(message.content, view=view, ephemeral=True)


async def _press(interaction: Interaction, hold_id: int, decision: Decision) -> None:
    await interaction.response.defer()
    services = services_of(interaction)
    hold = await services.store.holds.get(hold_id)
    if hold is None or not _is_here(hold, interaction):
        await _tell_nothing_held(interaction)
    elif await _decide(services, hold_id, decision, interaction.user.id):
        await _tell_all(interaction, hold, decision, interaction.user.id)
    else:
        await _answer_late(interaction, services, hold_id)


def _is_here(hold: Hold, interaction: Interaction) -> bool:
    """Whatever a custom id says, a server decides about its own; where none is known, the channel itself."""
    if hold.guild_id is None:
        return hold.channel_id == interaction.channel_id
    return hold.guild_id == interaction.guild_id


async def _decide(services: Services, hold_id: int, decision: Decision, user_id: int) -> bool:
    """False: somebody else did."""
    before = await services.store.holds.decide(hold_id, decision, user_id, services.clock())
    if before is None:
        return False
    _log.info("held posts decided", hold=hold_id, decision=decision.value, posts=before.waiting)
    services.wake()
    return True


async def _answer_late(interaction: Interaction, services: Services, hold_id: int) -> None:
    """Who was first may not have been able to tell, so it is told again, in the same words."""
    hold = await services.store.holds.get(hold_id)
    if hold is None or hold.decision is None:
        await _tell_nothing_held(interaction)
        return
    await respond(interaction, _decided_before(hold, hold.decision))
    await _tell_all(interaction, hold, hold.decision, hold.decided_by)


async def _tell_all(interaction: Interaction, hold: Hold, decision: Decision, user_id: int | None) -> None:
    """Where the buttons were stands what was decided, in the server's language."""
    use_locale(interaction.guild_locale or interaction.locale)
    line = _("**{feed}** in {channel}: {outcome}").format(
        feed=escape_text(hold.feed_name), channel=f"<#{hold.channel_id}>", outcome=_outcome(decision)
    )
    decided = "" if user_id is None else _("Decided by {member}.").format(member=f"<@{user_id}>")
    text = f"{line} {decided}".strip()
    if not await _replace(interaction, text):
        await respond(interaction, text)


async def _tell_nothing_held(interaction: Interaction) -> None:
    """What the message said stays, without its buttons."""
    await respond(interaction, _("This feed is not followed here any more, so nothing of it is held."))
    await _replace(interaction, "" if interaction.message is None else interaction.message.content)


async def _replace(interaction: Interaction, content: str) -> bool:
    """False: it could not be shown; the buttons, if they still stand, show it at the next press."""
    try:
        await interaction.edit_original_response(
            content=content, view=None, allowed_mentions=discord.AllowedMentions.none()
        )
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        _log.warning(
            "decision not shown",
            guild=interaction.guild_id,
            error=getattr(error, "text", type(error).__name__),
        )
        return False
    return True


def _outcome(decision: Decision) -> str:
    if decision is Decision.NEWEST:
        return n_(
            "the newest held post is posted, the others are skipped.",
            "the newest {count} of the held posts are posted, the others are skipped.",
            NEWEST_COUNT,
        )
    if decision is Decision.ALL:
        return _("all held posts are posted now, oldest first.")
    return _("the held posts are skipped.")


def _decided_before(hold: Hold, decision: Decision) -> str:
    if hold.decided_by is None:
        return _("This was decided before you pressed: {outcome}").format(outcome=_outcome(decision))
    return _("{member} was faster: {outcome}").format(
        member=f"<@{hold.decided_by}>", outcome=_outcome(decision)
    )
