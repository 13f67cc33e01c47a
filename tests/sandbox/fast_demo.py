"""`feed-relay` whose demo publishes and polls several times a second: `python -m tests.sandbox.fast_demo demo`.

It publishes until every channel has a post, and then only what a test publishes, however long that takes.
"""

from datetime import timedelta

from bot import cli
from bot.sandbox import bot_process, demo, demo_config, troubles
from bot.sandbox.page import pictures

PATIENCE = 60.0
"""Seconds that a busy machine may take."""

if __name__ == "__main__":
    bot_process.MODULE = "tests.e2e.fast_bot"
    demo.FIRST_INTERVAL = 0.2
    demo.POST_INTERVAL = 86_400.0
    demo.ANSWER_TIMEOUT = PATIENCE
    troubles._SLOW = 10 * PATIENCE  # until a test makes the blog fast again
    demo_config._HEAD += 'timeout = "10m"\n'
    pictures.TIMEOUT = timedelta(seconds=PATIENCE)
    cli.main()
