"""The buttons of a hold: one admin decides what happens to the held posts. They work after restarts."""

from collections.abc import Sequence

import aiohttp
import discord
import structlog

from bot.chat.commands.common.components import PersistentItem
from bot.chat.commands.common.responses import Interaction, respond, services_of
from bot.chat.embeds import create_buttons, create_view
from bot.chat.messages import _, escape_text
from bot.chat.services import Services
from bot.model import Decision, Hold
from bot.text.notices import describe_outcome, render_decision, render_hold

_MAX_OFFERED = 5
"""Holds of one feed, in different channels, that `/feed status` offers."""

_log = structlog.get_logger(__name__)


class HoldButton(
    PersistentItem,
    template=r"hold:(?P<hold>[0-9]{1,18}):(?P<decision>newest|all|skip)(?P<resume>:resume)?",
):
    """One decision about one hold; `bot.text.notices` writes its label and custom id.

    With `resume` in its custom id, it also resumes the feed in the hold's channel.
    """

    for_admins = True

    async def press(self, interaction: Interaction) -> None:
        """Decide for this member, ask whether to resume a paused feed, or show what was decided before."""
        hold_id, decision = int(self.fields["hold"]), Decision(self.fields["decision"])
        await interaction.response.defer()
        services = services_of(interaction)
        hold = await services.store.holds.get(hold_id)
        if hold is None or not _is_here(hold, interaction):
            await _show_nothing_held(interaction)
        elif _posts_in_paused(hold, decision) and not self.fields["resume"]:
            await _ask_to_resume(interaction, hold, decision)
        elif await _decide(interaction, hold_id, decision, resumes=bool(self.fields["resume"])):
            await _show_decision(interaction, hold, decision, interaction.user.id)
        else:
            await _show_earlier_decision(interaction, services, hold_id)


async def offer_undecided(interaction: Interaction, subscription_ids: Sequence[int]) -> None:
    """Send the questions about undecided holds again: the notice may be deleted, or may never have arrived."""
    undecided = await services_of(interaction).store.holds.undecided(subscription_ids)
    for hold in undecided[:_MAX_OFFERED]:
        message = render_hold(hold)
        view = create_view(create_buttons(message.buttons)) or discord.utils.MISSING
        await interaction.followup.send(message.content, view=view, ephemeral=True)


def _posts_in_paused(hold: Hold, decision: Decision) -> bool:
    return hold.paused and hold.decision is None and decision is not Decision.SKIP


async def _ask_to_resume(interaction: Interaction, hold: Hold, decision: Decision) -> None:
    """Ask before anything is posted in a paused feed."""
    question = _(
        "**{feed}** is paused in <#{channel}>, so nothing was posted. Resume it and post, or leave the posts on hold."
    ).format(feed=escape_text(hold.feed_name), channel=hold.channel_id)
    button = HoldButton.button(_("Resume and post"), f"hold:{hold.id}:{decision}:resume")
    await respond(interaction, question, view=create_view([button]))


def _is_here(hold: Hold, interaction: Interaction) -> bool:
    """Return whether the hold belongs to this server, or to this channel if its server is unknown."""
    if hold.guild_id is None:
        return hold.channel_id == interaction.channel_id
    return hold.guild_id == interaction.guild_id


async def _decide(interaction: Interaction, hold_id: int, decision: Decision, *, resumes: bool) -> bool:
    """Decide for this member, and resume a paused feed if `resumes`. Return False if somebody decided before."""
    services = services_of(interaction)
    store, user_id, now = services.store, interaction.user.id, services.clock()
    if resumes:
        limit = services.settings.burst_limit
        before = await store.subscriptions.decide_and_resume(hold_id, decision, user_id, limit, now)
    else:
        before = await store.holds.decide(hold_id, decision, user_id, now)
    if before is None:
        return False
    _log.info("held posts decided", hold=hold_id, decision=decision.value, posts=before.waiting)
    services.wake()
    return True


async def _show_earlier_decision(interaction: Interaction, services: Services, hold_id: int) -> None:
    """Show the decision here too, since the message may not have been edited after the decision."""
    hold = await services.store.holds.get(hold_id)
    if hold is None or hold.decision is None:
        await _show_nothing_held(interaction)
        return
    await respond(interaction, _decided_before(hold, hold.decision))
    await _show_decision(interaction, hold, hold.decision, hold.decided_by)


async def _show_decision(
    interaction: Interaction, hold: Hold, decision: Decision, user_id: int | None
) -> None:
    """Replace the question and its buttons with the decision, in the language of the question."""
    text = render_decision(hold, decision, user_id)
    if not await _replace(interaction, text):
        await respond(interaction, text)


async def _show_nothing_held(interaction: Interaction) -> None:
    """Answer that there is nothing to decide, and remove the buttons."""
    await respond(interaction, _("This feed is no longer followed here, so none of its posts is on hold."))
    await _replace(interaction, "" if interaction.message is None else interaction.message.content)


async def _replace(interaction: Interaction, content: str) -> bool:
    """Return False if the message couldn't be edited; the next press of its buttons tries again."""
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


def _decided_before(hold: Hold, decision: Decision) -> str:
    if hold.decided_by is None:
        return _("This was already decided: {outcome}").format(outcome=describe_outcome(decision))
    return _("{member} decided first: {outcome}").format(
        member=f"<@{hold.decided_by}>", outcome=describe_outcome(decision)
    )
