"""Time for processes that share a busy machine."""

from pathlib import Path

import pytest

TEST_TIMEOUT = 600
"""Seconds until a test is stopped. Its own waits end sooner, and with a better message."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT))
