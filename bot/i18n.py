"""Translation of texts into the reader's language.

Texts are written in English where they are used, inside `_` or `n_`, so that tools find them. Fill placeholders after
the lookup: `_("Follows {feed}.").format(feed=…)`. There are two catalogues, in `bot/locale/<language>/LC_MESSAGES`:

- `posts` translates what the bot posts by itself, which is written in `bot.text`, into the languages of LANGUAGES.
- `feed-relay` translates answers to commands; none exists yet, so answers are in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

LANGUAGES = {
    "en": "English",
    "ar": "العربية",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt-BR": "Português do Brasil",
    "ru": "Русский",
}
"""What the bot posts can be in these languages, here with their own names. The first one is the default."""

CATALOGUES = Path(__file__).resolve().parent / "locale"
POSTS = "posts"

_ANSWERS = "feed-relay"
_RIGHT_TO_LEFT = frozenset({"ar"})

_language: ContextVar[str] = ContextVar("language", default="en")
_posts_in: ContextVar[str | None] = ContextVar("posts_in", default=None)


def use_language(language: str) -> None:
    """Answer in this language ("de", "pt-BR") for the rest of the current asyncio task."""
    _language.set(language)


@contextmanager
def posts_in(language: str) -> Iterator[None]:
    """Write what the bot posts in this language within a `with` block; "": in English."""
    before = _posts_in.set(language or "en")
    try:
        yield
    finally:
        _posts_in.reset(before)


def posts_right_to_left() -> bool:
    """Return whether this is a post in a language that is written from right to left."""
    return _posts_in.get() in _RIGHT_TO_LEFT


def _(text: str) -> str:
    """Return `text` in the reader's language, or as it is if there is no translation."""
    return _translations().gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """Return the singular or plural form for `count` in the reader's language, with `{count}` filled in."""
    return _translations().ngettext(one, many, count).replace("{count}", str(count))


def _translations() -> NullTranslations:
    posted = _posts_in.get()
    return catalogue(_language.get()) if posted is None else _load(POSTS, posted)


def catalogue(language: str) -> NullTranslations:
    """Return the translations of answers; a regional language ("pt-BR") falls back to the language ("pt")."""
    return _load(_ANSWERS, language)


@lru_cache
def _load(domain: str, language: str) -> NullTranslations:
    names = [language.replace("-", "_"), language.partition("-")[0]]
    return translation(domain, str(CATALOGUES), names, fallback=True)
