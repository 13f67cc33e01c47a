"""The feeds of the server's news channel, and a blog that it can follow."""

import pytest

from bot.store.store import Store
from tests.chat.commands.admin.drafts import POSTS
from tests.chat.commands.blogs import GARDEN, Blogs
from tests.chat.commands.conftest import ServerFixture, Web


@pytest.fixture
def blogs(store: Store, server: ServerFixture) -> Blogs:
    return Blogs(store, server.guild.id, server.news.id)


@pytest.fixture
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", *POSTS, pasted="garden.example")
