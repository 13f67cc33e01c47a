"""The sample blogs: enough of everything that a person can try, and dates that are in the past."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from bot.sandbox.sites import drawings, sample_blogs
from bot.sandbox.sites.drafts import Draft, Kind

NOW = datetime(2026, 2, 28, 12, tzinfo=UTC)
OLD = [(blog.name, old) for blog in sample_blogs.blogs() for old in blog.old]
DRAFTS = [old.draft for _, old in OLD] + [draft for _, draft in islice(sample_blogs.coming(), 60)]


def test_the_posts_of_a_year_are_before_now() -> None:
    dates = [old.published(NOW) for _, old in OLD]

    assert all(timedelta() < NOW - date < timedelta(days=367) for date in dates)
    assert len({(date.year, date.month) for date in dates}) >= 12


@pytest.mark.parametrize("language", ["en", "fr", "de", "ja", "ar"])
def test_each_language_has_a_blog(language: str) -> None:
    assert [blog for blog in sample_blogs.blogs() if blog.language == language]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_post_is_there(kind: Kind) -> None:
    assert [draft for draft in DRAFTS if draft.kind is kind]


def test_each_post_has_words_tags_and_known_drawings() -> None:
    for draft in DRAFTS:
        assert draft.text or draft.pictures or draft.trail, draft
        assert draft.tags, draft
        assert all(one.name in drawings.NAMES and one.alt for one in draft.pictures), draft


def test_no_two_posts_have_the_same_words() -> None:
    words = Counter(draft.text for draft in DRAFTS if draft.text and draft.kind is not Kind.REBLOG)

    assert [text for text, times in words.items() if times > 1] == []


def test_every_blog_publishes_early_and_the_posts_never_end() -> None:
    found = list(islice(sample_blogs.coming(), 400))

    assert {name for name, _ in found[:16]} == {blog.name for blog in sample_blogs.blogs()}
    assert len(found) == 400


def test_posts_from_the_archive_say_so() -> None:
    number = len(sample_blogs.first()) + sum(len(blog.coming) for blog in sample_blogs.blogs())
    _, again = next(islice(sample_blogs.coming(), number, None))

    assert (again.kind, again.title) == (Kind.REBLOG, "From the archive: Quadrantids: forty in a cold hour")


def test_the_author_of_a_blog_wrote_its_first_posts_too() -> None:
    authors = {name: draft.author for name, draft in sample_blogs.first()}

    assert authors == {"garden": "", "night-sky": "Ines", "slow-wheels": "Tomas"}


def test_a_post_of_today_that_is_still_to_come_was_published_a_year_ago() -> None:
    later = sample_blogs.Dated(2, 28, 18, 0, Draft(text="Dusk"))
    earlier = sample_blogs.Dated(2, 28, 9, 0, Draft(text="Dawn"))

    assert later.published(NOW) == datetime(2025, 2, 28, 18, tzinfo=UTC)
    assert earlier.published(NOW) == datetime(2026, 2, 28, 9, tzinfo=UTC)
