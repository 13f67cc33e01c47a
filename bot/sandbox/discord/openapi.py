"""Checks of request bodies against Discord's OpenAPI document, if there is one.

jsonschema is a development dependency, so it is imported only when a document is used.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from bot.sandbox.discord.models import Json

_SNOWFLAKE = "SnowflakeType"


class _Validator(Protocol):
    def iter_errors(self, instance: object) -> Iterator[Any]: ...


class OpenApi:
    """A document with a validator for each operation, built at its first use."""

    def __init__(self, document: Json) -> None:
        self._components = document["components"]
        # Discord accepts numeric ids too, and discord.py sends them in allowed_mentions.
        snowflake = {**self._components["schemas"][_SNOWFLAKE], "type": ["string", "integer"]}
        self._components["schemas"][_SNOWFLAKE] = snowflake
        self._paths = document["paths"]
        self._validators: dict[tuple[str, str], _Validator | None] = {}
        self._lists: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def problems(self, method: str, template: str, body: object) -> tuple[str, ...]:
        """Return the problems of a JSON body, each as `field.path: problem`.

        `template`: the path in the document. Operations that aren't in the document aren't checked.
        """
        if not isinstance(body, list):
            return self._problems(method, template, body)
        # A bot's commands: long, slow to check, and the same at every start.
        known = (method, template, json.dumps(body, sort_keys=True))
        if known not in self._lists:
            self._lists[known] = self._problems(method, template, body)
        return self._lists[known]

    def _problems(self, method: str, template: str, body: object) -> tuple[str, ...]:
        key = (method, template)
        if key not in self._validators:
            self._validators[key] = self._validator(method, template)
        validator = self._validators[key]
        if validator is None:
            return ()
        return tuple(f"{_path(error)}: {error.message[:300]}" for error in validator.iter_errors(body))

    def _validator(self, method: str, template: str) -> _Validator | None:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types

        operation = self._paths.get(template, {}).get(method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        schema = {**content["application/json"]["schema"], "components": self._components}
        validator: _Validator = Draft202012Validator(schema)
        return validator


def _path(error: Any) -> str:  # noqa: ANN401 - jsonschema ships no types
    return ".".join(str(step) for step in error.absolute_path) or "body"


@cache
def load(path: Path) -> OpenApi:
    """Read a document, once in each process."""
    return OpenApi(json.loads(path.read_text(encoding="utf-8")))
