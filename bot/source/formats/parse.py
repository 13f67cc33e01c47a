"""Parse a document of any format into a ParsedFeed. Runs in the parser process; the only importer of feedparser."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, ClassVar
from xml.sax.xmlreader import AttributesNSImpl

import feedparser

from bot.errors import HtmlPage, Incomplete, NotAFeed, Unreadable
from bot.model import Fetched, Items, ParsedFeed
from bot.source.entry.dates import find_order, needs_order
from bot.source.entry.normalise import (
    MAX_LANGUAGE_LENGTH,
    DocumentContext,
    distinct_names,
    normalise_entries,
    title_text,
)
from bot.source.entry.tag_lists import find_split, needs_document
from bot.source.formats import feedxml, jsonfeed, tumblr_api, wordpress
from bot.source.formats.torn import cut_xml
from bot.source.formats.well_formed import make_well_formed
from bot.source.http.decode import decode
from bot.source.tumblr.addresses import is_tumblr_feed, names_tumblr
from bot.text.links import host_of

_MAX_RAW_TAGS = 1000
"""Tags of one entry that feedparser collects. Fewer are kept."""

_MAX_ATTRIBUTES = 200
"""Attributes of one element that feedparser reads."""


def parse_feed(document: Fetched) -> ParsedFeed:
    """Parse a document up to its last complete item. The content decides the format, because servers send any type.

    Raises Unreadable, NotAFeed, or Incomplete for a feed without any complete item.
    """
    text = decode(document.body, document.content_type)
    if jsonfeed.looks_like_json(text):
        parse_json = tumblr_api.parse if tumblr_api.looks_like_response(text) else jsonfeed.parse
        return parse_json(text, document.url)
    if wordpress.looks_like_posts(text):
        return wordpress.parse(text, document.url)
    if text[:200].lower().startswith(("<!doctype html", "<html")):
        raise HtmlPage(document.url)
    cut = cut_xml(text)
    if cut.torn and not cut.text:
        raise Incomplete(document.url)
    raw = _run_feedparser(make_well_formed(cut.text), document.url)
    feed = _to_parsed_feed(raw, document.url)
    return replace(feed, torn=cut.torn, items=None if cut.torn or raw.bozo else feed.items)


def _run_feedparser(text: str, url: str) -> feedparser.FeedParserDict:
    """Run feedparser. It does not get the address, because it would resolve guids that are not addresses against it."""
    try:
        raw = feedparser.parse(
            io.BytesIO(text.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(url) from error
    if not raw.entries and not raw.get("version"):
        raise NotAFeed(url)
    return raw


def _to_parsed_feed(raw: feedparser.FeedParserDict, url: str) -> ParsedFeed:
    version = str(raw.get("version") or "rss")
    atom = version.startswith("atom")
    link = feedxml.feed_page(raw.feed, atom, url)
    feed = dict(raw.feed)
    categories = [list(feedxml.categories_of(entry)) for entry in raw.entries]
    dates = [text for entry in raw.entries for text in feedxml.date_texts(entry)]
    split, order = find_split(categories), find_order(dates)
    normalised = normalise_entries(
        raw.entries,
        lambda entry: feedxml.to_raw_entry(entry, atom, split, feed, order),
        _context_of(raw, link, url, atom=atom),
    )
    needs_all = bool(normalised.left_out) or needs_order(dates) or needs_document(categories)
    return ParsedFeed(
        format="rdf" if version in ("rss10", "rss090") else version,
        title=title_text(str(raw.feed.get("title", "")), markup=True),
        link=link,
        language=str(raw.feed.get("language") or "")[:MAX_LANGUAGE_LENGTH],
        ttl=feedxml.ttl_of(raw.feed),
        entries=normalised.entries,
        skipped=normalised.skipped,
        left_out=normalised.left_out,
        older=feedxml.older_page_url(raw.feed, url),
        complete=feedxml.is_complete(raw.feed, raw.get("namespaces")),
        items=Items(normalised.places, independent=not needs_all and not _links_decide(raw, link, url)),
    )


def _context_of(raw: feedparser.FeedParserDict, link: str, url: str, *, atom: bool) -> DocumentContext:
    links = [str(entry.get("link", "")) for entry in raw.entries[:20]]
    authors = distinct_names(feedxml.authors_of(raw.feed)) if atom else ()
    return DocumentContext(url=url, link=link, authors=authors, from_tumblr=_is_tumblr(raw, link, url, links))


def _links_decide(raw: feedparser.FeedParserDict, link: str, url: str) -> bool:
    """Return whether only the entries' links show if the feed is Tumblr's."""
    return names_tumblr(_generator(raw)) and not _is_tumblr(raw, link, url, ())


def _is_tumblr(raw: feedparser.FeedParserDict, link: str, url: str, links: Sequence[str]) -> bool:
    return any(is_tumblr_feed(host, _generator(raw), links) for host in {host_of(url), host_of(link)})


def _generator(raw: feedparser.FeedParserDict) -> str:
    return str(raw.feed.get("generator", ""))


class _ElementHandlers:
    """Handlers that replace feedparser's own for some elements; it has no other hook.

    feedparser takes every media:description and media:title for the post's own. Mastodon's alternative texts,
    newspapers' captions and WordPress's names of pictures would become the post's text or title.
    """

    namespaces: ClassVar[dict[str, str]] = {
        **feedparser.api.StrictFeedParser.namespaces,
        "http://purl.oclc.org/net/rss_2.0/enc#": "enc",
    }
    title_depth: int
    _start_title: Callable[[dict[str, object]], None]
    _end_title: Callable[[], None]
    push: Callable[[str, int], None]
    pop: Callable[[str], str | None]
    _get_context: Callable[[], dict[str, Any]]

    _groups = 0
    _in_group = False
    _content: dict[str, object] | None = None

    def startElementNS(  # noqa: N802 -- SAX's name
        self, name: tuple[str | None, str], qname: str | None, attributes: AttributesNSImpl
    ) -> None:
        """Bound the attributes. For each, feedparser walks through all, which takes minutes for 100,000."""
        if len(attributes) > _MAX_ATTRIBUTES:
            names = list(islice(attributes.getNames(), _MAX_ATTRIBUTES))
            values = {each: attributes.getValue(each) for each in names}
            attributes = AttributesNSImpl(values, {each: attributes.getQNameByName(each) for each in names})
        super().startElementNS(name, qname, attributes)  # type: ignore[misc]  # feedparser's class comes second

    def _start_media_group(self, _: dict[str, object]) -> None:
        self._groups, self._in_group = self._groups + 1, True

    def _end_media_group(self) -> None:
        self._in_group = False

    def _start_media_title(self, attributes: dict[str, object]) -> None:
        if self._content is None:
            self._start_title(attributes)
        else:
            self.push("media_label", 1)

    def _end_media_title(self) -> None:
        if self._content is None:
            depth = self.title_depth
            self._end_title()
            self.title_depth = depth  # so that the post's own title still replaces this one
        else:
            self.pop("media_label")

    def _start_media_content(self, attributes: dict[str, object]) -> None:
        self._content = attributes | {"group": self._groups if self._in_group else 0}
        self._get_context().setdefault("media_content", []).append(self._content)

    def _end_media_content(self) -> None:
        self._content = None

    def _start_media_description(self, _: dict[str, object]) -> None:
        self.push("media_description" if self._content is None else "media_alt", 1)

    def _end_media_description(self) -> None:
        if self._content is None:
            self.pop("media_description")
        else:
            self._content["alt"] = self.pop("media_alt") or ""

    def _start_media_rating(self, _: dict[str, object]) -> None:
        self.push("media_rating", 0)

    def _end_media_rating(self) -> None:
        self._get_context().setdefault("media_ratings", []).append(self.pop("media_rating") or "")

    def _end_itunes_explicit(self) -> None:
        self.pop("itunes_explicit")

    def _start_enc_enclosure(self, attributes: dict[str, object]) -> None:
        """Read an enclosure of RSS 1.0, whose attributes may have a prefix."""
        bare = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        enclosure = {
            "rel": "enclosure",
            "href": bare.get("resource") or bare.get("url"),
            "type": bare.get("type"),
        }
        self._get_context().setdefault("links", []).append(feedparser.FeedParserDict(enclosure))

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        """Keep a bounded number of tags. feedparser compares each with all others, which takes minutes for 90,000."""
        tags = self._get_context().setdefault("tags", [])
        tag = feedparser.FeedParserDict(term=term, scheme=scheme, label=label)
        if (term or scheme or label) and len(tags) < _MAX_RAW_TAGS and tag not in tags:
            tags.append(tag)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Keep the author as written. feedparser extracts a mail address, but splits one that ends in `.garden`."""
        context = self._get_context()
        author, details = context.get(key), context.get(f"{key}s")
        if isinstance(author, str) and author and details and not details[-1]:
            details[-1]["name"] = author


for _name in ("StrictFeedParser", "LooseFeedParser"):
    setattr(feedparser.api, _name, type(_name, (_ElementHandlers, getattr(feedparser.api, _name)), {}))
feedparser.api.PREFERRED_XML_PARSERS = ["bot.source.formats.sax"]
