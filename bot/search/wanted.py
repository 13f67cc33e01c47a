"""The rules of a channel → the posts that it gets, as a condition for the index."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.model import Condition, Either, Field, Reblogs, Rule, Term
from bot.search.tokens import feed_token, tag_token


def is_searchable(rule: Rule) -> bool:
    """Return whether the index can decide about a rule: it knows tags, but not who wrote a post's words."""
    return not (rule.words or rule.exclude_words) and rule.reblogs is Reblogs.ALL


def wanted_by(rules: Mapping[int, Rule]) -> Condition | None:
    """Return what posts of these feeds must meet, by searchable rules; None if every post is wanted."""
    feeds: dict[tuple[Condition, ...], list[int]] = defaultdict(list)
    for feed_id, rule in rules.items():
        feeds[_conditions(rule)].append(feed_id)
    if not any(feeds):
        return None
    return Either("", tuple((_feeds(ids), *conditions) for conditions, ids in feeds.items()))


def _conditions(rule: Rule) -> tuple[Condition, ...]:
    followed = tuple((_tag(tag),) for tag in rule.tags)
    excluded = (_tag(tag, is_excluded=True) for tag in rule.exclude_tags)
    return (*((Either("", followed),) if followed else ()), *excluded)


def _tag(tag: str, *, is_excluded: bool = False) -> Term:
    return Term("", (tag_token(tag),), Field.TAG, is_exact=True, is_excluded=is_excluded)


def _feeds(ids: Iterable[int]) -> Condition:
    return Either("", tuple((Term("", (feed_token(each),), is_exact=True),) for each in ids))
