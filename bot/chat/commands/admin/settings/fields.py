"""The settings of a subscription as admins read and fill them in. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, escape_text, n_, shorten
from bot.model import ARCHIVE_TIMES, PollSettings, Reblogs, Rule, Setting, Settings, Style, value_of
from bot.text import limits
from bot.text.escape import is_blank
from bot.text.fold import fold
from bot.text.lines import clean_line

MAX_WORDS = 50
MAX_WORD_LENGTH = 60
MAX_NAME_LENGTH = 100
MAX_ROLES = 25
"""The most roles that a post can ping, and that Discord's menu can show."""
MAX_OPTIONS = 10
"""The most options of a group of radio buttons."""
_MAX_LISTED = 10
_MAX_DIGITS = 8

_MINUTE = timedelta(minutes=1)
MAX_INTERVAL = timedelta(days=1)
_COOLDOWNS = tuple(_MINUTE * minutes for minutes in (0, 5, 15, 30, 60, 180, 360, 720, 1440))
_INTERVALS = tuple(_MINUTE * minutes for minutes in (1, 5, 10, 30, 60, 180, 360, 1440))


class Panel(StrEnum):
    """A button of `/feed settings`, and the form that it opens."""

    LOOK = "look"
    FILTER = "filter"
    PINGS = "pings"
    SCHEDULE = "schedule"


FIELDS = {
    Panel.LOOK: (Setting.STYLE, Setting.NAME, Setting.THREAD, Setting.SILENT),
    Panel.FILTER: (Setting.WORDS, Setting.EXCLUDE_WORDS, Setting.REBLOGS),
    Panel.PINGS: (Setting.MENTION_ROLES, Setting.PING_COOLDOWN),
    Panel.SCHEDULE: (Setting.INTERVAL,),
}
"""The settings of each form. Tags have commands of their own, with completion."""

Choice = tuple[str, str, str]
"""An option of a form: its value, label and description."""


def panel_title(panel: Panel) -> str:
    """Return the label of a panel's button."""
    return {
        Panel.LOOK: _("Look"),
        Panel.FILTER: _("Filter"),
        Panel.PINGS: _("Pings"),
        Panel.SCHEDULE: _("Schedule"),
    }[panel]


def setting_title(setting: Setting) -> str:
    """Return what a setting is called."""
    return {
        Setting.STYLE: _("Style"),
        Setting.NAME: _("Name of the feed"),
        Setting.THREAD: _("Thread below each post"),
        Setting.SILENT: _("Notifications"),
        Setting.TAGS: _("Tags"),
        Setting.EXCLUDE_TAGS: _("Excluded tags"),
        Setting.WORDS: _("Words"),
        Setting.EXCLUDE_WORDS: _("Excluded words"),
        Setting.REBLOGS: _("Reblogs and boosts"),
        Setting.MENTION_ROLES: _("Roles to ping"),
        Setting.PING_COOLDOWN: _("Pings at most"),
        Setting.INTERVAL: _("Check the feed"),
    }[setting]


def setting_hint(setting: Setting) -> str:
    """Return a sentence that helps to fill a setting in; "" if its options say everything."""
    return {
        Setting.NAME: _("What posts and lists here call it. Empty: its own title"),
        Setting.THREAD: _("Discord hides a thread after this time without messages"),
        Setting.WORDS: _("A post needs one of these words or phrases, separated by commas. Empty: any post"),
        Setting.EXCLUDE_WORDS: _(
            "Posts with one of these words or phrases are left out; separate with commas"
        ),
        Setting.MENTION_ROLES: _("Each post pings them. You can add roles that you may mention yourself"),
        Setting.PING_COOLDOWN: _("Posts in between come without a ping"),
        Setting.INTERVAL: _("The bot checks it more often if another channel that follows it asks for that"),
    }.get(setting, "")


def styles() -> list[Choice]:
    """Return the styles, with what they look like."""
    return [
        (Style.CARD, _("Card"), _("A title line and a card with summary and picture")),
        (Style.COMPACT, _("Compact"), _("One line: title, feed, tags")),
        (Style.FULL, _("Full"), _("As much of the text as Discord allows, and more pictures")),
        (Style.LINK, _("Link"), _("Just the link, with Discord's own preview")),
    ]


def choices_of(setting: Setting, settings: Settings, polling: PollSettings) -> list[Choice]:
    """Return the options of a setting that has some; the current value is always among them."""
    if setting is Setting.STYLE:
        return styles()
    if setting is Setting.THREAD:
        after = [(str(each // _MINUTE), _hidden_after(each), "") for each in ARCHIVE_TIMES]
        return [("0", _("No thread"), ""), *after]
    if setting is Setting.SILENT:
        return [("1", _("Post without a notification"), "")]
    if setting is Setting.REBLOGS:
        return [(each.value, _reblogs(each), "") for each in Reblogs]
    if setting is Setting.PING_COOLDOWN:
        found = _with_current(_COOLDOWNS, settings.ping_cooldown, MAX_OPTIONS)
        return [(str(each // _MINUTE), _cooldown(each), "") for each in found]
    return _intervals(settings, polling)


def _intervals(settings: Settings, polling: PollSettings) -> list[Choice]:
    usual = every(max(polling.interval, polling.minimum_interval))
    known = [each for each in (polling.minimum_interval, *_INTERVALS) if each >= polling.minimum_interval]
    offered = _with_current(known, settings.interval, MAX_OPTIONS - 1)
    default = ("0", _("As usual ({interval})").format(interval=usual), "")
    return [default, *((str(int(each.total_seconds())), every(each), "") for each in offered)]


def _with_current(offered: Sequence[timedelta], current: timedelta | None, limit: int) -> list[timedelta]:
    """Return the offered values and the current one, in order, at most `limit`."""
    found = sorted({*offered, *(() if current is None else (current,))})
    while len(found) > limit:
        found.remove(next(each for each in reversed(found) if each != current))
    return found


def filled(setting: Setting, settings: Settings) -> tuple[str, ...]:
    """Return a setting's value as a form shows it, and as it comes back if nobody touches it."""
    value = value_of(settings, setting)
    if setting is Setting.SILENT:
        return ("1",) if value else ()
    if setting is Setting.MENTION_ROLES:
        return tuple(map(str, settings.mention_roles[:MAX_ROLES]))
    if setting in {Setting.WORDS, Setting.EXCLUDE_WORDS}:
        words = settings.rule.words if setting is Setting.WORDS else settings.rule.exclude_words
        return (", ".join(words),)
    if setting is Setting.INTERVAL:
        return ("0" if settings.interval is None else str(int(settings.interval.total_seconds())),)
    if isinstance(value, timedelta | None):
        return (str((value or timedelta()) // _MINUTE),)
    return (str(value),)


def parse(setting: Setting, values: tuple[str, ...], polling: PollSettings) -> Settings:
    """Return the settings with one of them as filled in. Raises UserError if the value isn't valid."""
    value = values[0] if values else ""
    if setting in {Setting.WORDS, Setting.EXCLUDE_WORDS, Setting.REBLOGS}:
        return Settings(rule=_parse_rule(setting, value))
    if setting is Setting.STYLE:
        return Settings(style=Style(_known(value, list(Style))))
    if setting is Setting.NAME:
        return Settings(name=_parse_name(value))
    if setting is Setting.THREAD:
        return Settings(thread=_one_of(_minutes(value), (timedelta(), *ARCHIVE_TIMES)) or None)
    if setting is Setting.SILENT:
        return Settings(silent=bool(values))
    if setting is Setting.MENTION_ROLES:
        return Settings(mention_roles=tuple(int(each) for each in dict.fromkeys(values) if each.isdecimal()))
    if setting is Setting.PING_COOLDOWN:
        return Settings(ping_cooldown=min(_minutes(value), MAX_INTERVAL))
    return Settings(interval=_parse_interval(value, polling))


def _parse_rule(setting: Setting, value: str) -> Rule:
    if setting is Setting.REBLOGS:
        return Rule(reblogs=Reblogs(_known(value, list(Reblogs))))
    words = _parse_words(value)
    return Rule(words=words) if setting is Setting.WORDS else Rule(exclude_words=words)


def _known(value: str, offered: Sequence[str]) -> str:
    if value not in offered:
        raise UserError(_("This isn't one of the choices; open the form again."))
    return value


def _one_of(value: timedelta, offered: Sequence[timedelta]) -> timedelta:
    _known(str(value), [str(each) for each in offered])
    return value


def _minutes(value: str) -> timedelta:
    return _MINUTE * int(value) if value.isdecimal() and len(value) < _MAX_DIGITS else timedelta()


def _parse_name(value: str) -> str:
    name = clean_line(value)
    if is_blank(name):
        return ""
    if limits.utf16_length(name) > MAX_NAME_LENGTH:
        raise UserError(_("The name is too long; write at most {limit} characters."), limit=MAX_NAME_LENGTH)
    return name


def _parse_interval(value: str, polling: PollSettings) -> timedelta | None:
    seconds = int(value) if value.isdecimal() and len(value) < _MAX_DIGITS else 0
    if not seconds:
        return None
    return max(min(timedelta(seconds=seconds), MAX_INTERVAL), polling.minimum_interval)


def _parse_words(value: str) -> tuple[str, ...]:
    """Return the words or phrases between commas or line breaks, each once in any spelling."""
    words: dict[str, str] = {}
    for part in map(clean_line, value.replace("\n", ",").split(",")):
        if fold(part):
            words.setdefault(fold(part), part)
    found = tuple(words.values())
    if len(found) > MAX_WORDS or any(limits.utf16_length(word) > MAX_WORD_LENGTH for word in found):
        raise UserError(
            _("Write at most {count} words or phrases, each with at most {length} characters."),
            count=MAX_WORDS,
            length=MAX_WORD_LENGTH,
        )
    return found


def describe(setting: Setting, settings: Settings) -> str:
    """Return a setting's value for an answer."""
    if setting in {Setting.TAGS, Setting.EXCLUDE_TAGS, Setting.WORDS, Setting.EXCLUDE_WORDS}:
        listed = value_of(settings, setting)
        return _list(listed if isinstance(listed, tuple) else ())
    if setting is Setting.STYLE:
        return next(name for value, name, _hint in styles() if value == settings.style)
    if setting is Setting.NAME:
        return escape_text(settings.name, MAX_NAME_LENGTH) if settings.name else _("its own title")
    if setting is Setting.THREAD:
        return _("none") if settings.thread is None else _hidden_after(settings.thread)
    if setting is Setting.SILENT:
        return _("off") if settings.silent else _("on")
    if setting is Setting.REBLOGS:
        return _reblogs(settings.rule.reblogs)
    if setting is Setting.MENTION_ROLES:
        return " ".join(shorten([f"<@&{role}>" for role in settings.mention_roles], _MAX_LISTED)) or _("none")
    if setting is Setting.PING_COOLDOWN:
        return _cooldown(settings.ping_cooldown)
    return _("as usual") if settings.interval is None else every(settings.interval)


def _list(words: Sequence[str]) -> str:
    shown = [escape_text(word, MAX_WORD_LENGTH) for word in words]
    return ", ".join(shorten(shown, _MAX_LISTED)) or _("none")


def _reblogs(reblogs: Reblogs) -> str:
    return {
        Reblogs.ALL: _("All"),
        Reblogs.COMMENTED: _("Only with words of the blog's own"),
        Reblogs.NONE: _("None, only the blog's own posts"),
    }[reblogs]


def _hidden_after(time: timedelta) -> str:
    return _("Hidden after {time}").format(time=span(time))


def _cooldown(time: timedelta) -> str:
    return _("With every post") if not time else _("Once in {time}").format(time=span(time))


def every(interval: timedelta) -> str:
    """Return how often something happens."""
    return _("Every {time}").format(time=span(interval))


def span(length: timedelta) -> str:
    """Return a length of time in words, in the largest unit that has no remainder."""
    seconds = int(length.total_seconds())
    if seconds and seconds % 86_400 == 0:
        return n_("{count} day", "{count} days", seconds // 86_400)
    if seconds and seconds % 3_600 == 0:
        return n_("{count} hour", "{count} hours", seconds // 3_600)
    if seconds % 60 == 0:
        return n_("{count} minute", "{count} minutes", seconds // 60)
    return n_("{count} second", "{count} seconds", seconds)
