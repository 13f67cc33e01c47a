"""A blog over real HTTP on this machine: it serves posts, changes and fails on demand, for `demo` and the tests.

    async with Blog() as blog:
        garden = blog.feed("garden")
        garden.publish(Post("1", "Beans", "<p>They climb.</p>", published))
        garden.next(faults.status(503))      # once; after that garden.url answers normally

A feed is at `address/NAME/rss`. One with `hosts` also answers requests for these hosts, at `/rss`: a test's resolver
can point such names here.
"""

import struct
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from html import escape
from urllib.parse import unquote

from aiohttp import web

from bot.sandbox.local_server import LocalServer
from bot.sandbox.sites import drawings
from bot.sandbox.sites.feed_documents import CONTENT_TYPES, FeedHead, Post, PostWithLinks, document
from bot.sandbox.sites.paging import API, Page, Paging, api_response, page_of
from bot.sandbox.sites.raster import chunk

__all__ = ["Blog", "BlogFeed", "Document", "GuidStyle", "Post", "ReceivedRequest", "Responder"]

_MAX_REQUESTS = 20_000
FEED_PATHS = frozenset({"rss", "feed", "feed/", "atom.xml", "feed.json", "index.xml"})


class GuidStyle(StrEnum):
    """The form of a feed's guids. Tumblr has changed it several times."""

    PLAIN = "{base}/post/{id}"
    SLUG = "{base}/post/{id}/{slug}"
    WWW = "https://www.tumblr.com/{name}/{id}"
    WORDPRESS = "{base}/?p={id}"
    OPAQUE = "{id}"


@dataclass(frozen=True, slots=True)
class Document:
    """The blog's answer without a fault."""

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
    """With the query, as sent."""
    headers: Mapping[str, str]


class BlogFeed:
    """One feed of a blog. Changes are visible from the next request."""

    def __init__(self, name: str, address: str, title: str, form: str, hosts: Iterable[str]) -> None:
        self.name = name
        self.title = title or name.capitalize()
        self.form = form
        """A key of CONTENT_TYPES."""
        self.hosts = set(hosts)
        self.url = f"{address}/{name}/rss"
        """Where the feed is served."""
        self.base = f"{address}/{name}"
        """The blog's address according to its documents; `move` changes it."""
        self.guid_style = GuidStyle.PLAIN
        self.conditional = True
        """Whether it sends ETag and Last-Modified and answers 304."""
        self.length = 20
        """How many posts the feed shows, newest first; 20 as on Tumblr."""
        self.paging = Paging.NONE
        """How clients reach the posts that the feed no longer shows."""
        self.per_page = 100
        """How many posts one of those pages shows."""
        self.headers: dict[str, str] = {}
        """Added to every normal response; they replace its own headers of the same name."""
        self.posts: list[Post] = []
        """In the order in which they are served."""
        self._next: deque[Responder] = deque()
        self._always: Responder | None = None

    def publish(self, *posts: Post) -> None:
        """Add posts at the top; the last one given comes first."""
        for post in posts:
            self.posts.insert(0, post)

    def edit(self, post: Post) -> None:
        """Replace the post with the same id, at its position."""
        self.posts = [post if old.id == post.id else old for old in self.posts]

    def remove(self, post_id: str) -> None:
        """Delete a post."""
        self.posts = [post for post in self.posts if post.id != post_id]

    def reorder(self, *post_ids: str) -> None:
        """Serve these posts first, in this order; the others keep theirs."""
        rank = {post_id: number for number, post_id in enumerate(post_ids)}
        self.posts.sort(key=lambda post: rank.get(post.id, len(rank)))

    def move(self, base: str, *hosts: str) -> None:
        """Change the address in the documents, and answer requests for these hosts too."""
        self.base = base.rstrip("/")
        self.hosts |= set(hosts)

    def next(self, *responders: Responder) -> None:
        """Answer the next requests for the feed with these, one each."""
        self._next.extend(responders)

    def always(self, responder: Responder | None) -> None:
        """Answer every request for the feed with this; None: answer normally again."""
        self._always = responder

    def take_responder(self) -> Responder | None:
        """Return what answers the next request in place of the document; None: nothing does."""
        return self._next.popleft() if self._next else self._always

    def document(self) -> Document:
        """Return the feed's current document."""
        shown = page_of(self.paging, self.posts, self.length, self.per_page, {})
        return self._document(shown or Page(()))

    def page(self, query: Mapping[str, str]) -> Document | None:
        """Return the document at a query of the feed's address: the feed, or an older page; None: no such page."""
        shown = page_of(self.paging, self.posts, self.length, self.per_page, query)
        return None if shown is None else self._document(shown)

    def _document(self, shown: Page) -> Document:
        url = f"{self.base}/rss"
        older = f"{url}{shown.older}" if shown.older else ""
        head = FeedHead(self.name, self.title, self.base, url, older, self.paging)
        body = document(self.form, head, [self.with_links(post) for post in shown.posts])
        newest = max((post.updated or post.published for post in self.posts), default=None)
        return Document(
            body=body,
            content_type=CONTENT_TYPES[self.form],
            etag=f'"{sha256(body).hexdigest()[:16]}"',
            last_modified=newest.strftime("%a, %d %b %Y %H:%M:%S GMT") if newest else "",
        )

    def with_links(self, post: Post) -> PostWithLinks:
        """Return the post with its addresses."""

        def filled(style: str) -> str:
            slug = post.slug or "-".join(post.title.lower().split())
            return style.format(base=self.base, id=post.id, slug=slug, name=self.name)

        link = post.link or filled(GuidStyle.SLUG)
        return PostWithLinks(post, link, post.guid or filled(self.guid_style))


class Blog(LocalServer):
    """A server with any number of feeds."""

    def __init__(self, port: int = 0) -> None:
        """`port`: 0 takes any free one."""
        super().__init__(port)
        self.requests: list[ReceivedRequest] = []
        """Oldest first; after a very long run, only the latest."""
        self.feeds: dict[str, BlogFeed] = {}
        self.pages: dict[str, Responder] = {}
        """Responders for other paths, by path without the query."""

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/{path:.*}", self._handle)

    def _is_own_name(self, host: str) -> bool:
        """Also allow names that no real site can have (RFC 2606)."""
        known = any(host in feed.hosts for feed in self.feeds.values())
        return known or host.endswith(".example") or super()._is_own_name(host)

    def feed(self, name: str, title: str = "", form: str = "rss", hosts: Iterable[str] = ()) -> BlogFeed:
        """Return the feed of this name; the first call creates it."""
        if name not in self.feeds:
            self.feeds[name] = BlogFeed(name, self.address, title, form, hosts)
        return self.feeds[name]

    def picture(self, name: str, width: int = 640, height: int = 400) -> str:
        """Return the address of a picture: the drawing of this name, or else two colours that depend on the name."""
        return f"{self.address}/picture/{width}x{height}/{name}.png"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if len(self.requests) >= _MAX_REQUESTS:
            del self.requests[: _MAX_REQUESTS // 2]
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
    responder, page = feed.take_responder(), feed.page(request.query)
    if responder is not None:
        return await responder(request, page or feed.document())
    if page is None:
        return _not_found()
    links = (
        {"Link": f'<{feed.base}/wp-json/>; rel="https://api.w.org/"'} if feed.paging is Paging.REST else {}
    )
    return normal_response(request, page, conditional=feed.conditional, headers={**links, **feed.headers})


async def _serve_api(feed: BlogFeed, request: web.Request) -> web.StreamResponse:
    normal, responder = (
        api_response([feed.with_links(post) for post in feed.posts], request.query),
        feed.take_responder(),
    )
    return (
        normal if responder is None else await responder(request, Document(b"[]", "application/json", "", ""))
    )


def _not_found() -> web.Response:
    return web.Response(status=404, text="<!DOCTYPE html><title>Not found</title>", content_type="text/html")


def normal_response(
    request: web.Request, doc: Document, *, conditional: bool = True, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return the document, or 304 if the request's validators match (ETag before date, RFC 9110, 13.2.2)."""
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
    """Return a page of the blog for people: its posts, or one of them, with a link to the feed in the head."""
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
    drawing = name.removesuffix(".png")
    body = (
        drawings.draw(drawing, width, height)
        if drawing in drawings.NAMES
        else png(width, height, sha256(name.encode()).digest())
    )
    return web.Response(body=body, content_type="image/png")


def png(width: int, height: int, colours: bytes) -> bytes:
    """Return a PNG with two bands; `colours`: the bytes of two RGB colours."""
    upper, lower = b"\0" + colours[:3] * width, b"\0" + colours[3:6] * width
    horizon = height * 2 // 3
    pixels = zlib.compress(upper * horizon + lower * (height - horizon), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
