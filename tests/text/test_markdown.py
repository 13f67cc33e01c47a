import re

from hypothesis import given
from hypothesis import strategies as st

from bot.text.document import Mark, Run
from bot.text.markdown import write_line
from tests.text import discord

_SHAPES = {
    "strong": Mark.BOLD,
    "em": Mark.ITALIC,
    "u": Mark.UNDERLINE,
    "strike": Mark.STRIKE,
    "spoiler": Mark.SPOILER,
}
_words = st.text(st.sampled_from(list("ab é*_~`|\\[]()<>#-+.:!1星@&")), max_size=8)
_marks = st.frozensets(st.sampled_from(list(Mark)), max_size=3)
_runs = st.lists(
    st.one_of(
        st.builds(Run, _words, _marks),
        st.builds(Run, _words, _marks, st.just("https://garden.example/a")),
        st.builds(
            Run, st.text(st.sampled_from(list("ab*_`|\\[]")), max_size=6), _marks, st.just(""), st.just(True)
        ),
    ),
    max_size=6,
)


@given(_runs)
def test_a_line_shows_just_the_characters_of_its_runs(runs: list[Run]) -> None:
    line = write_line(runs)

    assert _squeezed(discord.text(line)) == _squeezed("".join(run.text for run in runs))


@given(_runs)
def test_each_character_of_a_line_has_the_marks_of_its_run(runs: list[Run]) -> None:
    line = write_line(runs)

    shapes = [
        frozenset(_SHAPES[name] for name in span.shape if name in _SHAPES)
        for span in discord.shown(line)
        if not span.char.isspace()
    ]
    assert shapes == [
        frozenset() if run.code and re.search(r"[*_~|]", run.text) else run.marks
        for run in runs
        for char in run.text
        if not char.isspace()
    ]


def _squeezed(text: str) -> str:
    """Without white space, and with the brackets that stand for others in a link's words."""
    return "".join(text.split()).translate(str.maketrans("[]", "()"))
