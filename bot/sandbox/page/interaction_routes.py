"""What a viewer does with the bot: commands, completions, buttons, menus and modals."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, TypeAdapter

from bot.sandbox.discord import interaction_data
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Channel, Guild, Json, StoredMessage, Upload
from bot.sandbox.discord.option_values import option_values
from bot.sandbox.discord.server import SandboxDiscord
from bot.sandbox.page.message_view import NO_RESPONSE, MessageView, message_json
from bot.sandbox.page.modals import filled_in, modal_json
from bot.sandbox.page.requests import Refusal
from bot.sandbox.page.viewers import Viewer, sees, sees_message

_OUTCOMES = {4: "message", 5: "deferred", 6: "updated", 7: "updated", 8: "choices", 9: "modal"}

_Options = dict[str, StrictStr | StrictInt | StrictFloat | StrictBool]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Command(_Body):
    kind: Literal["command"]
    channel: int
    command: str
    options: _Options = {}


class _Completion(_Body):
    kind: Literal["autocomplete"]
    channel: int
    command: str
    options: _Options = {}
    focused: str


class _MessageCommand(_Body):
    kind: Literal["message-command"]
    channel: int
    message: int
    command: str


class _Component(_Body):
    kind: Literal["component"]
    channel: int
    message: int
    custom_id: str
    values: tuple[str, ...] = ()


class _Modal(_Body):
    kind: Literal["modal"]
    interaction: int
    values: dict[str, StrictStr | StrictBool | tuple[str, ...]]


_Interaction = Annotated[
    _Command | _Completion | _MessageCommand | _Component | _Modal, Field(discriminator="kind")
]
BODY: TypeAdapter[_Interaction] = TypeAdapter(_Interaction)
"""Checks a request's body."""


async def interact(
    view: MessageView, guild: Guild, viewer: Viewer, body: _Interaction, files: Sequence[Upload] = ()
) -> Json:
    """Do it, and return what the bot answered first. A bot without a session would never learn of it."""
    if not view.discord.gateway.sessions:
        raise Refusal(503, "The bot is offline. Try again when it is online.")
    try:
        answer = _start(view.discord, guild, viewer, body, files)
    except PermissionError as error:
        raise Refusal(403, f"{error}.") from error
    except (LookupError, ValueError) as error:
        text = str(error.args[0] if error.args else error)
        raise Refusal(400, f"{text[:1].upper()}{text[1:].removesuffix('.')}.") from error
    answered = await view.discord.interactions.acknowledged(answer)
    return _json(view, viewer, answer, answered=answered)


def _start(
    discord: SandboxDiscord, guild: Guild, viewer: Viewer, body: _Interaction, files: Sequence[Upload]
) -> InteractionResponse:
    interactions, user = discord.interactions, viewer.user
    match body:
        case _Command():
            channel = channel_of(discord, viewer, body.channel)
            options = _options(discord, guild, body, files)
            return interactions.start_command(guild, channel, user, body.command, options)
        case _Completion():
            channel = channel_of(discord, viewer, body.channel)
            options = _options(discord, guild, body, (), body.focused)
            return interactions.start_completion(
                guild, channel, user, body.command, options, focused=body.focused
            )
        case _MessageCommand():
            message = message_of(discord, viewer, body.channel, body.message)
            return interactions.start_message_command(guild, message, user, body.command)
        case _Component():
            message = message_of(discord, viewer, body.channel, body.message)
            return interactions.start_press(message, body.custom_id, user, values=body.values)
        case _Modal():
            opened, form = _opened(discord, viewer, body)
            return interactions.start_submit(opened, filled_in(discord, form, body.values))


def _options(
    discord: SandboxDiscord,
    guild: Guild,
    body: _Command | _Completion,
    files: Sequence[Upload],
    focused: str = "",
) -> Mapping[str, interaction_data.OptionValue]:
    call = interaction_data.find(discord, guild.id, body.command)
    return option_values(discord, guild.id, call.options, body.options, files=files, focused=focused)


def channel_of(discord: SandboxDiscord, viewer: Viewer, channel_id: int) -> Channel:
    """Return a channel that the viewer sees. Raises Refusal for any other."""
    channel = discord.channels.get(channel_id)
    if channel is None or not sees(discord, viewer, channel):
        raise Refusal(404, "There is no such channel.")
    return channel


def message_of(discord: SandboxDiscord, viewer: Viewer, channel_id: int, message_id: int) -> StoredMessage:
    """Return a message that the viewer sees. Raises Refusal for any other."""
    channel = channel_of(discord, viewer, channel_id)
    message = discord.stored.get(channel.id, {}).get(message_id)
    if message is None or not sees_message(viewer, message):
        raise Refusal(404, "This message was deleted.")
    return message


def _opened(discord: SandboxDiscord, viewer: Viewer, body: _Modal) -> tuple[InteractionResponse, Json]:
    """Return the interaction that opened a form, and the form. Raises Refusal if the viewer has no such form."""
    opened = discord.interactions.of(body.interaction)
    if opened is None or opened.user != viewer.user or opened.modal is None:
        raise Refusal(404, "This form is no longer open.")
    return opened, opened.modal


def _json(view: MessageView, viewer: Viewer, answer: InteractionResponse, *, answered: bool) -> Json:
    message = answer.message
    return {
        "interaction": str(answer.id),
        "outcome": _OUTCOMES.get(answer.kind or 0, "failed") if answered else "failed",
        "message": None if message is None else message_json(view, viewer, message),
        "modal": None if answer.modal is None else modal_json(answer.modal),
        "choices": list(answer.choices),
        "error": "" if answered else NO_RESPONSE,
    }
