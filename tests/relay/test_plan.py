"""What one document changes."""

from datetime import UTC, datetime, timedelta

from bot.model import (
    NEWEST_COUNT,
    DeliveryState,
    Entry,
    Identified,
    Known,
    KnownEntry,
    Plan,
    PostSettings,
    Rule,
    Subscription,
)
from bot.relay.identity import identify
from bot.relay.plan import HELD_REASON, TOO_OLD_REASON, oldest_first, plan

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
EVERYTHING = Subscription(id=1, feed_id=1, channel_id=100)
STARS = Subscription(id=2, feed_id=1, channel_id=200, rule=Rule(tags=("stars",)))


def post(number: int, **fields: object) -> Entry:
    values: dict[str, object] = {
        "guid": f"g{number}",
        "link": f"https://garden.example/{number}",
        "title": f"Post {number}",
        "published": NOW + timedelta(minutes=number),
    }
    return Entry(**{**values, **fields})  # type: ignore[arg-type]  # the fields of a test's own posts


def document(*entries: Entry) -> tuple[Identified, ...]:
    return identify(entries, "", "https://garden.example/rss")


def known(*items: Identified) -> Known:
    by_key: dict[str, list[KnownEntry]] = {}
    for number, item in enumerate(items, start=1):
        for key in item.all_keys:
            by_key.setdefault(key, []).insert(0, KnownEntry(number, item.fingerprint, item.entry))
    return Known(by_key, len(items))


def decide(
    items: tuple[Identified, ...],
    *subscriptions: Subscription,
    seen: Known = Known(),  # noqa: B008 -- frozen
    settings: PostSettings = PostSettings(),  # noqa: B008 -- frozen
) -> Plan:
    return plan(1, items, seen, subscriptions or (EVERYTHING,), settings, NOW)


def titles(found: Plan) -> list[str]:
    return [item.identified.entry.title for item in found.new]


def states(found: Plan) -> list[tuple[str, int, DeliveryState]]:
    return [
        (new.identified.entry.title, owed.channel_id, owed.state)
        for new in found.new
        for owed in new.deliveries
    ]


def test_an_entry_is_new_only_if_none_of_its_keys_is_known() -> None:
    items = document(post(3), post(2), post(1))

    found = decide(items, seen=known(items[1]))

    assert titles(found) == ["Post 1", "Post 3"]
    assert found.unchanged == 1


def test_an_entry_with_another_guid_and_date_is_known_by_its_link() -> None:
    (before,) = document(post(1))

    found = decide(document(post(1, guid="moved", published=NOW + timedelta(days=9))), seen=known(before))

    assert found.new == ()
    assert [change.new_keys for change in found.known] == [("guid:moved",)]


def test_changed_words_make_a_known_entry_edited_and_deliver_nothing() -> None:
    (before,) = document(post(1))

    found = decide(document(post(1, text="More.")), seen=known(before))

    assert [(change.entry_id, change.edited, change.deliveries) for change in found.known] == [(1, True, ())]
    assert found.new == ()


def test_deliveries_follow_the_rule_of_each_subscription_oldest_first() -> None:
    items = document(post(2, tags=("Stars",)), post(1))

    found = decide(items, EVERYTHING, STARS)

    pending = DeliveryState.PENDING
    assert states(found) == [("Post 1", 100, pending), ("Post 2", 100, pending), ("Post 2", 200, pending)]


def test_the_baseline_is_recorded_and_not_delivered() -> None:
    waiting = Subscription(id=1, feed_id=1, channel_id=100, baseline_due=True)

    found = decide(document(post(2), post(1)), waiting)

    assert titles(found) == ["Post 1", "Post 2"]
    assert states(found) == []
    assert found.baselined == (1,)


def test_a_baseline_delivers_the_newest_posts_up_to_first_run_known_or_not() -> None:
    waiting = Subscription(id=1, feed_id=1, channel_id=100, baseline_due=True)
    items = document(post(3), post(2), post(1))

    found = decide(items, waiting, seen=known(items[0]), settings=PostSettings(first_run=2))

    assert states(found) == [("Post 2", 100, DeliveryState.PENDING)]
    assert [(change.entry_id, len(change.deliveries)) for change in found.known] == [(1, 1)]


def test_a_flood_delivers_its_newest_and_holds_the_rest() -> None:
    items = document(*(post(number) for number in reversed(range(20))))

    found = decide(items, settings=PostSettings(burst_limit=10))

    assert [state for _, _, state in states(found)].count(DeliveryState.HELD) == 17
    assert [title for title, _, state in states(found) if state is DeliveryState.PENDING] == [
        f"Post {number}" for number in range(20 - NEWEST_COUNT, 20)
    ]
    assert found.new[0].deliveries[0].reason == HELD_REASON


def test_the_flood_breaker_counts_each_subscription_separately() -> None:
    items = document(
        *(post(number, tags=("stars",) if number % 4 == 0 else ()) for number in reversed(range(20)))
    )

    found = decide(items, EVERYTHING, STARS, settings=PostSettings(burst_limit=10))

    assert [state for _, channel, state in states(found) if channel == 200] == [DeliveryState.PENDING] * 5


def test_a_number_equal_to_the_limit_is_not_a_flood() -> None:
    found = decide(document(*(post(number) for number in range(10))), settings=PostSettings(burst_limit=10))

    assert {state for _, _, state in states(found)} == {DeliveryState.PENDING}


def test_posts_older_than_max_age_are_skipped_and_not_part_of_a_flood() -> None:
    old = [post(number, published=NOW - timedelta(days=30, minutes=number)) for number in range(20, 40)]

    found = decide(document(post(1), *old), settings=PostSettings(burst_limit=10, max_age=timedelta(days=7)))

    assert states(found)[-1] == ("Post 1", 100, DeliveryState.PENDING)
    assert {owed.reason for new in found.new[:-1] for owed in new.deliveries} == {TOO_OLD_REASON}


def test_without_dates_a_document_is_read_from_its_end() -> None:
    items = document(post(3, published=None), post(2, published=None), post(1, published=None))

    assert [item.entry.title for item in oldest_first(items)] == ["Post 1", "Post 2", "Post 3"]


def test_an_ascending_document_is_read_from_its_start_even_if_a_date_is_missing() -> None:
    items = document(post(1), post(2, published=None), post(3))

    assert [item.entry.title for item in oldest_first(items)] == ["Post 1", "Post 2", "Post 3"]


def test_entries_with_the_same_date_keep_the_documents_reversed_order() -> None:
    items = document(post(3, published=NOW), post(2, published=NOW), post(1, published=NOW))

    assert [item.entry.title for item in oldest_first(items)] == ["Post 1", "Post 2", "Post 3"]


def test_an_entire_flood_is_held_if_an_admin_can_be_asked() -> None:
    items = document(*(post(number) for number in reversed(range(20))))

    found = decide(items, settings=PostSettings(burst_limit=10, ask_about_floods=True))

    assert {state for _, _, state in states(found)} == {DeliveryState.HELD}


def test_posts_for_a_paused_subscription_are_kept_flood_or_not() -> None:
    paused = Subscription(id=1, feed_id=1, channel_id=100, paused=True)
    items = document(*(post(number) for number in range(20)))

    found = decide(items, paused, settings=PostSettings(burst_limit=10))

    assert [state for _, _, state in states(found)] == [DeliveryState.PAUSED] * 20


def test_a_tumblr_post_whose_text_is_read_better_is_an_edit() -> None:
    before = post(
        1, source_id="tumblr:1", text="some-maker\nIt rained.", content="<p>some-maker</p><p>It rained.</p>"
    )
    after = post(1, source_id="tumblr:1", text="It rained.", content="<p>It rained.</p>")

    found = decide(document(after), seen=known(*document(before)))

    assert found.new == ()
    assert [(change.edited, change.deliveries) for change in found.known] == [(True, ())]
