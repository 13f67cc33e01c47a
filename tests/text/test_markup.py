from bot.text.html import html_to_text
from bot.text.markup import MAX_DEPTH, limit_nesting


def test_tags_that_nest_too_deeply_are_removed_but_not_their_text() -> None:
    html = "<div>".join(f"{n} " for n in range(3 * MAX_DEPTH))

    assert limit_nesting(html).count("<div>") == MAX_DEPTH
    assert html_to_text(html).split() == [str(n) for n in range(3 * MAX_DEPTH)]
