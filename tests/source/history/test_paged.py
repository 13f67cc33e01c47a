"""Histories by page number."""

import pytest

from bot.errors import SourceError
from bot.sandbox.sites import faults
from bot.sandbox.sites.blog import BlogFeed
from bot.sandbox.sites.paging import Paging
from tests.source.history.moon_blog import Reader


async def test_a_page_that_is_missing_once_is_not_the_end(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.PAGED
    history = await reader.history(moon.url)
    assert history is not None
    moon.next(faults.status(404))

    assert (await history.page("2")).entries


async def test_a_page_that_fails_is_an_error_and_not_the_end(moon: BlogFeed, reader: Reader) -> None:
    moon.paging = Paging.PAGED
    history = await reader.history(moon.url)
    assert history is not None
    moon.next(faults.status(503))

    with pytest.raises(SourceError):
        await history.page("2")
