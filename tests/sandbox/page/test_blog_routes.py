"""The blogs on the page: written, edited, back-dated and deleted posts are in the feed."""

import aiohttp

from bot.sandbox.sites.blog import Blog

DRAFT = {"kind": "text", "title": "Beans", "text": "They climb.", "tags": ["beans"]}


async def test_all_blogs_are_listed_with_their_newest_posts(browser: aiohttp.ClientSession) -> None:
    found = await (await browser.get("/api/blogs")).json()

    (garden,) = (each for each in found["blogs"] if each["name"] == "garden")
    assert garden["count"] > len(garden["posts"]) == 20
    assert "photo set" in found["kinds"]
    assert {"name", "alt", "url"} == set(found["pictures"][0])


async def test_a_picture_to_choose_is_served(browser: aiohttp.ClientSession) -> None:
    found = await (await browser.get("/api/blogs")).json()

    answer = await browser.get(found["pictures"][0]["url"])

    assert (answer.status, answer.content_type) == (200, "image/png")


async def test_older_posts_come_page_by_page(browser: aiohttp.ClientSession, blog: Blog) -> None:
    seen: list[str] = []
    older = True
    while older:
        before = {"before": seen[-1]} if seen else {}
        page = await (await browser.get("/api/blogs/garden/posts", params={"limit": "30", **before})).json()
        seen += [post["id"] for post in page["posts"]]
        older = page["older"]

    assert seen == [post.id for post in blog.feeds["garden"].posts]


async def test_a_post_is_written_edited_and_deleted(browser: aiohttp.ClientSession, blog: Blog) -> None:
    written = await browser.post("/api/blogs/garden/posts", json=DRAFT)
    post = (await written.json())["post"]
    place = f"/api/blogs/garden/posts/{post['id']}"
    newest = blog.feeds["garden"].posts[0]
    edited = await browser.put(place, json=DRAFT | {"title": "Peas"})
    changed = blog.feeds["garden"].posts[0]
    deleted = await browser.delete(place)

    assert (written.status, edited.status, deleted.status) == (201, 200, 204)
    assert (newest.id, newest.title, newest.tags) == (post["id"], "Beans", ("beans",))
    assert (changed.id, changed.title) == (post["id"], "Peas")
    assert changed.updated is not None
    assert post["id"] not in [each.id for each in blog.feeds["garden"].posts]


async def test_a_post_can_be_back_dated(browser: aiohttp.ClientSession) -> None:
    written = await browser.post(
        "/api/blogs/garden/posts", json=DRAFT | {"published": "2025-05-04T09:30:00Z"}
    )

    assert (await written.json())["post"]["published"] == "2025-05-04T09:30:00+00:00"


async def test_a_sentence_names_what_is_missing(browser: aiohttp.ClientSession) -> None:
    empty = await browser.post("/api/blogs/garden/posts", json={"kind": "photo"})
    unknown = await browser.post("/api/blogs/nowhere/posts", json=DRAFT)
    gone = await browser.delete("/api/blogs/garden/posts/1")
    torn = await browser.post(
        "/api/blogs/garden/posts", data=b"{", headers={"Content-Type": "application/json"}
    )
    form = await browser.post("/api/blogs/garden/posts", data={"kind": "text"})

    assert [each.status for each in (empty, unknown, gone, torn, form)] == [400, 404, 404, 400, 415]
    assert (await empty.json())["error"] == "Choose a picture."
    assert (await unknown.json())["error"].startswith("There is no such blog")
