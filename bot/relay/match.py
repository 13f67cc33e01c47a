"""Rule × entry → whether the subscription wants the entry."""

from dataclasses import dataclass

from bot.model import Entry, Reblogs, Rule
from bot.text.fold import fold, fold_tag
from bot.text.reblog import has_own_words, is_reblog


@dataclass(frozen=True, slots=True)
class Match:
    """The result of matching an entry: whether it is wanted, and the part of the rule that decided."""

    wanted: bool
    reason: str


def match(rule: Rule, entry: Entry) -> Match:
    """Match an entry. Exclusions win; then it needs one of the followed tags and one of the words, if there are any."""
    tags = {fold_tag(tag): tag for tag in entry.tags}
    words = fold(f"{entry.title}\n{entry.text}")
    refused = _excluded(rule, tags, words) or _missing(rule, tags, words) or _unwanted_reblog(rule, entry)
    return refused or _wanted(rule, tags)


def _excluded(rule: Rule, tags: dict[str, str], words: str) -> Match | None:
    for tag in rule.exclude_tags:
        if fold_tag(tag) in tags:
            return Match(wanted=False, reason=f"excluded tag {tag}")
    for word in rule.exclude_words:
        if contains(words, fold(word)):
            return Match(wanted=False, reason=f"excluded word {word}")
    return None


def _missing(rule: Rule, tags: dict[str, str], words: str) -> Match | None:
    if rule.tags and not any(fold_tag(tag) in tags for tag in rule.tags):
        return Match(wanted=False, reason="none of the followed tags")
    if rule.words and not any(contains(words, fold(word)) for word in rule.words):
        return Match(wanted=False, reason="none of the words")
    return None


def _unwanted_reblog(rule: Rule, entry: Entry) -> Match | None:
    """Reading a post's HTML is expensive, so this is checked last."""
    if rule.reblogs is Reblogs.NONE and is_reblog(entry):
        return Match(wanted=False, reason="a reblog")
    if rule.reblogs is Reblogs.COMMENTED and not has_own_words(entry):
        return Match(wanted=False, reason="a reblog without own words")
    return None


def _wanted(rule: Rule, tags: dict[str, str]) -> Match:
    followed = next((tag for tag in rule.tags if fold_tag(tag) in tags), None)
    return Match(wanted=True, reason=f"followed tag {followed}" if followed else "follows everything")


def contains(text: str, phrase: str) -> bool:
    """Return whether the folded text has the folded phrase as whole words. Unspaced scripts have no word boundaries."""
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        end = start + len(phrase)
        if not (_joins(text[start - 1 : start], phrase[0]) or _joins(phrase[-1], text[end : end + 1])):
            return True
        start = text.find(phrase, start + 1)
    return False


def _joins(left: str, right: str) -> bool:
    """Return whether the two characters belong to the same word."""
    return all(c.isalnum() and not _unspaced(c) for c in (left or " ", right or " "))


_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0xA4CF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Thai and Lao, Burmese, Khmer, kana and CJK: scripts without spaces between words (Unicode TR 29, section 4)."""


def _unspaced(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _UNSPACED)
