"""Notices are short messages in plain words, whatever text they contain."""

import pytest

from bot.model import Notice, NoticeKind
from bot.text.notices import render_notice


def create_notice(
    kind: NoticeKind,
    feed_name: str = "Garden",
    detail: str = "It is gone.",
    *,
    waiting: int = 0,
    more: int = 0,
) -> Notice:
    return Notice(
        id=1,
        kind=kind,
        channel_id=100,
        feed_name=feed_name,
        about_channel_id=200,
        detail=detail,
        hold_id=7 if kind is NoticeKind.POSTS_HELD else None,
        waiting=waiting,
        more=more,
        attempts=0,
        uncertain_since=None,
    )


def test_the_text_of_a_feed_stays_on_one_line_and_does_not_change_the_rest() -> None:
    notice = create_notice(NoticeKind.FEED_BROKEN, "Garden\n# Beds \u202e" + "*" * 3000, "no\n> feed")

    content = render_notice(notice).content

    assert "\n" not in content
    assert "\u202e" not in content
    assert content.endswith("The bot keeps trying, but less often.")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_notice_is_one_short_message_that_pings_nobody(kind: NoticeKind) -> None:
    notice = create_notice(kind, "@everyone *Garden*", "https://garden.example/", waiting=40, more=2)

    message = render_notice(notice)

    assert "@everyone" not in message.content
    assert message.content.endswith("see `/feed status`.")
    assert [button.custom_id for button in message.buttons] == (
        ["hold:7:newest", "hold:7:all", "hold:7:skip"] if kind is NoticeKind.POSTS_HELD else []
    )


@pytest.mark.parametrize(("waiting", "posts"), [(1, "1 post"), (2, "2 posts")])
def test_held_posts_are_counted(waiting: int, posts: str) -> None:
    content = render_notice(create_notice(NoticeKind.POSTS_HELD, waiting=waiting)).content

    assert content == (
        f"**Garden** has {posts} on hold for <#200>. Choose what to do; you need the permission Manage Server."
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (1, "1 more notice isn't shown; see `/feed status`."),
        (2, "2 more notices aren't shown; see `/feed status`."),
    ],
)
def test_left_out_notices_are_counted(more: int, sentence: str) -> None:
    content = render_notice(create_notice(NoticeKind.FEED_RECOVERED, more=more)).content

    assert content == f"**Garden** can be read again.\n{sentence}"
