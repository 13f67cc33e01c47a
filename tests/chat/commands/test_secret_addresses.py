"""Nobody in Discord sees the secret of a feed's address: no member, and no admin, not even one who typed it."""

import json

import pytest

from bot.sandbox.discord.interaction_data import OptionValue
from bot.store.store import Store
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, post

pytestmark = pytest.mark.usefixtures("running_chat")

SECRET = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
ADDRESSES = (
    f"https://ann:{SECRET}@a.example/rss",
    f"https://b.example/rss?k={SECRET}",
    f"https://c.example/rss/{SECRET}/feed.xml",
    f"https://c.example/rss/token/{SECRET}.xml",
)


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    """The server follows feeds without a title, with secrets in their addresses."""
    blogs = Blogs(store, server.guild.id, server.news.id)
    for number, url in enumerate(ADDRESSES):
        await blogs.follow(url, "")
        await blogs.poll(post(10 * number, "beans"), url=url)
        await blogs.poll(post(10 * number, "beans"), post(10 * number + 1, "beans"), url=url)
    await blogs.fail("The site cannot be reached; check the address.", ADDRESSES[1])
    return blogs


COMMANDS: list[tuple[str, dict[str, OptionValue]]] = [
    ("feed list", {}),
    ("feed status", {}),
    ("feed status", {"feed": ADDRESSES[0]}),
    ("feed status", {"feed": ADDRESSES[1]}),
    ("feed status", {"feed": ADDRESSES[2]}),
    ("feed status", {"feed": ADDRESSES[3]}),
    ("feed status", {"feed": f"{ADDRESSES[1]}0"}),
    ("feed pause", {"feed": ADDRESSES[1]}),
    ("feed remove", {"feed": f"https://unknown.example/?k={SECRET}"}),
    ("feed add", {"url": f"ftp://b.example/?k={SECRET}"}),
    ("feed add", {"url": f"https://b.example/nothing?k={SECRET}"}),
    ("follow add", {"tag": "beans", "feed": f"https://unknown.example/?k={SECRET}"}),
    ("follow add", {"tag": "beans"}),
    ("follow list", {}),
    ("why", {"link": f"https://unknown.example/?k={SECRET}"}),
    ("search", {"query": "beans"}),
    ("search", {"query": "beans", "feed": ADDRESSES[1]}),
    ("search", {"query": "beans", "feed": f"https://unknown.example/?k={SECRET}"}),
    ("latest", {}),
    ("tags", {}),
    ("tags", {"feed": ADDRESSES[2]}),
    ("help", {}),
]


@pytest.mark.usefixtures("blogs")
async def test_no_answer_shows_a_secret(server: ServerFixture) -> None:
    for command, options in COMMANDS:
        await server.reply_to(command, options)

    answers = [request for request in server.discord.requests if request.body]
    assert len(answers) >= len(COMMANDS)
    assert SECRET not in json.dumps([request.body for request in answers])


@pytest.mark.usefixtures("blogs")
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("feed status", {"feed": ""}),
        ("feed remove", {"feed": "c.example"}),
        ("search", {"query": "beans", "feed": ""}),
        ("tags", {"feed": ""}),
    ],
)
async def test_no_suggestion_shows_a_secret(
    server: ServerFixture, command: str, options: dict[str, OptionValue]
) -> None:
    found = await server.discord.complete(
        server.guild, server.news, server.admin, command, options, focused="feed"
    )

    assert found
    assert SECRET not in json.dumps(found)


async def test_an_admin_recognises_the_feeds(server: ServerFixture, blogs: Blogs) -> None:
    await blogs.follow("https://b.example/rss?tag=moths&k=1", "")

    text = await server.reply_to("feed list")

    for address in (
        "a.example/rss",
        "b.example/rss",
        r"c.example/rss/\*\*\*/feed.xml",
        "b.example/rss?tag=moths",
    ):
        assert address in text
