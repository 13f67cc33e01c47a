"""`feed-relay` in the time of the pictures: `python -m tests.browser.pictures.still_bot ARGUMENTS…`."""

import os
import random
from datetime import timedelta

import discord

from bot import app, cli
from bot.clock import Clock
from tests.browser.pictures.names import PORT_VARIABLE, resolve_names
from tests.browser.pictures.story_time import StoryTime
from tests.e2e import fast_bot

TICK_INTERVAL = timedelta(milliseconds=100)


def hold_still() -> None:
    """Use the time of the pictures and no chance, look for work often, and wait for a busy machine."""
    story = StoryTime.shared()
    app.clock, app._elapsed = story, story.seconds
    random.random = lambda: 0.0  # spreads polls
    discord.utils.utcnow = story
    Clock.follow = lambda *_: None  # type: ignore[method-assign]  # the sandbox's answers have the real date
    app.CHECK_INTERVAL = app.NOTIFY_INTERVAL = TICK_INTERVAL
    fast_bot.be_patient()
    resolve_names(int(os.environ[PORT_VARIABLE]))


if __name__ == "__main__":
    hold_still()
    cli.main()
