"""Counts of posts read right for none, one and several."""

import pytest

from bot.chat.commands.admin.base.rule_preview import count_wanted


@pytest.mark.parametrize(
    ("wanted", "posts", "sentence"),
    [
        (0, 0, "The archive has no posts yet to try this on"),
        (0, 1, "The last post would not have been posted"),
        (1, 1, "The last post would have been posted"),
        (0, 2, "None of the last 2 posts would have been posted"),
        (1, 2, "1 of the last 2 posts would have been posted"),
        (2, 2, "2 of the last 2 posts would have been posted"),
    ],
)
def test_wanted_posts_are_counted_in_plain_words(wanted: int, posts: int, sentence: str) -> None:
    assert count_wanted(wanted, posts) == sentence
