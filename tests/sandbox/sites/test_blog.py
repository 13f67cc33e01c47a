"""The blog serves, changes and fails, over real HTTP."""

import asyncio
import json
import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import Blog, BlogFeed, Document, GuidStyle, Post
from tests.sandbox.sites.conftest import NOON, post


async def items(client: aiohttp.ClientSession, feed: BlogFeed) -> list[ET.Element]:
    async with client.get(feed.url) as response:
        return ET.fromstring(await response.read()).findall("channel/item")  # noqa: S314 - our own document


def column(found: list[ET.Element], name: str) -> list[str | None]:
    return [item.findtext(name) for item in found]


async def test_the_newest_post_is_first(client: aiohttp.ClientSession, garden: BlogFeed) -> None:
    found = await items(client, garden)

    assert column(found, "title") == ["Roses", "Peas", "Beans"]
    assert column(found, "guid")[0] == f"{garden.base}/post/3"
    assert column(found, "link")[0] == f"{garden.base}/post/3/roses"
    assert column(found, "description")[0] == "<p>Roses climb &amp; bloom.</p>"
    assert column(found, "pubDate")[0] == "Fri, 01 Mar 2024 15:00:00 +0000"
    assert column(found, "category")[0] == "garden"


async def test_the_feed_shows_as_many_posts_as_on_tumblr(
    client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    garden.publish(*(post(number, f"Post {number}") for number in range(4, 40)))

    assert len(await items(client, garden)) == 20


async def test_posts_can_be_edited_removed_and_reordered(
    client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    garden.edit(replace(garden.posts[1], title="Sweet peas"))
    garden.remove("3")
    garden.reorder("1")

    assert column(await items(client, garden), "title") == ["Beans", "Sweet peas"]


@pytest.mark.parametrize(
    ("style", "guid"),
    [
        (GuidStyle.PLAIN, "BASE/post/3"),
        (GuidStyle.SLUG, "BASE/post/3/roses"),
        (GuidStyle.WWW, "https://www.tumblr.com/garden/3"),
        (GuidStyle.WORDPRESS, "BASE/?p=3"),
        (GuidStyle.OPAQUE, "3"),
    ],
)
async def test_the_guid_style_can_change(
    client: aiohttp.ClientSession, garden: BlogFeed, style: GuidStyle, guid: str
) -> None:
    garden.guid_style = style

    assert column(await items(client, garden), "guid")[0] == guid.replace("BASE", garden.base)


async def test_a_post_can_have_its_own_guid_and_link(client: aiohttp.ClientSession, garden: BlogFeed) -> None:
    garden.publish(replace(post(4, "Lilies"), guid="tag:lilies", link="https://lilies.example/"))

    first = (await items(client, garden))[0]

    assert (first.findtext("guid"), first.findtext("link")) == ("tag:lilies", "https://lilies.example/")


async def test_a_blog_can_move_to_another_domain(
    blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    garden.move("https://garden.example/", "garden.example")

    async with client.get(f"{blog.address}/rss", headers={"Host": "garden.example"}) as response:
        body = await response.text()

    assert "<link>https://garden.example/post/3/roses</link>" in body
    assert column(await items(client, garden), "guid")[0] == "https://garden.example/post/3"


@pytest.mark.parametrize("form", ["rss", "wordpress", "atom"])
async def test_every_xml_format_is_well_formed(blog: Blog, client: aiohttp.ClientSession, form: str) -> None:
    feed = blog.feed("hostile", title='<A> & "B"', form=form)
    feed.publish(Post("1", "]]> <b> & é", "<p>]]> & \U0001f331</p>", NOON, ("a & b",), author="<me> & you"))

    async with client.get(feed.url) as response:
        root = ET.fromstring(await response.read())  # noqa: S314 - our own document

    assert "]]> <b> & é" in [element.text for element in root.iter() if element.tag.endswith("title")]


async def test_the_json_format_is_a_json_feed(blog: Blog, client: aiohttp.ClientSession) -> None:
    feed = blog.feed("garden", form="json")
    feed.publish(replace(post(1, "Beans"), author="me", updated=NOON))

    async with client.get(feed.url) as response:
        document = json.loads(await response.read())

    assert response.content_type == "application/feed+json"
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["items"][0]["authors"] == [{"name": "me"}]


async def test_matching_validators_are_answered_with_304(
    client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    async with client.get(garden.url) as response:
        etag, modified = response.headers["ETag"], response.headers["Last-Modified"]

    statuses = []
    for headers in (
        {"If-None-Match": etag},
        {"If-Modified-Since": modified},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
    ):
        async with client.get(garden.url, headers=headers) as response:
            statuses.append(response.status)

    assert statuses == [304, 304, 200]


async def test_an_edit_changes_the_etag(garden: BlogFeed) -> None:
    before = garden.document().etag

    garden.edit(replace(garden.posts[0], title="Wild roses"))

    assert garden.document().etag != before


async def test_each_feed_of_a_blog_has_its_own_posts(
    blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    stars = blog.feed("stars")
    stars.publish(post(9, "Vega"))

    assert blog.feed("garden") is garden
    assert column(await items(client, stars), "title") == ["Vega"]


async def test_every_request_is_logged(blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed) -> None:
    async with client.get(f"{garden.url}?page=2", headers={"X-Test": "1"}):
        pass

    seen = blog.requests[-1]
    assert (seen.method, seen.path, seen.headers["X-Test"]) == ("GET", "/garden/rss?page=2", "1")


async def test_a_page_shows_the_posts_and_links_to_the_feed(
    blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    async with client.get(f"{blog.address}/garden/post/2/peas") as response:
        body = await response.text()

    assert f'href="{garden.url}"' in body
    assert "Peas" in body
    assert "Roses" not in body


@pytest.mark.parametrize(
    "path",
    ["/garden/post/99", "/nothing/rss", "/", "/picture/1/2", "/picture/axb/x.png"],
)
async def test_a_missing_page_is_not_found(
    blog: Blog, client: aiohttp.ClientSession, garden: BlogFeed, path: str
) -> None:
    async with client.get(f"{blog.address}{path}") as response:
        assert response.status == 404
    assert garden.posts


async def test_pictures_are_served(blog: Blog, client: aiohttp.ClientSession) -> None:
    async with client.get(blog.picture("beans", 30, 20)) as response:
        body = await response.read()

    assert response.content_type == "image/png"
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", body[16:24]) == (30, 20)
    data = body[body.index(b"IDAT") + 4 : body.index(b"IEND") - 8]
    assert len(zlib.decompress(data)) == (30 * 3 + 1) * 20


async def test_pictures_with_different_names_differ(blog: Blog, client: aiohttp.ClientSession) -> None:
    bodies = set()
    for name in ("beans", "peas"):
        async with client.get(blog.picture(name)) as response:
            bodies.add(await response.read())

    assert len(bodies) == 2


async def test_scripted_responses_happen_once_and_in_order(
    client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    garden.next(faults.status(503), faults.status(429, {"Retry-After": "5"}))

    statuses = []
    for _ in range(3):
        async with client.get(garden.url) as response:
            statuses.append(response.status)

    assert statuses == [503, 429, 200]


async def test_a_permanent_response_stays_until_it_is_removed(
    client: aiohttp.ClientSession, garden: BlogFeed
) -> None:
    statuses = []
    for answer in (faults.status(410), faults.status(410), None):
        garden.always(answer)
        async with client.get(garden.url) as response:
            statuses.append(response.status)

    assert statuses == [410, 410, 200]


async def test_a_blog_stops_while_a_request_hangs() -> None:
    """Otherwise a test that doesn't release a request would hang."""
    arrived = asyncio.Event()

    async def hang(_request: web.Request, _doc: Document) -> web.StreamResponse:
        arrived.set()
        await asyncio.Event().wait()
        return web.Response()

    async with aiohttp.ClientSession() as client:
        async with Blog() as blog:
            blog.feed("garden").always(hang)
            request = asyncio.ensure_future(client.get(blog.feed("garden").url))
            await arrived.wait()

        with pytest.raises(aiohttp.ClientError):
            await request
