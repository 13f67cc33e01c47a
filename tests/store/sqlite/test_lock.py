"""One process of each kind works on a database."""

from pathlib import Path

import pytest

from bot import errors
from bot.store.backfills import Worker
from bot.store.sqlite import lock


@pytest.mark.parametrize(
    ("worker", "message"),
    [
        (Worker.RUN, "another feed-relay runs with this database; stop it first"),
        (Worker.CLI, "a backfill runs in another shell; wait for it, or stop it first"),
    ],
)
def test_a_second_process_of_one_kind_is_refused_until_the_first_ends(
    tmp_path: Path, worker: Worker, message: str
) -> None:
    path = tmp_path / "feed-relay.db"
    with lock.lock(path, worker), pytest.raises(errors.StoreLocked, match=message):
        lock.lock(path, worker)
    with lock.lock(path, worker):
        pass


def test_the_two_kinds_work_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "feed-relay.db"
    with lock.lock(path, Worker.RUN), lock.lock(path, Worker.CLI):
        assert sorted(file.name for file in tmp_path.iterdir()) == [
            "feed-relay.db.backfill.lock",
            "feed-relay.db.lock",
        ]


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreUnopenable, match="this is a folder"):
        lock.lock(tmp_path, Worker.RUN)


def test_a_missing_folder_is_reported_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(errors.StoreUnopenable, match="its folder is not there"):
        lock.lock(tmp_path / "nowhere" / "feed-relay.db", Worker.RUN)

    assert list(tmp_path.iterdir()) == []
