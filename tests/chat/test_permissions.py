from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.chat.permissions import (
    EMBED,
    HISTORY,
    NEEDS,
    SEND_IN_THREADS,
    VIEW,
    Kind,
    create_invite_url,
    missing,
)


def test_every_need_is_a_permission_that_discord_py_knows() -> None:
    flags = {need.flag for needs in NEEDS.values() for need in needs}

    assert flags <= set(discord.Permissions.VALID_FLAGS) | {"view_channel"}


def test_the_invitation_asks_only_for_what_channels_need() -> None:
    query = parse_qs(urlsplit(create_invite_url(42)).query)

    granted = discord.Permissions(int(query["permissions"][0]))
    assert {flag for flag, on in granted if on} == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "embed_links",
        "read_message_history",
    }
    assert query["client_id"] == ["42"]
    assert set(query["scope"][0].split()) == {"bot", "applications.commands"}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OTHER])
def test_an_administrator_lacks_nothing(kind: Kind) -> None:
    assert missing(discord.Permissions.all(), kind) == ()


def test_each_missing_permission_is_named_separately() -> None:
    granted = discord.Permissions(send_messages=True)

    assert missing(granted, Kind.THREAD) == (VIEW, SEND_IN_THREADS, EMBED, HISTORY)
    assert [need.name for need in missing(granted, Kind.FORUM)] == [
        "View Channel",
        "Embed Links",
        "Read Message History",
    ]
