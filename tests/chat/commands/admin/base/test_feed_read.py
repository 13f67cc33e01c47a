"""Errors of feeds and sites are explained to the admin who waits."""

import pytest

from bot import errors
from bot.chat.commands.admin.base import feed_read
from bot.errors import SourceError
from bot.store.store import Store
from tests.chat.commands.admin.drafts import add_feed
from tests.chat.commands.blogs import GARDEN
from tests.chat.commands.conftest import ServerFixture, Web, post

pytestmark = pytest.mark.usefixtures("running_chat")


@pytest.fixture(autouse=True)
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", post(1), pasted="garden.example")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.PrivateAddress(GARDEN), "This address leads into a private network; use a public one"),
        (errors.InvalidAddress(GARDEN), "This is not a web address; paste one that starts with https://."),
        (errors.Unreachable(GARDEN), "The site cannot be reached; check the address"),
        (errors.TimedOut(GARDEN), "The site didn't answer in time; open the address in a browser"),
        (errors.ServerError(GARDEN, 503), "The site has a problem of its own (HTTP 503); try again later."),
        (errors.RateLimited(GARDEN, 429), "The site asks for fewer requests; try again in an hour."),
        (errors.NotFound(GARDEN, 404), "There is no feed at this address; check it in a browser"),
        (errors.Gone(GARDEN, 410), "The feed has ended"),
        (errors.Forbidden(GARDEN, 403), "The site refuses the bot; ask its owner"),
        (errors.NotAFeed(GARDEN), "This is not a feed; look for the site's RSS or Atom link"),
        (
            errors.HtmlPage(GARDEN),
            "This is a web page without a feed behind it; look for its RSS or Atom link",
        ),
        (errors.ChallengePage(GARDEN), "The site has a bot check; ask its owner"),
        (
            errors.ConsentPage(GARDEN),
            "The site shows a consent page instead of its feed; paste the feed's own",
        ),
        (errors.LoginWall(GARDEN), "The site asks for a login; follow a feed that anyone can read"),
        (errors.EmptyDocument(GARDEN), "What the site sent can't be read as a feed; let its owner know"),
        (errors.Unreadable(GARDEN), "What the site sent can't be read as a feed; let its owner know"),
        (errors.TooLarge(GARDEN), "The document is larger than polling.max_body"),
    ],
)
async def test_every_error_is_explained_in_one_sentence(
    server: ServerFixture, web: Web, store: Store, error: SourceError, sentence: str
) -> None:
    web.errors["garden.example"] = error

    text = await add_feed(server)

    assert text.startswith(sentence)
    assert "\n" not in text
    assert await store.subscriptions.all() == []


async def test_a_site_that_never_answers_times_out(
    server: ServerFixture, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_read, "READ_TIMEOUT", 0.01)
    web.released.clear()

    assert (await add_feed(server)).startswith("The site didn't answer in time;")


async def test_a_feed_that_fails_after_it_was_found_is_explained(server: ServerFixture, web: Web) -> None:
    web.errors[GARDEN] = errors.ServerError(GARDEN, 502)

    assert await add_feed(server) == "The site has a problem of its own (HTTP 502); try again later."
