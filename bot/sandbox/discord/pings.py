"""Finds who is notified of a message, from its text, its `allowed_mentions` and its author's permissions.

Where Discord's rules are subtle (code spans, backslashes) the sandbox pings: too many pings reveal more mistakes than
too few.
"""

import re
from collections.abc import Mapping

from bot.sandbox.discord.models import Json, Pings, Role
from bot.sandbox.discord.permissions import Permission

_EVERYONE = re.compile(r"@(?:everyone|here)")
_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")


def pings(text: str, allowed: Json | None, author: Permission, roles: Mapping[int, Role]) -> Pings:
    """Return who is notified of `text`.

    `allowed`: the request's `allowed_mentions`; None: it had none, so every mention pings.
    `author`: the author's permissions in the channel. `roles`: the guild's.
    """
    may_ping_all = bool(author & Permission.MENTION_EVERYONE)
    named_roles = {int(found) for found in _ROLE.findall(text)}
    pingable = {each for each in named_roles if may_ping_all or (each in roles and roles[each].mentionable)}
    users = {int(found) for found in _USER.findall(text)}
    return Pings(
        everyone=may_ping_all and bool(_EVERYONE.search(text)) and _parses(allowed, "everyone"),
        roles=frozenset(_allowed(pingable, allowed, "roles")),
        users=frozenset(_allowed(users, allowed, "users")),
    )


def _parses(allowed: Json | None, kind: str) -> bool:
    return allowed is None or kind in (allowed.get("parse") or ())


def _allowed(named: set[int], allowed: Json | None, kind: str) -> set[int]:
    if allowed is None or _parses(allowed, kind):
        return named
    return named & {int(each) for each in allowed.get(kind) or ()}
