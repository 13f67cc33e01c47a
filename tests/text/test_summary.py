import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.html import parse_html
from bot.text.limits import utf16_length
from bot.text.markdown import to_markdown
from bot.text.summary import clip, find_cut, lead
from tests.text.strategies import CLUSTERS


@pytest.mark.parametrize(
    ("text", "length", "kept", "tail"),
    [
        ("One here. Two there. Three.", 22, "One here. Two there.", ""),
        ("One here! Two “there?” Three.", 24, "One here! Two “there?”", ""),
        ("Wait… then see what comes", 20, "Wait… then see what", "…"),
        ("He met Mr. Finch and then went away", 24, "He met Mr. Finch and", "…"),
        ("It costs 3.50 euros, e.g. on Sundays only", 30, "It costs 3.50 euros, e.g. on", "…"),
        ("J. R. R. Tolkien wrote a long book", 20, "J. R. R. Tolkien", "…"),
        ("Am 3. Mai war es so weit und warm", 20, "Am 3. Mai war es so", "…"),
        ("今夜は晴れ。星が見える。丘に登る", 13, "今夜は晴れ。星が見える。", ""),
        ("今夜は空がとても澄んでいます", 8, "今夜は空がとて", "…"),
        ("هل ترى؟ نعم أرى النجوم كلها", 16, "هل ترى؟", ""),
        ("रात हुई। तारे निकल आए हैं", 14, "रात हुई।", ""),
        ("A first line\nand a second one here", 18, "A first line", ""),
        ("word " * 10, 23, "word word word word", "…"),
        ("x" * 40, 10, "x" * 9, "…"),
    ],
)
def test_text_is_cut_after_a_sentence_or_else_after_a_word(
    text: str, length: int, kept: str, tail: str
) -> None:
    assert _cut(text, length) == (kept, tail)


def _cut(text: str, length: int) -> tuple[str, str]:
    index, tail = find_cut(text, length)
    return text[:index].rstrip(), tail


@settings(deadline=None)
@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=40), st.integers(1, 60))
def test_no_character_is_cut_apart(clusters: list[str], length: int) -> None:
    text = "".join(clusters)
    if utf16_length(text) <= length:
        return

    index, tail = find_cut(text, length)

    edges = {sum(map(len, clusters[:n])) for n in range(len(clusters) + 1)}
    assert index in edges
    assert utf16_length(text[:index] + tail) <= length


def test_a_lead_closes_its_marks() -> None:
    document = parse_html("<p><b>Bold words that go on and on <i>and further still</i> until the end</b></p>")

    assert to_markdown(lead(document, 45)) == "**Bold words that go on and on *and further*** …".replace(
        "* …", "*…"
    )


def test_a_lead_does_not_end_inside_a_link() -> None:
    document = parse_html(
        "<p>Some words before it <a href='https://a.example/'>and a rather long link text</a> here</p>"
    )

    assert to_markdown(lead(document, 35)) == "Some words before it…"


def test_a_lead_does_not_end_inside_an_address() -> None:
    document = parse_html(
        "<p>Some words before it https://a.example/a/very/long/path/that/goes/on and more</p>"
    )

    assert to_markdown(lead(document, 40)) == "Some words before it…"


def test_a_lead_has_few_lines() -> None:
    document = parse_html("<ul>" + "<li>x" * 100 + "</ul>")

    assert len(to_markdown(lead(document, 400)).split("\n")) <= 13


def test_a_lead_does_not_end_with_a_heading() -> None:
    document = parse_html(
        "<p>Forty characters of text stand here now.</p><h2>Next</h2><p>" + "More of it. " * 20 + "</p>"
    )

    assert to_markdown(lead(document, 47)) == "Forty characters of text stand here now."


def test_a_text_only_slightly_over_the_limit_is_not_cut() -> None:
    assert to_markdown(lead(parse_html("x" * 105), 100)) == "x" * 105


@given(st.text(), st.integers(1, 50))
def test_a_clipped_line_keeps_its_limit(text: str, length: int) -> None:
    assert utf16_length(clip(text, length)) <= length
