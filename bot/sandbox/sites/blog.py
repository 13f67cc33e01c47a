"""A blog over real HTTP on this machine: it serves, changes and misbehaves on demand, for `demo` and the tests.

    async with Blog() as blog:
        garden = blog.feed("garden")
        garden.publish(Post("1", "Beans", "<p>They climb.</p>", published))
        garden.next(answers.status(503))      # once; then garden.url answers as it should

Feeds live at `address/NAME/rss`. A feed that was given `hosts` answers for them at any port too, at `/rss`: a
test's resolver can lead such names here.
"""

import struct
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from html import escape
from typing import Self
from urllib.parse import unquote

from aiohttp import web

from bot.sandbox.local_server import serve
from bot.sandbox.sites.feed_documents import CONTENT_TYPES, FeedHead, Post, PostWithLinks, document
from bot.sandbox.sites.paging import API, Page, Paging, api_response, page_of

__all__ = ["Blog", "BlogFeed", "Document", "GuidStyle", "Post", "ReceivedRequest", "Responder"]

_KEPT = 20_000
FEED_PATHS = frozenset({"rss", "feed", "feed/", "atom.xml", "feed.json", "index.xml"})


class GuidStyle(StrEnum):
    """How a feed spells the guids of its posts; Tumblr has changed from one to another over the years."""

    PLAIN = "{base}/post/{id}"
    SLUG = "{base}/post/{id}/{slug}"
    WWW = "https://www.tumblr.com/{name}/{id}"
    WORDPRESS = "{base}/?p={id}"
    OPAQUE = "{id}"


@dataclass(frozen=True, slots=True)
class Document:
    """What the blog would answer if it behaved."""

    body: bytes
    content_type: str
    etag: str
    last_modified: str


Responder = Callable[[web.Request, Document], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request that reached the blog."""

    method: str
    host: str
    path: str
    """With the query, as it was sent."""
    headers: Mapping[str, str]


class BlogFeed:
    """One feed of a blog. Changes show from the next request on."""

    def __init__(self, name: str, address: str, title: str, form: str, hosts: Iterable[str]) -> None:
        self.name = name
        self.title = title or name.capitalize()
        self.form = form
        """A key of CONTENT_TYPES."""
        self.hosts = set(hosts)
        self.url = f"{address}/{name}/rss"
        """Where the feed is served."""
        self.base = f"{address}/{name}"
        """Where its documents say that it lives; a domain change sets it."""
        self.guid_style = GuidStyle.PLAIN
        self.conditional = True
        """Whether validators are sent and honoured."""
        self.length = 20
        """How many posts a document holds, newest first, as on Tumblr."""
        self.paging = Paging.NONE
        """How the posts that it does not hold can be reached, if at all."""
        self.per_page = 100
        """How many posts such a page holds."""
        self.headers: dict[str, str] = {}
        """Added to every good answer; replaces its own headers of that name."""
        self.posts: list[Post] = []
        """In the order served."""
        self._next: deque[Responder] = deque()
        self._always: Responder | None = None

    def publish(self, *posts: Post) -> None:
        """Put posts on top, the last one given topmost."""
        for post in posts:
            self.posts.insert(0, post)

    def edit(self, post: Post) -> None:
        """Replace the post that has this id, where it stands."""
        self.posts = [post if old.id == post.id else old for old in self.posts]

    def remove(self, post_id: str) -> None:
        """Take a post down."""
        self.posts = [post for post in self.posts if post.id != post_id]

    def reorder(self, *post_ids: str) -> None:
        """Serve these posts first, in this order; the others follow as they stood."""
        rank = {post_id: place for place, post_id in enumerate(post_ids)}
        self.posts.sort(key=lambda post: rank.get(post.id, len(rank)))

    def move(self, base: str, *hosts: str) -> None:
        """Live under another address from now on: in the documents, and for requests to these hosts."""
        self.base = base.rstrip("/")
        self.hosts |= set(hosts)

    def next(self, *answers: Responder) -> None:
        """Answer the next requests for the feed so, one each, before anything else."""
        self._next.extend(answers)

    def always(self, answer: Responder | None) -> None:
        """Answer every request for the feed so; None: behave again."""
        self._always = answer

    def answer(self) -> Responder | None:
        """What the next request gets instead of the document; None: the document."""
        return self._next.popleft() if self._next else self._always

    def document(self) -> Document:
        """The feed as it stands."""
        shown = page_of(self.paging, self.posts, self.length, self.per_page, {})
        return self._document(shown or Page(()))

    def page(self, query: Mapping[str, str]) -> Document | None:
        """What a query of the feed's address shows: mostly the feed, else a page of its history; None: no such page."""
        shown = page_of(self.paging, self.posts, self.length, self.per_page, query)
        return None if shown is None else self._document(shown)

    def _document(self, shown: Page) -> Document:
        url = f"{self.base}/rss"
        older = f"{url}{shown.older}" if shown.older else ""
        head = FeedHead(self.name, self.title, self.base, url, older, self.paging)
        body = document(self.form, head, [self.place(post) for post in shown.posts])
        newest = max((post.updated or post.published for post in self.posts), default=None)
        return Document(
            body=body,
            content_type=CONTENT_TYPES[self.form],
            etag=f'"{sha256(body).hexdigest()[:16]}"',
            last_modified=newest.strftime("%a, %d %b %Y %H:%M:%S GMT") if newest else "",
        )

    def place(self, post: Post) -> PostWithLinks:
        """The post with its addresses."""

        def spell(style: str) -> str:
            slug = post.slug or "-".join(post.title.lower().split())
            return style.format(base=self.base, id=post.id, slug=slug, name=self.name)

        link = post.link or spell(GuidStyle.SLUG)
        return PostWithLinks(post, link, post.guid or spell(self.guid_style))


class Blog:
    """An HTTP server on 127.0.0.1 with any number of feeds; `async with` starts and stops it."""

    def __init__(self, port: int = 0) -> None:
        """`port` 0: any free one."""
        self.port = port
        self.requests: list[ReceivedRequest] = []
        """Oldest first; of a long run only the last thousands."""
        self.feeds: dict[str, BlogFeed] = {}
        self.pages: dict[str, Responder] = {}
        """Answers for further paths, by path without the query."""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner, self.port = await serve(app, self.port)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def feed(self, name: str, title: str = "", form: str = "rss", hosts: Iterable[str] = ()) -> BlogFeed:
        """The feed of this name; made at the first call."""
        if name not in self.feeds:
            self.feeds[name] = BlogFeed(name, self.address, title, form, hosts)
        return self.feeds[name]

    def picture(self, name: str, width: int = 640, height: int = 400) -> str:
        """The address of a picture; its colours follow from its name."""
        return f"{self.address}/picture/{width}x{height}/{name}.png"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if len(self.requests) >= _KEPT:
            del self.requests[: _KEPT // 2]
        self.requests.append(ReceivedRequest(request.method, request.host, request.raw_path, request.headers))
        page = self.pages.get(request.path)
        if page is not None:
            return await page(request, Document(b"", "text/html; charset=utf-8", "", ""))
        feed, path = self._route(request)
        if path.startswith("picture/"):
            return _picture(path)
        if feed is None:
            return _not_found()
        if path in FEED_PATHS:
            return await _serve(feed, request)
        if path == API and feed.paging is Paging.REST:
            return await _serve_api(feed, request)
        return _page(feed, path)

    def _route(self, request: web.Request) -> tuple[BlogFeed | None, str]:
        path = unquote(request.path).removeprefix("/")
        host = (request.host or "").partition(":")[0]
        for feed in self.feeds.values():
            if host in feed.hosts:
                return feed, path
        name, _, rest = path.partition("/")
        return (None, path) if name == "picture" else (self.feeds.get(name), rest)


async def _serve(feed: BlogFeed, request: web.Request) -> web.StreamResponse:
    answer, page = feed.answer(), feed.page(request.query)
    if answer is not None:
        return await answer(request, page or feed.document())
    if page is None:
        return _not_found()
    named = (
        {"Link": f'<{feed.base}/wp-json/>; rel="https://api.w.org/"'} if feed.paging is Paging.REST else {}
    )
    return normal_response(request, page, conditional=feed.conditional, headers={**named, **feed.headers})


async def _serve_api(feed: BlogFeed, request: web.Request) -> web.StreamResponse:
    good, answer = api_response([feed.place(post) for post in feed.posts], request.query), feed.answer()
    return good if answer is None else await answer(request, Document(b"[]", "application/json", "", ""))


def _not_found() -> web.Response:
    return web.Response(status=404, text="<!DOCTYPE html><title>Not found</title>", content_type="text/html")


def normal_response(
    request: web.Request, doc: Document, *, conditional: bool = True, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The document, or 304 where the request's validators are met (ETag before date, RFC 9110, 13.2.2)."""
    validators = {"ETag": doc.etag, "Last-Modified": doc.last_modified} if conditional else {}
    sent = {name: value for name, value in validators.items() if value}
    if conditional and _unchanged(request, doc):
        return web.Response(status=304, headers=sent)
    return web.Response(body=doc.body, headers={"Content-Type": doc.content_type, **sent, **(headers or {})})


def _unchanged(request: web.Request, doc: Document) -> bool:
    wanted = request.headers.get("If-None-Match")
    if wanted is not None:
        return doc.etag in wanted
    return bool(doc.last_modified) and request.headers.get("If-Modified-Since") == doc.last_modified


def _page(feed: BlogFeed, path: str) -> web.Response:
    """The blog's own pages: its posts, and a head that names the feed."""
    kind = CONTENT_TYPES[feed.form].partition(";")[0]
    title = escape(feed.title)
    head = f'<title>{title}</title><link rel="alternate" type="{kind}" title="{title}" href="{feed.url}">'
    wanted = path.split("/")[1] if path.startswith("post/") else ""
    posts = [post for post in feed.posts if wanted in ("", post.id)]
    if not posts and wanted:
        return web.Response(
            status=404, text=f"<!DOCTYPE html>{head}<p>No such post.", content_type="text/html"
        )
    body = "".join(f"<article><h1>{escape(post.title)}</h1>{post.html}</article>" for post in posts)
    return web.Response(
        text=f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", content_type="text/html"
    )


def _picture(path: str) -> web.Response:
    try:
        _, size, name = path.split("/", 2)
        width, height = (min(max(int(part), 1), 2000) for part in size.split("x"))
    except ValueError:
        return web.Response(status=404)
    return web.Response(body=png(width, height, sha256(name.encode()).digest()), content_type="image/png")


def png(width: int, height: int, colours: bytes) -> bytes:
    """A picture of two bands, in two colours of three bytes each."""
    upper, lower = b"\0" + colours[:3] * width, b"\0" + colours[3:6] * width
    horizon = height * 2 // 3
    pixels = zlib.compress(upper * horizon + lower * (height - horizon), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
