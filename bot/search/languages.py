"""Detect a text's languages by its scripts and small words, to stem its words by their rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.search.small_words import SMALL_WORDS


class Script(StrEnum):  # whose hash is quicker than that of an Enum
    """A script in which a language that can be stemmed is written."""

    LATIN = "latin"
    GREEK = "greek"
    CYRILLIC = "cyrillic"
    ARMENIAN = "armenian"
    HEBREW = "hebrew"
    ARABIC = "arabic"
    DEVANAGARI = "devanagari"
    TAMIL = "tamil"


_RANGES = {
    Script.LATIN: range(0x61, 0x250),
    Script.GREEK: range(0x370, 0x400),
    Script.CYRILLIC: range(0x400, 0x530),
    Script.ARMENIAN: range(0x530, 0x590),
    Script.HEBREW: range(0x590, 0x600),
    Script.ARABIC: range(0x600, 0x780),
    Script.DEVANAGARI: range(0x900, 0x980),
    Script.TAMIL: range(0xB80, 0xC00),
}
_OTHER_SCRIPTS = {
    "arabic": (Script.ARABIC,),
    "armenian": (Script.ARMENIAN,),
    "greek": (Script.GREEK,),
    "hindi": (Script.DEVANAGARI,),
    "nepali": (Script.DEVANAGARI,),
    "persian": (Script.ARABIC,),
    "russian": (Script.CYRILLIC,),
    "serbian": (Script.CYRILLIC, Script.LATIN),
    "tamil": (Script.TAMIL,),
    "yiddish": (Script.HEBREW,),
}
LANGUAGES = tuple(sorted(SMALL_WORDS))
"""Every language whose words can be stemmed, by PyStemmer's names."""
SCRIPTS: Mapping[str, Sequence[Script]] = {
    language: _OTHER_SCRIPTS.get(language, (Script.LATIN,)) for language in LANGUAGES
}
_DEFAULTS = {
    Script.LATIN: ("english", "german"),
    Script.GREEK: ("greek",),
    Script.CYRILLIC: ("russian",),
    Script.ARMENIAN: ("armenian",),
    Script.ARABIC: ("arabic",),
    Script.DEVANAGARI: ("hindi",),
    Script.TAMIL: ("tamil",),
}
"""The languages of a script if nothing shows which one it is. Hebrew letters are more often Hebrew than Yiddish."""
_ENOUGH = 0.5
"""The share of the most likely language's score from which a text is also in another one."""
_SURE = 2.0
"""The score from which a text's own words count for more than the usual languages."""
_MAX_SURE = 3
"""Languages that a text shows by its own words: the most likely ones. Each costs as much again in the index."""
_MAX_UNSURE = 4
"""Languages of a text whose small words many languages share; if more are likely, they say nothing."""


def _weights() -> Mapping[str, tuple[Script, Sequence[tuple[str, float]]]]:
    """Return for each small word its script and its languages, each with how much the word says for it."""
    languages: dict[str, list[str]] = defaultdict(list)
    for language, words in SMALL_WORDS.items():
        for word in words:
            if len(word) > 1 or not word.isascii():
                languages[word].append(language)
    return {
        word: (script, [(each, 1 / len(found)) for each in found])
        for word, found in languages.items()
        if (script := script_of(word))
    }


def script_of(word: str) -> Script | None:
    """Return the script of a folded word's first letter; None if no language of it can be stemmed."""
    first = ord(word[0])
    if first < 0x250:  # most words
        return Script.LATIN if first >= 0x61 else None
    return next((script for script, letters in _RANGES.items() if first in letters), None)


_WEIGHTS = _weights()


@dataclass(frozen=True, slots=True)
class Detected:
    """The languages of a text."""

    languages: tuple[str, ...]
    """() if there is nothing to stem."""
    sure: tuple[str, ...]
    """Those of them that the text's own words show."""


def detect_languages(words: Iterable[str], usual: Sequence[str] = ()) -> Detected:
    """Return the languages of a text, by its folded words.

    For each script in it: the languages whose small words occur in it most. If these are too few to be sure, the
    `usual` languages count first; if there are none, a default.
    """
    found: dict[str, bool] = {}
    for script, scores in _scores(words).items():
        likely = _likely(scores)
        is_sure = max(scores.values(), default=0.0) >= _SURE
        for language in likely[:_MAX_SURE] if is_sure else _guessed(script, likely, usual):
            found[language] = is_sure
    return Detected(tuple(sorted(found)), tuple(sorted(each for each, is_sure in found.items() if is_sure)))


def _scores(words: Iterable[str]) -> Mapping[Script, Mapping[str, float]]:
    """Return for each script of the words the score of each language."""
    counts = Counter(words)
    scores: dict[Script, dict[str, float]] = {}
    for letter in {word[0] for word in counts}:
        if script := script_of(letter):
            scores[script] = {}
    for word in filter(_WEIGHTS.__contains__, counts):
        script, languages = _WEIGHTS[word]
        own, count = scores[script], counts[word]
        for language, weight in languages:
            own[language] = own.get(language, 0.0) + weight * count
    return scores


def usual_languages(posts: Mapping[str, int]) -> tuple[str, ...]:
    """Return a feed's usual languages, by the number of its posts in each."""
    enough = max(posts.values(), default=0) * _ENOUGH
    return tuple(each for each, count in posts.items() if 0 < count >= enough)


def _likely(scores: Mapping[str, float]) -> Sequence[str]:
    """Return the languages that the words may be in, the most likely first."""
    enough = max(scores.values(), default=0.0) * _ENOUGH
    return sorted(
        (each for each, score in scores.items() if score >= enough), key=lambda each: (-scores[each], each)
    )


def _guessed(script: Script, likely: Sequence[str], usual: Sequence[str]) -> Sequence[str]:
    fitting = [language for language in usual if script in SCRIPTS[language]]
    few = likely if len(likely) <= _MAX_UNSURE else ()
    return [each for each in fitting if each in likely] or fitting or few or _DEFAULTS.get(script, ())
