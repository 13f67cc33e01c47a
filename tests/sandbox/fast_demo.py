"""`feed-relay` whose demo publishes and polls several times a second: `python -m tests.sandbox.fast_demo demo`."""

from bot import cli
from bot.sandbox import bot_process, demo, troubles

if __name__ == "__main__":
    bot_process.MODULE = "tests.e2e.fast_bot"
    demo.FIRST_INTERVAL = 0.2
    demo.ANSWER_TIMEOUT = troubles._SLOW = 60.0  # a busy machine may be slow
    cli.main()
