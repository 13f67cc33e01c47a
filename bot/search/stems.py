"""Stems in every language that PyStemmer has: "walking" finds "walked", "Rosen" finds "Rose", "قطاف" finds "القطاف".

Words are stemmed as they are in the index, without accents, so that one typed without them has the same stem. Where
that or the stemmer leaves forms of a word apart, our own rules for endings join them. How many pairs of forms they join
is measured with spelling dictionaries (`benchmarks/texts/inflections.py`). Exact phrases are not stemmed.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from threading import Lock

import Stemmer

from bot.search.languages import LANGUAGES, SCRIPTS, script_of
from bot.search.small_words import SMALL_WORDS, STOPWORDS
from bot.search.tokens import STEM_PREFIX

_MIN_LENGTH, _MAX_LENGTH = 3, 40
"""Letters of a word that is stemmed."""
_MAX_QUERIED = 4_096
"""Searched words whose stems are remembered: a search asks for them again and again."""
_MAX_REMEMBERED = 16_384
"""Words of each language whose tokens are remembered."""
_DIGIT = re.compile(r"\d")
_GERMAN_ENDING = re.compile(r"(?<=[a-z]{4})(?:em|er|nd)$|(?<=[a-z]{3})[tesn]$")
_SPELLED_UMLAUT = re.compile(r"(?<=a|o)e|(?<=(?<![aeiouq])u)e")
_MIN_PARTICIPLE_LENGTH = 6
"""Letters; only a word this long may be a participle with ge-, such as gekauft."""
_ARABIC_PREFIX = re.compile("^(?:ال|[وفبلك])(?=...)")
_ARABIC_ENDING = re.compile("(?<=...)(?:هما|كما|تما|ها|هم|هن|كم|كن|نا|ني|ات|ان|ون|ين|وا|تم|تن|[هياتكن])$")
_FRENCH_ENDING = re.compile("(?<=...)(?:ent|ant|on|er|ez|ie|[aeisxt])$")
_FRENCH_VOWELS = re.compile("(?<=....)[ao]i$")
_SPANISH_ENDING = re.compile("(?<=...)(?:ad|id|and|end|yend|eng|an|en|ar|er|ir|or|on|ic|[aeiosn])$")
_SPANISH_LAST_I = re.compile("(?<=.)i(?=[^aeiou]+$)")
_PORTUGUESE_ENDING = re.compile("(?<=...)(?:ad|id|am|em|ar|er|ir|av|iv|ao|oes|aes|nd|[aeiouslmn])$")
_HARD_ENDING = re.compile("(?:q|g)u?$")
_RUSSIAN_SHORT_I = re.compile("(?<=[аеиоуыэюя])и")
_RUSSIAN_ENDING = re.compile("(?<=...)(?:ова|ева|ыва|ива|ем|ет|ут|ют|ен|им|[аеиоуыьэюяйвлт])$")
_RUSSIAN_NOUN = re.compile("(?<=пис)ь$")
_RUSSIAN_LEAD = re.compile("(?<=в)ести$")
_RUSSIAN_FLEETING = re.compile("(?<=..[бвгджзйклмнпрстфхцчшщ])[ое](?=[клнц]$)|(?<=..[бпжз])н$")
_RUSSIAN_FLEETING_I = re.compile("(?<=..)йк$")
_NORDIC_ENDING = re.compile("(?<=...)(?:et|en|at|ad|ar|er|or|na|nd|[aetndrs])$")
_NORDIC_FLEETING = re.compile("(?<=..[bcdfghjklmnpqrstvx])e(?=[lnr]$)")
_DOUBLE = re.compile(r"([bcdfgklmnprstvzн])\1$")


class _Snowball:
    """A stemmer of PyStemmer. It has a buffer, so two threads must not use it at once."""

    def __init__(self, language: str) -> None:
        self._stemmer = Stemmer.Stemmer(language, 0)  # without its cache, which is slower than ours
        self._lock = Lock()

    def __call__(self, word: str) -> str:
        with self._lock:
            stem: str = self._stemmer.stemWord(word)
        return stem


@cache
def _snowball(language: str) -> _Snowball:
    return _Snowball(language)


def is_stopword(word: str) -> bool:
    """Return whether the word is so common that it must not affect ranking."""
    return word in STOPWORDS or (len(word) == 1 and word.isascii())


def stems(word: str, language: str) -> tuple[str, ...]:
    """Return the stems of a word as the index has it; () if it has none, such as "the" or "h2o" in English."""
    if not _MIN_LENGTH <= len(word) <= _MAX_LENGTH or word in SMALL_WORDS[language]:
        return ()
    if script_of(word) not in SCRIPTS[language] or _DIGIT.search(word):
        return ()
    stem = _STEMMERS.get(language)
    return tuple(dict.fromkeys(stem(word))) if stem else (_snowball(language)(word),)


def stem_tokens(words: Collection[str], languages: Iterable[str]) -> set[str]:
    """Return the tokens for the stems of the words in these languages."""
    found: set[str] = set()
    for each in languages:
        found.update(chain.from_iterable(map(_tokens(each).__getitem__, words)))
    return found


@cache
def _tokens(language: str) -> "_Tokens":
    return _Tokens(language)


class _Tokens(dict[str, tuple[str, ...]]):
    """The tokens of words in one language, remembered up to a few megabytes.

    Looking one up is quicker than with `lru_cache`.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        found = self[word] = tuple(STEM_PREFIX + stem for stem in stems(word, self._language))
        return found


@lru_cache(maxsize=_MAX_QUERIED)
def query_stems(word: str, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    """Return the tokens that match other inflections of a word, if it is of one of these languages."""
    return tuple(sorted(stem_tokens((word,), languages)))


def have_same_stem(one: str, other: str, languages: Sequence[str]) -> bool:
    """Return whether two words are inflections of one word in one of these languages."""
    return not stem_tokens((one,), languages).isdisjoint(stem_tokens((other,), languages))


def _german(word: str) -> tuple[str, ...]:
    """Return the stem, with umlauts as a, o, u or written ae, oe, ue.

    After CISTEM (Weißweiler and Fraser 2017, https://www.cis.lmu.de/~weissweiler/cistem/), which handles the endings
    of verbs. Of 100 inflections of real words it joins 99, Snowball's German stemmer 80.
    """
    stem = _SPELLED_UMLAUT.sub("", word)
    if stem.startswith("ge") and len(stem) >= _MIN_PARTICIPLE_LENGTH:
        stem = stem[2:]
    return (_stripped(_GERMAN_ENDING, stem),)


def _arabic(word: str) -> tuple[str, ...]:
    """Return the stems without article, conjunctions, prepositions, pronouns and endings.

    There are two if what looks like a prefix may belong to the word: both orders of stripping.
    """
    return (
        _stripped(_ARABIC_ENDING, _stripped(_ARABIC_PREFIX, word)),
        _stripped(_ARABIC_PREFIX, _stripped(_ARABIC_ENDING, word)),
    )


def _french(word: str) -> tuple[str, ...]:
    """Join what Snowball keeps apart without accents: trouvée and trouvé, trouvent and trouver, preemptif and -ive."""
    stem = _stripped(_FRENCH_ENDING, _snowball("french")(word))
    stem = _DOUBLE.sub(r"\1", _FRENCH_VOWELS.sub("", stem)).replace("qu", "c")
    return (stem[:-1] + "v" if stem.endswith("f") else stem,)


def _spanish(word: str) -> tuple[str, ...]:
    """Join what Snowball keeps apart: muestra and mostrar, tiene and tener, aplique and aplicar, pide and pedir."""
    stem = _HARD_ENDING.sub(_hard, _snowball("spanish")(word.replace("z", "c")))
    stem = _stripped(_SPANISH_ENDING, stem.replace("ue", "o").replace("ie", "e"))
    return (_SPANISH_LAST_I.sub("e", _DOUBLE.sub(r"\1", _HARD_ENDING.sub(_hard, stem))),)


def _portuguese(word: str) -> tuple[str, ...]:
    """Join what Snowball keeps apart without accents: possível and possíveis, versão and versões, troque and trocar."""
    return (_HARD_ENDING.sub(_hard, _stripped(_PORTUGUESE_ENDING, _snowball("portuguese")(word))),)


def _russian(word: str) -> tuple[str, ...]:
    """Write the й that the index has as и, and join what Snowball keeps apart.

    That are fleeting vowels (порядок and порядка), participles (удалён and удалённый), verbs such as привести, and
    nouns such as запись.
    """
    word = _RUSSIAN_LEAD.sub("еду", _RUSSIAN_NOUN.sub("и", word))
    stem = _snowball("russian")(_RUSSIAN_SHORT_I.sub("й", word))
    stem = _RUSSIAN_FLEETING_I.sub("ек", _stripped(_RUSSIAN_ENDING, stem))
    return (_DOUBLE.sub(r"\1", _RUSSIAN_FLEETING.sub("", stem)),)


def _nordic(language: str) -> Callable[[str], tuple[str, ...]]:
    def stem(word: str) -> tuple[str, ...]:
        """Join what Snowball keeps apart: språk and språket, enkel and enkla, rum and rummet."""
        found = _stripped(_NORDIC_ENDING, _snowball(language)(word))
        return (_DOUBLE.sub(r"\1", _NORDIC_FLEETING.sub("", found)),)

    return stem


def _stripped(pattern: re.Pattern[str], word: str) -> str:
    """Remove matches until there are none."""
    while found := pattern.search(word):
        word = word[: found.start()] + word[found.end() :]
    return word


def _hard(ending: re.Match[str]) -> str:
    return ending[0][0].replace("q", "c")


_STEMMERS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "arabic": _arabic,
    "danish": _nordic("danish"),
    "french": _french,
    "german": _german,
    "norwegian": _nordic("norwegian"),
    "portuguese": _portuguese,
    "russian": _russian,
    "spanish": _spanish,
    "swedish": _nordic("swedish"),
}
"""Languages with rules of our own; the others have only Snowball's."""
