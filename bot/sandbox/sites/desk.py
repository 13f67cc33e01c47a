"""Where the posts of the demo's blogs are written: the samples, and those of the person who tries it.

desk = Desk(blog)
desk.open(now)                              # the sample blogs with their year of posts
desk.write("garden", Draft(text="Beans"), now)
desk.next_sample(now)                       # one more of the samples
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import FeedRelayError
from bot.sandbox.sites import sample_blogs
from bot.sandbox.sites.blog import Blog, BlogFeed, Post
from bot.sandbox.sites.drafts import Draft, headline_of, html_of
from bot.sandbox.sites.paging import Paging

_MAX_SHOWN = 1000
"""How many posts a feed shows, so that the bot archives the whole year at once."""
_WORDPRESS_SHOWN = 10
"""As many as WordPress shows. The older posts can be read with "Archive older posts"."""
_MAX_POSTS = 2000
"""Each blog's posts; the oldest are deleted after that."""
_OLD_ID = 500_000_000_000_000_000
"""Smaller than every id that `_new_id` returns."""


class NoSuchPost(FeedRelayError, LookupError):
    """There is no such post: somebody may have deleted it, so reload the page."""


class NoSuchBlog(FeedRelayError, LookupError):
    """There is no such blog: choose one that the page lists."""


@dataclass(frozen=True, slots=True)
class WrittenPost:
    """A post of a blog and what was written into it."""

    blog: BlogFeed
    post: Post
    draft: Draft

    @property
    def headline(self) -> str:
        """What a list shows for it."""
        return headline_of(self.draft)

    @property
    def link(self) -> str:
        """Its address."""
        return self.blog.with_links(self.post).link


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a post, with everything that is needed to repeat it."""

    blog: str
    id: str
    draft: Draft | None = None
    """None: the post was deleted."""
    published: datetime | None = None
    updated: datetime | None = None


class Desk:
    """The writing desk of a server's blogs."""

    def __init__(self, blog: Blog) -> None:
        self.changed: Callable[[str], None] = lambda _name: None
        """Called with a blog's name after each change."""
        self.note: Callable[[Change], None] = lambda _change: None
        """Called with each change of a post since the blogs were opened."""
        self._server = blog
        self._drafts: dict[str, dict[str, Draft]] = {}
        self._coming = sample_blogs.coming()
        self._last_id = 0

    def open(self, now: datetime) -> None:
        """Create the sample blogs, with the posts that they published in the year before `now`."""
        for sample in sample_blogs.blogs():
            feed = self._server.feed(sample.name, sample.title, sample.form)
            feed.length = _MAX_SHOWN
            if sample.form == "wordpress":
                feed.length, feed.paging = _WORDPRESS_SHOWN, Paging.REST
            numbered = sorted(enumerate(sample.old), key=lambda one: one[1].published(now))
            for number, old in numbered:
                self._add(feed, str(_OLD_ID + number), old.draft, old.published(now))
            self.changed(sample.name)

    def next_sample(self, now: datetime) -> WrittenPost:
        """Publish the next sample post. They never end."""
        name, draft = next(self._coming)
        return self.write(name, draft, now)

    def write(self, name: str, draft: Draft, now: datetime, published: datetime | None = None) -> WrittenPost:
        """Publish a post, now or back-dated. Raises NoSuchBlog.

        A feed shows its posts in the order of their dates, as Tumblr does.
        """
        feed = self._feed(name)
        post_id = self._new_id(now)
        self._add(feed, post_id, draft, published or now)
        self._forget_the_oldest(feed)
        return self._announced(name, post_id)

    def edit(
        self, name: str, post_id: str, draft: Draft, now: datetime, published: datetime | None = None
    ) -> WrittenPost:
        """Change a post, and its date if one is given. Raises NoSuchBlog or NoSuchPost."""
        old = self.post(name, post_id)
        self._change(old.blog, post_id, draft, published or old.post.published, now)
        return self._announced(name, post_id)

    def _change(
        self, feed: BlogFeed, post_id: str, draft: Draft, published: datetime, updated: datetime | None
    ) -> None:
        self._drafts[feed.name][post_id] = draft
        feed.edit(replace(self._post(post_id, draft, published), updated=updated))
        _sort(feed)

    def _announced(self, name: str, post_id: str) -> WrittenPost:
        written = self.post(name, post_id)
        self.note(Change(name, post_id, written.draft, written.post.published, written.post.updated))
        self.changed(name)
        return written

    def delete(self, name: str, post_id: str) -> None:
        """Delete a post. Raises NoSuchBlog or NoSuchPost."""
        self._remove(self.post(name, post_id))
        self.note(Change(name, post_id))
        self.changed(name)

    def _remove(self, written: WrittenPost) -> None:
        written.blog.remove(written.post.id)
        del self._drafts[written.blog.name][written.post.id]

    def repeat(self, change: Change) -> None:
        """Repeat a change of an earlier run. Does nothing if the blog or post no longer exists."""
        drafts = self._drafts.get(change.blog)
        if drafts is None:
            return
        feed, is_known = self._server.feeds[change.blog], change.id in drafts
        if change.draft is None or change.published is None:
            if is_known:
                self._remove(self.post(change.blog, change.id))
            return
        if not is_known:
            self._add(feed, change.id, change.draft, change.published)
        self._change(feed, change.id, change.draft, change.published, change.updated)
        self._forget_the_oldest(feed)

    def post(self, name: str, post_id: str) -> WrittenPost:
        """Return a post. Raises NoSuchBlog or NoSuchPost."""
        feed = self._feed(name)
        found = next((post for post in feed.posts if post.id == post_id), None)
        if found is None or post_id not in self._drafts[name]:
            raise NoSuchPost
        return WrittenPost(feed, found, self._drafts[name][post_id])

    def posts(self, name: str, limit: int, before: str = "") -> list[WrittenPost]:
        """Return a blog's posts, newest first, or those below the post `before`. Raises NoSuchBlog or NoSuchPost."""
        feed, drafts = self._feed(name), self._drafts[name]
        shown = [post for post in feed.posts if post.id in drafts]
        start = shown.index(self.post(name, before).post) + 1 if before else 0
        return [WrittenPost(feed, post, drafts[post.id]) for post in shown[start : start + limit]]

    def blogs(self) -> list[BlogFeed]:
        """Return the blogs that have been opened."""
        return [self._server.feeds[name] for name in self._drafts]

    def _feed(self, name: str) -> BlogFeed:
        if name not in self._drafts:
            raise NoSuchBlog
        return self._server.feeds[name]

    def _add(self, feed: BlogFeed, post_id: str, draft: Draft, published: datetime) -> None:
        self._drafts.setdefault(feed.name, {})[post_id] = draft
        feed.publish(self._post(post_id, draft, published))
        _sort(feed)

    def _post(self, post_id: str, draft: Draft, published: datetime) -> Post:
        html = html_of(draft, lambda name: self._server.picture(name, 960, 600))
        return Post(post_id, draft.title, html, published, draft.tags, draft.author, _slug(draft.title))

    def _new_id(self, now: datetime) -> str:
        """Return an id that no run of the demo has given to another post: it grows with the time, as on Tumblr."""
        self._last_id = max(self._last_id + 1, int(now.timestamp() * 1000) << 19)
        return str(self._last_id)

    def _forget_the_oldest(self, feed: BlogFeed) -> None:
        for post in feed.posts[_MAX_POSTS:]:
            self._drafts[feed.name].pop(post.id, None)
        del feed.posts[_MAX_POSTS:]


def _sort(feed: BlogFeed) -> None:
    feed.posts.sort(key=lambda post: post.published, reverse=True)


def _slug(title: str) -> str:
    """Return the title's letters for an address, in any script."""
    kept = "".join(letter if letter.isalnum() else " " for letter in title.lower())
    return "-".join(kept.split())
