"""A change of what documents parse to increases `outline._VERSION`, because items that are known are not parsed again.

`data/parsing.json` has the version, and for each document of the golden pairs a hash of what it parses to.
`UPDATE_GOLDEN=1 pytest …` writes it, but not if a result has changed and the version has not.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from bot.source.formats import outline
from tests.source.formats.test_golden_feeds import DOCUMENTS, parse_file

RECORD = Path(__file__).parents[2] / "data" / "parsing.json"


def test_the_version_of_the_parser_increases_when_a_document_parses_to_something_else() -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    results = {_hash(path.read_bytes()): _hash(json.dumps(parse_file(path)).encode()) for path in DOCUMENTS}
    changed = [
        name for name in recorded["results"].keys() & results if recorded["results"][name] != results[name]
    ]
    increased = recorded["version"] < outline._VERSION
    if os.environ.get("UPDATE_GOLDEN") and (increased or not changed):
        recorded = {"version": outline._VERSION, "results": dict(sorted(results.items()))}
        RECORD.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")

    assert not changed or increased, "documents parse to something else: increase outline._VERSION"
    assert recorded == {"version": outline._VERSION, "results": results}, "run this test with UPDATE_GOLDEN=1"


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
