"""The menus below an answer: they narrow it to a year or a tag, and undo that, also after a restart."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.member.search_facets import tag_options, year_options
from bot.chat.services import Services
from bot.model import Facets, Narrowing, TagCount, YearCount
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.server import SandboxDiscord
from bot.store.sqlite import fts_match
from bot.store.store import Store
from bot.text import limits
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, post, run_chat, text_of
from tests.chat.commands.member.test_search import ask, labels, press_and_wait, titles
from tests.chat.conftest import Opened

YEAR, TAG = "Narrow by year", "Narrow by tag"


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """Twelve posts: eight of 2026 and four of 2025, tagged by turns."""
    found = Blogs(store, server.guild.id, server.news.id)
    await found.follow()
    # Post 1 is of 25 January 2026, and every number is a day.
    await found.poll(
        *(post(number, "roses" if number % 2 else "Night Sky") for number in (*range(1, 9), *range(-39, -35)))
    )
    return found


def menus(message: StoredMessage) -> dict[str, list[Mapping[str, Any]]]:
    """Return the options of each menu, by its placeholder."""
    found = (each for row in message.components for each in row["components"])
    return {each["placeholder"]: each["options"] for each in found if each["type"] == 3}


def options_of(message: StoredMessage, menu: str) -> list[str]:
    return [each["label"] for each in menus(message)[menu]]


async def choose(server: ServerFixture, message: StoredMessage, menu: str, label: str) -> StoredMessage:
    """Choose from a menu as the member, and return the changed answer."""
    (value,) = [each["value"] for each in menus(message)[menu] if each["label"] == label]
    before = len(message.edits)
    answer = await server.press(message, menu, user=server.member, values=(value,))
    await server.discord.wait_for(lambda: answer.message and len(answer.message.edits) > before)
    assert answer.message is not None
    return answer.message


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_years_and_tags_narrow_an_answer_and_are_undone(server: ServerFixture) -> None:
    whole = await ask(server, query="beans")
    assert options_of(whole, YEAR) == ["2026 (8)", "2025 (4)"]
    assert options_of(whole, TAG) == ["Night Sky (6)", "roses (6)"]

    old = await choose(server, whole, YEAR, "2025 (4)")
    assert text_of(old).startswith("**4 posts** with beans, in 2025\n")
    assert options_of(old, YEAR) == ["All years", "2026 (8)", "2025 (4)"]
    assert options_of(old, TAG) == ["Night Sky (2)", "roses (2)"]

    roses = await choose(server, old, TAG, "roses (2)")
    assert text_of(roses).startswith("**2 posts** with beans, tagged roses, in 2025\n")
    assert [each["default"] for each in menus(roses)[TAG] if each["label"].startswith("roses")] == [True]

    newer = await choose(server, roses, YEAR, "2026 (4)")
    assert text_of(newer).startswith("**4 posts** with beans, tagged roses, in 2026\n")
    all_roses = await choose(server, newer, YEAR, "All years")
    assert text_of(all_roses).startswith("**6 posts** with beans, tagged roses\n")
    assert options_of(all_roses, YEAR) == ["2026 (4)", "2025 (2)"]
    assert text_of(await choose(server, all_roses, TAG, "All tags")) == text_of(whole)


@pytest.mark.usefixtures("blogs")
async def test_menus_work_after_a_restart_and_pages_stay_narrowed(
    sandbox_discord: SandboxDiscord, server: ServerFixture, services: Services, opened: Opened
) -> None:
    async with run_chat(sandbox_discord, services, opened, server):
        await sandbox_discord.wait_for(lambda: sandbox_discord.commands[None])
        whole = await ask(server, query="beans", sort="newest")

    async with run_chat(sandbox_discord, services, opened, server):
        roses = await choose(server, whole, TAG, "roses (6)")
        second = await press_and_wait(server, roses, "Next")

    assert [*titles(roses), *titles(second)] == [f"Bed {number}" for number in (7, 5, 3, 1, -37, -39)]
    assert [each["label"] for each in menus(second)[TAG] if each.get("default")] == ["roses (6)"]


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_a_page_or_the_newest_posts_have_no_menus(server: ServerFixture) -> None:
    assert menus(await ask(server, query="title:1")) == {}
    assert menus(await ask(server, "latest", count=20)) == {}


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_the_answer_says_how_many_posts_the_menus_count(
    server: ServerFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fts_match, "MAX_HITS", 9)

    many = await ask(server, query="beans")

    assert "-# The menus below count the newest 9 posts.\n" in text_of(many)
    assert options_of(many, YEAR) == ["2026 (8)", "2025 (1)"]


@pytest.mark.usefixtures("running_chat")
async def test_a_choice_that_finds_nothing_now_can_be_undone(server: ServerFixture, blogs: Blogs) -> None:
    whole = await ask(server, query="beans")
    await blogs.store.archive.prune(blogs.now + timedelta(days=1), blogs.now, 100)
    await blogs.poll(*(post(number, title=f"Bed {number}") for number in range(200, 207)))

    nothing = await choose(server, whole, TAG, "roses (6)")
    assert "there are none with beans, tagged roses." in text_of(nothing)

    assert text_of(await choose(server, nothing, TAG, "All tags")).startswith("**7 posts** with beans\n")


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_the_last_option_says_how_to_find_facets_that_do_not_fit(
    server: ServerFixture, blogs: Blogs
) -> None:
    await blogs.poll(*(post(number, f"tag {number}") for number in range(300, 330)))
    whole = await ask(server, query="beans")
    found = menus(whole)[TAG]

    answer = await server.press(whole, TAG, user=server.member, values=("more",))
    await server.discord.wait_for(lambda: answer.message)

    assert len(found) == limits.MENU_OPTIONS
    assert found[-1]["label"] == "…"
    assert text_of(answer.message).startswith("For another tag, run `/search` again with the option `tag`")
    assert labels(whole) == ["Next", "Share"]


TAGS = st.lists(
    st.builds(TagCount, st.text(min_size=1, max_size=150), st.integers(1, 5000)),
    max_size=25,
    unique_by=lambda each: each.tag,
)


YEARS = st.lists(
    st.builds(YearCount, st.integers(1, 9999), st.integers(1, 5000)),
    max_size=60,
    unique_by=lambda each: each.year,
)


def test_the_number_after_a_right_to_left_tag_stays_after_it() -> None:
    (option,) = tag_options(Facets((), (TagCount("حديقة", 5),)), Narrowing())

    assert option.label == "\u2068حديقة\u2069 (5)"


@given(
    TAGS,
    st.integers(0, 5000),
    st.lists(
        st.builds(YearCount, st.integers(1, 9999), st.integers(1, 5000)),
        max_size=60,
        unique_by=lambda each: each.year,
    ),
    st.builds(Narrowing, st.none() | st.integers(1, 9999), st.just("") | st.text(min_size=1, max_size=80)),
)
def test_menus_are_within_discords_limits_whatever_the_tags_are(
    tags: list[TagCount], more: int, years: list[YearCount], chosen: Narrowing
) -> None:
    facets = Facets(tuple(years), tuple(tags), more)

    for options, is_chosen in (
        (tag_options(facets, chosen), bool(chosen.tag)),
        (year_options(facets, chosen), chosen.year is not None),
    ):
        assert len(options) <= limits.MENU_OPTIONS
        assert len({each.value for each in options}) == len(options)
        assert not options or len([each for each in options if each.default]) <= 1
        for each in options:
            assert 1 <= limits.utf16_length(each.label) <= 100
            assert 1 <= limits.utf16_length(each.value) <= 100
        if is_chosen:
            assert "all" in [each.value for each in options]
