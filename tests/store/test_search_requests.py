"""Search requests are kept for the buttons below the answers, and only for as long as people may press them."""

from datetime import timedelta

import pytest

from bot.model import SearchRequest
from bot.store import search_requests
from bot.store.store import Store
from tests.store.conftest import START


async def test_a_request_is_found_by_its_token(store: Store) -> None:
    token = await store.search_requests.keep(7, 5, '{"query":"beans"}', START)

    assert await store.search_requests.get(token) == SearchRequest(token, 7, 5, '{"query":"beans"}', START)


async def test_an_unknown_token_finds_nothing(store: Store) -> None:
    token = await store.search_requests.keep(7, 5, "{}", START)

    assert await store.search_requests.get(token + 1) is None
    assert await store.search_requests.get(10**20 - 1) is None


async def test_tokens_are_random_and_fit_into_a_custom_id(store: Store) -> None:
    tokens = [await store.search_requests.keep(7, 5, "{}", START) for _each in range(20)]

    assert len(set(tokens)) == 20
    assert sorted(tokens) != tokens
    assert all(0 <= token < 10**18 for token in tokens)


async def test_only_the_newest_requests_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_requests, "MAX_REQUESTS", 2)

    tokens = [await store.search_requests.keep(7, 5, "{}", START) for _each in range(4)]

    found = [await store.search_requests.get(token) for token in tokens]
    assert [each is not None for each in found] == [False, False, True, True]


async def test_requests_are_forgotten_after_a_week(store: Store) -> None:
    old = await store.search_requests.keep(7, 5, "{}", START)
    new = await store.search_requests.keep(7, 5, "{}", START + timedelta(days=6))

    await store.search_requests.keep(7, 6, "{}", START + timedelta(days=8))

    assert await store.search_requests.get(old) is None
    assert await store.search_requests.get(new) is not None


async def test_one_member_has_a_limited_number_of_requests(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_requests, "MAX_OF_MEMBER", 3)
    other = await store.search_requests.keep(7, 6, "{}", START)

    tokens = [await store.search_requests.keep(7 + each % 2, 5, "{}", START) for each in range(9)]

    found = [await store.search_requests.get(token) for token in tokens]
    assert [each is not None for each in found] == [False] * 6 + [True] * 3
    assert await store.search_requests.get(other) is not None
