"""These tests are about SQLite alone."""

from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "feed-relay.db"
