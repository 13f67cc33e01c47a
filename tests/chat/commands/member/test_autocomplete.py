"""Autocomplete for members: titles that find their post, tags with counts, common dates."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.commands.member.autocomplete import date_choices, title_choices, title_query
from bot.model import Field
from bot.search.dates import parse_date
from bot.search.query import parse_query
from bot.store.store import Store
from bot.text import limits
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import ServerFixture, post
from tests.chat.commands.member.test_search import ask, titles
from tests.chat.commands.member.test_search_page import hit

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


async def offered(server: ServerFixture, focused: str, **options: str) -> list[tuple[str, str]]:
    options.setdefault(focused, "")
    found = await server.discord.complete(
        server.guild, server.talk, server.member, "search", dict(options), focused=focused
    )
    return [(each["name"], each["value"]) for each in found]


@pytest.mark.usefixtures("running_chat")
@pytest.mark.parametrize(
    "title",
    [
        "Sowing beans",
        'The "night" sky: a diary',
        "-really- hidden — or not?",
        "#stars after:2026 tag:none",
        "A very long title " + "of many words " * 12,
        "東京の庭",
    ],
)
async def test_a_chosen_title_finds_its_post(server: ServerFixture, blogs: Blogs, title: str) -> None:
    await blogs.follow()
    await blogs.poll(post(1, title=title), post(2, title="Another one"))

    (choice,) = [value for name, value in await offered(server, "query") if not name.startswith("Another")]

    assert len(titles(await ask(server, query=choice))) >= 1
    assert "Another one" not in titles(await ask(server, query=choice))


@given(st.text(max_size=400) | st.text('(-|"#:*& )xOR', max_size=20))
@example("Frost (-5 °C) tonight")
@example("Frost |-5")
def test_a_title_as_a_query_has_no_other_meaning_than_its_words(title: str) -> None:
    words = title_query(title)
    query = parse_query(words, NOW)

    assert limits.utf16_length(words) <= 100
    assert query.feeds == ()
    assert (query.after, query.before) == (None, None)
    assert all(term.field is Field.ANY and not term.is_excluded for term in query.terms)


@given(st.lists(st.text(max_size=200), max_size=40))
def test_each_title_is_offered_once_within_discords_limits(found: list[str]) -> None:
    choices = title_choices(tuple(hit(number, "", title) for number, title in enumerate(found)))

    assert len(choices) <= 25
    assert len({each.value for each in choices}) == len(choices)
    for each in choices:
        assert 1 <= limits.utf16_length(each.name) <= 100
        assert 1 <= limits.utf16_length(each.value) <= 100


@pytest.mark.usefixtures("running_chat")
async def test_tags_are_those_of_the_named_feed(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow()
    await blogs.follow(STARS, "Star Diary")
    await blogs.poll(post(1, "beans"), post(2, "beans", "roses"))
    await blogs.poll(post(3, "comets"), url=STARS)

    assert await offered(server, "tag") == [
        ("beans (2)", "beans"),
        ("comets (1)", "comets"),
        ("roses (1)", "roses"),
    ]
    assert await offered(server, "tag", feed="Star") == [("comets (1)", "comets")]
    assert await offered(server, "tag", tag="RO") == [("roses (1)", "roses")]


@pytest.mark.parametrize("typed", ["", "this", "2025", "7", "month"])
def test_every_offered_date_can_be_parsed(typed: str) -> None:
    choices = date_choices(typed, NOW)

    assert choices != []
    assert all(parse_date(each.value, NOW) for each in choices)


def test_a_typed_date_is_offered_unchanged() -> None:
    assert [each.value for each in date_choices("2026-04-02", NOW)] == ["2026-04-02"]


def test_the_last_twelve_months_are_offered_without_gaps() -> None:
    months = [each.value for each in date_choices("the beginning of", datetime(2026, 3, 31, tzinfo=UTC))]

    assert months[:4] == ["2026-03", "2026-02", "2026-01", "2025-12"]
    assert len(months) == 12


@pytest.mark.usefixtures("running_chat")
async def test_a_store_that_fails_offers_nothing(server: ServerFixture, store: Store) -> None:
    await store.close()

    assert await offered(server, "query", query="beans") == []
