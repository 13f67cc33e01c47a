"""What admins are told, in words."""

from collections.abc import Callable

from bot.model import Button, Decision, Message, Notice, NoticeKind
from bot.text.limits import CONTENT
from bot.text.markdown import literal
from bot.text.summary import clip

_LABELS = {Decision.NEWEST: "Post the newest 3", Decision.ALL: "Post all", Decision.SKIP: "Skip them"}


def _broken(notice: Notice) -> str:
    return (
        f"**{_feed(notice)}** cannot be read any more: {notice.detail} It is tried again less and less often."
    )


def _recovered(notice: Notice) -> str:
    return f"**{_feed(notice)}** can be read again."


def _moved(notice: Notice) -> str:
    return f"**{_feed(notice)}** has moved to {literal(notice.detail)}, and is followed there from now on."


def _ended(notice: Notice) -> str:
    return f"**{_feed(notice)}** has ended: {notice.detail}"


def _suspended(notice: Notice) -> str:
    return f"Nothing can be posted in <#{notice.about_channel_id}>: {notice.detail} What waits is kept."


def _resumed(notice: Notice) -> str:
    return f"<#{notice.about_channel_id}> can be written again; what waited is posted now."


def _held(notice: Notice) -> str:
    posts = "1 post" if notice.waiting == 1 else f"{notice.waiting} posts"
    return (
        f"**{_feed(notice)}**: {posts} for <#{notice.about_channel_id}>, "
        "held until someone who may manage this server decides."
    )


_WORDS: dict[NoticeKind, Callable[[Notice], str]] = {
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
    text = _WORDS[notice.kind](notice)
    if notice.more:
        text += f"\n{notice.more} further notices were left out; `/feed status` shows how the feeds do."
    return Message(
        content=clip(text, CONTENT),
        suppress_embeds=True,
        thread_name="feed-relay",
        buttons=_buttons(notice.hold_id),
    )


def _buttons(hold_id: int | None) -> tuple[Button, ...]:
    if hold_id is None:
        return ()
    return tuple(
        Button(label, f"hold:{hold_id}:{decision}", primary=decision is Decision.NEWEST)
        for decision, label in _LABELS.items()
    )


def _feed(notice: Notice) -> str:
    return literal(notice.feed_name)
