"""Which posts of a history are archived, which are left to the poll, and how the backfill continues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Gone, InvalidAddress, NoHistory, PrivateAddress, RateLimited, ServerError, SourceError
from bot.model import (
    Backfill,
    BackfillState,
    BackfillStep,
    Bookmark,
    Entry,
    Feed,
    Identified,
    Known,
    KnownEntry,
)
from bot.relay.backfill_plan import (
    MAX_ATTEMPTS,
    MAX_PAGES,
    OwnedByPoll,
    after_failure,
    after_page,
    archivable,
    wanted,
)
from bot.relay.identity import identify

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://garden.example/rss"
FEED = Feed(1, URL, "garden.example")
NOTHING = Known()
BACKFILL = Backfill(FEED, last_success=NOW, leased_until=NOW)


def post(number: int, days: float | None = None, updated: datetime | None = None) -> Entry:
    """Return a post that is `days` old; None: a post without a date."""
    published = None if days is None else NOW - timedelta(days=days)
    return Entry(
        guid=f"g{number}", link=f"https://garden.example/{number}", published=published, updated=updated
    )


def items(*posts: Entry) -> tuple[Identified, ...]:
    return identify(posts, "https://garden.example/", URL)


def seen(*posts: Entry) -> Known:
    by_key: dict[str, list[KnownEntry]] = {}
    for number, item in enumerate(items(*posts), start=1):
        for key in item.all_keys:
            by_key.setdefault(key, []).append(KnownEntry(number, item.fingerprint, item.entry))
    return Known(by_key, len(posts))


def archived(
    page: tuple[Identified, ...],
    known: Known,
    current: tuple[Entry, ...] = (),
    *,
    first: bool = True,
) -> list[str]:
    found = archivable(page, known, OwnedByPoll.from_document(items(*current), NOW), first=first)
    return [item.entry.guid for item in found]


def step(
    page: tuple[Identified, ...], cursor: str, backfill: Backfill = BACKFILL, found: int = 1
) -> BackfillStep:
    return after_page(backfill, "links", page, found, cursor, None, NOW)


def test_posts_older_than_the_known_ones_are_archived_oldest_first() -> None:
    assert archived(items(post(4, 1), post(3, 2), post(2, 3), post(1, 4)), seen(post(4, 1), post(3, 2))) == [
        "g1",
        "g2",
    ]


def test_a_known_post_is_skipped() -> None:
    assert archived(items(post(2, 2), post(1, 3)), seen(post(2, 2), post(1, 3)), first=False) == []


def test_a_post_in_the_feed_is_left_to_the_poll_regardless_of_its_date() -> None:
    assert archived(items(post(2, 300), post(1, 400)), NOTHING, current=(post(2, 300),)) == ["g1"]


def test_a_post_dated_after_the_last_success_is_left_to_the_poll() -> None:
    assert archived(items(post(2, -0.1), post(1, 400)), NOTHING, first=False) == ["g1"]


def test_a_post_dated_shortly_before_the_last_success_is_left_to_the_poll() -> None:
    assert archived(items(post(2, 0.5 / 24), post(1, 1.5 / 24)), NOTHING, first=False) == ["g1"]


def test_a_post_newer_than_all_known_ones_is_left_even_if_the_sites_clock_is_days_behind() -> None:
    assert archived(items(post(3, 2), post(2, 3), post(1, 4)), seen(post(2, 3))) == ["g1"]


def test_undated_posts_newer_than_those_in_the_feed_are_left_to_the_poll() -> None:
    assert archived(items(post(3), post(2), post(1)), NOTHING, current=(post(2),)) == ["g1"]


def test_only_dated_posts_are_archived_from_a_first_page_without_known_posts() -> None:
    assert archived(items(post(2), post(1, 9)), NOTHING) == ["g1"]


def test_undated_posts_on_later_pages_are_archived() -> None:
    assert archived(items(post(2), post(1)), NOTHING, first=False) == ["g1", "g2"]


def test_posts_newer_than_those_in_the_feed_are_left_on_later_pages_too() -> None:
    assert archived(items(post(3), post(2), post(1)), NOTHING, current=(post(2),), first=False) == ["g1"]
    assert archived(
        items(post(3, 2), post(2, 2), post(1, 4)), NOTHING, current=(post(2, 2),), first=False
    ) == ["g1"]


def test_posts_newer_than_the_feeds_newest_are_left_on_a_page_without_known_posts() -> None:
    current = (post(3, 2), post(2, 3))

    assert archived(items(post(5, 0.5)), NOTHING, current=current, first=False) == []
    assert archived(items(post(4, 2)), NOTHING, current=current, first=False) == []


def test_a_history_with_the_same_date_everywhere_is_archived() -> None:
    assert archived(items(post(1, 9)), NOTHING, current=(post(3, 9), post(2, 9)), first=False) == ["g1"]


def test_a_post_that_the_polls_missed_is_archived_from_a_later_page() -> None:
    assert archived(
        items(post(2, 9), post(1, 10)), seen(post(1, 10)), current=(post(9, 1),), first=False
    ) == ["g2"]


def test_old_posts_newer_than_a_pinned_one_are_archived() -> None:
    current = (post(1, 400), post(9, 1))

    assert archived(items(post(2, 300), post(1, 400)), NOTHING, current=current, first=False) == ["g2"]


def test_the_history_of_a_feed_that_shows_its_oldest_posts_is_archived() -> None:
    current = (post(1, 9), post(2, 8))

    assert archived(items(post(3, 7), post(4, 6)), NOTHING, current=current, first=False) == ["g3", "g4"]


def test_a_backdated_post_that_the_feed_may_show_is_left_to_the_poll() -> None:
    back = post(2, 30, updated=NOW)

    assert archived(items(back, post(1, 40)), seen(post(1, 40)), current=(post(1, 40),), first=False) == []


def test_an_old_post_edited_just_now_is_archived_if_the_feed_cannot_show_it() -> None:
    edited = post(2, 30, updated=NOW)

    assert archived(items(post(3, 20), edited, post(1, 40)), seen(post(3, 20)), first=False) == ["g1", "g2"]


def test_versions_of_a_known_post_are_skipped() -> None:
    known = post(2, 9)
    page = items(replace(known, title="A draft"), replace(known, title="Bees"), post(1, 10))

    assert archived(page, seen(known), first=False) == ["g1"]


def test_versions_of_a_post_that_the_feed_shows_are_left_to_the_poll() -> None:
    current = post(2, 9)
    page = items(replace(current, title="A draft"), replace(current, title="Bees"), post(1, 10))

    assert archived(page, NOTHING, current=(current,), first=False) == ["g1"]


def test_posts_that_share_only_a_guid_are_separate_posts() -> None:
    page = items(replace(post(2, 9), guid="g"), replace(post(1, 10), guid="g"))

    assert archived(page, NOTHING, first=False) == ["g", "g"]
    assert archived(page, seen(replace(post(2, 9), guid="g")), first=False) == ["g"]


def test_posts_before_the_wanted_date_are_left_out() -> None:
    found = items(post(1, 9), post(2, 3))

    chosen = wanted(found, replace(BACKFILL, since=NOW - timedelta(days=5)))

    assert [item.entry.guid for item in chosen] == ["g2"]


def test_the_newest_posts_are_taken_if_there_are_more_than_wanted() -> None:
    found = items(post(1, 9), post(2, 8), post(3, 7))

    chosen = wanted(found, replace(BACKFILL, limit=5, archived=3))

    assert [item.entry.guid for item in chosen] == ["g2", "g3"]


def test_the_backfill_continues_at_the_next_page() -> None:
    after = step(items(post(1, 4)), "two")

    assert (after.state, after.bookmark.cursor, after.bookmark.pages) == (BackfillState.RUNNING, "two", 1)


def test_a_page_without_a_next_page_is_the_last() -> None:
    after = step(items(post(1, 4)), "")

    assert (after.state, after.bookmark) == (BackfillState.DONE, Bookmark("links"))


def test_a_page_that_repeats_the_posts_of_the_previous_one_is_the_last() -> None:
    page = items(post(1, 4))
    once = step(page, "two")

    assert step(page, "three", replace(BACKFILL, bookmark=once.bookmark)).state is BackfillState.DONE


def test_a_second_empty_page_is_not_the_last() -> None:
    once = step((), "two")

    assert step((), "three", replace(BACKFILL, bookmark=once.bookmark)).state is BackfillState.RUNNING


@pytest.mark.parametrize("length", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("lead", [0, 1, 5, 30])
def test_pages_that_form_a_cycle_end(lead: int, length: int) -> None:
    backfill, number, read = BACKFILL, 0, 0
    while read < 400:
        read += 1
        following = number + 1 if number + 1 < lead + length else lead
        after = step(items(post(number, 4)), f"page {following}", backfill)
        if after.state is BackfillState.DONE:
            break
        backfill, number = replace(BACKFILL, bookmark=after.bookmark), following
    else:
        pytest.fail("the cycle was not found")

    assert lead + length <= read <= 4 * (lead + length)


def test_endless_links_stop_until_a_person_asks_again() -> None:
    bookmark = Bookmark("links", "before", pages=MAX_PAGES - 1)

    after = step(items(post(1, 4)), "following", replace(BACKFILL, bookmark=bookmark))

    assert (after.state, after.bookmark.cursor) == (BackfillState.FAILED, "following")
    assert "5,000 pages" in after.error


def test_a_page_before_the_wanted_date_ends_the_backfill_and_keeps_its_position() -> None:
    backfill = replace(BACKFILL, since=NOW - timedelta(days=3), bookmark=Bookmark("links", "here"))

    after = step(items(post(1, 4)), "following", backfill)

    assert (after.state, after.bookmark.cursor) == (BackfillState.DONE, "here")


def test_a_page_before_the_wanted_date_does_not_end_a_history_that_begins_with_the_oldest() -> None:
    backfill = replace(BACKFILL, since=NOW - timedelta(days=3))

    assert step(items(post(1, 9), post(2, 8)), "following", backfill).state is BackfillState.RUNNING


def test_a_reached_limit_ends_the_backfill_and_keeps_its_position() -> None:
    backfill = replace(BACKFILL, limit=3, archived=1, bookmark=Bookmark("links", "here"))

    after = step(items(post(1, 4)), "following", backfill, found=2)

    assert (after.state, after.bookmark.cursor) == (BackfillState.DONE, "here")


def test_a_failed_page_is_retried_with_growing_delays_and_then_given_up() -> None:
    error = ServerError(URL, 503)
    steps = [after_failure(replace(BACKFILL, attempts=tries), error, NOW) for tries in range(MAX_ATTEMPTS)]

    assert [each.state for each in steps] == [BackfillState.RUNNING] * 4 + [BackfillState.FAILED]
    assert [(each.due_at - NOW).seconds for each in steps[:4]] == [10, 20, 40, 80]
    assert steps[-1].error == str(error)


@pytest.mark.parametrize(
    "error", [NoHistory(URL), PrivateAddress(URL), InvalidAddress(URL), Gone(URL, 410)], ids=repr
)
def test_a_permanent_error_ends_the_backfill_at_once(error: SourceError) -> None:
    assert after_failure(BACKFILL, error, NOW).state is BackfillState.FAILED


def test_the_next_attempt_comes_after_the_sites_cool_down() -> None:
    after = after_failure(BACKFILL, RateLimited(URL, 429, retry_after=timedelta(hours=1)), NOW)

    assert after.due_at == after.cooldown_until == NOW + timedelta(hours=1)
