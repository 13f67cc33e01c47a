"""Subscriptions are removed, paused and resumed."""

from collections.abc import Awaitable, Callable, Sequence

from bot.chat.commands.common.resolve import channels_of, is_declared, tell_declared
from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, escape_text, fit_lines, n_
from bot.chat.services import Services
from bot.store.subscriptions import Followed
from bot.text import limits


async def remove(services: Services, followed: Sequence[Followed]) -> str:
    """End one subscription, and say what that means. Raises UserError, also where several could be meant."""
    if len(followed) > 1:
        raise UserError(
            _("**{feed}** is followed in {channels}; say which one to remove with the option `channel`."),
            feed=escape_text(followed[0].feed_name),
            channels=channels_of(followed),
        )
    return await _each(services, followed, _remove)


async def pause(services: Services, followed: Sequence[Followed]) -> str:
    """Keep what comes. Raises UserError if none of them can be paused."""
    return await _each(services, followed, _pause)


async def resume(services: Services, followed: Sequence[Followed]) -> str:
    """Send what was kept, or ask about it if it is much. Raises UserError if none of them can be resumed.

    What was paused before the config file declared it can be resumed, since nothing else does.
    """
    told_of = await _each(services, followed, _resume, is_fixed=_is_declared_and_running)
    services.wake()
    return told_of


def _is_declared_and_running(each: Followed) -> bool:
    return is_declared(each) and not each.subscription.paused


async def _each(
    services: Services,
    followed: Sequence[Followed],
    change: Callable[[Services, Followed], Awaitable[str]],
    is_fixed: Callable[[Followed], bool] = is_declared,
) -> str:
    declared = [tell_declared(each) for each in followed if is_fixed(each)]
    done = [await change(services, each) for each in followed if not is_fixed(each)]
    if not done:
        raise UserError(fit_lines(declared, limits.CONTENT))
    return fit_lines((*done, *declared), limits.CONTENT)


async def _remove(services: Services, each: Followed) -> str:
    skipped = await services.store.subscriptions.remove(each.subscription.id, services.clock())
    sentence = _("<#{channel}> no longer follows **{feed}**; what was posted stays.")
    if not skipped:
        return _fill(sentence, each)
    waited = n_("{count} post that waited is not sent.", "{count} posts that waited are not sent.", skipped)
    return f"{_fill(sentence, each)} {waited}"


async def _pause(services: Services, each: Followed) -> str:
    if each.subscription.paused:
        return _fill(
            _("**{feed}** is paused in <#{channel}> already; `/feed resume` sends what was kept."), each
        )
    await services.store.subscriptions.pause(each.subscription.id)
    return _fill(
        _("**{feed}** is paused in <#{channel}>: new posts are kept until you run `/feed resume`."), each
    )


async def _resume(services: Services, each: Followed) -> str:
    if not each.subscription.paused:
        return _fill(_("**{feed}** is not paused in <#{channel}>; `/feed status` shows how it does."), each)
    resumed = await services.store.subscriptions.resume(
        each.subscription.id, services.settings.burst_limit, services.clock()
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
    return sentence.format(feed=escape_text(each.feed_name), channel=each.subscription.channel_id)
