"""What may be set for a subscription, field by field: by the config file, or by admins."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum


class Style(StrEnum):
    """The shape of a message."""

    CARD = "card"
    COMPACT = "compact"
    FULL = "full"
    LINK = "link"

    @property
    def has_embeds(self) -> bool:
        """Whether its messages have embeds; the others are text."""
        return self in {Style.CARD, Style.FULL}


class Reblogs(StrEnum):
    """Which reblogs (Tumblr) and boosts (Mastodon) of other blogs' posts a subscription wants."""

    ALL = "all"
    COMMENTED = "comments"
    """Only those to which the blog added words of its own."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions that an entry must meet to be sent. An empty tuple is not a condition."""

    tags: tuple[str, ...] = ()
    exclude_tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    exclude_words: tuple[str, ...] = ()
    reblogs: Reblogs = Reblogs.ALL


ARCHIVE_TIMES = (timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After how long without messages Discord can hide a thread."""


class Setting(StrEnum):
    """The name of one field of Settings, as the config file has it. Those of the rule count separately."""

    STYLE = "style"
    NAME = "name"
    THREAD = "thread"
    SILENT = "silent"
    TAGS = "tags"
    EXCLUDE_TAGS = "exclude_tags"
    WORDS = "words"
    EXCLUDE_WORDS = "exclude_words"
    REBLOGS = "reblogs"
    MENTION_ROLES = "mention_roles"
    PING_COOLDOWN = "ping_cooldown"
    INTERVAL = "interval"


ALL_SETTINGS = frozenset(Setting)
_OF_RULE = frozenset(
    {Setting.TAGS, Setting.EXCLUDE_TAGS, Setting.WORDS, Setting.EXCLUDE_WORDS, Setting.REBLOGS}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a subscription."""

    rule: Rule = Rule()
    style: Style = Style.CARD
    mention_roles: tuple[int, ...] = ()
    name: str = ""
    """The feed's name in its posts; "": the usual name."""
    silent: bool = False
    """Whether its messages notify nobody's phone or desktop."""
    thread: timedelta | None = None
    """After how long without messages the thread below each post is hidden; None: posts have no threads."""
    ping_cooldown: timedelta = timedelta()
    """The time after a ping in which its posts don't ping."""
    interval: timedelta | None = None
    """How often to poll its feed; None: the operator's default for all feeds."""


def value_of(settings: Settings, setting: Setting) -> object:
    """Return the value of one setting."""
    source = settings.rule if setting in _OF_RULE else settings
    return getattr(source, setting.value)


def take(settings: Settings, source: Settings, fields: Collection[Setting]) -> Settings:
    """Return the settings with the values that `source` has in these fields."""
    own = {each.value: value_of(source, each) for each in fields if each not in _OF_RULE}
    of_rule = {each.value: value_of(source, each) for each in fields if each in _OF_RULE}
    return replace(settings, **{**own, "rule": replace(settings.rule, **of_rule)})  # type: ignore[arg-type]  # as they were read


def differences(one: Settings, other: Settings) -> frozenset[Setting]:
    """Return the fields in which the two differ."""
    return frozenset(each for each in Setting if value_of(one, each) != value_of(other, each))
