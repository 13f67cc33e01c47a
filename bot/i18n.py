"""Translation of texts into the reader's language.

Texts are written in English where they are used, inside `_` or `n_`, so that xgettext finds them. The catalogue
`bot/locale/<language>/LC_MESSAGES/feed-relay.mo` translates them; none exists yet, so everything is in English.
Fill placeholders after the lookup: `_("Follows {feed}.").format(feed=…)`.
"""

from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

_DOMAIN = "feed-relay"
_CATALOGUES = Path(__file__).resolve().parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")


def use_language(language: str) -> None:
    """Translate texts into this language ("de", "pt-BR") for the rest of the current asyncio task."""
    _language.set(language)


def _(text: str) -> str:
    """Return `text` in the reader's language, or as it is if there is no translation."""
    return catalogue(_language.get()).gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """Return the singular or plural form for `count` in the reader's language, with `{count}` filled in."""
    return catalogue(_language.get()).ngettext(one, many, count).replace("{count}", str(count))


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations for a language; a regional one ("pt-BR") falls back to the language ("pt")."""
    names = [language.replace("-", "_"), language.partition("-")[0]]
    return translation(_DOMAIN, str(_CATALOGUES), names, fallback=True)
