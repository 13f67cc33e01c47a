"""Tags as people type them."""

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.admin.base.rules import join_tags, split_tags
from bot.text.fold import fold_tag, one_line


def test_a_tag_with_a_comma_is_in_quotes() -> None:
    assert split_tags('beans, "Food, Drink" ,moon') == ("beans", "Food, Drink", "moon")
    assert split_tags('5" pots, "old" roses') == ('5" pots', '"old" roses')


@given(st.lists(st.text("ab, -", min_size=1, max_size=12).filter(fold_tag), unique_by=fold_tag, max_size=5))
def test_written_tags_are_read_as_the_same_tags(tags: list[str]) -> None:
    read = split_tags(join_tags(tags))

    assert [fold_tag(tag) for tag in read] == [fold_tag(one_line(tag)) for tag in tags]
