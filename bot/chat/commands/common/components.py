"""Buttons and menus that work after restarts, because their custom id holds everything they need."""

from re import Match
from typing import Any, ClassVar, Self

import discord

from bot.chat.commands.common.managers import require_manager
from bot.chat.commands.common.responses import Interaction, handle_errors


class PersistentItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?!)"):
    """A button or menu of one kind: a subclass names the template of its custom ids and defines `press`."""

    for_admins: ClassVar[bool] = False
    """Whether a press requires Manage Server, or the role that may press buttons."""

    def __init__(self, item: discord.ui.Item[Any]) -> None:
        """Raise ValueError if the item's custom id doesn't match the template."""
        super().__init__(item)
        match = self.template.match(self.custom_id)
        self.fields: dict[str, str] = match.groupdict() if match else {}
        """The named groups of the template."""

    @classmethod
    def button(cls, label: str, custom_id: str, *, disabled: bool = False) -> Self:
        """Return a new button."""
        return cls(discord.ui.Button(label=label, custom_id=custom_id, disabled=disabled))

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], _match: Match[str], /
    ) -> Self:
        """Return the button or menu that was used."""
        return cls(item)

    @property
    def values(self) -> tuple[str, ...]:
        """What was chosen in a menu; () for a button."""
        return tuple(self.item.values) if isinstance(self.item, discord.ui.Select) else ()

    async def callback(self, interaction: Interaction) -> None:
        """Handle a press, and respond to the member whatever goes wrong."""
        await handle_errors(interaction, lambda: self._check_and_press(interaction))

    async def _check_and_press(self, interaction: Interaction) -> None:
        if self.for_admins:
            await require_manager(interaction)
        await self.press(interaction)

    async def press(self, interaction: Interaction) -> None:
        """Do what the button or menu is for. Raises UserError."""
        raise NotImplementedError
