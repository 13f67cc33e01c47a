"""A post's tags → the tags of a forum (pure)."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.text.fold import fold_tag

MOST_TAGS = 5
"""Discord applies no more to a forum post."""


class Tag(Protocol):
    """What is asked of discord.ForumTag."""

    name: str
    moderated: bool


TagT = TypeVar("TagT", bound=Tag)


def choose_tags(
    available: Sequence[TagT], wanted: Sequence[str], *, may_moderate: bool, demanded: bool
) -> tuple[TagT, ...]:
    """The forum's tags that the post bears, in the post's order; where one is demanded, at least the first usable."""
    usable = [tag for tag in available if may_moderate or not tag.moderated]
    by_name = {fold_tag(tag.name): tag for tag in reversed(usable)}
    chosen = [by_name[name] for name in dict.fromkeys(map(fold_tag, wanted)) if name in by_name][:MOST_TAGS]
    return tuple(chosen or (usable[:1] if demanded else []))
