"""Tumblr's API v2 on this machine: the posts of blogs, and of tags across all blogs.

async with Blog() as blog, Tumblr() as tumblr:
    garden = blog.feed("garden")
    tumblr.add(garden)                       # the API has all posts of the feed
    tumblr.next(faults.status(503))          # once
    tumblr.hour.left = 0                     # 429 until `left` is set again
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote, urlsplit

from aiohttp import web

from bot.sandbox.local_server import LocalServer
from bot.sandbox.sites.blog import BlogFeed, Document, ReceivedRequest, Responder
from bot.sandbox.sites.feed_documents import Post

_MAX_POSTS = 20
_JSON = "application/json; charset=utf-8"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Quota:
    """The number of calls that a key may make in a period."""

    limit: int
    left: int
    reset: int
    """Seconds until the period ends. This server has no clock: it never resets `left`."""


class Tumblr(LocalServer):
    """The server. Its `address` is the value for the config's `tumblr.api_url`."""

    def __init__(self) -> None:
        super().__init__()
        self.key = "StandInKeyOfTumblrsApi0123456789abcdefghijklmnopqr"
        """The only key that is accepted."""
        self.requests: list[ReceivedRequest] = []
        """Oldest first; their paths include the key."""
        self.hour = Quota(1000, 1000, 3600)
        self.day = Quota(5000, 5000, 86400)
        self.before_page: Callable[[int], None] = lambda _: None
        """Called with each call's number before the response, for a blog that changes while it is read."""
        self.pinned = ""
        """The id of a post that its blog shows above the others."""
        self._feeds: list[BlogFeed] = []
        self._next: deque[Responder] = deque()
        self._notes = count(1)

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/v2/tagged", self._handle(self._tagged))
        router.add_get("/v2/blog/{blog}/posts", self._handle(self._posts))

    def add(self, *feeds: BlogFeed) -> None:
        """Add these blogs, with their current and future posts."""
        self._feeds += feeds

    def next(self, *responders: Responder) -> None:
        """Answer the next calls with these, one each."""
        self._next.extend(responders)

    def _handle(self, find: Callable[[web.Request], web.Response]) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.requests.append(
                ReceivedRequest(request.method, request.host, request.raw_path, request.headers)
            )
            self.before_page(len(self.requests))
            if self._next:
                return await self._next.popleft()(request, Document(b"", _JSON, "", ""))
            if request.query.get("api_key") != self.key:
                return _error(401, "Unauthorized")
            spent = not (self.hour.left and self.day.left)
            response = _error(429, "Limit Exceeded") if spent else find(request)
            self._count(response)
            return response

        return handle

    def _count(self, response: web.Response) -> None:
        for name, quota in (("Perhour", self.hour), ("Perday", self.day)):
            quota.left = max(quota.left - (response.status == 200), 0)
            response.headers[f"X-Ratelimit-{name}-Limit"] = str(quota.limit)
            response.headers[f"X-Ratelimit-{name}-Remaining"] = str(quota.left)
            response.headers[f"X-Ratelimit-{name}-Reset"] = str(quota.reset)

    def _tagged(self, request: web.Request) -> web.Response:
        tag = request.query.get("tag", "").lower()
        found = [
            (feed, post)
            for feed in self._feeds
            for post in feed.posts
            if tag in [t.lower() for t in post.tags]
        ]
        found.sort(key=lambda one: one[1].published, reverse=True)
        shown = _before(found, request)[: _limit(request)]
        return _answer([self._post(feed, post, _blog(feed)) for feed, post in shown])

    def _posts(self, request: web.Request) -> web.Response:
        """Like the real API, ignore `offset` if there is a `before`."""
        feed = self._feed(unquote(request.match_info["blog"]))
        if feed is None:
            return _error(404, "Not Found")
        tag = request.query.get("tag", "").lower()
        found = [(feed, post) for post in feed.posts if not tag or tag in [t.lower() for t in post.tags]]
        found.sort(key=lambda one: (one[1].id == self.pinned, one[1].published), reverse=True)
        start = 0 if "before" in request.query else int(request.query.get("offset", "0"))
        shown = _before(found, request)[start : start + _limit(request)]
        about = _blog(feed)
        posts = [self._post(feed, post, about) for _, post in shown]
        return _answer({"blog": about, "posts": posts, "total_posts": len(found)})

    def _feed(self, blog: str) -> BlogFeed | None:
        """Return a blog by its name or its host."""
        name = blog.removesuffix(".tumblr.com")
        return next(
            (feed for feed in self._feeds if name == feed.name or blog == urlsplit(feed.base).hostname), None
        )

    def _post(self, feed: BlogFeed, post: Post, blog: dict[str, object]) -> dict[str, object]:
        """Return the post's JSON. The note count grows with each response, as on a busy blog."""
        return {
            "type": "text",
            "blog_name": feed.name,
            "blog": blog,
            "id": int(post.id),
            "id_string": post.id,
            "post_url": f"{feed.base}/post/{post.id}/{post.slug or '-'.join(post.title.lower().split())}",
            "slug": post.slug,
            "date": f"{post.published:%Y-%m-%d %H:%M:%S} GMT",
            "timestamp": int(post.published.timestamp()),
            "state": "published",
            "format": "html",
            "tags": list(post.tags),
            "summary": post.title,
            "title": post.title or None,
            "body": post.html,
            "note_count": next(self._notes),
        }


def _blog(feed: BlogFeed) -> dict[str, object]:
    newest = max((post.published.timestamp() for post in feed.posts), default=0)
    return {"name": feed.name, "title": feed.title, "url": f"{feed.base}/", "updated": int(newest)}


def _before(found: Sequence[tuple[BlogFeed, Post]], request: web.Request) -> Sequence[tuple[BlogFeed, Post]]:
    before = int(request.query.get("before", "0"))
    return [one for one in found if not before or int(one[1].published.timestamp()) < before]


def _limit(request: web.Request) -> int:
    return min(max(int(request.query.get("limit", _MAX_POSTS)), 1), _MAX_POSTS)


def _answer(response: object) -> web.Response:
    return web.json_response({"meta": {"status": 200, "msg": "OK"}, "response": response})


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"meta": {"status": status, "msg": message}, "response": []}, status=status)
