"""RSS and Atom elements. Whole documents are in the golden pairs."""

import pytest

from tests.source.formats.documents import only, reading, rss


def test_a_guid_stays_as_the_document_has_it_wherever_the_document_lies() -> None:
    assert only("<item><guid>post 7</guid></item>").guid == "post 7"


def test_a_guid_that_is_an_address_is_the_link_where_there_is_none() -> None:
    address = "https://g.example/7"

    assert only(f"<item><guid>{address}</guid></item>").link == address
    assert only(f"<item><link></link><guid>{address}</guid></item>").link == address
    assert only(f'<item><guid isPermaLink="false">{address}</guid></item>').link == address
    assert only("<item><guid>7</guid></item>").link == ""
    assert only(
        f"<item><link>/8</link><guid>{address}</guid></item>", "<link>https://g.example</link>"
    ).link == ("https://g.example/8")


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>99999999</ttl>", 365 * 86400),
        (
            '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">weekly</sy:updatePeriod>',
            604800,
        ),
        ("", None),
    ],
)
def test_the_time_to_live_is_what_the_feed_says(channel: str, seconds: int | None) -> None:
    ttl = reading(rss("", channel)).ttl

    assert (ttl and ttl.total_seconds()) == seconds
