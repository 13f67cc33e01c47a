"""The REST API: read a request, check token, rate limits and body, call the endpoint, and apply scripted faults."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.discord import command_routes, errors, guild_routes, limits, message_routes
from bot.sandbox.discord.endpoints import Call, Endpoint, Platform
from bot.sandbox.discord.errors import ApiError, Problem
from bot.sandbox.discord.faults import Fault, Faults, refused_field
from bot.sandbox.discord.models import InvalidBody, LoggedRequest, SentFile
from bot.sandbox.discord.openapi import OpenApi
from bot.sandbox.discord.rate_limits import GENEROUS, Quota, Rate, RateLimits
from bot.sandbox.discord.responses import json_response, quota_headers, refused, scripted, too_many

BASE = "/api/v10"
ENDPOINTS = (*guild_routes.ENDPOINTS, *message_routes.ENDPOINTS, *command_routes.ENDPOINTS)
_EMPTY_MESSAGE = 50006
_INVALID = {401, 403, 429}
_FILE = re.compile(r"files\[(\d{1,2})\]")
"""The name of a file's part in a form."""


class RestApi:
    """The REST API of one platform, with a log for tests."""

    def __init__(self, platform: Platform, *, token: Callable[[], str], openapi: OpenApi | None) -> None:
        self._platform = platform
        self._token = token
        self._openapi = openapi
        self.faults = Faults()
        self.rates = RateLimits(platform.state.monotonic)
        self.requests: list[LoggedRequest] = []
        self.invalid_bodies: list[InvalidBody] = []
        self.on_answer: Callable[[web.Response], None] = lambda _: None
        """Called with each answer that can reach whoever asked."""
        self.invalid_requests = 0
        """How many responses were 401, 403 or 429. Discord bans an address after 10,000 in ten minutes."""

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the web server."""
        known = [web.route(each.method, BASE + each.path, self._handler(each)) for each in ENDPOINTS]
        return [*known, web.route("*", "/{unknown:.*}", self._unknown)]

    def _handler(self, endpoint: Endpoint) -> Any:  # noqa: ANN401 - aiohttp's own handler type is private
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(endpoint, request)

        return handle

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._log("unknown", request, None)
        return self._finish(refused(errors.no_route()))

    def _log(self, operation: str, request: web.Request, body: object) -> int:
        path = request.path.removeprefix(BASE)
        at = self._platform.state.monotonic()
        self.requests.append(LoggedRequest(request.method, path, operation, at, dict(request.query), body))
        self._platform.state.touch()
        return len(self.requests) - 1

    async def _serve(self, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
        try:
            body, files = await _read(request)
        except ApiError as refusal:
            self._log(endpoint.operation, request, None)
            return self._finish(refused(refusal))
        number = self._log(endpoint.operation, request, body)
        call = Call(request.match_info, request.query, body, files)
        response = await self._answer(endpoint, request, call)
        if request.transport is not None and not request.transport.is_closing():
            self.requests[number] = replace(self.requests[number], status=response.status)
            self.on_answer(response)
        return self._finish(response)

    async def _answer(self, endpoint: Endpoint, request: web.Request, call: Call) -> web.Response:
        if endpoint.with_token:
            if request.headers.get("Authorization") != f"Bot {self._token()}":
                return refused(errors.unauthorized())
            overall = self.rates.spend_globally()
            if overall.exceeded:
                return too_many(overall.reset_after, is_global=True)
        fault = self.faults.take(endpoint.operation, _channel_id(call), call.body)
        if fault is not None and not fault.store:
            return await self._fail(fault, endpoint, request, call)
        response = self._limited(endpoint, call)
        return response if fault is None else await self._fail(fault, endpoint, request, call, response)

    def _limited(self, endpoint: Endpoint, call: Call) -> web.Response:
        bucket, rate = self._bucket(endpoint, call)
        quota = self.rates.spend(bucket, rate)
        response = too_many(quota.reset_after) if quota.exceeded else self._processed(endpoint, call)
        if endpoint.operation == "crosspost" and self.rates.crossposts_hidden:
            quota = Quota(GENEROUS, GENEROUS.limit - 1, GENEROUS.seconds)
        response.headers.update(quota_headers(bucket, quota, self._platform.state.clock()))
        return response

    def _bucket(self, endpoint: Endpoint, call: Call) -> tuple[str, Rate]:
        major = ":".join(
            str(call.params.get(each, "")) for each in ("channel_id", "guild_id", "webhook_token")
        )
        rate = self.rates.rate_of(endpoint.operation, _channel_id(call))
        return f"{endpoint.operation}|{major}", rate

    def _processed(self, endpoint: Endpoint, call: Call) -> web.Response:
        try:
            self._check(endpoint, call)
            return json_response(endpoint.answer(self._platform, call))
        except ApiError as refusal:
            if refusal.code == _EMPTY_MESSAGE:
                self._note(endpoint, call, [Problem((), "EMPTY", refusal.message)])
            return refused(refusal)
        except ValueError as error:  # a value in the query or the body that should be a number
            problem = Problem((), "NUMBER_TYPE_COERCE", str(error))
            self._note(endpoint, call, [problem])
            return refused(errors.invalid_form([problem]))

    def _check(self, endpoint: Endpoint, call: Call) -> None:
        problems = self._problems(endpoint, call)
        if problems:
            self._note(endpoint, call, problems)
            raise errors.invalid_form(problems)

    def _problems(self, endpoint: Endpoint, call: Call) -> list[Problem]:
        if endpoint.shape is None:
            return []
        if not isinstance(call.body, endpoint.shape):
            return [Problem((), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")]
        more = self._openapi.problems(endpoint.method, endpoint.path, call.body) if self._openapi else ()
        try:
            found = list(endpoint.check(call.body))
        except (AttributeError, TypeError, KeyError) as error:  # such as a string in place of an object
            found = [Problem((), "MODEL_TYPE_CONVERT", f"The body has the wrong shape: {error}")]
        return [*found, *(Problem((), "OPENAPI", each) for each in more)]

    def _note(self, endpoint: Endpoint, call: Call, problems: list[Problem]) -> None:
        path = endpoint.path.format_map(dict(call.params))
        found = InvalidBody(endpoint.method, path, call.body, tuple(str(each) for each in problems))
        self.invalid_bodies.append(found)

    async def _fail(
        self,
        fault: Fault,
        endpoint: Endpoint,
        request: web.Request,
        call: Call,
        stored: web.Response | None = None,
    ) -> web.Response:
        if fault.late is not None:
            self.faults.finish_after(fault.late, lambda: self._limited(endpoint, call))
        if fault.hang:
            await self.faults.wait_for_release()
        if fault.cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.rate_limited is not None:
            return too_many(fault.rate_limited, is_global=fault.is_global, via=fault.via)
        if fault.refused:
            return refused(errors.invalid_form([refused_field(path) for path in fault.refused]))
        if fault.body is not None:
            return scripted(fault)
        if fault.status is not None:
            return refused(ApiError(fault.status, fault.code, fault.message or f"{fault.status}: scripted"))
        return stored if stored is not None else self._limited(endpoint, call)

    def _finish(self, response: web.Response) -> web.Response:
        self.invalid_requests += response.status in _INVALID
        self._platform.state.touch()
        return response


async def _read(request: web.Request) -> tuple[Any, tuple[SentFile, ...]]:
    """Return the JSON body and the files."""
    if request.content_type.startswith("multipart/"):
        return await _read_form(request)
    raw = await request.read()
    return (_parsed(raw) if raw else None), ()


async def _read_form(request: web.Request) -> tuple[Any, tuple[SentFile, ...]]:
    body: Any = {}
    files: list[SentFile] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise errors.unreadable_json()
        raw = await part.read()
        if len(raw) > limits.FILE_SIZE:
            raise errors.too_large()
        if part.name == "payload_json":
            body = _parsed(raw)
        elif part.filename and (name := _FILE.fullmatch(part.name or "")):
            files.append(SentFile(int(name[1]), part.filename, bytes(raw)))
    return body, tuple(files)


def _parsed(raw: bytes | bytearray) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(raw)
    except ValueError as error:
        raise errors.unreadable_json() from error


def _channel_id(call: Call) -> int | None:
    found = call.params.get("channel_id", "")
    return int(found) if found.isdecimal() else None
