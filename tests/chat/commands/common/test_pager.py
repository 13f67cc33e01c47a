"""Pages of long lists, with buttons that hold all they need."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.client import Chat
from bot.chat.commands.common.pager import Listing, cut_page, fit_page, paginate, render_page
from bot.chat.services import Services
from bot.model import Button, Message, Sent
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import StoredMessage
from bot.store.store import Store
from bot.text import limits
from tests.chat.commands.blogs import Blogs
from tests.chat.commands.conftest import ServerFixture, text_of
from tests.chat.conftest import Opened

MANY = 30


@pytest.fixture
async def blogs(store: Store, server: ServerFixture) -> Blogs:
    blogs = Blogs(store, server.guild.id, server.news.id)
    for number in range(MANY):
        await blogs.follow(f"https://blog{number}.example/feed", f"Blog {number:02}")
    return blogs


async def turn_page(server: ServerFixture, message: StoredMessage | None, label: str) -> InteractionResponse:
    """Press a button and wait for the page."""
    assert message is not None
    before = text_of(message)
    answer = await server.press(message, label)
    await server.discord.wait_for(lambda: answer.message and text_of(answer.message) != before)
    return answer


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_pages_are_turned_there_and_back(server: ServerFixture) -> None:
    first = await server.run("follow list")
    second = await turn_page(server, first.message, "Next")
    again = text_of(second.message)
    back = await turn_page(server, second.message, "Previous")

    assert "Page 1 of 3" in text_of(back.message)
    assert "Blog 00" in text_of(back.message)
    assert "Page 2 of 3" in again
    assert "Blog 12" in again


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_there_is_no_page_before_the_first_or_after_the_last(server: ServerFixture) -> None:
    first = await server.run("follow list")
    with pytest.raises(LookupError, match="disabled"):
        await server.press(first.message, "Previous")
    second = await turn_page(server, first.message, "Next")
    third = await turn_page(server, second.message, "Next")
    with pytest.raises(LookupError, match="disabled"):
        await server.press(third.message, "Next")

    assert "Page 3 of 3" in text_of(third.message)


@pytest.mark.usefixtures("blogs")
async def test_a_page_is_turned_after_a_restart(
    server: ServerFixture, running_chat: Chat, services: Services, opened: Opened
) -> None:
    first = await server.run("follow list")
    await running_chat.close()
    url = server.discord.api_url
    chat = Chat(
        server.discord.token, api_url=url, on_open=opened.add, services=services, first_delay=0.01, timeout=20
    )
    await chat.login()
    running = asyncio.create_task(chat.run())
    await opened.wait_for(server.news.id)

    second = await turn_page(server, first.message, "Next")
    await chat.close()
    await running

    assert "Page 2 of 3" in text_of(second.message)


@pytest.mark.usefixtures("running_chat")
async def test_a_list_that_became_shorter_shows_its_last_page(server: ServerFixture, blogs: Blogs) -> None:
    first = await server.run("follow list")
    for each in (await blogs.store.subscriptions.all())[5:]:
        await blogs.store.removals.remove(each.subscription.id, blogs.now)

    second = await turn_page(server, first.message, "Next")

    assert "Page" not in text_of(second.message)
    assert "Blog 04" in text_of(second.message)
    assert second.message is not None
    assert not second.message.components


@pytest.mark.usefixtures("running_chat", "blogs")
async def test_a_member_who_may_not_run_the_command_cannot_turn_pages(server: ServerFixture) -> None:
    first = await server.run("follow list")

    answer = await server.press(first.message, "Next", user=server.member)

    assert "Manage Server" in text_of(answer.message)


async def forge(server: ServerFixture, chat: Chat, custom_id: str) -> StoredMessage:
    """Send a message in another server with a forged button."""
    elsewhere = server.discord.add_guild("Observatory")
    sky = server.discord.add_channel(elsewhere.id, "sky")
    message = Message(content="Look", buttons=(Button("Open", custom_id),))
    sent = await chat.sender.send(sky.id, message, nonce="1")
    assert isinstance(sent, Sent)
    return server.discord.messages(sky.id)[-1]


@pytest.mark.usefixtures("blogs")
async def test_a_forged_button_shows_nothing_of_another_server(
    server: ServerFixture, running_chat: Chat
) -> None:
    message = await forge(server, running_chat, f"page:follow:{server.news.id}:1")

    answer = await server.discord.press(message, "Open", server.discord.owner)
    await server.discord.wait_for(lambda: answer.followups)

    assert [each.content for each in answer.followups] == [
        f"<#{server.news.id}> doesn't follow any feeds; add one with `/feed add`."
    ]
    assert "Blog" not in str(server.discord.messages(message.channel_id, ephemeral=True))


async def test_a_list_of_another_version_is_answered_with_what_to_do(
    server: ServerFixture, running_chat: Chat
) -> None:
    message = await forge(server, running_chat, "page:harvest::2")

    answer = await server.discord.press(message, "Open", server.discord.owner)

    assert text_of(answer.message) == "This list no longer exists; run the command again."


@given(st.lists(st.text(max_size=600), max_size=60))
def test_every_line_is_on_one_page_within_discords_limits(lines: list[str]) -> None:
    pages = paginate(lines)

    assert [line for page in pages for line in page] == lines
    assert pages
    for number in range(len(pages) + 2):
        embed, _view = render_page(Listing("Title", tuple(lines), "A note."), "follow", "", number)
        assert limits.utf16_length(embed.description or "") <= limits.EMBED_DESCRIPTION


def test_a_line_longer_than_a_page_is_cut() -> None:
    ((line,),) = paginate(["word " * 2000])

    assert limits.utf16_length(line) <= limits.EMBED_DESCRIPTION
    assert line.endswith("…")


@given(st.lists(st.integers(), max_size=40), st.integers(-3, 9))
def test_every_item_is_on_one_page_of_a_long_list(items: list[int], number: int) -> None:
    cut = cut_page(items, number)
    pages = [cut_page(items, each + 1) for each in range(cut.pages)]

    assert cut in pages
    assert [item for page in pages for item in page.items] == items
    assert all(page.items for page in pages[1:])


@given(st.lists(st.text(max_size=4000), max_size=12))
def test_a_page_of_a_long_list_is_within_discords_limits(lines: list[str]) -> None:
    fitted = fit_page(lines)

    assert len(fitted) == len(lines)
    assert limits.utf16_length("\n".join(fitted)) <= limits.EMBED_DESCRIPTION - len("A note below.")


def test_only_the_longest_lines_of_a_page_are_clipped() -> None:
    lines = ["short", "word " * 900, "middle " * 100]

    fitted = fit_page(lines)

    assert fitted[0] == lines[0]
    assert fitted[1].endswith("…")
    assert fitted[2] == lines[2]
