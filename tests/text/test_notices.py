"""Notices are short messages in plain words, whatever text they contain."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model import Notice, NoticeKind
from bot.text.notices import count_fitting, render_notices

NEVER_LISTED = {
    NoticeKind.POSTS_HELD,
    NoticeKind.BACKUP_FAILED,
    NoticeKind.BACKUP_WORKS,
    NoticeKind.NO_SESSIONS,
}
"""Each question has a message of its own, and all notices about backups, or sessions, are about one problem."""


def create_notice(
    kind: NoticeKind,
    feed_name: str = "Garden",
    detail: str = "It is gone.",
    *,
    waiting: int = 0,
    feed_id: int = 1,
    direct: bool = False,
) -> Notice:
    is_about_channel = kind in {NoticeKind.CHANNEL_SUSPENDED, NoticeKind.CHANNEL_RESUMED}
    return Notice(
        id=1,
        kind=kind,
        channel_id=100,
        direct=direct,
        guild_id=7,
        feed_id=None if is_about_channel else feed_id,
        feed_name=feed_name,
        about_channel_id=200,
        detail=detail,
        hold_id=7 if kind is NoticeKind.POSTS_HELD else None,
        waiting=waiting,
        due_at=datetime(2026, 5, 4, tzinfo=UTC),
    )


def test_the_text_of_a_feed_stays_on_one_line_and_does_not_change_the_rest() -> None:
    notice = create_notice(NoticeKind.FEED_BROKEN, "Garden\n# Beds \u202e" + "*" * 3000, "no\n> feed")

    content = render_notices([[notice]]).content

    assert "\n" not in content
    assert "\u202e" not in content
    assert content.endswith("The bot keeps trying, but less often.")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_notice_is_one_short_message_that_pings_nobody(kind: NoticeKind) -> None:
    notice = create_notice(kind, "@everyone *Garden*", "https://garden.example/", waiting=40)

    message = render_notices([[notice]])

    assert "@everyone" not in message.content
    assert "\n" not in message.content
    assert [button.custom_id for button in message.buttons] == (
        ["hold:7:newest", "hold:7:all", "hold:7:skip"] if kind is NoticeKind.POSTS_HELD else []
    )


def test_a_notice_about_sessions_says_when_the_next_one_may_begin_in_the_reader_s_time() -> None:
    content = render_notices([[create_notice(NoticeKind.NO_SESSIONS, detail="1777900000")]]).content

    assert "Until <t:1777900000:f> it begins no new connection" in content


@pytest.mark.parametrize(("waiting", "posts"), [(1, "1 post"), (2, "2 posts")])
def test_held_posts_are_counted(waiting: int, posts: str) -> None:
    content = render_notices([[create_notice(NoticeKind.POSTS_HELD, waiting=waiting)]]).content

    assert content == (
        f"**Garden** has {posts} on hold for <#200>. Choose what to do; you need the permission Manage Server."
    )


def test_a_direct_message_names_no_role_since_discord_shows_none_there() -> None:
    notice = replace(create_notice(NoticeKind.POSTS_HELD, waiting=2, direct=True), managers_role_id=9)

    assert "<@&" not in render_notices([[notice]]).content


def test_feeds_that_break_for_one_reason_are_listed_together() -> None:
    broken = [[create_notice(NoticeKind.FEED_BROKEN, name, feed_id=ord(name))] for name in "ABC"]
    moved = [create_notice(NoticeKind.FEED_MOVED, "D", "d.example", feed_id=9)]
    other = [create_notice(NoticeKind.FEED_BROKEN, "*E*", "It is slow.", feed_id=10)]

    assert render_notices([*broken, moved, other]).content.splitlines() == [
        "**4 feeds can't be read.** The bot keeps trying, but less often:",
        "- A, B, C: It is gone.",
        r"- \*E\*: It is slow.",
        "**D** has moved to d.example. The bot follows it there now; you don't need to do anything.",
        "See all feeds with `/feed status`.",
    ]


@pytest.mark.parametrize(
    ("opening", "closing", "text"),
    [
        (
            NoticeKind.FEED_BROKEN,
            NoticeKind.FEED_RECOVERED,
            "**Garden** couldn't be read for a while: It is gone. It can be read again.",
        ),
        (
            NoticeKind.CHANNEL_SUSPENDED,
            NoticeKind.CHANNEL_RESUMED,
            "The bot couldn't post in <#200> for a while: It is gone. It can again; waiting posts are on their way.",
        ),
    ],
)
def test_a_problem_that_ended_before_its_report_is_reported_in_one_line(
    opening: NoticeKind, closing: NoticeKind, text: str
) -> None:
    unit = [create_notice(opening), create_notice(closing, detail="")]

    assert render_notices([unit]).content == text
    assert render_notices([unit * 3]).content == f"{text} That happened 3 times."


def test_a_problem_that_came_back_before_the_message_is_reported_as_it_is_now() -> None:
    kinds = (NoticeKind.FEED_RECOVERED, NoticeKind.FEED_BROKEN)

    content = render_notices([[create_notice(kind) for kind in kinds]]).content

    assert content == "**Garden** can't be read: It is gone. The bot keeps trying, but less often."


def test_two_hundred_feeds_with_long_names_and_reasons_are_split_between_messages() -> None:
    units = [
        [
            create_notice(
                NoticeKind.FEED_BROKEN, f"{number} {'*' * 300}", f"{number} {'_' * 900}", feed_id=number
            )
        ]
        for number in range(200)
    ]

    fitting = count_fitting(units)

    assert 1 <= fitting < 200
    message = render_notices(units[:fitting])
    assert f"**{fitting} feeds can't be read.**" in message.content
    assert len(message.content) <= 2000
    assert len(message.embeds[0].description) <= 4096
    assert message.content.endswith("See all feeds with `/feed status`.")
    assert count_fitting(units[:1]) == 1


def test_two_hundred_feeds_of_one_site_fit_into_one_message() -> None:
    units = [
        [create_notice(NoticeKind.FEED_BROKEN, f"Garden Notes {number}", feed_id=number)]
        for number in range(200)
    ]

    assert count_fitting(units) == 200
    message = render_notices(units)
    assert message.content.splitlines() == [
        "**200 feeds can't be read.** The bot keeps trying, but less often:",
        "See all feeds with `/feed status`.",
    ]
    assert all(f"Garden Notes {number}" in message.embeds[0].description for number in range(200))


def test_a_direct_message_says_where_the_feed_is_followed_and_has_no_buttons() -> None:
    broken = render_notices([[create_notice(NoticeKind.FEED_BROKEN, direct=True)]])
    held = render_notices([[create_notice(NoticeKind.POSTS_HELD, direct=True, waiting=3)]])

    assert broken.content.splitlines()[1:] == [
        "You get this because you added feeds in <#200>. To get it in a channel, choose one there with `/notices`."
    ]
    assert held.content.splitlines()[1:] == [
        "You get this because you added the feed in <#200>. Decide there with `/feed status`."
    ]
    assert not held.buttons


@pytest.mark.parametrize("kind", [each for each in NoticeKind if each not in NEVER_LISTED])
@pytest.mark.parametrize("is_over", [False, True])
def test_every_kind_of_notice_can_be_listed(kind: NoticeKind, is_over: bool) -> None:
    opening = {
        NoticeKind.FEED_RECOVERED: NoticeKind.FEED_BROKEN,
        NoticeKind.CHANNEL_RESUMED: NoticeKind.CHANNEL_SUSPENDED,
    }
    before = [create_notice(opening[kind])] if is_over and kind in opening else []
    unit = [*before, create_notice(kind, "@everyone *Garden*")]

    content = render_notices([unit, unit]).content

    assert "2" in content.splitlines()[0]
    assert "@everyone" not in content
