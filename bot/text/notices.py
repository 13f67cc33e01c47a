"""Notices and questions to the admins of a server → Message."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.i18n import _, n_, posts_in, posts_right_to_left
from bot.model import NEWEST_COUNT, TO_OWNER, Button, Decision, Embed, Hold, Message, Notice, NoticeKind, Unit
from bot.text.escape import isolate, isolate_direction, strip_controls
from bot.text.fold import one_line
from bot.text.limits import CONTENT, EMBED_DESCRIPTION, utf16_length
from bot.text.markdown import escape_line
from bot.text.reasons import translate_reason
from bot.text.summary import clip

_MAX_NAME_LENGTH = 200
_MAX_DETAIL_LENGTH = 500
_MAX_LISTED_NAME_LENGTH = 60
_MAX_LISTED_DETAIL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Report:
    """What notices about one problem say together."""

    last: Notice
    detail: str
    """Why it began, or ""."""
    is_over: bool
    """Whether it began and ended since the last message about it."""
    times: int
    """How often that happened."""

    @property
    def heading(self) -> tuple[NoticeKind, bool]:
        """The same for reports that can be listed together."""
        return self.last.kind, self.is_over


def render_notices(units: Sequence[Unit]) -> Message:
    """Return the notices, by problem, as one message, with buttons if they ask about held posts.

    A text that is too long for the content goes into an embed. The content then has an outline, which people see even
    where the bot may not embed links. A direct message has no buttons: they only work in a server.
    """
    with posts_in(units[0][0].language):
        return _render(units)


def _render(units: Sequence[Unit]) -> Message:
    first, text = units[0][0], _write(units)
    if utf16_length(text) > CONTENT and len(units) > 1:
        return Message(
            content=clip(_outline(units), CONTENT),
            embeds=(Embed(description=clip(_body(units), EMBED_DESCRIPTION)),),
            thread_name="feed-relay",
        )
    return Message(
        content=clip(text, CONTENT),
        suppress_embeds=True,
        thread_name="feed-relay",
        buttons=() if first.direct else _buttons(first.hold_id),
    )


def count_fitting(units: Sequence[Unit]) -> int:
    """Return how many of the problems, from the first on, fit into one message."""
    low, high = 0, len(units)
    while low < high:
        middle = (low + high + 1) // 2
        with posts_in(units[0][0].language):
            length = utf16_length(_body(units[:middle]))
        if length <= EMBED_DESCRIPTION:
            low = middle
        else:
            high = middle - 1
    return low


def render_hold(hold: Hold) -> Message:
    """Return the question about a hold, as its notice asked it."""
    with posts_in(hold.language):
        return _ask(hold)


def render_decision(hold: Hold, decision: Decision, user_id: int | None) -> str:
    """Return what replaces the question about a hold: what was decided, and by whom (None: unknown)."""
    with posts_in(hold.language):
        line = _("**{feed}** in {channel}: {outcome}").format(
            feed=_escape(hold.feed_name, _MAX_NAME_LENGTH),
            channel=f"<#{hold.channel_id}>",
            outcome=describe_outcome(decision),
        )
        decided = "" if user_id is None else _("Decided by {member}.").format(member=f"<@{user_id}>")
    return f"{line} {decided}".strip()


def describe_outcome(decision: Decision) -> str:
    """Return what a decision does to the held posts, as the end of a sentence."""
    if decision is Decision.NEWEST:
        return n_(
            "the newest held post is posted, the others are skipped.",
            "the newest {count} held posts are posted, the others are skipped.",
            NEWEST_COUNT,
        )
    if decision is Decision.ALL:
        return _("all held posts are posted, oldest first.")
    return _("the held posts are skipped.")


def _ask(hold: Hold) -> Message:
    text = _sentences()[NoticeKind.POSTS_HELD].format(
        feed=_escape(hold.feed_name, _MAX_NAME_LENGTH),
        channel=f"<#{hold.channel_id}>",
        posts=n_("{count} post", "{count} posts", hold.waiting),
        deciders=_deciders(hold.managers_role_id),
    )
    return Message(content=clip(text, CONTENT), suppress_embeds=True, buttons=_buttons(hold.id))


def _write(units: Sequence[Unit]) -> str:
    return "\n".join([_body(units), *_next_steps(units)])


def _body(units: Sequence[Unit]) -> str:
    return "\n".join(_sentence(each[0]) if len(each) == 1 else _list(each) for each in _sections(units))


def _outline(units: Sequence[Unit]) -> str:
    lines = [_sentence(each[0]) if len(each) == 1 else _heading(each) for each in _sections(units)]
    return "\n".join([*lines, *_next_steps(units)])


def _sections(units: Sequence[Unit]) -> list[list[_Report]]:
    """Return the reports that can be listed together."""
    sections: dict[tuple[NoticeKind, bool], list[_Report]] = {}
    for report in map(_sum_up, units):
        sections.setdefault(report.heading, []).append(report)
    return list(sections.values())


def _sum_up(unit: Unit) -> _Report:
    last = unit[-1]
    opened = [each for each in unit if each.kind.opens]
    is_over = last.kind.closes and bool(opened)
    return _Report(last, opened[-1].detail if is_over else last.detail, is_over, len(opened))


def _sentence(report: _Report) -> str:
    """Return everything about one problem."""
    sentences = _sentences_of_ended() if report.is_over else _sentences()
    text = sentences[report.last.kind].format(
        feed=_escape(report.last.feed_name, _MAX_NAME_LENGTH),
        detail=_escape(translate_reason(report.detail), _MAX_DETAIL_LENGTH),
        channel=f"<#{report.last.about_channel_id}>",
        time=f"<t:{report.detail}:f>",
        posts=n_("{count} post", "{count} posts", report.last.waiting),
        deciders=_deciders(None if report.last.direct else report.last.managers_role_id),
    )
    if report.times < 2:
        return text
    often = n_("That happened {count} time.", "That happened {count} times.", report.times)
    return f"{text} {often}"


def _list(reports: Sequence[_Report]) -> str:
    """Return several problems of one kind: what happened, then names, those with the same reason on one line."""
    by_detail: dict[str, list[str]] = {}
    for report in reports:
        by_detail.setdefault(report.detail, []).append(_name(report))
    return "\n".join([_heading(reports), *(_item(names, detail) for detail, names in by_detail.items())])


def _heading(reports: Sequence[_Report]) -> str:
    return _headings(len(reports))[reports[0].heading]


def _item(names: Sequence[str], detail: str) -> str:
    reason = _escape(translate_reason(detail), _MAX_LISTED_DETAIL_LENGTH)
    return f"- {', '.join(names)}" + (f": {reason}" if reason else "")


def _name(report: _Report) -> str:
    about = report.last
    name = (
        f"<#{about.about_channel_id}>"
        if about.feed_id is None
        else _escape(about.feed_name, _MAX_LISTED_NAME_LENGTH)
    )
    return f"{name} ({report.times}×)" if report.times > 1 else name


def _next_steps(units: Sequence[Unit]) -> list[str]:
    first = units[0][0]
    if first.channel_id == TO_OWNER:
        return [_("You get this because the bot is yours. See how it is with `feed-relay status`.")]
    if first.direct:
        sentence = (
            _("You get this because you added the feed in {channel}. Decide there with `/feed status`.")
            if first.hold_id is not None
            else _(
                "You get this because you added feeds in {channel}."
                " To get it in a channel, choose one there with `/notices`."
            )
        )
        return [sentence.format(channel=f"<#{first.about_channel_id}>")]
    return [_("See all feeds with `/feed status`.")] if len(units) > 1 else []


def _sentences() -> dict[NoticeKind, str]:
    return {
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
        NoticeKind.FEEDS_IMPORTED: _(
            "The import into {channel} is done: {detail} feeds could be read. See the others with `/feed status`."
        ),
        NoticeKind.BACKUP_FAILED: _(
            "The daily backup of the bot's database failed: {detail} The bot tries again."
        ),
        NoticeKind.BACKUP_WORKS: _("The bot's database is backed up again."),
        NoticeKind.NO_SESSIONS: _(
            "The bot connected to Discord too often within a day. Until {time} it begins no new connection, since"
            " Discord would reset its token, so it may not answer commands. Its log says why it starts so often."
        ),
        NoticeKind.POSTS_HELD: _(
            "**{feed}** has {posts} on hold for {channel}. Choose what to do; you need {deciders}."
        ),
    }


def _deciders(role_id: int | None) -> str:
    """Return what somebody needs to decide about held posts. Naming the role pings nobody."""
    if role_id is None:
        return _("the permission Manage Server")
    return _("the permission Manage Server or the role {role}").format(role=f"<@&{role_id}>")


def _sentences_of_ended() -> dict[NoticeKind, str]:
    """Return sentences about problems that began and ended before they were reported."""
    return {
        NoticeKind.FEED_RECOVERED: _(
            "**{feed}** couldn't be read for a while: {detail} It can be read again."
        ),
        NoticeKind.CHANNEL_RESUMED: _(
            "The bot couldn't post in {channel} for a while: {detail} It can again; waiting posts are on their way."
        ),
        NoticeKind.BACKUP_WORKS: _(
            "The bot's database couldn't be backed up for a while: {detail} It's backed up again now."
        ),
    }


def _headings(count: int) -> dict[tuple[NoticeKind, bool], str]:
    return {
        (NoticeKind.FEED_BROKEN, False): n_(
            "**{count} feed can't be read.** The bot keeps trying, but less often:",
            "**{count} feeds can't be read.** The bot keeps trying, but less often:",
            count,
        ),
        (NoticeKind.FEED_RECOVERED, False): n_(
            "**{count} feed can be read again:**", "**{count} feeds can be read again:**", count
        ),
        (NoticeKind.FEED_RECOVERED, True): n_(
            "**{count} feed couldn't be read for a while, but can be again:**",
            "**{count} feeds couldn't be read for a while, but can be again:**",
            count,
        ),
        (NoticeKind.FEED_MOVED, False): n_(
            "**{count} feed has moved.** The bot follows it there now; you don't need to do anything:",
            "**{count} feeds have moved.** The bot follows them there now; you don't need to do anything:",
            count,
        ),
        (NoticeKind.FEEDS_IMPORTED, False): n_(
            "**{count} import is done.** Feeds that could be read:",
            "**{count} imports are done.** Feeds that could be read:",
            count,
        ),
        (NoticeKind.FEED_ENDED, False): n_(
            "**{count} feed has ended** and is no longer checked:",
            "**{count} feeds have ended** and are no longer checked:",
            count,
        ),
        (NoticeKind.CHANNEL_SUSPENDED, False): n_(
            "**Posts for {count} channel are waiting.** They'll be sent once the bot can post again:",
            "**Posts for {count} channels are waiting.** They'll be sent once the bot can post again:",
            count,
        ),
        (NoticeKind.CHANNEL_RESUMED, False): n_(
            "**The bot can post in {count} channel again.** Posts that were waiting are on their way:",
            "**The bot can post in {count} channels again.** Posts that were waiting are on their way:",
            count,
        ),
        (NoticeKind.CHANNEL_RESUMED, True): n_(
            "**The bot couldn't post in {count} channel for a while, but can again:**",
            "**The bot couldn't post in {count} channels for a while, but can again:**",
            count,
        ),
    }


def _escape(text: str, length: int) -> str:
    """Return text of a feed or site as one line whose Markdown and text direction don't affect the rest."""
    isolated = isolate if posts_right_to_left() else isolate_direction
    return escape_line(isolated(clip(one_line(strip_controls(text)), length)))


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
