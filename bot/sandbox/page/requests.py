"""How the page's server reads requests, and refuses them in a sentence."""

import hmac
import json
from typing import TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import TypeAdapter, ValidationError

from bot.errors import FeedRelayError
from bot.sandbox.discord.errors import ApiError

_NO_TOKEN = "Open the page with the address that the demo printed."  # noqa: S105 - a sentence, not a token

NamedFile = tuple[str, bytes]
"""The name and the content of a file."""
MAX_FILES = 10
MAX_FILE_SIZE = 1_000_000
"""Bytes. Discord takes more, but no command of the bot does."""

T = TypeVar("T")


class Refusal(Exception):
    """A request that can't be answered, with the sentence for the person at the page."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def with_token(token: str) -> Middleware:
    """Return a middleware that asks for the token below /api/, and turns what is refused into a sentence."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not is_token(given, token):
            return _refused(401, _NO_TOKEN)
        try:
            return await handler(request)
        except Refusal as refusal:
            return _refused(refusal.status, str(refusal))
        except FeedRelayError as refusal:
            return _refused(404 if isinstance(refusal, LookupError) else 400, str(refusal))
        except ApiError as refusal:
            return _refused(refusal.status, f"Discord refused it: {refusal.message}.")
        except web.HTTPException as refusal:
            return _refused(refusal.status, refusal.reason)

    return check


def is_token(given: str, token: str) -> bool:
    """Compare without a hint in the time that it takes."""
    return hmac.compare_digest(given.encode(), token.encode())


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


async def read(request: web.Request, shape: TypeAdapter[T]) -> T:
    """Return the request's JSON body. Raises Refusal if it isn't JSON of this shape."""
    if request.content_type != "application/json":
        raise Refusal(415, "Send JSON.")
    return _validated(await request.read(), shape)


async def read_with_files(request: web.Request, shape: TypeAdapter[T]) -> tuple[T, list[NamedFile]]:
    """Return the JSON body and the files of a form, which may also be plain JSON. Raises Refusal as `read` does.

    The parts are named as in Discord's API: `payload_json` and `files[0]`, `files[1]`, …
    """
    if request.content_type != "multipart/form-data":
        return await read(request, shape), []
    raw = b""
    files: list[NamedFile] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refusal(400, "This form can't be read.")
        if part.name == "payload_json":
            raw = await _content(part)
        elif len(files) == MAX_FILES:
            raise Refusal(413, f"Send at most {MAX_FILES} files at once.")
        else:
            files.append((part.filename or "file", await _content(part)))
    return _validated(raw, shape), files


async def _content(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > MAX_FILE_SIZE:
            raise Refusal(413, "This file is larger than 1 MB, so the demo doesn't take it.")
    return bytes(content)


def _validated(raw: bytes, shape: TypeAdapter[T]) -> T:
    try:
        return shape.validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "The request"
        raise Refusal(400, f"{where}: {first['msg']}.") from error


def number(request: web.Request, name: str, default: int = 0) -> int:
    """Return a number of the request's path or query. Raises Refusal for anything else."""
    value = request.match_info.get(name) or request.query.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and len(value) < 20):
        raise Refusal(400, f"{name} must be a number.")
    return int(value)


async def read_json(request: web.Request) -> object:
    """Return the request's JSON body, whose shape the caller checks. Raises Refusal if it isn't JSON."""
    if request.content_type != "application/json":
        raise Refusal(415, "Send JSON.")
    try:
        body: object = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "This isn't JSON.") from error
    return body
