"""Bytes → ParsedFeed. The only importer of feedparser; runs in the worker process of `worker.py`."""

import io
from collections.abc import Callable

import feedparser

from bot.errors import HtmlPage, NotAFeed, Unreadable
from bot.model import Fetched, ParsedFeed
from bot.source import feedxml, jsonfeed, tumblr
from bot.source.charset import decode, well_formed
from bot.source.entry import Surroundings, entries_of, names
from bot.source.links import host
from bot.source.titles import title_text

_LANGUAGE = 35


def read(document: Fetched) -> ParsedFeed:
    """Raises `Unreadable` or `NotAFeed`. The format is told by the content: servers name any type."""
    text = decode(document.body, document.content_type)
    if jsonfeed.looks_like_json(text):
        return jsonfeed.read(text, document.url)
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
    if not raw.entries and not raw.version:
        raise NotAFeed(url)
    return raw


def _feed(raw: feedparser.FeedParserDict, url: str) -> ParsedFeed:
    version = raw.version or "rss"
    atom = version.startswith("atom")
    link = feedxml.site_of_feed(raw.feed, atom, url)
    around = Surroundings(
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
    )


def _is_tumblr(raw: feedparser.FeedParserDict, link: str, url: str) -> bool:
    links = [str(entry.get("link", "")) for entry in raw.entries[:20]]
    generator = str(raw.feed.get("generator", ""))
    return any(tumblr.is_tumblr(place, generator, links) for place in {host(url), host(link)})


class _MediaElements:
    """Media RSS as it is meant: a description inside a media:content is the picture's alternative text.

    feedparser takes every media:description for a text of the post, so that Mastodon's alternative texts and
    newspapers' captions would become posts. It has no hook for this but its own handler methods.
    """

    push: Callable[[str, int], None]
    pop: Callable[[str], str | None]
    _get_context: Callable[[], dict[str, list[dict[str, object]]]]

    _groups = 0
    _in_group = False
    _content: dict[str, object] | None = None

    def _start_media_group(self, _: dict[str, object]) -> None:
        self._groups, self._in_group = self._groups + 1, True

    def _end_media_group(self) -> None:
        self._in_group = False

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


for _name in ("StrictFeedParser", "LooseFeedParser"):
    setattr(feedparser.api, _name, type(_name, (_MediaElements, getattr(feedparser.api, _name)), {}))
