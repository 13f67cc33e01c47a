"""The way of a post through a feed into channels, in words. Pure."""

from collections.abc import Iterable, Sequence

from bot.chat.commands.admin.rule_preview import write_post
from bot.chat.commands.admin.rules import describe, explain
from bot.chat.messages import _, escape_text, n_, plain_text, relative_time
from bot.model import ArchivedEntry, DeliveryState, FeedStatus, Trace, TracedDelivery
from bot.relay.match import match
from bot.store.subscriptions import Followed

_KEY = 60
_REASON = 300
_TAGS = 300


def write_trace(trace: Trace) -> list[str]:
    """What is known of the post itself."""
    since = _("In **{feed}** since {moment}").format(
        feed=escape_text(trace.feed_name), moment=relative_time(trace.first_seen)
    )
    edited = _(", edited {moment}").format(moment=relative_time(trace.edited)) if trace.edited else ""
    tags = escape_text(", ".join(trace.entry.tags), _TAGS)
    return [
        f"**{write_post(ArchivedEntry(trace.entry_id, trace.entry, trace.first_seen))}**",
        f"{since}{edited}.",
        _("Tags: {tags}").format(tags=tags) if tags else _("It has no tags."),
        _("Known again by {keys}.").format(keys=", ".join(_keys(trace.keys))),
    ]


def write_outcome(
    followed: Followed | None, channel_id: int, trace: Trace, others: Sequence[Trace], guild_id: int
) -> str:
    """What became of the post in a channel, and why; `followed`: None if the channel does not follow the feed.

    `others`: the same post in other feeds, which brings it to a channel only once.
    """
    delivery = _delivery(trace, channel_id)
    if delivery is not None:
        line = f"<#{channel_id}>: {_become(delivery, followed, guild_id)}"
        return line if followed is None else f"{line}\n-# {_judge(followed, trace)}"
    for other in others:
        if _delivery(other, channel_id) is not None:
            return _(
                "<#{channel}>: **through another feed**: **{feed}** brought it there, and once is enough."
            ).format(channel=channel_id, feed=escape_text(other.feed_name))
    if followed is None:
        return _("<#{channel}> does not follow **{feed}**; add it with `/feed add`.").format(
            channel=channel_id, feed=escape_text(trace.feed_name)
        )
    return f"<#{channel_id}>: {_passed_over(followed, trace)}"


def write_feed(status: FeedStatus) -> str:
    """When a feed was last asked, for a post that was not in it."""
    name = escape_text(status.name)
    if status.ended:
        return _("**{feed}** has ended; it is asked no more.").format(feed=name)
    if status.error:
        return _("**{feed}** could not be read {last}: {error}").format(
            feed=name, last=relative_time(status.last_poll), error=escape_text(status.error, _REASON)
        )
    if status.last_poll is None:
        return _("**{feed}** was never asked yet; it is {next}.").format(
            feed=name, next=relative_time(status.next_poll)
        )
    return _("**{feed}** was asked {last}, and it was not there; next time {next}.").format(
        feed=name, last=relative_time(status.last_poll), next=relative_time(status.next_poll)
    )


def _delivery(trace: Trace, channel_id: int) -> TracedDelivery | None:
    return next((each for each in trace.deliveries if each.channel_id == channel_id), None)


def _become(delivery: TracedDelivery, followed: Followed | None, guild_id: int) -> str:
    reason = escape_text(delivery.reason, _REASON).rstrip(".")
    if delivery.state is DeliveryState.SENT:
        return _sent(delivery, guild_id)
    if delivery.state is DeliveryState.PENDING:
        return _waiting(delivery, followed, reason)
    sentences = {
        DeliveryState.SENDING: _("**is being sent** now; look again in a moment."),
        DeliveryState.HELD: _(
            "**held** since {moment}: {reason}; decide with the buttons of the message about it."
        ),
        DeliveryState.PAUSED: _("**kept** since {moment}: the feed is paused here; `/feed resume` posts it."),
        DeliveryState.SKIPPED: _("**skipped** {moment}: {reason}."),
        DeliveryState.DEAD: _("**given up** {moment} after {tries}: {reason}."),
    }
    moment = relative_time(delivery.settled or delivery.created)
    return sentences[delivery.state].format(moment=moment, reason=reason, tries=_tries(delivery.attempts))


def _sent(delivery: TracedDelivery, guild_id: int) -> str:
    when = relative_time(delivery.settled)
    if delivery.message_id == 0:
        return _("**posted**, and deleted by a moderator before {moment}.").format(moment=when)
    tries = _(" after {tries}").format(tries=_tries(delivery.attempts)) if delivery.attempts > 1 else ""
    jump = f"https://discord.com/channels/{guild_id}/{delivery.channel_id}/{delivery.message_id}"
    return _("**posted** {moment}{tries}: {link}").format(moment=when, tries=tries, link=jump)


def _waiting(delivery: TracedDelivery, followed: Followed | None, reason: str) -> str:
    since = relative_time(delivery.created)
    if followed is not None and followed.suspended:
        return _("**waits** since {moment}: {reason}").format(
            moment=since, reason=escape_text(followed.suspended, _REASON)
        )
    if not delivery.attempts:
        return _("**waits** since {moment} for its turn.").format(moment=since)
    return _("**waits** since {moment}; {tries} failed: {reason}.").format(
        moment=since, tries=_tries(delivery.attempts), reason=reason
    )


def _tries(attempts: int) -> str:
    return n_("{count} try", "{count} tries", attempts)


def _judge(followed: Followed, trace: Trace) -> str:
    """What the rule says of the post today, whatever became of it."""
    verdict = match(followed.subscription.rule, trace.entry)
    sentence = (
        _("Its rule wants it: {why}.") if verdict.wanted else _("Its rule would not want it now: {why}.")
    )
    return sentence.format(why=explain(verdict))


def _passed_over(followed: Followed, trace: Trace) -> str:
    rule = followed.subscription.rule
    verdict = match(rule, trace.entry)
    why = explain(verdict)
    if not verdict.wanted:
        return _("**not posted**: {why}. It follows {rule}.").format(why=why, rule=describe(rule))
    return _(
        "**not posted**, though its rule wants it now ({why}): it came before the channel followed the feed, "
        "or before the rule was changed."
    ).format(why=why)


def _keys(keys: Iterable[str]) -> list[str]:
    """Each kind once, with what it says where that can be read."""
    words = {
        "tumblr": _("its Tumblr id {it}"),
        "guid": _("its id in the feed, {it}"),
        "link": _("its link {it}"),
        "path": _("its path {it}"),
        "text": _("its words"),
        "whole": _("all that it says"),
    }
    found: dict[str, str] = {}
    for key in keys:
        kind, _colon, value = key.partition(":")
        if kind in words:
            found.setdefault(kind, words[kind].format(it=f"`{_code(value)}`"))
    return [found[kind] for kind in words if kind in found]


def _code(value: str) -> str:
    """Shown as it is, between backticks."""
    return plain_text(value, _KEY).replace("`", "'") or " "
