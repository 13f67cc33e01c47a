"""How results and complaints reach the terminal."""

import typer


def say(text: str = "") -> None:
    """A result, to stdout."""
    typer.echo(harmless(text))


def warn(text: str) -> None:
    """A complaint, to stderr."""
    typer.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """Without characters that steer a terminal; line breaks stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else _stand_in(c) for c in text)


def _stand_in(char: str) -> str:
    return (
        " "
        if char.isspace()
        else "\N{REPLACEMENT CHARACTER}"
        if char < " " or "\x7f" <= char <= "\x9f"
        else char
    )
