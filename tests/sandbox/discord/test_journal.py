"""The simulated Discord in a file: what is read back is what was there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import allotment
from bot.sandbox.discord import messages
from bot.sandbox.discord.journal import Journal, UnreadableJournal, load
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.server import SandboxDiscord


@pytest.fixture
async def restored() -> AsyncIterator[SandboxDiscord]:
    async with SandboxDiscord() as discord:
        yield discord


def change_everything(discord: SandboxDiscord) -> None:
    """Change something of every kind."""
    place = allotment.build(discord)
    garden = place.channels["garden"].id
    said = discord.say(garden, "Beans", files=(discord.upload("plot.png", b"\x89PNG", "A plot"),))
    discord.delete_message(said)
    body = {
        "content": "**Peas** @everyone",
        "embeds": [{"title": "🌱"}],
        "nonce": "n-1",
        "enforce_nonce": True,
        "allowed_mentions": {"parse": ["everyone"]},
    }
    sent = messages.create(discord, garden, body)
    messages.edit(discord, garden, sent.id, {"content": "Peas, edited"})
    discord.change_channel(garden, name="beds")
    discord.delete_channel(place.channels["wolken"].id)
    discord.delete_role(discord.add_role(place.guild.id, "Short-lived").id)
    discord.set_permissions(garden, deny=Permission.SEND_MESSAGES, allow=Permission.EMBED_LINKS)
    discord.set_roles(place.guild.id, place.viewers["newcomer"].user, ())


@pytest.mark.parametrize("changed_first", [True, False])
async def test_the_journal_restores_everything(
    sandbox_discord: SandboxDiscord, restored: SandboxDiscord, tmp_path: Path, changed_first: bool
) -> None:
    path = tmp_path / "discord.jsonl"
    if changed_first:
        change_everything(sandbox_discord)
    writing = Journal(path, sandbox_discord)
    if not changed_first:
        change_everything(sandbox_discord)
    writing.close()

    assert load(path, restored)
    for name in ("owner", "bot", "guilds", "roles", "members", "channels", "stored", "files"):
        assert getattr(restored, name) == getattr(sandbox_discord, name), name
    assert restored.new_id() > max(sandbox_discord.channels)


async def test_a_nonce_holds_over_a_restart(
    sandbox_discord: SandboxDiscord, restored: SandboxDiscord, tmp_path: Path
) -> None:
    """Otherwise a bot that was killed during a send could post twice."""
    change_everything(sandbox_discord)
    Journal(tmp_path / "discord.jsonl", sandbox_discord).close()
    load(tmp_path / "discord.jsonl", restored)
    beds = next(each for each in restored.channels.values() if each.name == "beds")
    restored.set_permissions(beds.id)
    before = restored.messages(beds.id)

    messages.create(restored, beds.id, {"content": "Peas", "nonce": "n-1", "enforce_nonce": True})

    assert restored.messages(beds.id) == before


async def test_a_line_without_its_end_is_left_out(
    sandbox_discord: SandboxDiscord, restored: SandboxDiscord, tmp_path: Path
) -> None:
    path = tmp_path / "discord.jsonl"
    change_everything(sandbox_discord)
    Journal(path, sandbox_discord).close()
    with path.open("a") as file:
        file.write('StoredMessage {"id":')

    load(path, restored)

    assert restored.stored == sandbox_discord.stored


@pytest.mark.parametrize("line", ["Moon {}", "Role {}", "nonsense", "\x00"])
async def test_a_foreign_file_is_refused(restored: SandboxDiscord, tmp_path: Path, line: str) -> None:
    (tmp_path / "discord.jsonl").write_text(f"{line}\n")

    with pytest.raises(UnreadableJournal):
        load(tmp_path / "discord.jsonl", restored)


async def test_the_demos_server_is_found_again(
    sandbox_discord: SandboxDiscord, restored: SandboxDiscord, tmp_path: Path
) -> None:
    place = allotment.build(sandbox_discord)
    Journal(tmp_path / "discord.jsonl", sandbox_discord).close()
    load(tmp_path / "discord.jsonl", restored)

    assert allotment.build(restored) == place
    assert len(restored.guilds) == 1
