"""The forms of `/feed settings`: what they show, and what was changed in them.

A form's custom id has a hash of each value that it shows. So it works after restarts, and only the fields that
somebody changed are written.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.chat.commands.admin.settings.fields import (
    FIELDS,
    MAX_NAME_LENGTH,
    MAX_ROLES,
    Choice,
    Panel,
    choices_of,
    filled,
    panel_title,
    parse,
    setting_hint,
    setting_title,
)
from bot.chat.commands.common.forms import MAX_OPTION_LENGTH, Values, fit, label
from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, feed_label
from bot.model import PollSettings, Setting, Settings, take
from bot.store.subscriptions import FollowedFeed

MAX_TEXT_LENGTH = 4000
_DIGEST_LENGTH = 8
"""The hexadecimal digits of a value's hash. The hashes of all fields of a form fit into its custom id."""

FORM_TEMPLATE = re.compile(
    r"set:1:(?P<panel>look|filter|pings|schedule):(?P<subscription>[0-9]{1,18}):(?P<shown>(?:[0-9a-f]{8}){1,5})"
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody changed in a form."""

    wanted: Settings
    fields: frozenset[Setting]
    """The settings that were changed; ignore the others in `wanted`."""
    shown: Mapping[Setting, str]
    """A hash of the value that the form showed, for each of its settings."""


def form_id(panel: Panel, each: FollowedFeed, polling: PollSettings, guild: discord.Guild) -> str:
    """Return the custom id of a form that shows these settings."""
    shown = with_known_roles(each.subscription.settings, guild)
    hashes = (digest(setting, shown, polling) for setting in FIELDS[panel])
    return f"set:1:{panel}:{each.subscription.id}:{''.join(hashes)}"


def digest(setting: Setting, settings: Settings, polling: PollSettings) -> str:
    """Return a hash of a setting's value, as it is after it was shown in a form and submitted unchanged.

    A value of the config file may be longer than a form allows.
    """
    try:
        return _hash(setting, parse(setting, filled(setting, settings), polling))
    except UserError:
        return _hash(setting, settings)


def _hash(setting: Setting, settings: Settings) -> str:
    value = (
        sorted(map(str, settings.mention_roles))
        if setting is Setting.MENTION_ROLES
        else filled(setting, settings)
    )
    return hashlib.sha256(json.dumps([setting, value]).encode()).hexdigest()[:_DIGEST_LENGTH]


def read_form(panel: Panel, shown: str, values: Values, polling: PollSettings) -> Filled:
    """Return what was changed in a submitted form. Raises UserError for what can't be set."""
    hashes = [shown[start : start + _DIGEST_LENGTH] for start in range(0, len(shown), _DIGEST_LENGTH)]
    before = dict(zip(FIELDS[panel], hashes, strict=False))
    wanted, changed = Settings(), set()
    for setting in FIELDS[panel]:
        if setting.value in values:
            found = parse(setting, values[setting.value], polling)
            if _hash(setting, found) != before.get(setting):
                wanted = take(wanted, found, {setting})
                changed.add(setting)
    return Filled(wanted, frozenset(changed), before)


def lay_out_form(
    panel: Panel, each: FollowedFeed, polling: PollSettings, guild: discord.Guild
) -> list[discord.ui.Item[Any]]:
    """Return an input for each setting that the config file doesn't name, and a note about the others."""
    open_to_change = [setting for setting in FIELDS[panel] if setting not in each.fixed]
    inputs: list[discord.ui.Item[Any]] = [
        label(
            setting_title(setting),
            _input(setting, each.subscription.settings, polling, guild),
            setting_hint(setting),
        )
        for setting in open_to_change
    ]
    fixed = [setting_title(setting) for setting in FIELDS[panel] if setting in each.fixed]
    if fixed:
        note = _("Set in the bot's config file: {settings}").format(settings=", ".join(fixed))
        inputs.append(discord.ui.TextDisplay(fit(note, MAX_TEXT_LENGTH)))
    return inputs


def form_title(panel: Panel, each: FollowedFeed) -> str:
    """Return the title of a form."""
    return f"{panel_title(panel)} · {feed_label(each.feed_name, each.feed_url)}"


def _input(
    setting: Setting, settings: Settings, polling: PollSettings, guild: discord.Guild
) -> discord.ui.Item[Any]:
    if setting is Setting.NAME:
        return discord.ui.TextInput(
            custom_id=setting.value, default=settings.name, required=False, max_length=MAX_NAME_LENGTH
        )
    if setting in {Setting.WORDS, Setting.EXCLUDE_WORDS}:
        (text,) = filled(setting, settings)
        return discord.ui.TextInput(
            custom_id=setting.value,
            style=discord.TextStyle.paragraph,
            default=text[:MAX_TEXT_LENGTH],
            required=False,
            max_length=MAX_TEXT_LENGTH,
        )
    if setting is Setting.MENTION_ROLES:
        return _role_menu(settings, guild)
    options = choices_of(setting, settings, polling)
    return (
        _checkboxes(setting, settings, options)
        if setting is Setting.SILENT
        else _radio(setting, settings, options)
    )


def _role_menu(settings: Settings, guild: discord.Guild) -> discord.ui.RoleSelect[Any]:
    known = [guild.get_role(role) for role in settings.mention_roles]
    return discord.ui.RoleSelect(
        custom_id=Setting.MENTION_ROLES.value,
        placeholder=fit(_("No role"), MAX_OPTION_LENGTH),
        min_values=0,
        max_values=MAX_ROLES,
        required=False,
        default_values=[role for role in known if role is not None][:MAX_ROLES],
    )


def _radio(setting: Setting, settings: Settings, choices: Sequence[Choice]) -> discord.ui.RadioGroup[Any]:
    chosen = filled(setting, settings)
    options = [
        discord.RadioGroupOption(
            label=fit(name, MAX_OPTION_LENGTH),
            value=value,
            description=fit(hint, MAX_OPTION_LENGTH) or None,
            default=value in chosen,
        )
        for value, name, hint in choices
    ]
    return discord.ui.RadioGroup(custom_id=setting.value, options=options)


def _checkboxes(
    setting: Setting, settings: Settings, choices: Sequence[Choice]
) -> discord.ui.CheckboxGroup[Any]:
    chosen = filled(setting, settings)
    options = [
        discord.CheckboxGroupOption(label=fit(name, MAX_OPTION_LENGTH), value=value, default=value in chosen)
        for value, name, _hint in choices
    ]
    return discord.ui.CheckboxGroup(
        custom_id=setting.value, required=False, min_values=0, max_values=len(options), options=options
    )


def with_known_roles(settings: Settings, guild: discord.Guild) -> Settings:
    """Return the settings without roles that were deleted, which a form can't show."""
    known = tuple(role for role in settings.mention_roles if guild.get_role(role) is not None)
    return replace(settings, mention_roles=known)
