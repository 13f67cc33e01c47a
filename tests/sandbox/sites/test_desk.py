"""The writing desk: what is written there is in the blog's feed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.model.source import Fetched
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk, NoSuchBlog, NoSuchPost
from bot.sandbox.sites.drafts import Draft, Kind, Picture
from bot.sandbox.sites.paging import Paging
from bot.source.formats.parse import parse_feed

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def desk(blog: Blog) -> Desk:
    desk = Desk(blog)
    desk.open(NOW)
    return desk


def titles(desk: Desk, name: str = "garden") -> list[str]:
    return [written.post.title for written in desk.posts(name, 100)]


def test_every_sample_blog_has_about_a_year_of_posts_newest_first(desk: Desk) -> None:
    for blog in desk.blogs():
        dates = [post.published for post in blog.posts]
        assert len(dates) >= 12
        assert all(newer > older for newer, older in pairwise(dates))
        assert NOW - timedelta(days=366) < dates[-1] < dates[0] < NOW


def test_each_feed_has_as_many_entries_as_posts(desk: Desk) -> None:
    for blog in desk.blogs():
        document = blog.document()
        parsed = parse_feed(Fetched(blog.url, document.body))
        assert len(parsed.entries) == min(len(blog.posts), blog.length), blog.name
        assert {tag for entry in parsed.entries for tag in entry.tags}


def test_the_older_posts_of_the_wordpress_blog_are_only_in_its_api(blog: Blog, desk: Desk) -> None:
    wolkenbuch = blog.feeds["wolkenbuch"]

    assert (wolkenbuch.paging, wolkenbuch.length) == (Paging.REST, 10)
    assert len(desk.posts("wolkenbuch", 100)) > 10


def test_a_published_post_is_the_newest(desk: Desk) -> None:
    written = desk.write("garden", Draft(title="Beans", text="They climb."), NOW)

    assert titles(desk)[0] == "Beans"
    assert b"They climb." in written.blog.document().body


def test_a_backdated_post_takes_its_place_by_date(desk: Desk) -> None:
    newest = titles(desk)[0]
    desk.write("garden", Draft(title="Beans"), NOW, NOW - timedelta(days=100))

    assert titles(desk)[0] == newest
    assert "Beans" in titles(desk)


def test_an_edited_post_keeps_its_id_and_its_date_and_says_when_it_changed(desk: Desk) -> None:
    old = desk.write("night-sky", Draft(title="Saturn"), NOW)
    later = NOW + timedelta(hours=1)
    new = desk.edit("night-sky", old.post.id, Draft(title="Saturn and Titan"), later)

    assert (new.post.id, new.post.published, new.post.updated) == (old.post.id, NOW, later)
    assert titles(desk, "night-sky")[0] == "Saturn and Titan"


def test_an_edit_can_move_a_post_into_the_past(desk: Desk) -> None:
    past = NOW - timedelta(days=200)
    post_id = desk.write("garden", Draft(title="Beans"), NOW).post.id
    edited = desk.edit("garden", post_id, Draft(title="Beans"), NOW, past)

    assert edited.post.published == past
    assert titles(desk)[0] != "Beans"


def test_a_deleted_post_is_gone(desk: Desk) -> None:
    written = desk.write("garden", Draft(title="Beans"), NOW)
    desk.delete("garden", written.post.id)

    assert "Beans" not in titles(desk)
    with pytest.raises(NoSuchPost):
        desk.post("garden", written.post.id)


def test_unknown_blogs_and_posts_are_refused(desk: Desk) -> None:
    with pytest.raises(NoSuchBlog):
        desk.write("nothing", Draft(text="Beans"), NOW)
    with pytest.raises(NoSuchPost):
        desk.edit("garden", "1", Draft(text="Beans"), NOW)


def test_ids_grow_and_are_not_those_of_an_earlier_run(blog: Blog, desk: Desk) -> None:
    first, second = (int(desk.next_sample(NOW).post.id) for _ in range(2))
    again = Desk(blog)
    again.open(NOW)
    third = int(again.next_sample(NOW + timedelta(seconds=1)).post.id)

    assert max(int(post.id) for post in blog.feeds["paper-boats"].posts) < first < second < third < 2**63


def test_the_samples_start_with_the_tulips(desk: Desk) -> None:
    written = desk.next_sample(NOW)

    assert (written.blog.name, written.headline) == ("garden", "The first tulips")


def test_each_change_names_its_blog(desk: Desk) -> None:
    changed: list[str] = []
    desk.changed = changed.append
    post_id = desk.write("garden", Draft(text="Beans"), NOW).post.id
    desk.edit("garden", post_id, Draft(text="Peas"), NOW)
    desk.delete("garden", post_id)

    assert changed == ["garden"] * 3


def test_posts_come_in_pages(desk: Desk) -> None:
    first = desk.posts("garden", 10)
    second = desk.posts("garden", 10, before=first[-1].post.id)

    assert [one.post.id for one in first + second] == [one.post.id for one in desk.posts("garden", 20)]


def test_a_very_long_demo_forgets_the_oldest_posts(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    monkeypatch.setattr("bot.sandbox.sites.desk._MAX_POSTS", 20)
    before = desk.posts("garden", 100)
    desk.write("garden", Draft(title="Beans"), NOW)
    after = desk.posts("garden", 100)

    assert len(after) == 20
    assert after[0].post.title == "Beans"
    assert before[-1].post not in [one.post for one in after]


def test_a_post_without_a_title_has_a_headline(desk: Desk) -> None:
    photo = Draft(Kind.PHOTO, pictures=(Picture("snail", "A snail"),))

    assert desk.write("garden", photo, NOW).headline == "A snail"
    assert desk.write("garden", Draft(text="<p>They <b>climb</b>.</p>"), NOW).headline == "They climb ."
    assert len(desk.write("garden", Draft(text="word " * 50), NOW).headline) == 80


def test_titles_in_any_script_are_in_the_address(desk: Desk) -> None:
    assert desk.write("asa-no-sampo", Draft(title="今日の月!"), NOW).link.endswith("/今日の月")
