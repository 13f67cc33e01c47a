"""Each folder of tests/data/messages has an entry and its message in each style.

`UPDATE_GOLDEN=1 pytest tests/text/test_golden_messages.py` updates the messages. Read each one that changed.
"""

import dataclasses
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.model import Embed, Entry, Media, MediaKind, Message, Style
from bot.text.render import render
from tests.text import discord

_MESSAGES = Path(__file__).parents[1] / "data" / "messages"
_NAMES = sorted(path.name for path in _MESSAGES.iterdir() if path.is_dir())


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("name", _NAMES)
def test_an_entry_is_rendered_as_the_approved_message(name: str, style: Style) -> None:
    case = json.loads((_MESSAGES / name / "entry.json").read_text("utf-8"))
    golden = _MESSAGES / name / f"{style}.json"

    message = render(
        _entry(case["entry"]), case["feed_name"], style, mention_roles=tuple(case.get("roles", ()))
    )

    shown = json.dumps(_shown(message), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")
    assert discord.broken_limits(message) == []


def test_every_folder_has_an_entry_and_a_message_for_each_style() -> None:
    files = {name: {path.name for path in (_MESSAGES / name).iterdir()} for name in _NAMES}

    assert files == {name: {"entry.json", *(f"{style}.json" for style in Style)} for name in _NAMES}


def _entry(raw: dict[str, Any]) -> Entry:
    given = dict(raw)
    for name in ("content", "summary"):
        if isinstance(given.get(name), list):
            given[name] = "\n".join(given[name])
    for name in ("authors", "tags"):
        given[name] = tuple(given.get(name, ()))
    given["media"] = tuple(Media(**{**one, "kind": MediaKind(one["kind"])}) for one in given.get("media", ()))
    if "published" in given:
        given["published"] = datetime.fromisoformat(given["published"])
    return Entry(**given)


def _shown(message: Message) -> dict[str, Any]:
    """Return the message without empty fields, and its description as lines so that a person can read it."""
    fields = _filled(dataclasses.asdict(message) | {"embeds": [_embed(embed) for embed in message.embeds]})
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()}


def _embed(embed: Embed) -> dict[str, Any]:
    fields = _filled(dataclasses.asdict(embed))
    if "description" in fields:
        fields["description"] = fields["description"].split("\n")
    if embed.timestamp is not None:
        fields["timestamp"] = embed.timestamp.isoformat()
    return fields


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in ("", None, (), [], False)}
