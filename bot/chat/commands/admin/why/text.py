"""Write what happened to a post, from its feed to each channel, for `/why`. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import discord

from bot.chat.commands.admin.base.rule_preview import link_post
from bot.chat.commands.admin.base.rules import describe_rule, explain_match
from bot.chat.messages import _, escape_text, fit_lines, jump_url, n_, next_time, plain_text, relative_time
from bot.model import ArchivedEntry, DeliveryState, FeedStatus, Trace, TracedDelivery
from bot.relay.match import match
from bot.store.subscriptions import FollowedFeed
from bot.text import limits

_MAX_KEY_LENGTH = 60
_MAX_REASON_LENGTH = 300
_MAX_TAGS_LENGTH = 300


def create_answer(lines: Sequence[str]) -> discord.Embed:
    """Return as many of the lines as fit into one embed."""
    return discord.Embed(description=fit_lines(lines, limits.EMBED_DESCRIPTION))


def describe_post(trace: Trace) -> list[str]:
    """Return lines about the post itself: title, when the feed had it, tags and keys."""
    seen = _("First seen in **{feed}** {time}").format(
        feed=escape_text(trace.feed_name), time=relative_time(trace.first_seen)
    )
    edited = _(", edited {time}").format(time=relative_time(trace.edited)) if trace.edited else ""
    tags = escape_text(", ".join(trace.entry.tags), _MAX_TAGS_LENGTH)
    return [
        f"**{link_post(ArchivedEntry(trace.entry_id, trace.entry, trace.first_seen))}**",
        f"{seen}{edited}.",
        _("Tags: {tags}").format(tags=tags) if tags else _("It has no tags."),
        _("Identified by {keys}.").format(keys=", ".join(_keys(trace.keys))),
    ]


def describe_outcome(
    followed: FollowedFeed | None, channel_id: int, trace: Trace, others: Sequence[Trace], guild_id: int
) -> str:
    """Return what happened to the post in a channel, and why.

    `followed`: the channel's subscription to the feed; None if it doesn't follow the feed.
    `others`: the same post in other feeds; a channel gets it only once.
    """
    delivery = _delivery(trace, channel_id)
    if delivery is not None:
        line = f"<#{channel_id}>: {_delivery_state(delivery, followed, guild_id)}"
        return line if followed is None else f"{line}\n-# {_rule_verdict(followed, trace)}"
    for other in others:
        if _delivery(other, channel_id) is not None:
            return _(
                "<#{channel}>: **from another feed**: **{feed}** had this post first, and a channel gets it only once."
            ).format(channel=channel_id, feed=escape_text(other.feed_name))
    if followed is None:
        return _("<#{channel}> doesn't follow **{feed}**; add it with `/feed add`.").format(
            channel=channel_id, feed=escape_text(trace.feed_name)
        )
    return f"<#{channel_id}>: {_undelivered(followed, trace)}"


def describe_last_check(status: FeedStatus, now: datetime) -> str:
    """Return when the feed was last checked, for a post that wasn't in it."""
    if status.ended:
        sentence = _("**{feed}** has ended and is no longer checked.")
    elif status.error:
        sentence = _("**{feed}** couldn't be read {last}: {error}")
    elif status.last_poll is None:
        sentence = _("**{feed}** hasn't been checked yet. First check {next}.")
    else:
        sentence = _("**{feed}** was checked {last}; the post wasn't in it. Next check {next}.")
    return sentence.format(
        feed=escape_text(status.name),
        last=relative_time(status.last_poll),
        next=next_time(status.next_poll, now),
        error=escape_text(status.error, _MAX_REASON_LENGTH),
    )


def _delivery(trace: Trace, channel_id: int) -> TracedDelivery | None:
    return next((each for each in trace.deliveries if each.channel_id == channel_id), None)


def _delivery_state(delivery: TracedDelivery, followed: FollowedFeed | None, guild_id: int) -> str:
    reason = escape_text(delivery.reason, _MAX_REASON_LENGTH).rstrip(".")
    if delivery.state is DeliveryState.SENT:
        return _sent(delivery, guild_id)
    if delivery.state is DeliveryState.PENDING:
        return _pending(delivery, followed, reason)
    sentences = {
        DeliveryState.SENDING: _("**being sent** right now; check again in a moment."),
        DeliveryState.HELD: _(
            "**on hold** ({time}): {reason}. Decide with the buttons below the bot's notice or `/feed status`."
        ),
        DeliveryState.PAUSED: _("**kept** ({time}): the feed is paused here; post it with `/feed resume`."),
        DeliveryState.SKIPPED: _("**skipped** {time}: {reason}."),
        DeliveryState.DEAD: _("**given up** {time} after {attempts}: {reason}."),
    }
    time = relative_time(delivery.settled or delivery.created)
    return sentences[delivery.state].format(time=time, reason=reason, attempts=_attempts(delivery.attempts))


def _sent(delivery: TracedDelivery, guild_id: int) -> str:
    time = relative_time(delivery.settled)
    if delivery.message_id == 0:
        return _("**posted**, but then deleted by a moderator (noticed {time}).").format(time=time)
    attempts = (
        _(" after {attempts}").format(attempts=_attempts(delivery.attempts)) if delivery.attempts > 1 else ""
    )
    jump = jump_url(guild_id, delivery.channel_id, delivery.message_id)
    line = _("**posted** {time}{attempts}: {link}").format(time=time, attempts=attempts, link=jump)
    return f"{line} {escape_text(delivery.reason, _MAX_REASON_LENGTH)}".rstrip()


def _pending(delivery: TracedDelivery, followed: FollowedFeed | None, reason: str) -> str:
    time = relative_time(delivery.created)
    if followed is not None and followed.suspended:
        return _("**waiting** (queued {time}): {reason}").format(
            time=time, reason=escape_text(followed.suspended, _MAX_REASON_LENGTH)
        )
    if not delivery.attempts:
        return _("**waiting** for its turn (queued {time}).").format(time=time)
    return _("**waiting** (queued {time}); {attempts} failed: {reason}. The bot will try again.").format(
        time=time, attempts=_attempts(delivery.attempts), reason=reason
    )


def _attempts(count: int) -> str:
    return n_("{count} attempt", "{count} attempts", count)


def _rule_verdict(followed: FollowedFeed, trace: Trace) -> str:
    """Return what the rule says about the post today, whatever happened to it."""
    verdict = match(followed.subscription.rule, trace.entry)
    sentence = (
        _("It fits the channel's rule: {reason}.")
        if verdict.wanted
        else _("It wouldn't fit the channel's rule now: {reason}.")
    )
    return sentence.format(reason=explain_match(verdict))


def _undelivered(followed: FollowedFeed, trace: Trace) -> str:
    rule = followed.subscription.rule
    verdict = match(rule, trace.entry)
    reason = explain_match(verdict)
    if not verdict.wanted:
        sentence = _("**not posted**: {reason}. The channel follows {rule}.")
        return sentence.format(reason=reason, rule=describe_rule(rule))
    return _(
        "**not posted**, although it fits the channel's rule now ({reason}): it came before the channel followed the"
        " feed, or before the rule changed."
    ).format(reason=reason)


def _keys(keys: Iterable[str]) -> list[str]:
    """Return one text per kind of key, with its value if people can understand it."""
    texts = {
        "tumblr": _("its Tumblr ID {key}"),
        "guid": _("its ID in the feed, {key}"),
        "link": _("its link {key}"),
        "path": _("its path {key}"),
        "text": _("its text"),
        "whole": _("its full content"),
    }
    found: dict[str, str] = {}
    for each in keys:
        kind, _colon, value = each.partition(":")
        if kind in texts:
            found.setdefault(kind, texts[kind].format(key=f"`{_escape_code(value)}`"))
    return [found[kind] for kind in texts if kind in found]


def _escape_code(value: str) -> str:
    """Return text that can't end the backticks around it."""
    return plain_text(value, _MAX_KEY_LENGTH).replace("`", "'") or " "
