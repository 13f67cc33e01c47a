"""Subscriptions are removed, paused and resumed."""

from collections.abc import Awaitable, Callable, Sequence

from bot.chat.commands.common.resolve import channels_of, is_declared, tell_declared
from bot.chat.commands.common.responses import Refusal
from bot.chat.messages import _, n_, told, within
from bot.chat.services import Desk
from bot.store.subscriptions import Followed
from bot.text import limits


async def remove(desk: Desk, followed: Sequence[Followed]) -> str:
    """End one subscription, and say what that means. Raises Refusal, also where several could be meant."""
    if len(followed) > 1:
        sentence = _(
            "**{feed}** is followed in {channels}; say which one to remove with the option `channel`."
        )
        raise Refusal(sentence.format(feed=told(followed[0].feed_name), channels=channels_of(followed)))
    return await _each(desk, followed, _remove)


async def pause(desk: Desk, followed: Sequence[Followed]) -> str:
    """Keep what comes. Raises Refusal if none of them can be paused."""
    return await _each(desk, followed, _pause)


async def resume(desk: Desk, followed: Sequence[Followed]) -> str:
    """Send what was kept, or ask about it if it is much. Raises Refusal if none of them can be resumed.

    What was paused before the config file declared it can be resumed, since nothing else does.
    """
    told_of = await _each(desk, followed, _resume, is_fixed=_is_declared_and_running)
    desk.wake()
    return told_of


def _is_declared_and_running(each: Followed) -> bool:
    return is_declared(each) and not each.subscription.paused


async def _each(
    desk: Desk,
    followed: Sequence[Followed],
    change: Callable[[Desk, Followed], Awaitable[str]],
    is_fixed: Callable[[Followed], bool] = is_declared,
) -> str:
    declared = [tell_declared(each) for each in followed if is_fixed(each)]
    done = [await change(desk, each) for each in followed if not is_fixed(each)]
    if not done:
        raise Refusal(within(declared, limits.CONTENT))
    return within((*done, *declared), limits.CONTENT)


async def _remove(desk: Desk, each: Followed) -> str:
    skipped = await desk.store.subscriptions.remove(each.subscription.id, desk.clock())
    sentence = _("<#{channel}> no longer follows **{feed}**; what was posted stays.")
    if not skipped:
        return _fill(sentence, each)
    waited = n_("{count} post that waited is not sent.", "{count} posts that waited are not sent.", skipped)
    return f"{_fill(sentence, each)} {waited}"


async def _pause(desk: Desk, each: Followed) -> str:
    if each.subscription.paused:
        return _fill(
            _("**{feed}** is paused in <#{channel}> already; `/feed resume` sends what was kept."), each
        )
    await desk.store.subscriptions.pause(each.subscription.id)
    return _fill(
        _("**{feed}** is paused in <#{channel}>: new posts are kept until you run `/feed resume`."), each
    )


async def _resume(desk: Desk, each: Followed) -> str:
    if not each.subscription.paused:
        return _fill(_("**{feed}** is not paused in <#{channel}>; `/feed status` shows how it does."), each)
    resumed = await desk.store.subscriptions.resume(
        each.subscription.id, desk.settings.burst_limit, desk.clock()
    )
    if resumed.hold is not None:
        count = resumed.hold.waiting
        waits = _(
            "{count} posts were kept, too many to send at once; decide about them below the notice of the bot."
        )
        return f"{_fill(_('**{feed}** is posted in <#{channel}> again.'), each)} {waits.format(count=count)}"
    if not resumed.released:
        return _fill(_("**{feed}** is posted in <#{channel}> again; nothing came meanwhile."), each)
    sent = n_(
        "{count} post that was kept follows now.",
        "{count} posts that were kept follow now.",
        resumed.released,
    )
    return f"{_fill(_('**{feed}** is posted in <#{channel}> again.'), each)} {sent}"


def _fill(sentence: str, each: Followed) -> str:
    return sentence.format(feed=told(each.feed_name), channel=each.subscription.channel_id)
