"""The menus below an answer: the years and tags of what was found. Pure."""

from collections.abc import Sequence

import discord

from bot.chat.commands.common.autocomplete import is_value
from bot.chat.messages import _, plain_part
from bot.model import Facets, Narrowing, TagCount, YearCount
from bot.text import limits
from bot.text.fold import fold_tag

ALL, MORE = "all", "more"
"""Values of the options that undo a choice, and of the option for everything that doesn't fit."""
TAG = "tag:"
"""Prefix of the values of tags."""
_MAX_LABEL_LENGTH = 80
"""UTF-16 units of a tag in a label, which has room for 100 with its count."""


def year_options(facets: Facets, chosen: Narrowing) -> list[discord.SelectOption]:
    """Return the options of the menu of years; [] if there is nothing to choose."""
    years = list(facets.years)
    if chosen.year is not None and chosen.year not in {each.year for each in years}:
        years.append(YearCount(chosen.year, 0))
    if len(years) < 2 and chosen.year is None:
        return []
    options = [
        discord.SelectOption(
            label=_label(str(each.year), each.posts), value=str(each.year), default=each.year == chosen.year
        )
        for each in years
    ]
    undo = discord.SelectOption(label=_("All years"), value=ALL)
    return _fit(options, undo if chosen.year is not None else None, len(options))


def tag_options(facets: Facets, chosen: Narrowing) -> list[discord.SelectOption]:
    """Return the options of the menu of tags; [] if there is nothing to choose."""
    folded = fold_tag(chosen.tag)
    tags = [each for each in facets.tags if is_value(TAG + each.tag)]
    if is_value(TAG + chosen.tag) and folded and folded not in {fold_tag(each.tag) for each in tags}:
        tags.insert(0, TagCount(chosen.tag, 0))
    options = [
        discord.SelectOption(
            label=_label(each.tag, each.entries),
            value=TAG + each.tag,
            default=bool(folded) and fold_tag(each.tag) == folded,
        )
        for each in tags
    ]
    undo = discord.SelectOption(label=_("All tags"), value=ALL)
    return _fit(options, undo if chosen.tag else None, len(options) + facets.more_tags)


def _label(text: str, count: int) -> str:
    """Return "night sky (12)"; without a count if the posts with it aren't counted."""
    name = plain_part(text.lstrip("#"), _MAX_LABEL_LENGTH) or "—"
    return f"{name} ({count:,})" if count else name


def _fit(
    options: Sequence[discord.SelectOption], undo: discord.SelectOption | None, total: int
) -> list[discord.SelectOption]:
    """Return as many options as a menu may have, the chosen one among them; "…" replaces the others."""
    first = [] if undo is None else [undo]
    room = limits.MENU_OPTIONS - len(first)
    if total <= room and len(options) == total:
        return [*first, *options]
    kept = list(options[: room - 1])
    if hidden := [each for each in options[room - 1 :] if each.default]:
        kept[-1:] = hidden
    more = discord.SelectOption(label="…", value=MORE, description=_("More; choose this to see how"))
    return [*first, *kept, more] if kept else []
