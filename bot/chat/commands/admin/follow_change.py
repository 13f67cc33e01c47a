"""Changing rules: which subscriptions a command means, what stands against it, and what the change will do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import discord

from bot.chat.commands.admin.rule_preview import LOOKED_AT, list_posts, sum_up, take_sample
from bot.chat.commands.admin.rules import (
    MOST_TAGS,
    exclude_tags,
    follow_tags,
    has_tag,
    list_tags,
    remove_tags,
    write_subscription,
)
from bot.chat.commands.common.autocomplete import find_feed
from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, escape_text, fit_lines
from bot.chat.services import Services
from bot.model import Rule
from bot.store.subscriptions import Followed
from bot.text import limits
from bot.text.fold import fold_tag

_SPELLINGS = 100


class Change(StrEnum):
    """What is done with tags."""

    ADD = "add"
    REMOVE = "remove"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Changed:
    """A subscription whose rule was changed."""

    before: Followed
    after: Followed
    unknown: tuple[str, ...]
    """Tags that no post in the archive has."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a wish; not everything that it named can be changed."""

    done: tuple[Changed, ...]
    refused: tuple[str, ...]
    """Sentences."""


def choose_feeds(
    followed: Sequence[Followed], named: str, change: Change, tags: Sequence[str]
) -> Sequence[Followed]:
    """What a command means of a channel's subscriptions; more than one: the asker must say. Raises UserError."""
    if named:
        found = find_feed(followed, named)
        if not found:
            names = ", ".join(f"**{escape_text(each.feed_name)}**" for each in followed[:10])
            raise UserError(
                _("This channel follows no feed called {named}; choose one of these: {names}."),
                named=escape_text(named),
                names=names,
            )
        return found
    if change is Change.REMOVE:
        return [each for each in followed if _bears(each.subscription.rule, tags)] or followed
    return followed


async def apply(
    services: Services, guild_id: int, subscription_ids: Sequence[int], change: Change, tags: Sequence[str]
) -> Changes:
    """Change the rules of these subscriptions of the guild. Raises UserError if none can be."""
    done, refused = [], []
    async with services.changing:
        for each in await services.store.subscriptions.in_guild(guild_id):
            if each.subscription.id not in subscription_ids:
                continue
            spelled, unknown = await _spell(services, each.subscription.feed_id, tags)
            rule = _change(change, each.subscription.rule, spelled)
            if obstacle := _obstacle(each, change, rule, spelled):
                refused.append(obstacle)
                continue
            await services.store.subscriptions.set_rule(each.subscription.id, rule)
            after = replace(each, subscription=replace(each.subscription, rule=rule))
            done.append(Changed(each, after, unknown))
    if not done:
        gone = _("This channel follows that feed no more; see `/follow list`.")
        raise UserError(fit_lines(refused, limits.CONTENT) or gone)
    return Changes(tuple(done), tuple(refused))


async def report(services: Services, changes: Changes, change: Change) -> discord.Embed:
    """What the rules are now, and what they would have done to the newest posts."""
    alone = len(changes.done) == 1
    parts = [await _tell(services, each, change, with_posts=alone) for each in changes.done]
    text = "\n\n".join([*parts, *changes.refused])
    return discord.Embed(description=limits.truncate(text, limits.EMBED_DESCRIPTION))


async def _tell(services: Services, changed: Changed, change: Change, *, with_posts: bool) -> str:
    subscription = changed.after.subscription
    posts = await services.store.archive.newest(subscription.feed_id, LOOKED_AT)
    sample = take_sample(subscription.rule, posts)
    lines = [
        f"{write_subscription(changed.after)}.",
        _turned(changed),
        _missed(changed) if change is not Change.REMOVE else "",
        sum_up(sample, ends=":" if with_posts else "."),
    ]
    told_so_far = "\n".join(filter(None, lines))
    if not with_posts or not sample.wanted:
        return told_so_far
    room = limits.EMBED_DESCRIPTION - limits.utf16_length(told_so_far) - 1
    return f"{told_so_far}\n{list_posts(sample.wanted, room)}"


def _turned(changed: Changed) -> str:
    """Said when a rule begins or ends to narrow."""
    before, after = changed.before.subscription.rule, changed.after.subscription.rule
    if after.tags and not before.tags:
        tags = list_tags(after.tags)
        return _("Until now it followed everything; from now on only posts tagged {tags}.").format(tags=tags)
    if before.tags and not after.tags:
        return _("No tag is followed any more: from now on every post is, except what is excluded.")
    return ""


def _missed(changed: Changed) -> str:
    if not changed.unknown:
        return ""
    return _(
        "No post in the archive of **{feed}** has the tag {tags}; check how it is spelled there."
    ).format(feed=escape_text(changed.after.feed_name), tags=list_tags(changed.unknown))


async def _spell(services: Services, feed_id: int, tags: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The tags as the feed's author mostly writes them, and those that the author never wrote."""
    spelled, unknown = [], []
    for tag in tags:
        known = await services.store.search.tags(frozenset({feed_id}), tag, _SPELLINGS)
        same = next((each.tag for each in known if fold_tag(each.tag) == fold_tag(tag)), None)
        spelled.append(tag if same is None else same.lstrip("#").strip())
        unknown += [tag] if same is None else []
    return spelled, tuple(unknown)


def _change(change: Change, rule: Rule, tags: Sequence[str]) -> Rule:
    changes = {Change.ADD: follow_tags, Change.REMOVE: remove_tags, Change.EXCLUDE: exclude_tags}
    return changes[change](rule, tags)


def _obstacle(each: Followed, change: Change, rule: Rule, tags: Sequence[str]) -> str:
    """Why a rule is not changed so, in a sentence; "": nothing stands against it."""
    before = each.subscription.rule
    where = {
        "channel": f"<#{each.subscription.channel_id}>",
        "feed": escape_text(each.feed_name),
        "tags": list_tags(tags),
    }
    if each.origin == "config":
        return _declared(each, change)
    if rule == before:
        return _unchanged(change).format(**where)
    if change is Change.EXCLUDE and before.tags and not rule.tags:
        return _(
            "{tags} is all that {channel} follows of **{feed}**; "
            "remove it with `/follow remove`, or follow another tag first."
        ).format(**where)
    if max(len(rule.tags), len(rule.exclude_tags)) > MOST_TAGS:
        return _("A channel follows or excludes at most {most} tags of a feed; remove some first.").format(
            most=MOST_TAGS
        )
    return ""


def _unchanged(change: Change) -> str:
    sentences = {
        Change.ADD: _("{channel} follows {tags} of **{feed}** already; nothing has changed."),
        Change.REMOVE: _("{channel} neither follows nor excludes {tags} of **{feed}**; see `/follow list`."),
        Change.EXCLUDE: _("{channel} excludes {tags} of **{feed}** already; nothing has changed."),
    }
    return sentences[change]


def _declared(each: Followed, change: Change) -> str:
    keys = {Change.ADD: "`tags`", Change.EXCLUDE: "`exclude_tags`", Change.REMOVE: "`tags` / `exclude_tags`"}
    sentence = _(
        "What {channel} follows of **{feed}** is set in the bot's config file and cannot be changed here; "
        "change {key} in config.toml, below `[[feeds.channels]]` with `id = {id}`, and restart the bot."
    )
    channel_id = each.subscription.channel_id
    feed = escape_text(each.feed_name)
    return sentence.format(channel=f"<#{channel_id}>", feed=feed, key=keys[change], id=channel_id)


def _bears(rule: Rule, tags: Sequence[str]) -> bool:
    return any(has_tag((*rule.tags, *rule.exclude_tags), tag) for tag in tags)
