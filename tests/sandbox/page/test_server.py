"""What each viewer sees of the server, and what reaches an open page."""

import html
import re
from typing import Any

import aiohttp
import pytest

from bot.sandbox.allotment import Allotment
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page import live
from bot.sandbox.page.requests import MAX_FILE_SIZE, MAX_FILES
from bot.sandbox.page.server import PageServer
from bot.sandbox.sites.blog import png

Json = dict[str, Any]


async def get(browser: aiohttp.ClientSession, path: str) -> Json:
    found: Json = await (await browser.get(path)).json()
    return found


async def channels(browser: aiohttp.ClientSession, viewer: str) -> list[str]:
    return [each["name"] for each in (await get(browser, f"/api/as/{viewer}/server"))["channels"]]


async def test_the_private_channel_is_shown_only_to_who_may_view_it(browser: aiohttp.ClientSession) -> None:
    seen = {name: await channels(browser, name) for name in ("admin", "moderator", "member", "newcomer")}

    assert all("committee" in seen[name] for name in ("admin", "moderator", "member"))
    assert seen["newcomer"] == [name for name in seen["member"] if name != "committee"]


async def test_threads_follow_their_channel_and_the_newest_comes_first(
    browser: aiohttp.ClientSession, sandbox_discord: SandboxDiscord, place: Allotment
) -> None:
    rides = place.channels["rides"]
    first, second = (sandbox_discord.add_thread(rides.id, name) for name in ("Canal", "Hills"))
    sandbox_discord.say(second.id, "Steep")
    sandbox_discord.say(first.id, "Flat")

    names = await channels(browser, "member")

    assert names[names.index("garden") + 1] == "rain-gauge"
    assert names[names.index("rides") : names.index("rides") + 3] == ["rides", "Canal", "Hills"]


async def test_direct_messages_are_shown_to_their_receiver(
    browser: aiohttp.ClientSession, sandbox_discord: SandboxDiscord, place: Allotment
) -> None:
    sandbox_discord.open_direct(place.viewers["admin"].user.id)

    assert "Ada" in await channels(browser, "admin")
    assert "Ada" not in await channels(browser, "member")


async def test_messages_come_in_pages(
    browser: aiohttp.ClientSession, sandbox_discord: SandboxDiscord, place: Allotment
) -> None:
    garden = place.channels["garden"].id
    said = [str(sandbox_discord.say(garden, f"Post {number}").id) for number in range(120)]
    path = f"/api/as/member/channels/{garden}/messages"

    newest = await get(browser, path)
    older = await get(browser, f"{path}?before={newest['messages'][0]['id']}&limit=70")
    around = await get(browser, f"{path}?around={said[60]}&limit=10")
    after = await get(browser, f"{path}?after={said[100]}&limit=100")

    assert [each["id"] for each in older["messages"] + newest["messages"]] == said
    assert (newest["older"], newest["newer"], older["older"]) == (True, False, False)
    assert [each["id"] for each in around["messages"]] == said[55:65]
    assert [each["id"] for each in after["messages"]] == said[101:]


async def test_a_channel_without_history_shows_none(
    browser: aiohttp.ClientSession, sandbox_discord: SandboxDiscord, place: Allotment
) -> None:
    garden = place.channels["garden"].id
    sandbox_discord.say(garden, "Before")
    everyone = sandbox_discord.roles[place.guild.id]
    sandbox_discord.set_permissions(garden, deny=Permission.READ_MESSAGE_HISTORY, target=everyone)

    assert (await get(browser, f"/api/as/member/channels/{garden}/messages"))["messages"] == []


async def test_a_person_writes_and_a_moderator_deletes(
    browser: aiohttp.ClientSession, place: Allotment
) -> None:
    path = f"channels/{place.channels['garden'].id}/messages"
    written = await browser.post(f"/api/as/member/{path}", json={"content": "Hello"})
    message = (await written.json())["message"]
    foreign = await browser.delete(f"/api/as/newcomer/{path}/{message['id']}")
    deleted = await browser.delete(f"/api/as/moderator/{path}/{message['id']}")
    gone = await browser.delete(f"/api/as/moderator/{path}/{message['id']}")

    assert (message["author"]["name"], message["text"]) == ("Mia", "Hello")
    assert [each.status for each in (foreign, deleted, gone)] == [403, 204, 404]


@pytest.mark.parametrize(("content", "status"), [("", 400), ("a" * 2001, 400), ("a" * 2000, 201)])
async def test_a_message_has_discords_length(
    browser: aiohttp.ClientSession, place: Allotment, content: str, status: int
) -> None:
    path = f"/api/as/member/channels/{place.channels['garden'].id}/messages"

    assert (await browser.post(path, json={"content": content})).status == status


async def test_a_person_attaches_files(browser: aiohttp.ClientSession, place: Allotment) -> None:
    path = f"/api/as/member/channels/{place.channels['garden'].id}/messages"
    data = aiohttp.FormData({"payload_json": "{}"})
    data.add_field("files[0]", png(2, 2, b"beans!"), filename="bed.png")
    data.add_field("files[1]", b"tulips", filename="bed.txt")

    written = (await (await browser.post(path, data=data)).json())["message"]

    [picture] = re.findall(r'<img src="(/picture/[^"]+)"', written["html"])
    shown = await browser.get(html.unescape(picture))
    assert (shown.status, shown.content_type) == (200, "image/png")
    assert ">bed.txt</bdi></a>" in written["html"]
    assert "6 bytes" in written["html"]
    assert written["text"] == "bed.png"


@pytest.mark.parametrize("sizes", [[MAX_FILE_SIZE + 1], [1] * (MAX_FILES + 1)])
async def test_files_that_are_too_large_or_too_many_are_refused(
    browser: aiohttp.ClientSession, place: Allotment, sizes: list[int]
) -> None:
    path = f"/api/as/member/channels/{place.channels['garden'].id}/messages"
    data = aiohttp.FormData({"payload_json": "{}"})
    for number, size in enumerate(sizes):
        data.add_field(f"files[{number}]", b"a" * size, filename="bed.txt")

    assert (await browser.post(path, data=data)).status == 413


async def test_nobody_can_write_directly_in_a_forum(browser: aiohttp.ClientSession, place: Allotment) -> None:
    path = f"/api/as/admin/channels/{place.channels['rides'].id}/messages"

    assert (await browser.post(path, json={"content": "Hello"})).status == 403


async def events(page: PageServer, browser: aiohttp.ClientSession, viewer: str) -> Any:  # noqa: ANN401 - aiohttp's context manager
    socket = await browser.ws_connect("/live")
    await socket.send_json({"token": page.token, "viewer": viewer})
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def test_an_open_page_only_gets_events_that_its_viewer_may_see(
    page: PageServer,
    browser: aiohttp.ClientSession,
    sandbox_discord: SandboxDiscord,
    place: Allotment,
) -> None:
    live = await events(page, browser, "newcomer")
    sandbox_discord.say(place.channels["committee"].id, "Secret")
    message = sandbox_discord.say(place.channels["garden"].id, "Beans")
    sandbox_discord.delete_message(message)
    everyone = sandbox_discord.roles[place.guild.id]
    hidden = sandbox_discord.set_permissions(
        place.channels["tulips"].id, deny=Permission.VIEW_CHANNEL, target=everyone
    )
    sandbox_discord.change_channel(place.channels["garden"].id, name="beds")

    got = [await live.receive_json() for _ in range(4)]

    assert [each["type"] for each in got] == ["message", "message-deleted", "channel-gone", "channel"]
    assert (got[0]["message"]["text"], got[1]["id"]) == ("Beans", str(message.id))
    assert (got[2]["id"], got[3]["channel"]["name"]) == (str(hidden.id), "beds")


@pytest.mark.parametrize("first", ['{"token": "wrong", "viewer": "admin"}', "[]", "nonsense"])
async def test_an_open_page_needs_the_token(browser: aiohttp.ClientSession, first: str) -> None:
    async with browser.ws_connect("/live") as live:
        await live.send_str(first)
        await live.receive()

        assert live.close_code == 4001


async def test_a_page_that_identifies_itself_too_late_may_try_again(
    page: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_FIRST_MESSAGE_TIMEOUT", 0.01)
    async with aiohttp.ClientSession(page.address) as browser, browser.ws_connect("/live") as socket:
        await socket.receive()

        assert socket.close_code == aiohttp.WSCloseCode.TRY_AGAIN_LATER


async def test_a_page_that_does_not_read_loses_its_connection_not_the_demo(
    page: PageServer, browser: aiohttp.ClientSession
) -> None:
    live = await events(page, browser, "member")
    for number in range(3000):  # no await: nothing can be sent meanwhile
        page.live.send({"type": "test", "number": number})

    assert (await live.receive()).type is aiohttp.WSMsgType.CLOSE
    assert live.close_code == 1013
