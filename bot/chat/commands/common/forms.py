"""Forms (Discord's modals) that work after restarts, because their custom id holds everything they need. discord.py
only knows the modals that this process has opened, so we read the submitted values from the interaction itself.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

import discord

from bot.chat.commands.common.managers import require_manager
from bot.chat.commands.common.responses import Interaction, UserError, handle_errors
from bot.chat.messages import _
from bot.text import limits

MAX_TITLE_LENGTH = 45
"""UTF-16 units of a form's title, and of an input's label."""
MAX_OPTION_LENGTH = 100
"""UTF-16 units of an option's label, and of a description."""
MAX_INPUTS = 5
"""Inputs and texts of one form."""

Values = Mapping[str, tuple[str, ...]]
"""What was typed or chosen in each input, by custom id; a text is one value."""


class PersistentForm:
    """A form of one kind: a subclass names the template of its custom ids and defines `submit`."""

    template: ClassVar[re.Pattern[str]]

    def __init__(self, fields: Mapping[str, str], values: Values) -> None:
        """`fields`: the named groups of the template."""
        self.fields = fields
        self.values = values

    async def submit(self, interaction: Interaction) -> None:
        """Process the submitted form. Raises UserError."""
        raise NotImplementedError


async def show_form(
    interaction: Interaction, title: str, custom_id: str, inputs: list[discord.ui.Item[Any]]
) -> None:
    """Open a form, as the first response to a command or press."""
    form = discord.ui.Modal(title=fit(title, MAX_TITLE_LENGTH), custom_id=custom_id, timeout=None)
    for each in inputs:
        form.add_item(each)
    form.stop()  # otherwise discord.py keeps it until the process ends
    await interaction.response.send_modal(form)


def label(text: str, component: discord.ui.Item[Any], description: str = "") -> discord.ui.Label[Any]:
    """Return an input with its label, both within Discord's limits in every language."""
    described = fit(description, MAX_OPTION_LENGTH) or None
    return discord.ui.Label(text=fit(text, MAX_TITLE_LENGTH), description=described, component=component)


def fit(text: str, limit: int) -> str:
    """Return a text, cut if a translation is too long for its place."""
    return text if limits.utf16_length(text) <= limit else f"{limits.truncate(text, limit - 1).rstrip()}…"


async def answer_form(interaction: Interaction, kinds: tuple[type[PersistentForm], ...]) -> None:
    """Answer a submitted form: with the form that knows its custom id, or that there is none."""
    await handle_errors(interaction, partial(_submit, interaction, kinds))


async def _submit(interaction: Interaction, kinds: tuple[type[PersistentForm], ...]) -> None:
    data = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    for kind in kinds:
        if match := kind.template.fullmatch(custom_id):
            await require_manager(interaction)  # the right may have been lost since the form was opened
            values = dict(_inputs(data.get("components")))
            await kind(match.groupdict(), values).submit(interaction)
            return
    raise UserError(_("This no longer works; run the command again."))


def _inputs(components: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the custom id and the values of each input, in labels or rows."""
    for each in components if isinstance(components, list) else ():
        yield from _inputs([each["component"]] if "component" in each else each.get("components"))
        if "custom_id" in each:
            yield str(each["custom_id"]), _values(each)


def _values(each: Mapping[str, object]) -> tuple[str, ...]:
    if isinstance(chosen := each.get("values"), list):
        return tuple(map(str, chosen))
    value = each.get("value")
    if isinstance(value, bool) or value is None:
        return ("1",) if value else ()
    return (str(value),)
