"""Write the notices and questions that a server's admins get."""

from bot.i18n import _, n_
from bot.model import NEWEST_COUNT, Button, Decision, Hold, Message, Notice, NoticeKind
from bot.text.escape import isolate_direction, strip_controls
from bot.text.fold import one_line
from bot.text.limits import CONTENT
from bot.text.markdown import escape_line
from bot.text.summary import clip

_MAX_NAME_LENGTH = 200
_MAX_DETAIL_LENGTH = 500


def render_notice(notice: Notice) -> Message:
    """Return the notice as a message, with the buttons of a hold if it is about one."""
    text = _sentence(notice.kind).format(
        feed=_escape(notice.feed_name, _MAX_NAME_LENGTH),
        detail=_escape(notice.detail, _MAX_DETAIL_LENGTH),
        channel=f"<#{notice.about_channel_id}>",
        posts=n_("{count} post", "{count} posts", notice.waiting),
    )
    if notice.more:
        text += "\n" + n_(
            "{count} more notice isn't shown; see `/feed status`.",
            "{count} more notices aren't shown; see `/feed status`.",
            notice.more,
        )
    return Message(
        content=clip(text, CONTENT),
        suppress_embeds=True,
        thread_name="feed-relay",
        buttons=_buttons(notice.hold_id),
    )


def render_hold(hold: Hold) -> Message:
    """Return the question about a hold, as its notice asked it."""
    text = _sentence(NoticeKind.POSTS_HELD).format(
        feed=_escape(hold.feed_name, _MAX_NAME_LENGTH),
        channel=f"<#{hold.channel_id}>",
        posts=n_("{count} post", "{count} posts", hold.waiting),
    )
    return Message(content=clip(text, CONTENT), suppress_embeds=True, buttons=_buttons(hold.id))


def _sentence(kind: NoticeKind) -> str:
    sentences = {
        NoticeKind.FEED_BROKEN: _("**{feed}** can't be read: {detail} The bot keeps trying, but less often."),
        NoticeKind.FEED_RECOVERED: _("**{feed}** can be read again."),
        NoticeKind.FEED_MOVED: _(
            "**{feed}** has moved to {detail}. The bot follows it there now; you don't need to do anything."
        ),
        NoticeKind.FEED_ENDED: _("**{feed}**: {detail}"),
        NoticeKind.CHANNEL_SUSPENDED: _(
            "Posts for {channel} are waiting: {detail} They'll be sent once the bot can post again."
        ),
        NoticeKind.CHANNEL_RESUMED: _(
            "The bot can post in {channel} again. Posts that were waiting are on their way."
        ),
        NoticeKind.POSTS_HELD: _(
            "**{feed}** has {posts} on hold for {channel}. Choose what to do; you need the permission Manage Server."
        ),
    }
    return sentences[kind]


def _escape(text: str, length: int) -> str:
    """Return text of a feed or site as one line whose Markdown and text direction don't affect the rest."""
    return escape_line(isolate_direction(clip(one_line(strip_controls(text)), length)))


def _buttons(hold_id: int | None) -> tuple[Button, ...]:
    if hold_id is None:
        return ()
    labels = {
        Decision.NEWEST: n_("Post the newest one", "Post the newest {count}", NEWEST_COUNT),
        Decision.ALL: _("Post all"),
        Decision.SKIP: _("Skip them"),
    }
    return tuple(
        Button(label, f"hold:{hold_id}:{decision}", primary=decision is Decision.NEWEST)
        for decision, label in labels.items()
    )
