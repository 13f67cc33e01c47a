"""What admins are told, in words."""

from collections.abc import Callable

from bot.i18n import _, n_
from bot.model import Button, Decision, Hold, Message, Notice, NoticeKind
from bot.text.escape import isolate_direction, strip_controls
from bot.text.fold import one_line
from bot.text.limits import CONTENT
from bot.text.markdown import escape_line
from bot.text.summary import clip

_NAME = 200
_DETAIL = 500


def _broken() -> str:
    return _("**{feed}** cannot be read any more: {detail} It is tried again less and less often.")


def _recovered() -> str:
    return _("**{feed}** can be read again.")


def _moved() -> str:
    return _("**{feed}** has moved to {detail}, and is followed there from now on.")


def _ended() -> str:
    return _("**{feed}**: {detail}")


def _suspended() -> str:
    return _("Nothing can be posted in {channel}: {detail} What waits is kept.")


def _resumed() -> str:
    return _("{channel} can be written again; what waited is posted now.")


def _held() -> str:
    return _("**{feed}**: {posts} for {channel}, held until someone who may manage this server decides.")


_WORDS: dict[NoticeKind, Callable[[], str]] = {
    NoticeKind.FEED_BROKEN: _broken,
    NoticeKind.FEED_RECOVERED: _recovered,
    NoticeKind.FEED_MOVED: _moved,
    NoticeKind.FEED_ENDED: _ended,
    NoticeKind.CHANNEL_SUSPENDED: _suspended,
    NoticeKind.CHANNEL_RESUMED: _resumed,
    NoticeKind.POSTS_HELD: _held,
}


def render_notice(notice: Notice) -> Message:
    """The message that tells it, with the buttons to decide where there is something to decide."""
    text = _WORDS[notice.kind]().format(
        feed=_shown(notice.feed_name, _NAME),
        detail=_shown(notice.detail, _DETAIL),
        channel=f"<#{notice.about_channel_id}>",
        posts=n_("{count} post", "{count} posts", notice.waiting),
    )
    if notice.more:
        left_out = n_(
            "{count} further notice was left out", "{count} further notices were left out", notice.more
        )
        text += "\n" + _("{left_out}; `/feed status` shows how the feeds do.").format(left_out=left_out)
    return Message(
        content=clip(text, CONTENT),
        suppress_embeds=True,
        thread_name="feed-relay",
        buttons=_buttons(notice.hold_id),
    )


def render_hold(hold: Hold) -> Message:
    """The question of the notice, asked again."""
    text = _held().format(
        feed=_shown(hold.feed_name, _NAME),
        channel=f"<#{hold.channel_id}>",
        posts=n_("{count} post", "{count} posts", hold.waiting),
    )
    return Message(content=clip(text, CONTENT), suppress_embeds=True, buttons=_buttons(hold.id))


def _shown(text: str, length: int) -> str:
    """A feed's or a site's words: one line, that says what it says and turns nothing round it."""
    return escape_line(isolate_direction(clip(one_line(strip_controls(text)), length)))


def _buttons(hold_id: int | None) -> tuple[Button, ...]:
    if hold_id is None:
        return ()
    labels = {
        Decision.NEWEST: _("Post the newest 3"),
        Decision.ALL: _("Post all"),
        Decision.SKIP: _("Skip them"),
    }
    return tuple(
        Button(label, f"hold:{hold_id}:{decision}", primary=decision is Decision.NEWEST)
        for decision, label in labels.items()
    )
