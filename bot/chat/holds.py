"""The buttons below held posts: an admin decides once for all, whenever and after however many restarts.

A button carries all it needs in its custom id, so that no press depends on what this process remembers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

import discord
import structlog

from bot.chat.words import _, speak, told
from bot.model import Decision, Hold

TEMPLATE = r"hold:(?P<hold>[0-9]{1,18}):(?P<decision>newest|all|skip)"
"""The custom id of a button, as `bot.text.notices` writes it."""

_log = structlog.get_logger(__name__)


class Holds(Protocol):
    """What is asked of the store."""

    async def get(self, hold_id: int) -> Hold | None:
        """None: its subscription has ended."""

    async def decide(self, hold_id: int, decision: Decision, user_id: int, now: datetime) -> Hold | None:
        """The hold as it was; None: somebody has decided before, or it is gone."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Where a press leads."""

    holds: Holds
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    """Deliver now what is owed."""

    async def press(self, interaction: discord.Interaction, hold_id: int, decision: Decision) -> None:
        """Decide for this member, or say why not."""
        if not interaction.permissions.manage_guild:
            await _whisper(interaction, _only_admins)
            return
        await interaction.response.defer()
        before = await self.holds.decide(hold_id, decision, interaction.user.id, self.clock())
        if before is not None:
            self.wake()
            _log.info("held posts decided", hold=hold_id, decision=decision.value, posts=before.waiting)
            await _show(interaction, lambda: _describe(before, decision, interaction.user.id))
            return
        await _answer_late(interaction, await self.holds.get(hold_id))


async def _answer_late(interaction: discord.Interaction, hold: Hold | None) -> None:
    """The buttons are no longer needed, even if whoever was first could not remove them."""
    if hold is None or hold.decision is None:
        await _show(interaction, _nothing_held)
        return
    found, decision = hold, hold.decision
    await _show(interaction, lambda: _describe(found, decision, found.decided_by))
    await _whisper(interaction, lambda: _decided_before(found, decision))


async def _show(interaction: discord.Interaction, write: Callable[[], str]) -> None:
    """Everybody reads it where the buttons were."""
    speak(interaction.guild_locale or interaction.locale)
    try:
        await interaction.edit_original_response(content=write(), embeds=[], view=None)
    except discord.NotFound:
        _log.info("announcement of held posts is gone", message=_message_id(interaction))


def _message_id(interaction: discord.Interaction) -> int | None:
    return None if interaction.message is None else interaction.message.id


async def _whisper(interaction: discord.Interaction, write: Callable[[], str]) -> None:
    """Only who pressed reads it."""
    speak(interaction.locale)
    if interaction.response.is_done():
        await interaction.followup.send(write(), ephemeral=True)
    else:
        await interaction.response.send_message(write(), ephemeral=True)


def _describe(hold: Hold, decision: Decision, user_id: int | None) -> str:
    """The same whoever writes it: it may be written twice."""
    feed, channel = told(hold.feed_name), f"<#{hold.channel_id}>"
    line = _("**{feed}** in {channel}: {outcome}").format(
        feed=feed, channel=channel, outcome=_outcome(decision)
    )
    return line if user_id is None else f"{line} {_('{member} decided.').format(member=f'<@{user_id}>')}"


def _outcome(decision: Decision) -> str:
    sentences = {
        Decision.NEWEST: _("the newest 3 of the held posts are posted, the others are skipped."),
        Decision.ALL: _("all held posts are posted now, oldest first."),
        Decision.SKIP: _("the held posts are skipped."),
    }
    return sentences[decision]


def _decided_before(hold: Hold, decision: Decision) -> str:
    if hold.decided_by is None:
        return _("This is decided already: {outcome}").format(outcome=_outcome(decision))
    member = f"<@{hold.decided_by}>"
    return _("{member} was first: {outcome}").format(member=member, outcome=_outcome(decision))


def _only_admins() -> str:
    return _("Only members who may manage the server decide about held posts; ask one of them.")


def _nothing_held() -> str:
    return _("Nothing is held here any more: the feed was removed. Add it again with `/feed add`.")


def register(
    client: discord.Client,
    decisions: Decisions,
) -> None:
    """From now on this client answers the buttons of every message, also of those sent before it lived."""

    class HoldButton(discord.ui.DynamicItem[discord.ui.Item[Any]], template=TEMPLATE):
        def __init__(self, item: discord.ui.Item[Any], hold_id: int, decision: Decision) -> None:
            super().__init__(item)
            self._hold_id = hold_id
            self._decision = decision

        @classmethod
        async def from_custom_id(
            cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            return cls(item, int(match["hold"]), Decision(match["decision"]))

        async def callback(self, interaction: discord.Interaction) -> None:
            await decisions.press(interaction, self._hold_id, self._decision)

    client.add_dynamic_items(HoldButton)
