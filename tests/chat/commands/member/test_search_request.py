"""The options of a search are stored, parsed and described in plain words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.common.responses import UserError
from bot.chat.commands.member.search_describe import describe
from bot.chat.commands.member.search_request import (
    SearchOptions,
    from_json,
    parse_options,
    removed_conditions,
    to_json,
)
from bot.model import Order, Query
from bot.search.query import parse_query

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@given(
    st.builds(
        SearchOptions,
        query=st.text(max_size=50),
        tag=st.text(max_size=20),
        feed=st.text(max_size=20),
        order=st.sampled_from(Order),
        limit=st.none() | st.integers(1, 20),
        without=st.lists(st.text(max_size=9)).map(tuple),
    )
)
def test_stored_options_are_read_back_unchanged(options: SearchOptions) -> None:
    assert from_json(to_json(options)) == options


def test_options_that_this_version_does_not_know_are_ignored() -> None:
    assert from_json('{"query": "beans", "colour": "green"}') == SearchOptions("beans")


def test_options_mean_the_same_as_words_in_the_query() -> None:
    typed = parse_options(SearchOptions('beans tag:"night sky" after:2026 before:2026-05'), NOW)
    chosen = parse_options(SearchOptions("beans", tag="night sky", after="2026", before="2026-05"), NOW)

    assert replace(chosen, text="") == replace(typed, text="")


def test_the_narrower_of_two_dates_counts() -> None:
    query = parse_options(SearchOptions("beans after:2025 before:2026-05", after="2026", before="30d"), NOW)

    assert query.after == datetime(2026, 1, 1, tzinfo=UTC)
    assert query.before == NOW - timedelta(days=30)


@pytest.mark.parametrize("tag", ['"', 'a" OR b', "“quoted”", "#", "-", "feed:x"])
def test_a_tag_stays_one_tag_whatever_it_contains(tag: str) -> None:
    query = parse_options(SearchOptions("beans", tag=tag), NOW)

    assert query.feeds == ()
    assert len(query.terms) <= 2


def test_a_date_may_contain_spaces() -> None:
    assert parse_options(SearchOptions(after=" 2 w "), NOW).after == NOW - timedelta(weeks=2)


def test_dates_are_read_in_the_askers_language_and_the_servers_time_zone() -> None:
    options = SearchOptions(after="letzte Woche", before="03.04.2026", language="de")

    query = parse_options(options, NOW, ZoneInfo("Europe/Berlin"))

    assert query.after == datetime(2026, 4, 26, 22, tzinfo=UTC)
    assert query.before == datetime(2026, 4, 2, 22, tzinfo=UTC)


def test_an_option_that_is_not_a_date_raises_an_error() -> None:
    with pytest.raises(UserError, match="isn't a date"):
        parse_options(SearchOptions(after="soon"), NOW)


@pytest.mark.parametrize(
    "typed",
    [
        "beans comets",
        "beans tag:stars",
        "beans after:2020",
        "beans before:2020",
        "beans moon OR frost",
        "beans -(moon frost)",
    ],
)
def test_a_removed_condition_stays_removed(typed: str) -> None:
    query = parse_query(typed, NOW)
    relaxed = replace(parse_query("beans", NOW), text=typed)

    removed = removed_conditions(query, relaxed)

    assert parse_options(SearchOptions(typed, without=removed), NOW) == relaxed


@pytest.mark.parametrize(
    ("typed", "described"),
    [
        ("", ""),
        ("beans", "with beans"),
        ("beans peas", "with beans and peas"),
        ('"night sky"', "with “night sky”"),
        ("tag:moon", "tagged moon"),
        ("author:iris", "by iris"),
        ("title:comet", "with comet in the title"),
        ("-peas", "without peas"),
        ("beans -peas", "with beans, without peas"),
        ("-peas beans -soil", "with beans, without peas or soil"),
        ("-tag:stars beans", "with beans, without the tag stars"),
        ("-author:iris -title:comet", "without comet in the title, by anyone but iris"),
        (
            'beans tag:"night sky" title:comet author:iris',
            "with beans, with comet in the title, tagged night sky, by iris",
        ),
        ("#stars Tag:beds beans", "with beans, tagged stars and beds"),
        ("*beans*", r"with \*beans\*"),
        ("clim* peas", "with peas and words that start with clim"),
        ("moon OR frost", "with moon or frost"),
        ("beans moon OR frost*", "with beans and either moon or frost…"),
        (
            "(moon OR tag:frost) (ice OR (snow rain))",
            "with either moon or tag:frost and either ice, or snow and rain",
        ),
        ("-(moon OR frost)", "without moon or frost"),
        ("beans -(moon frost)", "with beans, not with moon and frost together"),
    ],
)
def test_conditions_are_described_in_plain_words(typed: str, described: str) -> None:
    assert describe(parse_query(typed, NOW)) == described


def test_feeds_and_dates_are_described_too() -> None:
    query = Query(after=NOW, before=NOW)
    stamp = int(NOW.timestamp())

    described = describe(query, ("Garden *Notes*", "Stars", "Pond", "Moss", "Hedge"))

    assert described == (
        rf"from **Garden \*Notes\***, **Stars**, **Pond** or 2 more, since <t:{stamp}:D>, before <t:{stamp}:D>"
    )


def test_a_feed_alone_is_described_too() -> None:
    assert describe(Query(), ("Many Tongues",)) == "from **Many Tongues**"


def test_terms_that_match_the_beginning_of_a_word_are_described_as_such() -> None:
    query = parse_query("beans artich tag:sta", NOW)

    assert describe(query, widened=query.terms[1:]) == (
        "with beans and words that start with artich, tagged sta…"
    )


def test_a_request_stored_by_an_older_version_keeps_its_limit() -> None:
    assert from_json('{"most": 7, "order": "newest"}').limit == 7


def test_conditions_that_are_too_long_together_leave_no_stray_comma() -> None:
    words = [(f"{first}_a_b_c_d_e_f_g_h_i_j_k", f"{first}_l_m_n_o_p_q_r_s_t_u_v") for first in "abcdef"]
    typed = " OR ".join(f"({one} {other})" for one, other in words)

    assert describe(parse_query(typed, NOW)) == "…"
