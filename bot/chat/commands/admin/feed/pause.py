"""`/feed pause` and `/feed resume`."""

from collections.abc import Awaitable, Callable, Sequence

from bot.chat.commands.admin.base.rules import fill
from bot.chat.commands.common.resolve import explain_declared, is_declared
from bot.chat.commands.common.responses import UserError
from bot.chat.messages import _, fit_lines, n_
from bot.chat.services import Services
from bot.store.subscriptions import FollowedFeed, ResumeResult
from bot.text import limits


async def pause(services: Services, followed: Sequence[FollowedFeed]) -> str:
    """Pause subscriptions, and return the answer. Raises UserError if none of them can be paused."""
    return await _change_each(services, followed, _pause)


async def resume(services: Services, followed: Sequence[FollowedFeed]) -> str:
    """Resume subscriptions, and return the answer. Raises UserError if none of them can be resumed.

    Kept posts are sent, or held if there are many. A subscription that was paused before the config file declared it
    can be resumed, since there is no other way.
    """
    answer = await _change_each(services, followed, _resume, is_fixed=_is_declared_and_running)
    services.wake()
    return answer


def _is_declared_and_running(each: FollowedFeed) -> bool:
    return is_declared(each) and not each.subscription.paused


async def _change_each(
    services: Services,
    followed: Sequence[FollowedFeed],
    change: Callable[[Services, FollowedFeed], Awaitable[str]],
    is_fixed: Callable[[FollowedFeed], bool] = is_declared,
) -> str:
    declared = [explain_declared(each) for each in followed if is_fixed(each)]
    done = [await change(services, each) for each in followed if not is_fixed(each)]
    if not done:
        raise UserError(fit_lines(declared, limits.CONTENT))
    return fit_lines((*done, *declared), limits.CONTENT)


async def _pause(services: Services, each: FollowedFeed) -> str:
    if each.subscription.paused:
        return fill(
            _("**{feed}** is already paused in <#{channel}>; send what was kept with `/feed resume`."), each
        )
    if not await services.store.subscriptions.pause(each.subscription.id):
        return fill(_("**{feed}** was just paused or removed in <#{channel}>; see `/feed list`."), each)
    return fill(
        _("**{feed}** is paused in <#{channel}>. New posts are kept until you run `/feed resume`."), each
    )


async def _resume(services: Services, each: FollowedFeed) -> str:
    if not each.subscription.paused:
        return fill(_("**{feed}** isn't paused in <#{channel}>; check on it with `/feed status`."), each)
    resumed = await services.store.subscriptions.resume(
        each.subscription.id, services.settings.burst_limit, services.clock()
    )
    if resumed is None:
        return fill(_("**{feed}** was just resumed or removed in <#{channel}>; see `/feed list`."), each)
    answer = fill(_("**{feed}** is no longer paused in <#{channel}>."), each)
    return f"{answer} {_describe_kept(resumed)}"


def _describe_kept(resumed: ResumeResult) -> str:
    if resumed.hold is not None:
        return n_(
            "{count} post was kept, too many to send at once; decide with the buttons of the bot's notice.",
            "{count} posts were kept, too many to send at once; decide with the buttons of the bot's notice.",
            resumed.hold.waiting,
        )
    if not resumed.released:
        return _("No posts came in meanwhile.")
    return n_(
        "{count} post that was kept is on its way.",
        "{count} posts that were kept are on their way.",
        resumed.released,
    )
