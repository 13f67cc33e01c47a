"""What people do in Discord: permissions, channels, invitations. It is undone after as long as a step says."""

import asyncio
import random

from benchmarks.fault_runs.world import CHANNELS, DOOMED, World
from bot.sandbox.discord.models import ChannelKind
from bot.sandbox.discord.permissions import Permission


async def permissions(world: World, chance: random.Random, seconds: float) -> None:
    """Take permissions in a channel and give them back."""
    name = chance.choice(sorted(set(CHANNELS) - {DOOMED}))
    channel = world.channels[name]
    denied = chance.choice(
        (
            Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS,
            Permission.VIEW_CHANNEL,
            Permission.READ_MESSAGE_HISTORY,
            Permission.READ_MESSAGE_HISTORY | Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS,
        )
    )
    world.discord.set_permissions(channel.parent_id or channel.id, deny=denied)
    await asyncio.sleep(seconds)
    world.discord.set_permissions(channel.parent_id or channel.id)


async def lock_thread(world: World, chance: random.Random, seconds: float) -> None:
    """Archive the thread, perhaps locked, and open it again."""
    thread = next(world.channels[name] for name, (_, kind) in CHANNELS.items() if kind is ChannelKind.THREAD)
    world.discord.change_channel(thread.id, archived=True, locked=chance.random() < 0.5)
    await asyncio.sleep(seconds)
    world.discord.change_channel(thread.id, archived=False, locked=False)


async def delete_channel(world: World, _: random.Random, _seconds: float) -> None:
    """Delete a channel for good."""
    channel = world.channels[DOOMED]
    if not world.discord.channels[channel.id].deleted:
        world.history.add("deleted", channel=DOOMED)
        world.discord.delete_channel(channel.id)


async def kick(world: World, chance: random.Random, seconds: float) -> None:
    """Remove the bot from a server and invite it again."""
    server = chance.choice(sorted(world.guilds))
    if not world.guilds[server].has_bot or not world.guilds[server].available:
        return
    world.guilds[server] = world.discord.remove_bot(world.guilds[server])
    await asyncio.sleep(seconds)
    world.guilds[server] = world.discord.invite_bot(world.guilds[server])
    world.history.add("returned", server=server)


async def delete_message(world: World, chance: random.Random, _: float) -> None:
    """Delete one of the bot's messages, as a moderator."""
    own = [each for each in world.discord.all_messages() if each.author.id == world.discord.bot.id]
    if own:
        message = chance.choice(own)
        world.history.add("removed", message=message.id)
        world.discord.delete_message(message)
