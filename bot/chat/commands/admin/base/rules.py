"""Change the rules of subscriptions, and describe them to admins. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat.commands.common.resolve import is_declared
from bot.chat.messages import _, escape_text, join_or, shorten
from bot.model import Reblogs, Rule
from bot.relay.match import Match
from bot.store.subscriptions import FollowedFeed
from bot.text.fold import fold_tag, one_line

MAX_TAG_LENGTH = 100
MAX_TAGS = 50
"""Limit for the followed tags of a rule, and for its excluded tags; nobody can read longer lists."""
_TAG = re.compile(r'\s*+"([^"]*)"\s*+(?=,|$)|[^,]+')
_MAX_LISTED = 20
"""Tags or words that a description names; it counts the others."""
_MAX_LISTED_LENGTH = 60


def follow_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """Return the rule with these tags followed, and no longer excluded."""
    return replace(rule, tags=_join(rule.tags, tags), exclude_tags=_without(rule.exclude_tags, tags))


def exclude_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """Return the rule with these tags excluded, and no longer followed."""
    return replace(rule, tags=_without(rule.tags, tags), exclude_tags=_join(rule.exclude_tags, tags))


def remove_tags(rule: Rule, tags: Sequence[str]) -> Rule:
    """Return the rule with these tags neither followed nor excluded."""
    return replace(rule, tags=_without(rule.tags, tags), exclude_tags=_without(rule.exclude_tags, tags))


def split_tags(typed: str) -> tuple[str, ...]:
    """Return the tags that a person typed with commas between them, each once; () if there is none.

    A tag that has a comma itself is in quotes.
    """
    parts = (match[1] or match[0] for match in _TAG.finditer(typed))
    found = (one_line(part).lstrip("#").strip() for part in parts)
    return _join((), [part for part in found if fold_tag(part)])


def join_tags(tags: Iterable[str]) -> str:
    """Return tags as a person would type them for `split_tags`."""
    return ",".join(map(write_tag, tags))


def write_tag(tag: str) -> str:
    """Return a tag as a person would type it: in quotes if it has a comma."""
    return f'"{tag.replace(chr(34), " ")}"' if "," in tag else tag


def has_tag(tags: Iterable[str], tag: str) -> bool:
    """Return whether the tag is among these, in any spelling."""
    return fold_tag(tag) in map(fold_tag, tags)


def describe_rule(rule: Rule) -> str:
    """Describe which posts the rule wants: "posts tagged astronomy or cycling, not personal"."""
    parts = [_("posts tagged {tags}").format(tags=list_tags(rule.tags)) if rule.tags else _("every post")]
    if rule.words:
        parts.append(_("with {words}").format(words=_quoted(rule.words)))
    if rule.exclude_tags and rule.tags:
        parts.append(_("not {tags}").format(tags=list_tags(rule.exclude_tags)))
    elif rule.exclude_tags:
        parts.append(_("but none tagged {tags}").format(tags=list_tags(rule.exclude_tags)))
    if rule.exclude_words:
        parts.append(_("without {words}").format(words=_quoted(rule.exclude_words)))
    if rule.reblogs is Reblogs.NONE:
        parts.append(_("no reblogs"))
    if rule.reblogs is Reblogs.COMMENTED:
        parts.append(_("reblogs only with words of the blog's own"))
    return ", ".join(parts)


def describe_subscription(each: FollowedFeed) -> str:
    """Describe a subscription in one line: "#news follows Garden Notes: posts tagged astronomy or cycling"."""
    line = fill(
        _("<#{channel}> follows **{feed}**: {rule}"), each, rule=describe_rule(each.subscription.rule)
    )
    marks = [
        _("set in the config file") if is_declared(each) else "",
        _("paused") if each.subscription.paused else "",
        _("stopped: {reason}").format(reason=escape_text(each.suspended, 200)) if each.suspended else "",
    ]
    return " · ".join(filter(None, (line, *marks)))


def fill(sentence: str, each: FollowedFeed, **values: object) -> str:
    """Fill in the {channel} and {feed} of a subscription, and other values."""
    return sentence.format(channel=each.subscription.channel_id, feed=escape_text(each.feed_name), **values)


def explain_match(verdict: Match) -> str:
    """Describe which part of a rule decided about a post: "it has the followed tag astronomy"."""
    for prefix, sentence in _reasons():
        if verdict.reason.startswith(prefix):
            decisive = verdict.reason.removeprefix(prefix).strip()
            return sentence.format(value=escape_text(decisive, _MAX_LISTED_LENGTH))
    return escape_text(verdict.reason)


def _reasons() -> tuple[tuple[str, str], ...]:
    """Return how the reasons of `bot.relay.match` begin, and what people read instead."""
    return (
        ("excluded tag", _("it has the excluded tag {value}")),
        ("excluded word", _("it contains the excluded words “{value}”")),
        ("none of the followed tags", _("it has none of the followed tags")),
        ("none of the words", _("it contains none of the words in the rule")),
        ("followed tag", _("it has the followed tag {value}")),
        ("follows everything", _("every post does")),
        ("a reblog without own words", _("it's a reblog without words of the blog's own")),
        ("a reblog", _("it's a reblog")),
    )


def list_tags(tags: Sequence[str]) -> str:
    """Return the tags as text: "astronomy, cycling or stars"."""
    return join_or(_escape_listed(tags, "{}"))


def _quoted(words: Sequence[str]) -> str:
    return join_or(_escape_listed(words, "“{}”"))


def _escape_listed(texts: Sequence[str], template: str) -> list[str]:
    """Return the first texts, escaped in the template, and how many more there are."""
    listed = [template.format(escape_text(text, _MAX_LISTED_LENGTH)) for text in texts[:_MAX_LISTED]]
    return [*listed, *shorten(texts, _MAX_LISTED)[_MAX_LISTED:]]


def _join(before: Sequence[str], more: Iterable[str]) -> tuple[str, ...]:
    known = {fold_tag(tag): tag for tag in before}
    for tag in more:
        known.setdefault(fold_tag(tag), tag)
    return tuple(known.values())


def _without(tags: Sequence[str], gone: Iterable[str]) -> tuple[str, ...]:
    folded = set(map(fold_tag, gone))
    return tuple(tag for tag in tags if fold_tag(tag) not in folded)
