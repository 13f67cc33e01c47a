"""What a member asked for is kept, understood and said again in plain words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.common.responses import UserError
from bot.chat.commands.member.search_request import Asked, describe, left_out, read, understand, write
from bot.model import Order, Query
from bot.search.query import parse_query

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@given(
    st.builds(
        Asked,
        query=st.text(max_size=50),
        tag=st.text(max_size=20),
        feed=st.text(max_size=20),
        order=st.sampled_from(Order),
        most=st.none() | st.integers(1, 20),
        without=st.lists(st.text(max_size=9)).map(tuple),
    )
)
def test_what_was_asked_is_read_as_it_was_written(asked: Asked) -> None:
    assert read(write(asked)) == asked


def test_what_another_version_wrote_is_read_as_far_as_it_is_known() -> None:
    assert read('{"query": "beans", "colour": "green"}') == Asked("beans")


def test_options_mean_the_same_as_words_in_the_query() -> None:
    typed = understand(Asked('beans tag:"night sky" after:2026 before:2026-05'), NOW)
    chosen = understand(Asked("beans", tag="night sky", after="2026", before="2026-05"), NOW)

    assert replace(chosen, text="") == replace(typed, text="")


def test_of_two_bounds_the_narrower_one_holds() -> None:
    query = understand(Asked("beans after:2025 before:2026-05", after="2026", before="30d"), NOW)

    assert query.after == datetime(2026, 1, 1, tzinfo=UTC)
    assert query.before == NOW - timedelta(days=30)


@pytest.mark.parametrize("tag", ['"', 'a" OR b', "“quoted”", "#", "-", "feed:x"])
def test_a_tag_stays_one_tag_whatever_is_in_it(tag: str) -> None:
    query = understand(Asked("beans", tag=tag), NOW)

    assert query.feeds == ()
    assert len(query.terms) <= 2


def test_a_date_may_be_written_as_people_do() -> None:
    assert understand(Asked(after=" 2 w "), NOW).after == NOW - timedelta(weeks=2)


def test_an_option_that_is_no_date_is_refused() -> None:
    with pytest.raises(UserError, match="no date"):
        understand(Asked(after="soon"), NOW)


@pytest.mark.parametrize(
    "typed", ["beans comets", "beans tag:stars", "beans after:2020", "beans before:2020"]
)
def test_a_condition_that_was_left_out_stays_out(typed: str) -> None:
    query = parse_query(typed, NOW)
    lessened = replace(parse_query("beans", NOW), text=typed)

    less = left_out(query, lessened)

    assert understand(Asked(typed, without=less), NOW) == lessened


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", ""),
        ("beans", "beans"),
        ("beans peas", "beans and peas"),
        ('"night sky"', "“night sky”"),
        ("beans -peas", "beans, not peas"),
        ("-tag:stars beans", "beans, not tagged stars"),
        (
            'beans tag:"night sky" title:comet author:iris',
            "beans, tagged night sky, comet in the title, by iris",
        ),
        ("#stars Tag:beds beans", "beans, tagged stars, tagged beds"),
        ("*beans*", r"\*beans\*"),
    ],
)
def test_conditions_are_told_in_plain_words(typed: str, told: str) -> None:
    assert describe(parse_query(typed, NOW)) == told


def test_feeds_and_dates_are_told_too() -> None:
    query = Query(after=NOW, before=NOW)
    stamp = int(NOW.timestamp())

    told = describe(query, ("Garden *Notes*", "Stars", "Pond", "Moss", "Hedge"))

    assert told == (
        rf"of **Garden \*Notes\***, **Stars**, **Pond** or 2 more, since <t:{stamp}:D>, before <t:{stamp}:D>"
    )
