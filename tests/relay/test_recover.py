"""Which posts were sent before a restore: each message matches one post, and a doubtful post is never forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import (
    ChannelPast,
    DeliveryState,
    Embed,
    Entry,
    FoundMessage,
    Known,
    Message,
    PostSettings,
    Style,
    Subscription,
)
from bot.relay.identity import identify
from bot.relay.plan import plan
from bot.relay.recover import FOUND_REASON, match_found
from bot.relay.retry import NONCE_WINDOW
from bot.text.render import render

COPIED = datetime(2026, 5, 4, 12, tzinfo=UTC)
NOW = COPIED + timedelta(hours=6)
LONG = (
    "The beans climbed past the second wire, and the water butt is full again after the rain from the west."
)


def post(number: int, **fields: object) -> Entry:
    values: dict[str, object] = {
        "guid": f"g{number}",
        "link": f"https://garden.example/{number}",
        "title": f"Post {number}",
        "text": LONG,
        "content": f"<p>{LONG}</p>",
        "published": COPIED + timedelta(minutes=number),
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]  # the fields of a test's own posts


def message_of(entry: Entry, style: Style = Style.CARD) -> Message:
    return render(entry, "Garden", style)


def found(message_id: int, message: Message) -> FoundMessage:
    return FoundMessage(message_id, message.content, message.embeds)


def planned(
    entries: list[Entry],
    past: ChannelPast,
    settings: PostSettings | None = None,
    *,
    baseline_due: bool = False,
) -> dict[str, tuple[DeliveryState, int]]:
    """Return the states of the deliveries and their messages, by the posts' titles."""
    subscription = Subscription(1, 1, 100, baseline_due=baseline_due, past=past)
    decided = plan(
        1, identify(entries, "", ""), Known({}, 0), [subscription], settings or PostSettings(), NOW
    )
    return {
        new.identified.entry.title: (delivery.state, delivery.found.message_id if delivery.found else 0)
        for new in decided.new
        for delivery in new.deliveries
    }


def past(
    *messages: FoundMessage, was_followed: bool = True, unread_until: datetime | None = None
) -> ChannelPast:
    return ChannelPast(COPIED, "Garden", was_followed, unread_until, messages)


@pytest.mark.parametrize("style", list(Style))
def test_a_post_is_found_in_every_style(style: Style) -> None:
    sent = message_of(post(1), style)

    assert match_found([message_of(post(2), style), sent], [found(7, sent)]) == {1: found(7, sent)}


def test_posts_with_one_link_are_told_apart_by_their_words() -> None:
    link = "https://garden.example/today"
    first, second = (message_of(post(number, link=link)) for number in (1, 2))

    assert match_found([first, second], [found(7, second)]) == {1: found(7, second)}
    assert match_found([first, second], [found(7, first), found(8, second)]) == {
        0: found(7, first),
        1: found(8, second),
    }


def test_an_edited_post_is_found_by_its_link() -> None:
    before = message_of(post(1, title="Tulips", content="<p>Red.</p>", text="Red."))

    assert match_found([message_of(post(1))], [found(7, before)]) == {0: found(7, before)}


def test_a_long_text_is_found_at_another_link() -> None:
    before, after = (message_of(post(1, link=f"https://{host}.example/1")) for host in ("old", "new"))
    short = replace(post(2), title="Photo", content="", text="")
    short_before, short_after = (
        message_of(replace(short, link=f"https://{host}.example/2")) for host in ("old", "new")
    )

    assert match_found([after], [found(7, before)]) == {0: found(7, before)}
    assert match_found([short_after], [found(7, short_before)]) == {}


def test_a_long_text_of_another_day_is_another_post() -> None:
    weekly = [message_of(post(day, title="Open thread")) for day in (1, 8)]

    assert match_found(weekly[1:], [found(7, weekly[0])]) == {}


def test_a_forum_post_is_found_without_its_deleted_message() -> None:
    message = message_of(post(1))
    deleted = FoundMessage(7, "", (), message.thread_name)

    assert match_found([message_of(post(2)), message], [deleted]) == {1: deleted}


def test_found_posts_count_as_sent_and_not_as_a_flood() -> None:
    entries = [post(number) for number in range(1, 9)]
    messages = [found(number, message_of(post(number))) for number in range(1, 7)]
    settings = PostSettings(burst_limit=2, ask_about_floods=True)

    states = planned(entries, past(*messages), settings)

    assert states == {
        **{f"Post {number}": (DeliveryState.SENT, number) for number in range(1, 7)},
        "Post 7": (DeliveryState.PENDING, 0),
        "Post 8": (DeliveryState.PENDING, 0),
    }


def test_a_message_that_is_no_post_changes_nothing() -> None:
    notice = FoundMessage(7, "The feed works again.", (Embed(title="Garden"),))

    assert planned([post(1)], past(notice)) == {"Post 1": (DeliveryState.PENDING, 0)}


def test_posts_before_a_lost_baseline_are_not_posted_and_later_ones_are() -> None:
    entries = [post(number, published=None) for number in range(5, 0, -1)]
    sent = found(7, message_of(post(3, published=None)))

    states = planned(entries, past(sent, was_followed=False), baseline_due=True)

    assert states == {
        "Post 3": (DeliveryState.SENT, 7),
        "Post 4": (DeliveryState.PENDING, 0),
        "Post 5": (DeliveryState.PENDING, 0),
    }


@pytest.mark.parametrize(("was_followed", "expected"), [(True, ["Post 1", "Post 2"]), (False, [])])
def test_a_baseline_after_the_restore_leaves_out_no_post_that_is_newer_than_the_backup(
    expected: list[str], *, was_followed: bool
) -> None:
    entries = [post(-1), post(1), post(2)]

    states = planned(entries, past(was_followed=was_followed), baseline_due=True)

    assert list(states) == expected


def test_posts_that_may_be_among_unread_messages_are_searched_for() -> None:
    unread_until = COPIED + timedelta(hours=1)
    entries = [post(1), post(2, published=None), post(3, published=unread_until + timedelta(days=2))]
    subscription = Subscription(1, 1, 100, past=past(unread_until=unread_until))

    decided = plan(1, identify(entries, "", ""), Known({}, 0), [subscription], PostSettings(), NOW)

    doubts = {
        new.identified.entry.title: (delivery.doubtful_since, delivery.doubtful_until)
        for new in decided.new
        for delivery in new.deliveries
    }
    assert doubts == {
        "Post 1": (COPIED - NONCE_WINDOW, unread_until),
        "Post 2": (COPIED - NONCE_WINDOW, unread_until),
        "Post 3": (None, None),
    }


def test_the_reason_of_a_found_post_says_why_it_counts_as_sent() -> None:
    subscription = Subscription(1, 1, 100, past=past(found(7, message_of(post(1)))))

    decided = plan(1, identify([post(1)], "", ""), Known({}, 0), [subscription], PostSettings(), NOW)

    ((delivery,),) = (new.deliveries for new in decided.new)
    assert delivery.reason == FOUND_REASON
