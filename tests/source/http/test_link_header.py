"""The header `Link`, as servers write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.source.http.link_header import Link, parse_links
from tests.growth import assert_linear

BASE = "https://garden.example/blog/"


def shown(header: str) -> list[tuple[str, set[str], dict[str, str]]]:
    return [(link.url, set(link.relations), dict(link.parameters)) for link in parse_links(header, BASE)]


@pytest.mark.parametrize(
    ("header", "relations", "parameters"),
    [
        ("</feed>; rel=alternate; type=application/rss+xml", {"alternate"}, {"type": "application/rss+xml"}),
        ('</feed>;rel="alternate";type="text/xml"', {"alternate"}, {"type": "text/xml"}),
        ('</feed> ; REL = "Alternate  Feed" ; Title="a"', {"alternate", "feed"}, {"title": "a"}),
        ('</feed>; rel="a"; rel="b"', {"a"}, {}),
        (r'</feed>; title="a \"b\"; c, <d>"; rel=feed', {"feed"}, {"title": 'a "b"; c, <d>'}),
        ("</feed>", set(), {}),
        ("</feed>;;rel=feed;", {"feed"}, {}),
        ("</feed>; crossorigin; rel=feed", {"feed"}, {"crossorigin": ""}),
        ("</feed>; rel=", set(), {}),
        ('</feed>; rel="feed', {"feed"}, {}),
        ("</feed>; title*=UTF-8''gr%C3%BCn; rel=feed", {"feed"}, {"title*": "UTF-8''gr%C3%BCn"}),
        ("</feed>; rel=https://api.w.org/", {"https://api.w.org/"}, {}),
        (", ,</feed>; rel=feed, ,", {"feed"}, {}),
    ],
)
def test_a_link_is_read_in_every_spelling(
    header: str, relations: set[str], parameters: dict[str, str]
) -> None:
    assert shown(header) == [("https://garden.example/feed", relations, parameters)]


def test_several_links_are_read_in_order() -> None:
    header = (
        '<https://garden.example/wp-json/>; rel="https://api.w.org/",'
        ' <a,b;c.xml>; rel="alternate"; title="One, two; three", <?p=1>;rel=shortlink,<//other.example/x>'
    )

    assert [link.url for link in parse_links(header, BASE)] == [
        "https://garden.example/wp-json/",
        "https://garden.example/blog/a,b;c.xml",
        "https://garden.example/blog/?p=1",
        "https://other.example/x",
    ]


@pytest.mark.parametrize(
    "header",
    ["", ",", "feed", "<", "<feed", "<javascript:alert(1)>; rel=feed", "<http://[::1>; rel=feed"],
)
def test_unusable_links_are_skipped(header: str) -> None:
    assert shown(header) == []
    assert shown(f"{header}, </feed>; rel=feed")[-1:] == shown("</feed>; rel=feed")


def test_a_link_about_another_page_is_skipped() -> None:
    assert shown('</feed>; rel=alternate; anchor="https://other.example/"') == []


def test_a_part_that_is_no_link_does_not_hide_the_next_one() -> None:
    assert shown('nonsense; title="a, b", </feed>; rel=feed')[0][1] == {"feed"}


def test_a_parameter_of_a_link_is_found_by_name() -> None:
    link = Link("https://garden.example/feed", parameters=(("type", "text/xml"),))

    assert (link.parameter("type"), link.parameter("title")) == ("text/xml", "")


@pytest.mark.parametrize("part", ["<a>;", '<a>;b="', "<", ",", ' ;a="\\', ";a=b", "<a>,", "x"])
def test_a_hostile_header_costs_linear_time(part: str) -> None:
    assert_linear(lambda header: parse_links(header, BASE), part, size=65_000)


@given(st.text(alphabet='<>;,="\\ ab/', max_size=60))
def test_any_header_is_read(header: str) -> None:
    parse_links(header, BASE)
