"""Discord's errors: an HTTP status, a code, a message, and for invalid bodies the field's path.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.discord.models import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a request body."""

    path: tuple[str, ...]
    code: str
    """Discord's error code, such as BASE_TYPE_MAX_LENGTH."""
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'body'}: {self.message}"


class ApiError(Exception):
    """An error response."""

    def __init__(self, status: int, code: int, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)

    @property
    def body(self) -> Json:
        """The response's JSON."""
        body: Json = {"message": self.message, "code": self.code}
        if self.problems:
            body["errors"] = _tree(self.problems)
        return body


def _tree(problems: Sequence[Problem]) -> Json:
    root: Json = {}
    for problem in problems:
        node = root
        for step in problem.path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return root


def unauthorized() -> ApiError:
    """The token is wrong."""
    return ApiError(401, 0, "401: Unauthorized")


def no_route() -> ApiError:
    """The address doesn't exist."""
    return ApiError(404, 0, "404: Not Found")


def unknown(what: str) -> ApiError:
    """`what`: Channel, Guild, Message, Member, User, Role, Interaction, Webhook or "Application Command"."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "User": 10013,
        "Member": 10007,
        "Message": 10008,
        "Role": 10011,
        "Webhook": 10015,
        "Interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    """The bot can't see the channel, or isn't in the guild."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The bot can see the channel but may not do this."""
    return ApiError(403, 50013, "Missing Permissions")


def no_direct_messages() -> ApiError:
    """The person doesn't accept direct messages, or is in no guild of the bot."""
    return ApiError(403, 50007, "Cannot send messages to this user")


def empty_message() -> ApiError:
    """The message has no content, embeds or anything else."""
    return ApiError(400, 50006, "Cannot send an empty message")


def invalid_form(problems: Sequence[Problem]) -> ApiError:
    """The body breaks rules; the paths say where."""
    return ApiError(400, 50035, "Invalid Form Body", problems)


def unreadable_json() -> ApiError:
    """The body is not JSON."""
    return ApiError(400, 50109, "The request body contains invalid JSON.")


def too_large() -> ApiError:
    """A file is larger than the server's limit."""
    return ApiError(413, 40005, "Request entity too large")


def wrong_channel_kind() -> ApiError:
    """The action is impossible in this kind of channel."""
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def not_a_text_channel() -> ApiError:
    """A forum has posts, not messages."""
    return ApiError(400, 50008, "Cannot send messages in a non-text channel")


def foreign_message() -> ApiError:
    """Only the author can edit a message."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def tag_required() -> ApiError:
    """The forum requires a tag."""
    return ApiError(400, 40067, "A tag is required to create a forum post in this channel")


def thread_archived() -> ApiError:
    """The thread is archived, and this action doesn't unarchive it."""
    return ApiError(400, 50083, "Thread is archived")


def thread_locked() -> ApiError:
    """Only members who may manage threads can write here."""
    return ApiError(403, 160005, "Thread is locked")


def thread_exists() -> ApiError:
    """A message can have only one thread."""
    return ApiError(400, 160004, "A thread has already been created for this message")


def already_published() -> ApiError:
    """A message can be published only once."""
    return ApiError(400, 40033, "This message has already been crossposted")


def already_acknowledged() -> ApiError:
    """An interaction can be acknowledged only once."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def invalid_webhook_token() -> ApiError:
    """The interaction's fifteen minutes have passed."""
    return ApiError(401, 50027, "Invalid Webhook Token")
