"""The inflections of words, from Debian's spelling dictionaries, which people maintain.

A dictionary has base words with flags; a flag means rules that inflect a word.
https://man.archlinux.org/man/hunspell.5
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.texts.packages import Shelf

_FOLDER = "usr/share/hunspell"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary, and its flags that inflect a word. Other flags form new words (walker, Malerin)."""

    package: str
    name: str
    flags: str


ENGLISH = Dictionary("hunspell-en-us", "en_US", "SDG")
GERMAN = Dictionary("hunspell-de-de", "de_DE", "ENPpqRST" + "AC" + "DIOWXYZ")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that forms an inflection of words with a certain ending."""

    stripped: str
    added: str
    ending: re.Pattern[str]

    def form(self, word: str) -> str:
        """Return the inflection, or "" if the rule does not apply to the word."""
        if not self.ending.search(word) or not word.endswith(self.stripped):
            return ""
        return word.removesuffix(self.stripped) + self.added


def inflections(dictionary: Dictionary, folder: Path) -> Mapping[str, frozenset[str]]:
    """Map each word in lower case, base or not, to the other forms of its base word."""
    package = Shelf(folder).debian(dictionary.package)
    if package is None:
        raise FileNotFoundError(f"{dictionary.package} is needed to inflect words")
    files = package / _FOLDER / dictionary.name
    rules = _rules(files.with_suffix(".aff"), dictionary.flags)
    found: dict[str, set[str]] = defaultdict(set)
    for base, flags in _words(files.with_suffix(".dic")):
        forms = {base, *(rule.form(base) for flag in flags for rule in rules.get(flag, ()))} - {""}
        lower = {form.lower() for form in forms}
        for form in lower:
            found[form] |= lower - {form}
    return {word: frozenset(others) for word, others in found.items() if others}


def _rules(file: Path, flags: str) -> dict[str, list[_Rule]]:
    found: dict[str, list[_Rule]] = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        parts = line.split()
        if len(parts) >= 5 and parts[0] == "SFX" and parts[1] in flags:
            stripped, added = (part.partition("/")[0].replace("0", "") for part in parts[2:4])
            found[parts[1]].append(_Rule(stripped, added, re.compile(f"(?:{parts[4]})$")))
    return found


def _words(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text("utf-8").splitlines()[1:]:
        word, _, flags = line.strip().partition("/")
        if word.isalpha():
            yield word, flags
