"""Whether a subscription wants an entry."""

import pytest

from bot.model import Entry, Reblogs, Rule
from bot.relay.match import Match, contains, match
from bot.source.tumblr.html import neutral_html
from bot.text.fold import fold

STARS = Entry(
    title="The Perseids", text="Bring a blanket and a flask.", tags=("Night Sky", "meteors", "Çelik")
)


@pytest.mark.parametrize(
    ("rule", "wanted", "reason"),
    [
        (Rule(), True, "follows everything"),
        (Rule(tags=("night-sky",)), True, "followed tag night-sky"),
        (Rule(tags=("#NIGHT_SKY", "bicycles")), True, "followed tag #NIGHT_SKY"),
        (Rule(tags=("celik",)), True, "followed tag celik"),
        (Rule(tags=("night",)), False, "none of the followed tags"),
        (Rule(exclude_tags=("meteors",)), False, "excluded tag meteors"),
        (Rule(tags=("meteors",), exclude_tags=("night sky",)), False, "excluded tag night sky"),
        (Rule(words=("blanket",)), True, "follows everything"),
        (Rule(words=("telescope", "a flask")), True, "follows everything"),
        (Rule(words=("telescope",)), False, "none of the words"),
        (Rule(words=("blank",)), False, "none of the words"),
        (Rule(exclude_words=("PERSEIDS",)), False, "excluded word PERSEIDS"),
        (Rule(tags=("meteors",), words=("telescope",)), False, "none of the words"),
    ],
)
def test_a_rule_decides_and_says_which_part_decided(rule: Rule, wanted: bool, reason: str) -> None:
    assert match(rule, STARS) == Match(wanted, reason)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("the cat sat", "cat", True),
        ("concatenate", "cat", False),
        ("concatenate the cat", "cat", True),
        ("c++ and rust", "c++", True),
        ("Die Straße", "strasse", True),
        ("café au lait", "CAFE", True),
        ("今日は星を見る", "星", True),
        ("ดาวตกคืนนี้", "คืน", True),
        ("anything", "", False),
    ],
)
def test_whole_words_are_found_in_any_spelling(text: str, phrase: str, found: bool) -> None:
    assert contains(fold(text), fold(phrase)) is found


_TRAIL = '<p><a class="tumblr_blog" href="https://moss.tumblr.com/post/1">moss</a>:</p><blockquote><p>Ferns.</p></blockquote>'
REBLOG = Entry(content=neutral_html(_TRAIL))
COMMENTED = Entry(content=neutral_html(f"{_TRAIL}<p>Ours are taller.</p>"))
ATTRIBUTED = Entry(content=neutral_html(f"{_TRAIL}<p>(via moss)</p>"))
QUOTATION = Entry(content="<p>She wrote:</p><blockquote><p>Ferns.</p></blockquote>")
BOOSTS = (
    "iris shared a status by basil",
    "Shared a status by @basil@garden.example: Ferns",
    "RT @basil: Ferns",
    "🔁 basil: Ferns",
    "Iris boosted @basil@garden.example",
)


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        (REBLOG, {Reblogs.ALL}),
        (ATTRIBUTED, {Reblogs.ALL}),
        (COMMENTED, {Reblogs.ALL, Reblogs.COMMENTED}),
        *[(Entry(title=title, content="<p>Ferns.</p>"), {Reblogs.ALL}) for title in BOOSTS],
        (QUOTATION, set(Reblogs)),
        (Entry(title="Vitamin boosted cereal", content="<p>Ferns.</p>"), set(Reblogs)),
        (Entry(title="We shared our status", content="<p>Ferns.</p>"), set(Reblogs)),
        (Entry(), set(Reblogs)),
    ],
)
def test_reblogs_are_wanted_as_the_rule_says(entry: Entry, wanted: set[Reblogs]) -> None:
    found = {each for each in Reblogs if match(Rule(reblogs=each), entry).wanted}

    assert found == wanted


def test_why_a_reblog_is_not_wanted() -> None:
    assert match(Rule(reblogs=Reblogs.NONE), COMMENTED) == Match(wanted=False, reason="a reblog")
    assert match(Rule(reblogs=Reblogs.COMMENTED), REBLOG).reason == "a reblog without own words"
