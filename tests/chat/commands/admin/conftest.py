"""The feeds of the server's news channel, and a blog that it can follow."""

import pytest

from bot.store.store import Store
from tests.chat.commands.admin.drafts import POSTS
from tests.chat.commands.blogs import GARDEN, Blogs
from tests.chat.commands.conftest import Town, Web


@pytest.fixture
def blogs(store: Store, town: Town) -> Blogs:
    return Blogs(store, town.guild.id, town.news.id)


@pytest.fixture
def garden(web: Web) -> str:
    return web.add(GARDEN, "Garden Notes", *POSTS, pasted="garden.example")
