"""`make messages`: updates the translations of what the bot posts from its texts, and compiles them."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from bot.i18n import CATALOGUES, LANGUAGES, POSTS

TEXTS = Path(__file__).parents[2] / "bot" / "text"
TRANSLATED = [language.replace("-", "_") for language in list(LANGUAGES)[1:]]
"""The names of the catalogues."""


def template() -> Catalog:
    """Return the texts in `bot.text` without translations."""
    catalog = Catalog()
    for _file, _line, text, _comments, _context in extract_from_dir(
        TEXTS, keywords={"_": None, "n_": (1, 2), "mark": None}
    ):
        catalog.add(text)
    return catalog


def read(name: str) -> Catalog:
    """Return the translations that are in a `.po` file."""
    with _path(name, "po").open("rb") as file:
        return read_po(file, name)


def read_compiled(name: str) -> Catalog:
    """Return the translations that the bot reads."""
    with _path(name, "mo").open("rb") as file:
        return read_mo(file)


def _path(name: str, suffix: str) -> Path:
    return CATALOGUES / name / "LC_MESSAGES" / f"{POSTS}.{suffix}"


def _update(name: str) -> None:
    """Add new texts to a language, remove old ones, and compile it."""
    catalog = read(name)
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    with _path(name, "po").open("wb") as file:
        write_po(file, catalog, width=120, ignore_obsolete=True)
    with _path(name, "mo").open("wb") as file:
        write_mo(file, catalog)


if __name__ == "__main__":
    for language in TRANSLATED:
        _update(language)
