"""A post's tags → the tags of a forum (pure)."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.text.fold import fold_tag

MAX_TAGS = 5
"""Tags that a forum post can have."""


class Tag(Protocol):
    """The part of discord.ForumTag that is used."""

    name: str
    moderated: bool


TagT = TypeVar("TagT", bound=Tag)


def choose_tags(
    available: Sequence[TagT], wanted: Sequence[str], *, may_moderate: bool, required: bool
) -> tuple[TagT, ...]:
    """Return the forum's tags that the post has, in the post's order; `required`: at least the first usable tag."""
    usable = [tag for tag in available if may_moderate or not tag.moderated]
    by_name = {fold_tag(tag.name): tag for tag in reversed(usable)}
    chosen = [by_name[name] for name in dict.fromkeys(map(fold_tag, wanted)) if name in by_name][:MAX_TAGS]
    return tuple(chosen or (usable[:1] if required else []))
