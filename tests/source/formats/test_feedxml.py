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


PAGE, DATA = "https://g.example/7", "https://g.example/api/7"


def atom_link(*links: str) -> str:
    entry = f"<entry><id>urn:7</id><title>x</title>{''.join(links)}</entry>"
    (found,) = parse_document(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{entry}</feed>'
    ).entries
    return found.link


@pytest.mark.parametrize(
    "page",
    [
        f'<link href="{PAGE}"/>',
        f'<link rel="alternate" type="TEXT/HTML; charset=utf-8" href="{PAGE}"/>',
        f'<link rel="http://www.iana.org/assignments/relation/alternate" href="{PAGE}"/>',
        f'<link rel="Alternate" type="application/xhtml+xml" href="{PAGE}"/>',
    ],
)
@pytest.mark.parametrize(
    "other",
    [
        f'<link rel="alternate" type="application/json" href="{DATA}"/>',
        f'<link rel="alternate" type="application/activity+json" href="{DATA}"/>',
        f'<link rel="alternate" type="application/atom+xml" href="{DATA}"/>',
        f'<link rel="alternate" type="application/pdf" href="{DATA}.pdf"/>',
        f'<link rel="alternate" href="{DATA}.json"/>',
        f'<link rel="self" type="text/html" href="{DATA}"/>',
        f'<link rel="self" href="{DATA}"/>',
        f'<link rel="related" href="{DATA}"/>',
    ],
)
def test_the_page_wins_over_other_alternates_in_any_order(page: str, other: str) -> None:
    assert atom_link(page, other) == atom_link(other, page) == PAGE


def test_data_and_the_entry_itself_are_no_page() -> None:
    assert atom_link(f'<link rel="alternate" type="application/json" href="{DATA}"/>') == ""
    assert atom_link(f'<link rel="self" href="{DATA}"/>') == ""
    assert atom_link(f'<link rel="alternate" type="application/pdf" href="{DATA}.pdf"/>') == f"{DATA}.pdf"


@pytest.mark.parametrize(
    ("namespace", "attributes"),
    [
        ("xmlns:enc", 'resource="https://g.example/barrow.jpg" type="image/jpeg"'),
        ("xmlns:enc", 'rdf:resource="https://g.example/barrow.jpg" enc:type="image/jpeg" enc:length="4"'),
        ("xmlns:enc", 'enc:url="https://g.example/barrow.jpg"'),
        ("xmlns:e", 'e:resource="https://g.example/barrow.jpg" e:type="image/jpeg"'),
    ],
)
def test_an_enclosure_of_rss_1_is_read(namespace: str, attributes: str) -> None:
    prefix = namespace.partition(":")[2]
    (entry,) = parse_document(
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        {namespace}="http://purl.oclc.org/net/rss_2.0/enc#"><item rdf:about="{PAGE}"><title>Old wheelbarrow</title>
        <link>{PAGE}</link><{prefix}:enclosure {attributes}/></item></rdf:RDF>"""
    ).entries

    assert [media.url for media in entry.media] == ["https://g.example/barrow.jpg"]
