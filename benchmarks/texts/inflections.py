"""The inflections of words, from Debian's spelling dictionaries, which people maintain.

A dictionary has base words with flags; a flag means rules that inflect a word at its end or its beginning. A form may
have flags of its own, as Arabic forms do for the article and other words that are written together with them.
https://man.archlinux.org/man/hunspell.5
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.texts.packages import Shelf

_FOLDER = "usr/share/hunspell"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary, and the flags that inflect a word. Other flags form new words (walker, Malerin)."""

    package: str
    name: str
    flags: str
    """A pattern."""


ENGLISH = Dictionary("hunspell-en-us", "en_US", "[SDG]")
GERMAN = Dictionary("hunspell-de-de", "de_DE", "[ENPpqRSTACDIOWXYZ]")
ARABIC = Dictionary("hunspell-ar", "ar", "[A-D][A-D]|T[b-gm-r]|[mn][a-z]")
FRENCH = Dictionary("hunspell-fr-classical", "fr", r"[SXAIFW][.=]|F\+|Wx|[abcdfip][0-9A-Zp+.]")
SPANISH = Dictionary("hunspell-es", "es_ES", "[DEGIRSX]")
PORTUGUESE = Dictionary("hunspell-pt-br", "pt_BR", "[A-DFacdefghi]")
RUSSIAN = Dictionary("hunspell-ru", "ru_RU", "[A-Z]")
SWEDISH = Dictionary("hunspell-sv", "sv_SE", "[A-HI-QS]")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that forms an inflection of words with a certain ending, or a certain beginning."""

    stripped: str
    added: str
    where: re.Pattern[str]
    flags: frozenset[str]
    """Those of the form."""
    is_prefix: bool

    def form(self, word: str) -> str:
        """Return the inflection, or "" if the rule does not apply to the word."""
        if not self.where.search(word):
            return ""
        if self.is_prefix:
            return self.added + word.removeprefix(self.stripped) if word.startswith(self.stripped) else ""
        return word.removesuffix(self.stripped) + self.added if word.endswith(self.stripped) else ""


class _Affixes:
    """The rules of a dictionary that inflect a word."""

    def __init__(self, file: Path, wanted: str) -> None:
        lines = [line.split() for line in file.read_text("utf-8-sig").splitlines()]
        self._size = 2 if ["FLAG", "long"] in lines else 1
        self._sets = [line[1] for line in lines if line[:1] == ["AF"]][1:]
        self._wanted = re.compile(wanted)
        self._rules: dict[str, list[_Rule]] = defaultdict(list)
        for line in lines:
            if len(line) >= 5 and line[0] in ("SFX", "PFX") and self._wanted.fullmatch(line[1]):
                self._rules[line[1]].append(self._rule(line))

    def flags(self, written: str) -> frozenset[str]:
        """Return the flags of a word or a form; they may be the number of a set."""
        if self._sets and written.isdecimal():
            written = self._sets[int(written) - 1]
        parts = (written[at : at + self._size] for at in range(0, len(written), self._size))
        return frozenset(flag for flag in parts if self._wanted.fullmatch(flag))

    def forms(self, base: str, flags: Iterable[str]) -> Iterator[str]:
        """Yield the base word and its inflections."""
        rules = [rule for flag in flags for rule in self._rules.get(flag, ())]
        ended = [(rule.form(base), rule.flags) for rule in rules if not rule.is_prefix]
        begun = [rule for rule in rules if rule.is_prefix]
        for form, own in [(base, frozenset[str]()), *ended]:
            if form:
                yield form
                more = [rule for flag in own for rule in self._rules.get(flag, ()) if rule.is_prefix]
                yield from filter(None, (rule.form(form) for rule in (*begun, *more)))

    def _rule(self, line: list[str]) -> _Rule:
        is_prefix = line[0] == "PFX"
        stripped = line[2].replace("0", "")
        added, _, flags = line[3].partition("/")
        pattern = f"^(?:{line[4]})" if is_prefix else f"(?:{line[4]})$"
        return _Rule(stripped, added.replace("0", ""), re.compile(pattern), self.flags(flags), is_prefix)


def inflections(dictionary: Dictionary, folder: Path, used: Container[str]) -> Mapping[str, frozenset[str]]:
    """Map each used word in lower case to the other forms of its base word that are used, too."""
    package = Shelf(folder).debian(dictionary.package)
    if package is None:
        raise FileNotFoundError(f"{dictionary.package} is needed to inflect words")
    files = package / _FOLDER / dictionary.name
    affixes = _Affixes(files.with_suffix(".aff"), dictionary.flags)
    found: dict[str, set[str]] = defaultdict(set)
    for base, flags in _words(files.with_suffix(".dic")):
        forms = {form for each in affixes.forms(base, affixes.flags(flags)) if (form := each.lower()) in used}
        for form in forms:
            found[form] |= forms - {form}
    return {word: frozenset(others) for word, others in found.items() if others}


def _words(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text("utf-8-sig").splitlines()[1:]:
        word, _, flags = line.partition(" ")[0].strip().partition("/")
        if word.isalpha():
            yield word, flags.partition("\t")[0]
