"""Rules of subscriptions as admins change and read them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.messages import _, escape_text, join_or
from bot.model import Rule
from bot.relay.match import Match
from bot.store.subscriptions import Followed
from bot.text.fold import fold_tag, one_line

LONGEST_TAG = 100
MOST_TAGS = 50
"""Followed, and as many excluded: a rule that nobody can read helps nobody."""
_SHOWN = 20
"""Tags of a rule that are told one by one."""
_TAG = 60


def follow_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """The rule with these followed; a tag that was excluded no longer is."""
    return replace(rule, tags=_joined(rule.tags, tags), exclude_tags=_without(rule.exclude_tags, tags))


def exclude_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """The rule with these excluded; a tag that was followed no longer is."""
    return replace(rule, tags=_without(rule.tags, tags), exclude_tags=_joined(rule.exclude_tags, tags))


def remove_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """The rule with these neither followed nor excluded."""
    return replace(rule, tags=_without(rule.tags, tags), exclude_tags=_without(rule.exclude_tags, tags))


def split_tags(typed: str) -> tuple[str, ...]:
    """The tags in what a person typed, parted by commas, each once; () if there is none."""
    found = (one_line(part).lstrip("#").strip() for part in typed.split(","))
    return _joined((), [part for part in found if fold_tag(part)])


def has_tag(tags: Iterable[str], tag: str) -> bool:
    """Whether the tag is among them, however it is spelled."""
    return fold_tag(tag) in map(fold_tag, tags)


def describe(rule: Rule) -> str:
    """Which posts the rule wants, in plain words: "posts tagged astronomy or cycling, not personal"."""
    what = _("posts tagged {tags}").format(tags=list_tags(rule.tags)) if rule.tags else _("every post")
    parts = [what]
    if rule.words:
        parts.append(_("with the words {words}").format(words=_quoted(rule.words)))
    if rule.exclude_tags and rule.tags:
        parts.append(_("not {tags}").format(tags=list_tags(rule.exclude_tags)))
    elif rule.exclude_tags:
        parts.append(_("but none tagged {tags}").format(tags=list_tags(rule.exclude_tags)))
    if rule.exclude_words:
        parts.append(_("without the words {words}").format(words=_quoted(rule.exclude_words)))
    return ", ".join(parts)


def write_subscription(each: Followed) -> str:
    """In a line: "#news follows Garden Notes: posts tagged astronomy or cycling, not personal"."""
    subscription = each.subscription
    line = _("<#{channel}> follows **{feed}**: {rule}").format(
        channel=subscription.channel_id, feed=escape_text(each.feed_name), rule=describe(subscription.rule)
    )
    marks = [
        _("set in the config file") if each.origin == "config" else "",
        _("paused") if subscription.paused else "",
        _("stopped: {reason}").format(reason=escape_text(each.suspended, 200)) if each.suspended else "",
    ]
    return " · ".join(filter(None, (line, *marks)))


def explain(verdict: Match) -> str:
    """Which part of a rule decided about a post."""
    for beginning, sentence in _reasons():
        if verdict.reason.startswith(beginning):
            return sentence.format(it=escape_text(verdict.reason.removeprefix(beginning).strip(), _TAG))
    return escape_text(verdict.reason)


def _reasons() -> tuple[tuple[str, str], ...]:
    """How `bot.relay.match` begins its reasons, and what people read."""
    return (
        ("excluded tag", _("it has the tag {it}, which is excluded")),
        ("excluded word", _("it has the words “{it}”, which are excluded")),
        ("none of the followed tags", _("it has none of the followed tags")),
        ("none of the words", _("it has none of the words")),
        ("followed tag", _("it has the followed tag {it}")),
        ("follows everything", _("every post is followed")),
    )


def list_tags(tags: Sequence[str]) -> str:
    """astronomy, cycling or stars."""
    return join_or(_shown([escape_text(tag, _TAG) for tag in tags]))


def _quoted(words: Sequence[str]) -> str:
    return join_or(_shown([f"“{escape_text(word, _TAG)}”" for word in words]))


def _shown(parts: list[str]) -> list[str]:
    more = len(parts) - _SHOWN
    return [*parts[:_SHOWN], _("{count} more").format(count=more)] if more > 0 else parts


def _joined(before: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    known = {fold_tag(tag): tag for tag in before}
    for tag in more:
        known.setdefault(fold_tag(tag), tag)
    return tuple(known.values())


def _without(tags: Sequence[str], gone: Iterable[str]) -> tuple[str, ...]:
    folded = set(map(fold_tag, gone))
    return tuple(tag for tag in tags if fold_tag(tag) not in folded)
