"""Measurements as JSON files."""

import json
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__

FOLDER = Path("build/benchmarks")
"""Where the benchmarks write by default."""


def save(folder: Path, name: str, samples: object) -> None:
    """Write samples, with the command and what it ran on."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "command": f"python -m benchmarks.{Path(sys.argv[0]).stem} {' '.join(sys.argv[1:])}".strip(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "versions": {
            "feed-relay": __version__,
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
        },
        "samples": samples,
    }
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1), "utf-8")
