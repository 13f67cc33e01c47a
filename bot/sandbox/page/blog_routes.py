"""The blogs on the page: their posts, and a form to write, edit, back-date and delete them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.sandbox.discord.models import Json
from bot.sandbox.page.pictures import Pictures
from bot.sandbox.page.requests import number, read_json
from bot.sandbox.sites import sample_blogs
from bot.sandbox.sites.blog import Blog, BlogFeed
from bot.sandbox.sites.desk import Desk
from bot.sandbox.sites.draft_json import post_json, read_draft
from bot.sandbox.sites.drafts import Kind
from bot.sandbox.sites.drawings import NAMES

_PAGE = 20
_MAX_PAGE = 100
_THUMBNAIL = (320, 200)


@dataclass(frozen=True, slots=True)
class BlogRoutes:
    """The routes of the blogs."""

    blog: Blog
    desk: Desk
    pictures: Pictures
    clock: Callable[[], datetime]

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add them."""
        router.add_get("/api/blogs", self._blogs)
        router.add_get("/api/blogs/{blog}/posts", self._posts)
        router.add_post("/api/blogs/{blog}/posts", self._write)
        router.add_put("/api/blogs/{blog}/posts/{post}", self._edit)
        router.add_delete("/api/blogs/{blog}/posts/{post}", self._delete)

    async def _blogs(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "blogs": [self._blog_json(feed) for feed in self.desk.blogs()],
                "kinds": [kind.value for kind in Kind],
                "pictures": [
                    {"name": name, "alt": name.replace("-", " ").capitalize(), "url": self._thumbnail(name)}
                    for name in NAMES
                ],
            }
        )

    def _thumbnail(self, name: str) -> str:
        return self.pictures.path(self.blog.picture(name, *_THUMBNAIL))

    def _blog_json(self, feed: BlogFeed) -> Json:
        return {
            "name": feed.name,
            "title": feed.title,
            "url": feed.base,
            "feed_url": feed.url,
            "form": feed.form,
            "language": _language_of(feed),
            "count": len(feed.posts),
            "posts": [post_json(each) for each in self.desk.posts(feed.name, _PAGE)],
        }

    async def _posts(self, request: web.Request) -> web.Response:
        limit = min(max(number(request, "limit", _PAGE), 1), _MAX_PAGE)
        found = self.desk.posts(request.match_info["blog"], limit + 1, request.query.get("before", ""))
        return web.json_response(
            {"posts": [post_json(each) for each in found[:limit]], "older": len(found) > limit}
        )

    async def _write(self, request: web.Request) -> web.Response:
        now = self.clock()
        form = read_draft(await read_json(request), now)
        written = self.desk.write(request.match_info["blog"], form.draft, now, form.published)
        return web.json_response({"post": post_json(written)}, status=201)

    async def _edit(self, request: web.Request) -> web.Response:
        now, place = self.clock(), request.match_info
        form = read_draft(await read_json(request), now)
        written = self.desk.edit(place["blog"], place["post"], form.draft, now, form.published)
        return web.json_response({"post": post_json(written)})

    async def _delete(self, request: web.Request) -> web.Response:
        self.desk.delete(request.match_info["blog"], request.match_info["post"])
        return web.Response(status=204)


def _language_of(feed: BlogFeed) -> str:
    """Return the language of a sample blog; "" of another one."""
    return next((each.language for each in sample_blogs.blogs() if each.name == feed.name), "")
