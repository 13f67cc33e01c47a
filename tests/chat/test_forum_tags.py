from dataclasses import dataclass

from bot.chat.forum_tags import choose_tags


@dataclass
class ForumTag:
    name: str
    moderated: bool = False


ROSES, BEES, NEWS = ForumTag("Roses"), ForumTag("Wild Bees"), ForumTag("News", moderated=True)
TAGS = (ROSES, BEES, NEWS)


def choose(
    *wanted: str, available: tuple[ForumTag, ...] = TAGS, may_moderate: bool = False, required: bool = False
) -> tuple[ForumTag, ...]:
    return choose_tags(available, wanted, may_moderate=may_moderate, required=required)


def test_tags_match_however_they_are_written() -> None:
    assert choose("#wild_bees", "ROSES", "tulips") == (BEES, ROSES)


def test_a_tag_named_twice_is_applied_once() -> None:
    assert choose("roses", "Roses") == (ROSES,)


def test_no_more_than_five_are_applied() -> None:
    many = tuple(ForumTag(f"tag {number}") for number in range(7))

    assert choose(*(tag.name for tag in many), available=many) == many[:5]


def test_a_moderated_tag_is_only_for_people_who_may_use_it() -> None:
    assert choose("news") == ()
    assert choose("news", may_moderate=True) == (NEWS,)


def test_a_forum_that_requires_a_tag_gets_the_first_usable_one() -> None:
    assert choose("tulips", available=(NEWS, BEES), required=True) == (BEES,)


def test_a_forum_whose_only_tags_are_moderated_gets_none() -> None:
    assert choose("tulips", available=(NEWS,), required=True) == ()


def test_the_first_of_two_tags_that_fold_alike_is_kept() -> None:
    first, second = ForumTag("wild bees"), ForumTag("Wild-Bees")

    assert choose("wild bees", available=(first, second)) == (first,)
