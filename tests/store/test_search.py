"""Posts are found by what they say, in the requested feeds."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import ChannelDeclaration, Entry, FeedDeclaration, Order, Posted, Query, Rule
from bot.relay.match import match
from bot.search.query import parse_query
from bot.search.wanted import wanted_by
from bot.store import search
from bot.store.database import Row, Value
from tests.sqlite_database import sqlite_of
from tests.store.conftest import (
    GARDEN,
    LEASE,
    NOW,
    STARS_FEED,
    START,
    Services,
    budget,
    found,
    only_sqlite,
    post,
    record_in,
    site_of,
    subscribed,
)


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("tulips", ["Roses", "Tulips"]),
        ("tulip", ["Roses", "Tulips"]),
        ("walking tulips", ["Roses"]),
        ('"walk by"', []),
        ('"walked by the"', ["Roses"]),
        ("cafe", ["Roses"]),
        ("INES", ["A quiet week", "Tulips"]),
        ("author:ines", ["Tulips"]),
        ("title:roses", ["Roses"]),
        ("title:tulips", ["Tulips"]),
        ("rain -ines", ["Saturn"]),
        ("-rain", ["東京の庭", "Roses", "Tulips"]),
        ("tag:spring-flowers", ["A quiet week", "Tulips"]),
        ("tag:spring", []),
        ("spring", ["Saturn", "A quiet week", "Tulips"]),
        ("#c++", ["Tulips"]),
        ("#c", []),
        ("京の", ["東京の庭"]),
        ("庭", ["東京の庭"]),
        ("雨", ["東京の庭"]),
        ("after:2026-05-04 planets", ["Saturn"]),
        ("before:2026-05-04", []),
        ("tul", ["Roses", "Tulips"]),
        ("saturn OR café", ["Saturn", "Roses"]),
        ("rain (ines OR saturn)", ["Saturn", "A quiet week"]),
        ("rain -(ines OR week)", ["Saturn"]),
        ("-(rain saturn) -tulips", ["東京の庭", "A quiet week"]),
        ("c++ -c", []),
        ("(saturn OR -rain) -tulips", ["Saturn", "東京の庭"]),
        ("tuli* OR ring*", ["Saturn", "Roses", "Tulips"]),
        ("on:2026-05-04 planets", ["Saturn"]),
        ("on:2026-05-03", []),
        ("orchids", []),
        ("!!!", []),
        ("tag:\ud800 tulips", []),
        ("", ["Saturn", "東京の庭", "A quiet week", "Roses", "Tulips"]),
        ('NOT AND OR NEAR( " * ^ : title: {text}', []),
        (" OR ".join(["tulips"] * 999), ["Roses", "Tulips"]),
    ],
)
async def test_every_condition_must_hold(archive: Services, typed: str, titles: list[str]) -> None:
    assert await found(archive, typed) == titles


async def test_a_word_in_the_title_ranks_higher_than_in_the_text(archive: Services) -> None:
    assert await found(archive, "tulips", order=Order.RELEVANCE) == ["Tulips", "Roses"]


async def test_the_newer_of_two_equal_posts_is_first(archive: Services) -> None:
    old = post(6, title="Bees", text="Bees again.", published=START - timedelta(days=900))
    await record_in(archive, old, post(7, title="Bees", text="Bees anew.", published=START))
    page = await archive.store.search.find(parse_query("bees", NOW), None)

    assert [hit.text for hit in page.hits] == ["Bees anew.", "Bees again."]


async def test_stop_words_are_found_but_do_not_rank(archive: Services) -> None:
    assert await found(archive, "the by", order=Order.RELEVANCE) == ["Roses"]
    assert await found(archive, "the", order=Order.RELEVANCE) == ["Saturn", "Roses", "Tulips"]


async def test_only_the_requested_feeds_are_searched(archive: Services) -> None:
    assert await found(archive, "rain", 1) == ["A quiet week"]
    assert await found(archive, "rain", 2) == ["Saturn"]
    assert await found(archive, "rain", 1, 2) == ["Saturn", "A quiet week"]
    assert (await archive.store.search.find(parse_query("rain", NOW), frozenset())).total == 0


async def test_pages_follow_each_other_and_show_the_total(archive: Services) -> None:
    query = Query()
    first = await archive.store.search.find(query, None, order=Order.NEWEST, limit=2)
    third = await archive.store.search.find(query, None, order=Order.NEWEST, limit=2, offset=4)
    beyond = await archive.store.search.find(query, None, order=Order.NEWEST, limit=2, offset=50)

    assert ([hit.title for hit in first.hits], first.total) == (["Saturn", "東京の庭"], 5)
    assert ([hit.title for hit in third.hits], third.total) == (["Tulips"], 5)
    assert (beyond.hits, beyond.total) == ((), 5)


async def test_a_post_from_two_feeds_is_found_once(archive: Services) -> None:
    comets = post(8, source_id="tumblr:8000000001", title="Comets", text="Over the beds.")
    archive.now += timedelta(hours=1)
    await record_in(archive, comets, by=(1, 2))

    assert await found(archive, "comets") == ["Comets"]
    assert await found(archive, "comets", 2) == ["Comets"]


async def test_a_query_matches_beginnings_of_words_if_no_word_matches(archive: Services) -> None:
    page = await archive.store.search.find(parse_query("satu ring", NOW), None)

    assert [hit.title for hit in page.hits] == ["Saturn"]
    assert all(term.is_prefix for term in page.query.terms)


async def test_if_few_posts_are_found_matches_of_the_last_word_as_a_prefix_follow(
    archive: Services,
) -> None:
    """Whole words come first, on whichever page; by date, both kinds are mixed."""
    await record_in(
        archive,
        post(20, title="Old bed", text="The beans of the bed."),
        post(21, title="New bedrock", text="Beans on bedrock."),
    )
    query = parse_query("beans bed", NOW)
    pages = [await archive.store.search.find(query, None, limit=1, offset=offset) for offset in range(3)]

    assert [[hit.title for hit in page.hits] for page in pages] == [["Old bed"], ["New bedrock"], []]
    assert [page.total for page in pages] == [2, 2, 2]
    assert all(page.query.terms[-1].is_prefix for page in pages)
    assert await found(archive, "beans bed") == ["New bedrock", "Old bed"]


async def test_a_post_from_two_feeds_is_not_repeated_among_prefix_matches(archive: Services) -> None:
    """One feed's version has the word, the other's a longer word."""
    archive.now += timedelta(hours=1)
    for feed, title in zip(
        await archive.store.feeds.claim(archive.now, LEASE, 10), ("Astro club", "Astronomy club"), strict=True
    ):
        await archive.record(feed, post(26, source_id="tumblr:8000000002", title=title))
    page = await archive.store.search.find(parse_query("astro", NOW), None)

    assert (page.total, [hit.title for hit in page.hits]) == (1, ["Astro club"])


@pytest.mark.parametrize("typed", ["spring nothi", "nothi tag:rain", "nothi spring -tulips"])
async def test_the_last_word_is_taken_as_a_prefix_wherever_it_is(archive: Services, typed: str) -> None:
    assert "A quiet week" in await found(archive, typed, order=Order.RELEVANCE)


async def test_a_prefix_at_the_end_leaves_earlier_words_whole(archive: Services) -> None:
    await record_in(
        archive, post(28, title="Pond life", text="Frogs."), post(29, title="Ponds", text="Froglets.")
    )
    page = await archive.store.search.find(parse_query("pon fro", NOW, is_partial=True), None)
    narrow = await archive.store.search.find(parse_query("life fro", NOW, is_partial=True), None)

    assert {hit.title for hit in page.hits} == {"Pond life", "Ponds"}
    assert [hit.title for hit in narrow.hits] == ["Pond life"]
    assert [term.is_prefix for term in narrow.query.terms] == [False, True]


@only_sqlite
async def test_a_feed_that_is_added_while_a_search_waits_is_not_searched(archive: Services) -> None:
    """The search covered all feeds that existed when it started, which must not count as unrestricted."""
    async with sqlite_of(archive.store)._search_lock:
        asked = asyncio.ensure_future(found(archive, "beans", 1, 2))
        await asyncio.sleep(0)
        declared = [
            FeedDeclaration(url, channels=(ChannelDeclaration(100),))
            for url in (GARDEN, STARS_FEED, "https://hidden.example/rss")
        ]
        await archive.store.subscriptions.sync(declared, site_of, budget, archive.now)
        claimed = await archive.store.feeds.claim(archive.now, LEASE, 10)
        hidden = max(claimed, key=lambda feed: feed.id)
        await archive.record(hidden, post(27, title="Secret beans", link="https://hidden.example/1"))

    assert await asked == []
    assert await found(archive, "beans") == ["Secret beans"]


@only_sqlite
async def test_hits_are_kept_if_the_wider_search_takes_too_long(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_index = sqlite_of(archive.store).search

    async def slow(query: str, seconds: float, /, **values: Value) -> Sequence[Row] | None:
        is_wider = str(values["match"]).count('"saturn"') > 1
        return None if is_wider else await search_index(query, seconds, **values)

    monkeypatch.setattr(sqlite_of(archive.store), "search", slow)
    pages = [
        await archive.store.search.find(parse_query("saturn", NOW), None, order=order) for order in Order
    ]

    assert [[hit.title for hit in page.hits] for page in pages] == [["Saturn"], ["Saturn"]]
    assert all(page.is_partial for page in pages)


async def test_advice_that_takes_too_long_is_the_best_found_so_far(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_ADVICE_TIMEOUT", 0)

    assert (await archive.store.search.advise(parse_query("saturn orchids", NOW), None)).query is None


@pytest.mark.parametrize(
    ("typed", "titles", "meant", "left_out"),
    [
        ("tulpis", ["Roses", "Tulips"], ["tulips"], ()),
        ("satturn", ["Saturn"], ["saturn"], ()),
        ("satirn rings", ["Saturn"], ["saturn"], ()),
        ("stuarn rimgs", ["Saturn"], ["rings"], ("stuarn",)),
        ("title:satrun", ["Saturn"], ["saturn"], ()),
        ("walled tulips", ["Tulips"], [], ()),
        ("how does saturn look", ["Saturn"], [], ("how", "does", "look")),
        ("what is the best red for tulips?", ["Tulips"], [], ("what", "is", "the", "best", "for")),
        ("how can I find tulpis near roses?", ["Roses"], ["tulips"], ("how", "can", "I", "find", "near")),
        ("rain tulips café", ["Roses"], [], ("rain",)),
        ("walked tulips planets rings", ["Saturn", "Roses"], [], ()),
        ("walked tulips planets rings submarines -saturn", ["Roses"], [], ("planets", "rings", "submarines")),
        ("tulips submarines", ["Roses", "Tulips"], [], ("submarines",)),
        ('tulips "submarines"', [], [], ()),
        ("tulips -roses submarines", ["Tulips"], [], ("submarines",)),
        ("tag:planet satrun", [], [], ()),
        ("12345", [], [], ()),
        ("東雨", [], [], ()),
    ],
)
async def test_if_nothing_is_found_other_spellings_and_fewer_words_are_tried(
    archive: Services, typed: str, titles: list[str], meant: list[str], left_out: tuple[str, ...]
) -> None:
    page = await archive.store.search.find(parse_query(typed, NOW), None, order=Order.NEWEST)

    assert [hit.title for hit in page.hits] == titles
    assert [each.meant for each in page.corrections] == meant
    assert page.left_out == left_out


async def test_words_that_ask_are_left_out_even_if_another_post_has_them_all(archive: Services) -> None:
    await record_in(
        archive, post(30, title="Notes", text="The best way to use things, and where to find help.")
    )
    page = await archive.store.search.find(parse_query("where can I find the best red tulips?", NOW), None)

    assert [hit.title for hit in page.hits] == ["Tulips"]
    assert page.left_out == ("where", "can", "I", "find", "the", "best")


async def test_a_question_finds_posts_without_its_small_words_however_many_have_them_all(
    archive: Services,
) -> None:
    await record_in(
        archive,
        *(post(n, title=f"Note {n}", text="How do I use the peppermint?") for n in range(30, 36)),
        post(36, title="Peppermint", text="Peppermint tea: use fresh leaves."),
    )
    page = await archive.store.search.find(parse_query("how do I use the peppermint", NOW), None)

    assert page.hits[0].title == "Peppermint"
    assert page.total == 7
    assert page.left_out == ("how", "do", "I", "the")


async def test_words_that_ask_are_left_out_of_a_question_if_few_posts_have_them(archive: Services) -> None:
    await record_in(archive, *(post(n, title=f"Basil {n}", text="Dry basil slowly.") for n in range(30, 36)))
    page = await archive.store.search.find(parse_query("what is the best dry basil", NOW), None)

    assert (page.total, page.left_out) == (6, ("what", "is", "the", "best"))


async def test_small_words_of_several_languages_may_be_names(archive: Services) -> None:
    await record_in(
        archive,
        *(post(n, title=f"Part {n}", text="We watch Die Hard at Christmas.") for n in range(30, 35)),
        post(35, title="Frost", text="A hard Christmas, hard as ice, for hard workers at Christmas."),
    )

    assert len(await found(archive, "die hard at christmas")) == 5


async def test_a_word_in_a_question_is_no_slip_if_posts_have_it(archive: Services) -> None:
    await record_in(
        archive, post(30, title="Fog", text="The bog is wet."), post(31, title="Path", text="A foggy moor.")
    )
    typed = "why does the fog cover my moor"
    page = await archive.store.search.find(parse_query(typed, NOW), None)

    assert page.corrections == ()


async def test_a_spelling_is_made_only_of_words_in_the_requested_feeds(archive: Services) -> None:
    page = await archive.store.search.find(parse_query("satrun", NOW), frozenset({1}))

    assert (page.hits, page.corrections, page.suggestions) == ((), (), ())


@pytest.mark.parametrize(("tag", "titles"), [("planets", ["Saturn"]), ("summer", [])])
async def test_a_spelling_counts_only_if_a_wanted_post_has_it(
    archive: Services, tag: str, titles: list[str]
) -> None:
    wanted = wanted_by({2: Rule(tags=(tag,))})
    page = await archive.store.search.find(parse_query("satrun", NOW), frozenset({2}), wanted=wanted)

    assert [hit.title for hit in page.hits] == titles
    assert bool(page.corrections or page.suggestions) == bool(titles)


@pytest.mark.parametrize(("channel", "titles"), [(200, ["Jupiter"]), (100, [])])
async def test_a_spelling_counts_if_a_message_that_the_reader_sees_has_it(
    archive: Services, channel: int, titles: list[str]
) -> None:
    archive.now += timedelta(hours=1)
    await record_in(archive, post(6, link="https://stars.example/6", title="Jupiter"), by=(2,))
    await archive.send_all()
    posted = Posted(frozenset({2}), frozenset({channel}))
    page = await archive.store.search.find(parse_query("jupitre", NOW), frozenset({1}), posted=posted)

    assert [hit.title for hit in page.hits] == titles
    assert bool(page.corrections or page.suggestions) == bool(titles)


async def test_mending_that_takes_too_long_finds_nothing(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MENDING_TIMEOUT", 0)

    assert (await archive.store.search.find(parse_query("satrun", NOW), None)).hits == ()


@pytest.mark.parametrize("end", ["", " tul*"])
@pytest.mark.parametrize("order", [Order.RELEVANCE, Order.NEWEST])
async def test_a_search_for_long_phrases_has_an_answer(archive: Services, order: Order, end: str) -> None:
    """SQLite's parser of full-text queries has a stack of 100 levels."""
    words = [f"w{number}" for number in range(60)]
    typed = " ".join(f'"the {" ".join(words[start : start + 20])}"' for start in (0, 20, 40)) + end
    page = await archive.store.search.find(parse_query(typed, NOW), None, order=order)
    titles = await archive.store.search.titles(typed, None, NOW)

    assert (page.hits, titles) == ((), ())


async def test_a_query_that_matches_whole_words_is_not_widened(archive: Services) -> None:
    page = await archive.store.search.find(parse_query("saturn rings", NOW), None)

    assert page.query == parse_query("saturn rings", NOW)


async def test_a_word_ranks_higher_than_its_inflections(archive: Services) -> None:
    await record_in(
        archive,
        post(22, title="Dusk", text="We were watering the beans again.", published=START),
        post(
            23, title="Dawn", text="We have watered the beans again.", published=START - timedelta(days=900)
        ),
    )

    assert await found(archive, "watered beans", order=Order.RELEVANCE) == ["Dawn", "Dusk"]
    assert await found(archive, "watering beans", order=Order.RELEVANCE) == ["Dusk", "Dawn"]


async def test_finished_words_rank_while_the_last_is_still_typed(archive: Services) -> None:
    await record_in(
        archive,
        post(24, title="A pond for frogs", text="Dug by hand.", published=START - timedelta(days=900)),
        post(25, title="Rain", text="The pond is full, so frogs came.", published=START),
    )
    page = await archive.store.search.find(parse_query("pond fro", NOW, is_partial=True), None)

    assert [hit.title for hit in page.hits] == ["A pond for frogs", "Rain"]


async def test_titles_complete_what_is_typed(archive: Services) -> None:
    titles = [hit.title for hit in await archive.store.search.titles("a qui", frozenset({1}), NOW)]

    assert titles == ["A quiet week"]
    assert [hit.title for hit in await archive.store.search.titles("", frozenset({2}), NOW)] == ["Saturn"]
    assert await archive.store.search.titles("satu", frozenset({1}), NOW) == ()


async def test_tags_are_counted_in_the_requested_feeds(archive: Services) -> None:
    counts = await archive.store.search.tags(frozenset({1}))
    starting = await archive.store.search.tags(None, "SPRING_")

    assert (counts[0].tag, counts[0].entries) == ("Spring Flowers", 2)
    assert {count.tag for count in counts} == {"Spring Flowers", "c++", "rain", "summer"}
    assert [(count.tag, count.entries) for count in starting] == [("Spring Flowers", 2)]
    assert await archive.store.search.tags(frozenset({1}), "planets") == ()


@pytest.mark.parametrize(
    ("typed", "dropped", "rest", "total", "tag"),
    [
        ("saturn orchids", "orchids", "saturn", 1, ""),
        ("tulips rain", "tulips", "rain", 2, ""),
        ("rain -quiet -saturn", "-quiet", "rain -saturn", 1, ""),
        ("tulips before:2020", "before:2020-01-01", "tulips", 2, ""),
        ("tag:planet", "", "", 0, "planets"),
        ("sumer", "", "", 0, "summer"),
        ("orchids", "", "", 0, ""),
    ],
)
async def test_advice_names_the_rarest_condition_and_a_similar_tag(
    archive: Services, typed: str, dropped: str, rest: str, total: int, tag: str
) -> None:
    advice = await archive.store.search.advise(parse_query(typed, NOW), None)

    assert (advice.dropped, advice.query.text if advice.query else "") == (dropped, rest)
    assert (advice.total, advice.tag) == (total, tag)


async def test_only_messages_of_the_guild_are_returned_for_a_post(archive: Services) -> None:
    await archive.store.guilds.assign_channels({100: 7, 200: 8})
    await record_in(archive, post(9, title="Bees"))
    await archive.send_all()
    (hit,) = (await archive.store.search.find(parse_query("bees", NOW), None)).hits

    (posted,) = await archive.store.search.posted([hit.identity], 7)
    assert (posted.identity, posted.channel_id) == (hit.identity, 100)
    assert await archive.store.search.posted([hit.identity], 8) == ()


async def test_a_post_dated_in_the_future_is_not_first_forever(archive: Services) -> None:
    await record_in(archive, post(10, title="Far away", published=START + timedelta(days=9000)))
    archive.now += timedelta(days=3)
    await record_in(archive, post(11, title="Later", published=archive.now))

    assert (await found(archive, ""))[:2] == ["Later", "Far away"]


async def test_spellings_of_a_tag_are_counted_together(services: Services) -> None:
    await subscribed(services)
    await services.poll(
        post(1, tags=("Night Sky",)), post(2, tags=("night-sky", "moon")), post(3, tags=("Night Sky",))
    )

    assert [(found.tag, found.entries) for found in await services.store.search.tags(frozenset({1}))] == [
        ("Night Sky", 3),
        ("moon", 1),
    ]
    assert [found.tag for found in await services.store.search.tags(frozenset({1}), starting="#NIGHT_")] == [
        "Night Sky"
    ]


@pytest.fixture
async def moons(services: Services) -> Services:
    await services.follow(ChannelDeclaration(100))
    await services.poll(
        post(1, title="Old", tags=("moon",)),
        post(2, title="Both tags", tags=("moon", "stars")),
        post(3, title="New", tags=("moon",)),
        post(4, title="New and long", text="It rose late. " * 40, tags=("moon",)),
    )
    return services


async def test_a_tag_that_all_hits_have_does_not_rank_them(moons: Services) -> None:
    titles = await found(moons, "tag:moon", order=Order.RELEVANCE)

    assert titles == ["New and long", "New", "Both tags", "Old"]


async def test_posts_with_more_of_the_searched_tags_come_first(moons: Services) -> None:
    titles = await found(moons, "tag:moon OR tag:stars", order=Order.RELEVANCE)

    assert titles == ["Both tags", "New", "Old", "New and long"]


async def test_adjacent_words_rank_higher_than_words_far_apart(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))
    far = "Frost in the morning, then a long walk along the river until we saw the first moon of the year."
    near = "In the morning a long walk along the river until the first of the year, then we saw a frost moon."
    await services.poll(post(1, title="Near", text=near), post(2, title="Far", text=far))

    assert await found(services, "frost moon", order=Order.RELEVANCE) == ["Near", "Far"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("I don't mind.", "dont"),
        ("I dont mind.", "don't"),
        ("Send an e-mail.", "emails"),
        ("Send an email.", "e-mail"),
        ("Made in the U.S.A.", "usa"),
        ("وصل القطاف مبكرا", "قطاف"),
        ("وصل والقطاف مبكرا", "قطاف"),
        ("Der Garten ist im Regen. We walked and it was bright.", "gartens walking"),
    ],
)
async def test_a_word_is_found_in_another_form(services: Services, text: str, typed: str) -> None:
    await services.follow(ChannelDeclaration(100))
    await services.poll(post(1, title="", text=text))

    assert len(await found(services, typed)) == 1


async def test_a_phrase_is_found_as_written(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))
    await services.poll(post(1, title="One", text="We walked home."))

    assert (await found(services, '"walked home"'), await found(services, '"walking home"')) == (["One"], [])


async def test_a_short_post_is_stemmed_in_its_feeds_usual_language(services: Services) -> None:
    await services.follow(ChannelDeclaration(100))
    swedish = "Vi gick i skogen och det var inte kallt, men vi hade med oss en filt som var varm."
    await services.poll(*(post(number, title="", text=swedish) for number in range(3)))
    await services.poll(post(9, title="Snabbt språk", text=""))

    assert await found(services, "språket snabb") == ["Snabbt språk"]


@pytest.mark.parametrize(
    "rule",
    [
        Rule(tags=("spring-flowers",)),
        Rule(tags=("#Summer", "rain")),
        Rule(exclude_tags=("spring flowers", "none")),
        Rule(tags=("spring flowers", "summer"), exclude_tags=("c++",)),
    ],
)
async def test_the_index_wants_the_posts_that_a_rule_wants(archive: Services, rule: Rule) -> None:
    everything = await archive.store.search.find(Query(), None, order=Order.NEWEST, limit=25)
    garden = [hit for hit in everything.hits if hit.feed_id == 1]
    wanted = [hit.title for hit in garden if match(rule, Entry(guid="", link="", tags=hit.tags)).wanted]
    assert 0 < len(wanted) < len(garden)

    for rules, others in (({1: rule}, []), ({1: rule, 2: Rule()}, ["Saturn"])):
        found = await archive.store.search.find(
            Query(), frozenset(rules), order=Order.NEWEST, limit=25, wanted=wanted_by(rules)
        )
        assert [hit.title for hit in found.hits] == [*others, *wanted]
