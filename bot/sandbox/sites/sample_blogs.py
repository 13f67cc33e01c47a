"""The sample blogs: a year of posts, and posts to be published later, read from `samples/`.

A post's date in a file is a day of the year. Its year is the latest one in which that day is over, so that the
seasons are always right.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from bot.sandbox.sites.drafts import Draft, Kind, pictures_of, trail_of

_NAMES = (
    "garden",
    "night-sky",
    "slow-wheels",
    "paper-boats",
    "petite-cuisine",
    "wolkenbuch",
    "asa-no-sampo",
    "qahwa-wa-kitab",
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A post that the blog published on a day of the year."""

    month: int
    day: int
    hour: int
    minute: int
    draft: Draft

    def published(self, now: datetime) -> datetime:
        """Return the last such moment before `now`."""
        moment = datetime(now.year, self.month, self.day, self.hour, self.minute, tzinfo=UTC)
        return moment if moment < now else moment.replace(year=now.year - 1)


@dataclass(frozen=True, slots=True)
class SampleBlog:
    """A blog with everything that it has published, and will publish."""

    name: str
    title: str
    form: str
    """A key of `feed_documents.CONTENT_TYPES`."""
    language: str
    old: tuple[Dated, ...]
    coming: tuple[Draft, ...]
    """In the order in which they will be published."""


@cache
def blogs() -> tuple[SampleBlog, ...]:
    """Return all sample blogs."""
    return tuple(_blog(_load(name)) for name in _NAMES)


@cache
def first() -> tuple[tuple[str, Draft], ...]:
    """Return what is published first, as pairs of a blog's name and a draft."""
    authors = {blog.name: blog.old[0].draft.author for blog in blogs()}
    posts = _load("first")["post"]
    return tuple((post["blog"], _draft(post, authors[post["blog"]])) for post in posts)


def early() -> int:
    """Return how many future posts must be published until every channel has one."""
    return len(first()) + len(blogs())


def coming() -> Iterator[tuple[str, Draft]]:
    """Yield future posts forever: those of all blogs in turn, then reblogs of what they published."""
    yield from first()
    waiting = [(blog.name, iter(blog.coming)) for blog in blogs()]
    while waiting:
        for name, drafts in list(waiting):
            draft = next(drafts, None)
            if draft is None:
                waiting.remove((name, drafts))
            else:
                yield name, draft
    while True:
        yield from _from_the_archive()


def _from_the_archive() -> Iterator[tuple[str, Draft]]:
    """Yield a reblog of each old post by its own blog, in the order of the year."""
    old = [(dated, blog) for blog in blogs() for dated in blog.old if dated.draft.kind is Kind.TEXT]
    for dated, blog in sorted(old, key=lambda one: (one[0].month, one[0].day)):
        title = f"{_AGAIN[blog.language]}: {dated.draft.title}"
        trail = trail_of((f"{blog.name}: {dated.draft.text}",))
        again = Draft(Kind.REBLOG, title, tags=dated.draft.tags, author=dated.draft.author, trail=trail)
        yield blog.name, again


_AGAIN = {
    "en": "From the archive",
    "fr": "Dans les archives",
    "de": "Aus dem Archiv",
    "ja": "過去の記事から",
    "ar": "من الأرشيف",
}

_Table = Mapping[str, Any]  # TOML of our own, which the tests read completely


def _load(name: str) -> _Table:
    return tomllib.loads(
        (resources.files("bot.sandbox.sites") / "samples" / f"{name}.toml").read_text("utf-8")
    )


def _blog(table: _Table) -> SampleBlog:
    posts, author = table["post"], table.get("author", "")
    return SampleBlog(
        table["name"],
        table["title"],
        table["form"],
        table["language"],
        tuple(_dated(post, author) for post in posts if "on" in post),
        tuple(_draft(post, author) for post in posts if "on" not in post),
    )


def _dated(post: _Table, author: str) -> Dated:
    day, _, time = post["on"].partition(" ")
    month, day = map(int, day.split("-"))
    hour, minute = map(int, time.split(":"))
    return Dated(month, day, hour, minute, _draft(post, author))


def _draft(post: _Table, author: str) -> Draft:
    return Draft(
        kind=Kind(post.get("kind", "text")),
        title=post.get("title", ""),
        text=post.get("text", ""),
        tags=tuple(post.get("tags", ())),
        author=author,
        pictures=pictures_of(post.get("pictures", ())),
        link=post.get("link", ""),
        source=post.get("source", ""),
        trail=trail_of(post.get("trail", ())),
    )
