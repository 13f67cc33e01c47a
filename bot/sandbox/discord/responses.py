"""HTTP responses: JSON, errors, rate limits and scripted bodies."""

import hashlib
import json
from datetime import datetime

from aiohttp import web

from bot.sandbox.discord.endpoints import Reply
from bot.sandbox.discord.errors import ApiError
from bot.sandbox.discord.faults import Fault
from bot.sandbox.discord.rate_limits import Quota

_JSON = "application/json"
_VIA = "1.1 google"


def json_response(reply: Reply, headers: dict[str, str] | None = None) -> web.Response:
    """Return a JSON response. discord.py parses JSON only with this exact content type, without a charset."""
    common = {"Via": _VIA, **(headers or {})}
    if reply.status == 204:
        return web.Response(status=204, headers=common)
    raw = json.dumps(reply.body).encode()
    return web.Response(body=raw, status=reply.status, headers={"Content-Type": _JSON, **common})


def refused(refusal: ApiError) -> web.Response:
    """Return an error response."""
    return json_response(Reply(refusal.body, refusal.status))


def scripted(fault: Fault) -> web.Response:
    """Return a fault's scripted body."""
    headers = {"Content-Type": fault.content_type} | ({"Via": _VIA} if fault.via else {})
    return web.Response(body=(fault.body or "").encode(), status=fault.status or 200, headers=headers)


def too_many(after: float, *, is_global: bool = False, via: bool = True) -> web.Response:
    """Return a 429 with `after` seconds to wait; `via=False`: as from an edge server in front of Discord."""
    body = {"message": "You are being rate limited.", "retry_after": round(after, 3), "global": is_global}
    headers = {
        "Retry-After": str(max(1, round(after))),
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    response = json_response(Reply(body, 429), headers)
    if not via:
        del response.headers["Via"]
    return response


def quota_headers(bucket: str, quota: Quota, now: datetime) -> dict[str, str]:
    """Return the rate limit headers."""
    operation = bucket.partition("|")[0]
    return {
        "X-RateLimit-Limit": str(quota.rate.limit),
        "X-RateLimit-Remaining": str(quota.remaining),
        "X-RateLimit-Reset": f"{now.timestamp() + quota.reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{quota.reset_after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(operation.encode()).hexdigest()[:32],
    }
