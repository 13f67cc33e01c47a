"""Named queries: `-- name: …` begins one, the comment below says why it exists."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load(package: str, file: str) -> Mapping[str, str]:
    """Read the queries of a file in a package's folder `sql`, by name."""
    text = (resources.files(package) / "sql" / file).read_text("utf-8")
    _, *parts = _NAME.split(text)
    return MappingProxyType(dict(zip(parts[::2], parts[1::2], strict=True)))


COMMON = load("bot.store", "queries.sql")
"""The queries that every engine can run."""
