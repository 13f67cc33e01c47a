"""Reads the files that people name on the command line."""

from pathlib import Path

from bot.errors import FeedRelayError


def read_file(path: Path, max_size: int, hint: str, *, too_large: str) -> bytes:
    """Return a file's bytes, `max_size` at most. Raises FeedRelayError, which ends with `hint` or `too_large`."""
    try:
        with path.open("rb") as file:
            body = file.read(max_size + 1)
    except FileNotFoundError:
        raise FeedRelayError(f"{path}: there is no such file; {hint}") from None
    except OSError as error:
        raise FeedRelayError(f"{path}: cannot be read ({error.strerror}); {hint}") from None
    except ValueError:
        raise FeedRelayError(f"This is not a valid file name; {hint}") from None
    if len(body) > max_size:
        raise FeedRelayError(f"{path}: larger than {too_large}")
    return body
