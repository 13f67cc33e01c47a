"""`feed-relay` whose demo publishes and polls several times a second: `python -m tests.sandbox.fast_demo demo`."""

from bot import cli
from bot.sandbox import demo
from tests.e2e.fast_bot import patch_times

if __name__ == "__main__":
    patch_times()
    demo.FIRST_INTERVAL = 0.2
    cli.main()
