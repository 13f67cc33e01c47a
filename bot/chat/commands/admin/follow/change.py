"""Change the tags of rules for `/follow`: choose the subscriptions, check each change, show its effect."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import discord

from bot.chat.commands.admin.base.rule_preview import MAX_POSTS, count_wanted, list_posts, preview_rule
from bot.chat.commands.admin.base.rules import (
    MAX_TAGS,
    describe_subscription,
    exclude_tags,
    fill,
    follow_tags,
    has_tag,
    list_tags,
    remove_tags,
)
from bot.chat.commands.common.resolve import (
    explain_declared,
    explain_part,
    find_feed,
    find_whole_name,
    list_names,
)
from bot.chat.commands.common.responses import Interaction, UserError, services_of
from bot.chat.messages import _, escape_text, fit_lines
from bot.chat.services import Services
from bot.model import Rule, Setting, Settings, differences
from bot.store.subscriptions import FollowedFeed
from bot.text import limits
from bot.text.address import hide_secrets
from bot.text.fold import fold_tag

_MAX_SPELLINGS = 100


class Change(StrEnum):
    """The ways to change the tags of a rule."""

    ADD = "add"
    REMOVE = "remove"
    EXCLUDE = "exclude"


_EDITS = {Change.ADD: follow_tags, Change.REMOVE: remove_tags, Change.EXCLUDE: exclude_tags}
_SETTINGS = {
    Change.ADD: (Setting.TAGS,),
    Change.EXCLUDE: (Setting.EXCLUDE_TAGS,),
    Change.REMOVE: (Setting.TAGS, Setting.EXCLUDE_TAGS),
}
"""The settings that each kind of change affects."""


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """A subscription whose rule was changed."""

    before: FollowedFeed
    after: FollowedFeed
    unknown: tuple[str, ...]
    """Tags that no post in the archive has."""


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """The subscriptions that were changed, and why others were not."""

    done: tuple[ChangedRule, ...]
    refused: tuple[str, ...]
    """One sentence per subscription that could not be changed."""


def find_candidates(
    followed: Sequence[FollowedFeed],
    elsewhere: Sequence[FollowedFeed],
    named: str,
    change: Change,
    tags: Sequence[str],
) -> Sequence[FollowedFeed]:
    """Return the subscriptions of a channel that a command can mean; the user must choose if there are several.

    `elsewhere`: the subscriptions of the whole server, which the completion offers too.

    Raises UserError if the channel follows no feed of that name.
    """
    if named:
        if found := find_whole_name(followed, named):
            return found
        if similar := find_feed(followed, named):
            raise UserError(explain_part(similar))
        raise UserError(
            _("This channel doesn't follow a feed called {name}; choose one of these: {names}."),
            name=_name(elsewhere, named),
            names=list_names(followed),
        )
    if change is Change.REMOVE:
        return [each for each in followed if _has_any(each.subscription.rule, tags)] or followed
    return followed


async def apply_change(
    interaction: Interaction,
    guild_id: int,
    subscription_ids: Sequence[int],
    change: Change,
    tags: Sequence[str],
) -> ChangeResult:
    """Change the rules of these subscriptions of the guild. Raises UserError if none of them can be changed."""
    services = services_of(interaction)
    done, refused = [], []
    for each in await services.store.subscriptions.in_guild(guild_id):
        if each.subscription.id not in subscription_ids:
            continue
        spelled, unknown = await _spell(services, each.subscription.feed_id, tags)
        try:
            changed = await services.store.settings_changes.change(
                each.subscription.id,
                partial(_edit, change, spelled),
                interaction.user.id,
                services.clock(),
            )
        except UserError as error:
            refused.append(str(error))
            continue
        if changed is not None:
            done.append(ChangedRule(changed.before, changed.after, unknown))
    if not done:
        gone = _("This channel no longer follows that feed; see `/follow list`.")
        raise UserError(fit_lines(refused, limits.CONTENT) or gone)
    return ChangeResult(tuple(done), tuple(refused))


def _edit(change: Change, tags: Sequence[str], each: FollowedFeed) -> Settings:
    """Return the settings with the changed rule. Raises UserError if it can't be changed like this."""
    rule = _EDITS[change](each.subscription.rule, tags)
    if refusal := _explain_refusal(each, change, rule, tags):
        raise UserError(refusal)
    return replace(each.subscription.settings, rule=rule)


async def describe_result(services: Services, result: ChangeResult, change: Change) -> discord.Embed:
    """Return the rules as they are now, and how many of the newest posts they would have let through."""
    is_single = len(result.done) == 1
    parts = [await _describe_change(services, each, change, with_posts=is_single) for each in result.done]
    text = "\n\n".join([*parts, *result.refused])
    return discord.Embed(description=limits.truncate(text, limits.EMBED_DESCRIPTION))


async def _describe_change(
    services: Services, changed: ChangedRule, change: Change, *, with_posts: bool
) -> str:
    subscription = changed.after.subscription
    posts = await services.store.archive.newest(subscription.feed_id, MAX_POSTS)
    preview = preview_rule(subscription.rule, posts)
    with_posts = with_posts and bool(preview.wanted)
    lines = [
        f"{describe_subscription(changed.after)}.",
        _narrowing(changed),
        _unknown_tags(changed) if change is not Change.REMOVE else "",
        count_wanted(len(preview.wanted), preview.posts) + (":" if with_posts else "."),
    ]
    text = "\n".join(filter(None, lines))
    if not with_posts:
        return text
    room = limits.EMBED_DESCRIPTION - limits.utf16_length(text) - 1
    return f"{text}\n{list_posts(preview.wanted, room)}"


def _narrowing(changed: ChangedRule) -> str:
    """Return a sentence if the rule now narrows by tags and did not before, or the other way round; else ""."""
    before, after = changed.before.subscription.rule, changed.after.subscription.rule
    if after.tags and not before.tags:
        tags = list_tags(after.tags)
        return _("Until now, every post was sent; from now on, only posts tagged {tags}.").format(tags=tags)
    if before.tags and not after.tags:
        return _("No tag filter now: every post is sent, except excluded ones.")
    return ""


def _unknown_tags(changed: ChangedRule) -> str:
    if not changed.unknown:
        return ""
    sentence = _("No archived post of **{feed}** has the tag {tags}; check how the blog spells it.")
    return fill(sentence, changed.after, tags=list_tags(changed.unknown))


async def _spell(services: Services, feed_id: int, tags: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the tags as the feed's author usually spells them, and those that no archived post has."""
    spelled, unknown = [], []
    for tag in tags:
        known = await services.store.search.tags(frozenset({feed_id}), tag, _MAX_SPELLINGS)
        same = next((each.tag for each in known if fold_tag(each.tag) == fold_tag(tag)), None)
        spelled.append(tag if same is None else same.lstrip("#").strip())
        unknown += [tag] if same is None else []
    return spelled, tuple(unknown)


def _explain_refusal(each: FollowedFeed, change: Change, rule: Rule, tags: Sequence[str]) -> str:
    """Return why a rule cannot be changed like this, in a sentence; "" if it can."""
    before = each.subscription.rule
    changed = differences(replace(each.subscription.settings, rule=rule), each.subscription.settings)
    fixed = each.fixed & (changed or frozenset(_SETTINGS[change]))
    if fixed and (changed or len(fixed) == len(_SETTINGS[change])):
        return explain_declared(each, " / ".join(f"`{setting}`" for setting in Setting if setting in fixed))
    if rule == before:
        return fill(_nothing_changed(change), each, tags=list_tags(tags))
    if change is Change.EXCLUDE and before.tags and not rule.tags:
        sentence = _(
            "Excluding {tags} would leave <#{channel}> without a followed tag of **{feed}**; "
            "use `/follow remove` instead, or follow another tag first."
        )
        return fill(sentence, each, tags=list_tags(tags))
    if max(len(rule.tags), len(rule.exclude_tags)) > MAX_TAGS:
        sentence = _("A channel can follow or exclude at most {limit} tags of a feed; remove some first.")
        return sentence.format(limit=MAX_TAGS)
    return ""


def _nothing_changed(change: Change) -> str:
    sentences = {
        Change.ADD: _("<#{channel}> already follows {tags} of **{feed}**; nothing changed."),
        Change.REMOVE: _(
            "<#{channel}> neither follows nor excludes {tags} of **{feed}**; see `/follow list`."
        ),
        Change.EXCLUDE: _("<#{channel}> already excludes {tags} of **{feed}**; nothing changed."),
    }
    return sentences[change]


def _name(elsewhere: Sequence[FollowedFeed], named: str) -> str:
    """Return the name of a feed that was chosen or typed."""
    chosen = (each.feed_name for each in find_whole_name(elsewhere, named))
    return escape_text(next(chosen, hide_secrets(named)))


def _has_any(rule: Rule, tags: Sequence[str]) -> bool:
    return any(has_tag((*rule.tags, *rule.exclude_tags), tag) for tag in tags)
