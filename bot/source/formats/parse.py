"""Bytes → ParsedFeed. The only importer of feedparser; runs in the worker process of `worker.py`."""

import io
from collections.abc import Callable
from typing import Any

import feedparser

from bot.errors import HtmlPage, NotAFeed, Unreadable
from bot.model import Fetched, ParsedFeed
from bot.source.entry.normalise import DocumentContext, entries_of, names, title_text
from bot.source.formats import feedxml, jsonfeed, tumblr_api, wordpress
from bot.source.formats.charset import decode, well_formed
from bot.source.tumblr import addresses
from bot.text.links import host_of

_LANGUAGE = 35


def parse_feed(document: Fetched) -> ParsedFeed:
    """Raises `Unreadable` or `NotAFeed`. The format is told by the content: servers name any type."""
    text = decode(document.body, document.content_type)
    if jsonfeed.looks_like_json(text):
        parse_json = tumblr_api.parse if tumblr_api.looks_like_answer(text) else jsonfeed.parse
        return parse_json(text, document.url)
    if wordpress.looks_like_posts(text):
        return wordpress.parse(text, document.url)
    if text[:200].lower().startswith(("<!doctype html", "<html")):
        raise HtmlPage(document.url)
    return _feed(_parsed(well_formed(text), document.url), document.url)


def _parsed(text: str, url: str) -> feedparser.FeedParserDict:
    """What feedparser makes of it. It is given no address: it would resolve guids that are no addresses against it."""
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


def _feed(raw: feedparser.FeedParserDict, url: str) -> ParsedFeed:
    version = str(raw.get("version") or "rss")
    atom = version.startswith("atom")
    link = feedxml.site_of_feed(raw.feed, atom, url)
    around = DocumentContext(
        url=url,
        link=link,
        authors=names(feedxml.authors_of(raw.feed)) if atom else (),
        from_tumblr=_is_tumblr(raw, link, url),
    )
    entries, skipped = entries_of(raw.entries, lambda entry: feedxml.draft_of(entry, atom), around)
    return ParsedFeed(
        format="rdf" if version in ("rss10", "rss090") else version,
        title=title_text(str(raw.feed.get("title", "")), markup=True),
        link=link,
        language=str(raw.feed.get("language") or "")[:_LANGUAGE],
        ttl=feedxml.ttl_of(raw.feed),
        entries=entries,
        skipped=skipped,
        older=feedxml.older_of(raw.feed, url),
        complete=feedxml.is_complete(raw.feed, raw.get("namespaces")),
    )


def _is_tumblr(raw: feedparser.FeedParserDict, link: str, url: str) -> bool:
    links = [str(entry.get("link", "")) for entry in raw.entries[:20]]
    generator = str(raw.feed.get("generator", ""))
    return any(addresses.is_tumblr(place, generator, links) for place in {host_of(url), host_of(link)})


class _Elements:
    """How some elements are meant. feedparser has no hook for this but its own handler methods.

    It takes every media:description and media:title for the post's own, so that Mastodon's alternative texts,
    newspapers' captions and the names of WordPress's pictures would become posts.
    """

    title_depth: int
    _start_title: Callable[[dict[str, object]], None]
    _end_title: Callable[[], None]
    push: Callable[[str, int], None]
    pop: Callable[[str], str | None]
    _get_context: Callable[[], dict[str, Any]]

    _groups = 0
    _in_group = False
    _content: dict[str, object] | None = None

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
            self.title_depth = depth  # so that the post's own title, which may follow, still counts
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

    def _sync_author_detail(self, key: str = "author") -> None:
        """The author as written. feedparser looks for a mail address, and cuts those that end in `.garden` in two."""
        context = self._get_context()
        author, details = context.get(key), context.get(f"{key}s")
        if isinstance(author, str) and author and details and not details[-1]:
            details[-1]["name"] = author


for _name in ("StrictFeedParser", "LooseFeedParser"):
    setattr(feedparser.api, _name, type(_name, (_Elements, getattr(feedparser.api, _name)), {}))
