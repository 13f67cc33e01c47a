"""What happens to posts and feeds. A fault lasts as long as its step says and then heals; a change stays."""

import asyncio
import random
import re
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web

from benchmarks.fault_runs.world import FORMS, TAGS, World
from bot.sandbox.sites import faults as sites
from bot.sandbox.sites.blog import BlogFeed, Document, GuidStyle, Responder


async def publish(world: World, chance: random.Random, _: float) -> None:
    """Publish one post, or several at once."""
    name = chance.choice(sorted(FORMS))
    for _number in range(chance.choice((1, 1, 1, 2, 4))):
        world.publish(name, tuple(chance.sample(TAGS, chance.randint(0, 3))))


async def edit(world: World, chance: random.Random, _: float) -> None:
    """Edit the text of a post, as authors do after publishing."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    old = chance.choice(feed.posts)
    feed.edit(replace(old, html=f"{old.html}<p>Edited.</p>", updated=datetime.now(UTC)))


async def reorder(world: World, chance: random.Random, _: float) -> None:
    """Serve the newest posts in another order."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    order = [post.id for post in feed.posts[:15]]
    chance.shuffle(order)
    feed.reorder(*order)


async def change_guids(world: World, chance: random.Random, _: float) -> None:
    """Give the posts of a feed new guids, as an upgrade of the site does."""
    feed = world.feed(chance.choice(sorted(FORMS)))
    feed.guid_style = GuidStyle.SLUG if feed.guid_style is not GuidStyle.SLUG else GuidStyle.WWW


async def move(world: World, chance: random.Random, _: float) -> None:
    """Move a feed for good, with a 301 at its old address."""
    name = chance.choice(sorted(FORMS))
    if name in world.moved:
        return
    old = world.blog.feeds[name]
    new = world.blog.feed(f"{name}-moved", old.title, old.form)
    new.length, new.posts, new.guid_style = old.length, old.posts, old.guid_style
    old.always(sites.redirect(new.url, 301))
    world.moved[name] = new


async def break_feed(world: World, chance: random.Random, seconds: float) -> None:
    """Make a feed fail in one of the ways in which sites fail."""
    name = chance.choice(sorted(FORMS))
    feed, hanging = world.feed(name), asyncio.Event()
    responders: tuple[Responder, ...] = (
        *(sites.status(code) for code in (403, 404, 408, 429, 500, 503)),
        *(sites.status(code, {"Retry-After": "1"}) for code in (429, 503)),
        *(sites.garbage(), sites.reset(), sites.html_page(), sites.challenge_page()),
        *(sites.served(b""), sites.served(b'{"error": "none"}', "application/json"), sites.hang(hanging)),
        sites.stuck_validators(feed.document().etag),
    )
    feed.always(chance.choice(responders))
    await asyncio.sleep(seconds)
    _heal(world, name, feed)
    hanging.set()


async def tear_feed(world: World, chance: random.Random, seconds: float) -> None:
    """Break a feed's document off at some byte, sometimes without a sign that something is missing."""
    name = chance.choice(sorted(FORMS))
    feed = world.feed(name)
    part, honest = chance.uniform(0.2, 0.95), chance.random() < 0.5

    async def torn(request: web.Request, doc: Document) -> web.StreamResponse:
        body = doc.body[: int(len(doc.body) * part)]
        places = {post.slug: re.search(rf"/{post.slug}\b".encode(), body) for post in feed.posts}
        shown = sorted((place.start(), slug) for slug, place in places.items() if place is not None)
        world.history.add("torn", feed=feed.name, shown=[slug for _, slug in shown])
        responder = sites.truncated(part) if honest else sites.served(body)
        return await responder(request, doc)

    feed.always(torn)
    await asyncio.sleep(seconds)
    _heal(world, name, feed)


def _heal(world: World, name: str, feed: BlogFeed) -> None:
    """End a feed's fault, unless the feed has moved meanwhile: then its old address redirects."""
    if world.feed(name) is feed:
        feed.always(None)
