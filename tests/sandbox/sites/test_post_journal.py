"""The posts of the demo's blogs in a file: what the next run shows is what the last one showed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk, WrittenPost
from bot.sandbox.sites.drafts import Draft, Earlier, Kind, Picture
from bot.sandbox.sites.post_journal import PostJournal, UnreadablePosts

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
async def next_desk() -> AsyncIterator[Desk]:
    """The desk of the next run."""
    async with Blog() as blog:
        desk = Desk(blog)
        desk.open(NOW + timedelta(minutes=1))
        yield desk


@pytest.fixture
def desk(blog: Blog) -> Desk:
    desk = Desk(blog)
    desk.open(NOW)
    return desk


def contents(posts: list[WrittenPost]) -> list[tuple[object, ...]]:
    return [(each.post.id, each.draft, each.post.updated) for each in posts]


def change_everything(desk: Desk) -> None:
    desk.write("garden", Draft(title="Beans", text="They climb.", tags=("beans",)), NOW)
    back = desk.write("garden", Draft(title="Peas"), NOW, NOW - timedelta(days=100))
    desk.edit("garden", back.post.id, Draft(title="Peas, edited"), NOW)
    gone = desk.write("garden", Draft(title="Weeds"), NOW)
    desk.delete("garden", gone.post.id)
    desk.delete("garden", desk.posts("garden", 9)[5].post.id)
    desk.edit("garden", desk.posts("garden", 9)[3].post.id, Draft(title="Another sample"), NOW)
    trail = (Earlier("garden", "Take two."),)
    desk.write("paper-boats", Draft(Kind.REBLOG, trail=trail, pictures=(Picture("tulips", "Tulips"),)), NOW)


def test_changes_of_posts_survive_a_restart(desk: Desk, next_desk: Desk, tmp_path: Path) -> None:
    writing = PostJournal(tmp_path / "posts.jsonl", desk)
    change_everything(desk)
    writing.close()

    PostJournal(tmp_path / "posts.jsonl", next_desk).close()

    for name in ("garden", "paper-boats"):
        assert contents(next_desk.posts(name, 100)) == contents(desk.posts(name, 100)), name


def test_after_the_next_start_the_file_has_one_line_for_each_changed_post(
    desk: Desk, next_desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "posts.jsonl"
    writing = PostJournal(path, desk)
    post = desk.write("garden", Draft(title="Beans"), NOW).post
    for number in range(5):
        desk.edit("garden", post.id, Draft(title=f"Beans {number}"), NOW)
    writing.close()
    before = len(path.read_text("utf-8").splitlines())

    PostJournal(path, next_desk).close()

    assert (before, len(path.read_text("utf-8").splitlines())) == (6, 1)


def test_a_line_that_a_kill_cut_off_is_left_out(desk: Desk, next_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    writing = PostJournal(path, desk)
    for title in ("Beans", "Peas"):
        desk.write("garden", Draft(title=title), NOW)
    writing.close()
    path.write_text(path.read_text("utf-8")[:-10], "utf-8")

    PostJournal(path, next_desk).close()

    assert [each.headline for each in next_desk.posts("garden", 2)][:1] == ["Beans"]


def test_another_file_is_refused(next_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text("from elsewhere\n", "utf-8")

    with pytest.raises(UnreadablePosts):
        PostJournal(path, next_desk)
