"""Runs `reader` for the benchmarks: reads a line of JSON, writes a line of JSON.

{"add": FILE}       → {"add": …, "index": …}      seconds for a file with a line of JSON for each entry
{"one": ENTRY}      → {"add": …, "index": …}      the same for one more entry
{"search": QUERY}   → {"seconds": …, "found": [ids of a page]}
{"feeds": [URL, …]} → {}
{"poll": true}      → {"wall": …, "cpu": …}       all feeds, until every new entry can be searched
"""

import json
import sys
import time
import warnings
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from reader import Reader, make_reader

from benchmarks.processes import answer_requests, cpu_seconds

PAGE = 5
WORKERS = 10
"""Requests at the same time."""


def main(path: str) -> None:
    """Answer until the pipe closes."""
    warnings.simplefilter("ignore")  # its HTML parser warns about short texts
    with make_reader(path) as reader:
        reader.enable_search()
        answer_requests(partial(answer, reader))


def answer(reader: Reader, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request."""
    if "search" in request:
        return search(reader, request["search"])
    if "one" in request:
        name = (request["one"]["feed_url"], request["one"]["id"])
        reader.delete_entry(name, missing_ok=True)
        seconds = add(reader, [request["one"]])
        reader.delete_entry(name)
        return seconds
    if "feeds" in request:
        return follow(reader, request["feeds"])
    if "poll" in request:
        return poll(reader)
    with Path(request["add"]).open(encoding="utf-8") as file:
        return add(reader, map(json.loads, file))


def follow(reader: Reader, feeds: Iterable[str]) -> dict[str, Any]:
    """Add feeds."""
    for url in feeds:
        reader.add_feed(url)
    return {}


def poll(reader: Reader) -> dict[str, Any]:
    """Update all feeds and the index of the search."""
    cpu, began = cpu_seconds(), time.perf_counter()
    reader.update_feeds(workers=WORKERS, scheduled=False)
    reader.update_search()
    return {"wall": time.perf_counter() - began, "cpu": cpu_seconds() - cpu}


def search(reader: Reader, query: str) -> dict[str, Any]:
    """Return a page of results, and the seconds of CPU that it took."""
    began = time.process_time()
    found = [result.id for result in reader.search_entries(query, limit=PAGE)]
    return {"seconds": time.process_time() - began, "found": found}


def add(reader: Reader, entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Write entries, then index them, and return the seconds of CPU of each."""
    began = time.process_time()
    for entry in entries:
        reader.add_feed(entry["feed_url"], exist_ok=True, allow_invalid_url=True)
        reader.add_entry(
            {
                **entry,
                "published": datetime.fromisoformat(entry["published"]),
                "content": [{"value": entry["content"], "type": "text/html"}],
            }
        )
    written = time.process_time()
    reader.update_search()
    return {"add": written - began, "index": time.process_time() - written}


if __name__ == "__main__":
    main(sys.argv[1])
