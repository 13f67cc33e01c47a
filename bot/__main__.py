"""`python -m bot` is `feed-relay`."""

from bot.cli import main

if __name__ == "__main__":
    main()
