"""The reader's language.

Texts stand in English where they are used, marked by `_` and `n_` for xgettext. A catalogue
`bot/locale/<language>/LC_MESSAGES/feed-relay.mo` translates them; there is none yet. Placeholders are filled after the
look-up: `_("Follows {feed}.").format(feed=…)`.
"""

from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

_DOMAIN = "feed-relay"
_CATALOGUES = Path(__file__).resolve().parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")


def speak_language(language: str) -> None:
    """From here on, in this task, texts are in this language ("de", "pt-BR") where they are translated."""
    _language.set(language)


def _(text: str) -> str:
    """`text` in the reader's language."""
    return catalogue(_language.get()).gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """The form that goes with `count`, with `{count}` filled in."""
    return catalogue(_language.get()).ngettext(one, many, count).replace("{count}", str(count))


@lru_cache
def catalogue(language: str) -> NullTranslations:
    """What is translated into a language; of a region, what is translated for the language as such."""
    names = [language.replace("-", "_"), language.partition("-")[0]]
    return translation(_DOMAIN, str(_CATALOGUES), names, fallback=True)
