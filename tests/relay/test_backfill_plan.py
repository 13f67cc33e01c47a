"""What of a history is archived, what is left to the poll, and how the reading goes on."""

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
    KnownEntry,
)
from bot.relay.backfill_plan import (
    MAX_ATTEMPTS,
    MAX_PAGES,
    OwnedByPoll,
    after_failure,
    after_page,
    archivable,
    shared,
    wanted,
)
from bot.relay.identity import identify

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://garden.example/rss"
FEED = Feed(1, URL, "garden.example")
BACKFILL = Backfill(FEED, last_success=NOW, leased_until=NOW)


def post(number: int, days: float | None = None, updated: datetime | None = None) -> Entry:
    """A post so many days old; without days, one that has no date."""
    published = None if days is None else NOW - timedelta(days=days)
    return Entry(
        guid=f"g{number}", link=f"https://garden.example/{number}", published=published, updated=updated
    )


def items(*posts: Entry) -> tuple[Identified, ...]:
    return identify(posts, "https://garden.example/", URL)


def seen(*posts: Entry) -> dict[str, KnownEntry]:
    return {key: KnownEntry(1, "") for item in items(*posts) for key in item.keys}


def archived(
    page: tuple[Identified, ...],
    known: dict[str, KnownEntry],
    live: tuple[Entry, ...] = (),
    *,
    first: bool = True,
) -> list[str]:
    found = archivable(page, known, OwnedByPoll.from_document(items(*live), NOW), first=first)
    return [item.entry.guid for item in found]


def step(
    page: tuple[Identified, ...], cursor: str, backfill: Backfill = BACKFILL, found: int = 1
) -> BackfillStep:
    return after_page(backfill, "links", page, found, cursor, None, NOW)


def test_what_stands_below_the_known_posts_is_archived_oldest_first() -> None:
    assert archived(items(post(4, 1), post(3, 2), post(2, 3), post(1, 4)), seen(post(4, 1), post(3, 2))) == [
        "g1",
        "g2",
    ]


def test_a_known_post_is_passed_over() -> None:
    assert archived(items(post(2, 2), post(1, 3)), seen(post(2, 2), post(1, 3)), first=False) == []


def test_what_the_feed_shows_is_left_to_the_poll_whatever_its_date() -> None:
    assert archived(items(post(2, 300), post(1, 400)), {}, live=(post(2, 300),)) == ["g1"]


def test_what_is_dated_after_the_last_good_poll_is_left_to_the_poll_on_any_page() -> None:
    assert archived(items(post(2, -0.1), post(1, 400)), {}, first=False) == ["g1"]


def test_what_is_dated_shortly_before_the_last_good_poll_is_left_since_a_cache_may_have_hidden_it() -> None:
    assert archived(items(post(2, 0.5 / 24), post(1, 1.5 / 24)), {}, first=False) == ["g1"]


def test_what_stands_above_the_newest_known_post_is_left_where_a_site_s_clock_is_days_behind() -> None:
    assert archived(items(post(3, 2), post(2, 3), post(1, 4)), seen(post(2, 3))) == ["g1"]


def test_undated_posts_above_the_feed_s_own_are_left_to_the_poll() -> None:
    assert archived(items(post(3), post(2), post(1)), {}, live=(post(2),)) == ["g1"]


def test_of_a_first_page_without_anything_known_only_dated_posts_are_archived() -> None:
    assert archived(items(post(2), post(1, 9)), {}) == ["g1"]


def test_undated_posts_of_later_pages_are_archived() -> None:
    assert archived(items(post(2), post(1)), {}, first=False) == ["g1", "g2"]


def test_what_stands_above_the_feed_s_posts_on_a_later_page_is_left_to_the_poll() -> None:
    assert archived(items(post(3), post(2), post(1)), {}, live=(post(2),), first=False) == ["g1"]
    assert archived(items(post(3, 2), post(2, 2), post(1, 4)), {}, live=(post(2, 2),), first=False) == ["g1"]


def test_what_is_newer_than_the_feed_s_newest_post_is_left_on_a_page_that_has_nothing_else() -> None:
    live = (post(3, 2), post(2, 3))

    assert archived(items(post(5, 0.5)), {}, live=live, first=False) == []
    assert archived(items(post(4, 2)), {}, live=live, first=False) == []


def test_a_history_that_bears_one_date_throughout_is_archived() -> None:
    assert archived(items(post(1, 9)), {}, live=(post(3, 9), post(2, 9)), first=False) == ["g1"]


def test_what_polls_missed_above_a_known_post_is_archived_from_a_later_page() -> None:
    assert archived(items(post(2, 9), post(1, 10)), seen(post(1, 10)), live=(post(9, 1),), first=False) == [
        "g2"
    ]


def test_old_posts_above_one_that_the_feed_has_pinned_are_archived() -> None:
    live = (post(1, 400), post(9, 1))

    assert archived(items(post(2, 300), post(1, 400)), {}, live=live, first=False) == ["g2"]


def test_the_history_of_a_feed_that_shows_its_oldest_posts_is_archived() -> None:
    live = (post(1, 9), post(2, 8))

    assert archived(items(post(3, 7), post(4, 6)), {}, live=live, first=False) == ["g3", "g4"]


def test_a_post_dated_back_to_where_the_feed_may_show_it_is_left_to_the_poll() -> None:
    back = post(2, 30, updated=NOW)

    assert archived(items(back, post(1, 40)), seen(post(1, 40)), live=(post(1, 40),), first=False) == []


def test_an_old_post_edited_just_now_is_archived_below_what_the_feed_no_longer_shows() -> None:
    edited = post(2, 30, updated=NOW)

    assert archived(items(post(3, 20), edited, post(1, 40)), seen(post(3, 20)), first=False) == ["g1", "g2"]


def test_a_key_that_identifies_nothing_makes_no_post_known() -> None:
    known = {key: KnownEntry(0, "", shared=True) for key in seen(post(1, 4))}

    assert archived(items(post(1, 4)), known, first=False) == ["g1"]


def test_versions_of_a_known_post_are_no_posts_and_take_none_of_its_keys_away() -> None:
    known = post(2, 9)
    page = items(replace(known, title="A draft"), replace(known, title="Bees"), post(1, 10))

    assert archived(page, seen(known), first=False) == ["g1"]
    assert shared(page, seen(known), OwnedByPoll.from_document((), NOW)) == []


def test_versions_of_a_post_that_the_feed_shows_are_left_to_the_poll_with_their_keys() -> None:
    live = post(2, 9)
    page = items(replace(live, title="A draft"), replace(live, title="Bees"), post(1, 10))

    assert archived(page, {}, live=(live,), first=False) == ["g1"]
    assert shared(page, {}, OwnedByPoll.from_document(items(live), NOW)) == []


def test_posts_that_share_only_some_keys_are_posts_of_their_own_and_the_keys_identify_nothing() -> None:
    page = items(replace(post(2, 9), guid="g"), replace(post(1, 10), guid="g"))

    assert archived(page, {"guid:g": KnownEntry(0, "", shared=True)}, first=False) == ["g", "g"]
    assert shared(page, {}, OwnedByPoll.from_document((), NOW)) == ["guid:g"]


def test_posts_before_the_day_that_is_wanted_are_left_out() -> None:
    found = items(post(1, 9), post(2, 3))

    chosen = wanted(found, replace(BACKFILL, since=NOW - timedelta(days=5)))

    assert [item.entry.guid for item in chosen] == ["g2"]


def test_of_more_posts_than_wanted_the_newest_are_taken() -> None:
    found = items(post(1, 9), post(2, 8), post(3, 7))

    chosen = wanted(found, replace(BACKFILL, limit=5, archived=3))

    assert [item.entry.guid for item in chosen] == ["g2", "g3"]


def test_reading_goes_on_where_the_page_says() -> None:
    after = step(items(post(1, 4)), "two")

    assert (after.state, after.bookmark.cursor, after.bookmark.pages) == (BackfillState.RUNNING, "two", 1)


def test_a_page_that_names_no_other_is_the_last() -> None:
    after = step(items(post(1, 4)), "")

    assert (after.state, after.bookmark) == (BackfillState.DONE, Bookmark("links"))


def test_a_page_under_another_address_that_shows_the_same_posts_is_the_last() -> None:
    page = items(post(1, 4))
    once = step(page, "two")

    assert step(page, "three", replace(BACKFILL, bookmark=once.bookmark)).state is BackfillState.DONE


def test_a_page_without_posts_after_another_one_is_not_the_last() -> None:
    once = step((), "two")

    assert step((), "three", replace(BACKFILL, bookmark=once.bookmark)).state is BackfillState.RUNNING


@pytest.mark.parametrize("length", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("lead", [0, 1, 5, 30])
def test_pages_that_lead_in_a_circle_end(lead: int, length: int) -> None:
    backfill, place, read = BACKFILL, 0, 0
    while read < 400:
        read += 1
        onward = place + 1 if place + 1 < lead + length else lead
        after = step(items(post(place, 4)), f"page {onward}", backfill)
        if after.state is BackfillState.DONE:
            break
        backfill, place = replace(BACKFILL, bookmark=after.bookmark), onward
    else:
        pytest.fail("it goes round for ever")

    assert lead + length <= read <= 4 * (lead + length)


def test_links_without_end_stop_until_a_person_asks_again() -> None:
    bookmark = Bookmark("links", "before", pages=MAX_PAGES - 1)

    after = step(items(post(1, 4)), "onward", replace(BACKFILL, bookmark=bookmark))

    assert (after.state, after.bookmark.cursor) == (BackfillState.FAILED, "onward")
    assert "5,000 pages" in after.error


def test_a_page_wholly_before_the_day_that_is_wanted_ends_the_reading_and_keeps_its_place() -> None:
    backfill = replace(BACKFILL, since=NOW - timedelta(days=3), bookmark=Bookmark("links", "here"))

    after = step(items(post(1, 4)), "onward", backfill)

    assert (after.state, after.bookmark.cursor) == (BackfillState.DONE, "here")


def test_a_page_before_the_day_that_is_wanted_does_not_end_a_history_that_begins_with_the_oldest() -> None:
    backfill = replace(BACKFILL, since=NOW - timedelta(days=3))

    assert step(items(post(1, 9), post(2, 8)), "onward", backfill).state is BackfillState.RUNNING


def test_the_wanted_number_ends_the_reading_and_keeps_its_place() -> None:
    backfill = replace(BACKFILL, limit=3, archived=1, bookmark=Bookmark("links", "here"))

    after = step(items(post(1, 4)), "onward", backfill, found=2)

    assert (after.state, after.bookmark.cursor) == (BackfillState.DONE, "here")


def test_a_failed_page_is_tried_again_each_time_later_and_then_no_more() -> None:
    error = ServerError(URL, 503)
    steps = [after_failure(replace(BACKFILL, attempts=tries), error, NOW) for tries in range(MAX_ATTEMPTS)]

    assert [each.state for each in steps] == [BackfillState.RUNNING] * 4 + [BackfillState.FAILED]
    assert [(each.due_at - NOW).seconds for each in steps[:4]] == [10, 20, 40, 80]
    assert steps[-1].error == str(error)


@pytest.mark.parametrize(
    "error", [NoHistory(URL), PrivateAddress(URL), InvalidAddress(URL), Gone(URL, 410)], ids=repr
)
def test_what_no_further_try_would_change_ends_the_reading_at_once(error: SourceError) -> None:
    assert after_failure(BACKFILL, error, NOW).state is BackfillState.FAILED


def test_a_site_that_asks_for_rest_has_it_before_the_next_try() -> None:
    after = after_failure(BACKFILL, RateLimited(URL, 429, retry_after=timedelta(hours=1)), NOW)

    assert after.due_at == after.cooldown_until == NOW + timedelta(hours=1)
