"""RSS and Atom elements. Whole documents are in the golden pairs."""

import pytest

from tests.source.formats.documents import parse_document, parse_item, rss


def test_a_guid_is_not_resolved_against_the_documents_address() -> None:
    assert parse_item("<item><guid>post 7</guid></item>").guid == "post 7"


def test_a_guid_that_is_an_address_is_the_fallback_for_the_link() -> None:
    address = "https://g.example/7"

    assert parse_item(f"<item><guid>{address}</guid></item>").link == address
    assert parse_item(f"<item><link></link><guid>{address}</guid></item>").link == address
    assert parse_item(f'<item><guid isPermaLink="false">{address}</guid></item>').link == address
    assert parse_item("<item><guid>7</guid></item>").link == ""
    assert parse_item(
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
def test_the_ttl_is_read_in_all_forms(channel: str, seconds: int | None) -> None:
    ttl = parse_document(rss("", channel)).ttl

    assert (ttl and ttl.total_seconds()) == seconds
