"""`feed-relay` with an event loop that takes no signals, as on Windows: `python -m tests.cli.without_signals …`."""

from asyncio import unix_events

from bot.cli import main


def refuse(*_arguments: object) -> None:
    """Refuse a handler."""
    raise NotImplementedError


if __name__ == "__main__":
    unix_events._UnixSelectorEventLoop.add_signal_handler = refuse  # type: ignore[method-assign, assignment]  # on purpose
    main()
