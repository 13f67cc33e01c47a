"""Interactions: commands, buttons and modals that people use, and the bot's responses within Discord's time limits.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.sandbox.discord import errors, interaction_data, limits, messages, payloads
from bot.sandbox.discord.components import AUTOCOMPLETE as CHOICES
from bot.sandbox.discord.components import MODAL
from bot.sandbox.discord.events import TIMEOUT, Intent
from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.modal_data import Filled, modal_data
from bot.sandbox.discord.models import Channel, Guild, Json, SentFile, StoredMessage, Thinking, User
from bot.sandbox.discord.state import State

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE = 4, 5, 6, 7
_EPHEMERAL = 1 << 6
ACKNOWLEDGE_TIMEOUT = 3.0
"""Seconds that Discord gives the bot for its first response."""
TOKEN_TTL = 15 * 60.0
"""Seconds in which more responses are possible."""
_CONTEXT_GUILD = 0


@dataclass(slots=True)
class InteractionResponse:
    """The bot's responses to one interaction so far."""

    id: int
    token: str
    guild_id: int
    channel: Channel
    user: User
    created_at: float
    read: Callable[[int, int], StoredMessage | None]
    source: StoredMessage | None = None
    """The message with the pressed button."""
    command: str = ""
    """What the person used, without the slash; "" for buttons and modals."""
    kind: int | None = None
    """The callback's type: 4 message, 5 deferred, 6 deferred update, 7 update, 8 choices, 9 modal; None: none yet."""
    ephemeral: bool = False
    original_id: int | None = None
    followup_ids: tuple[int, ...] = ()
    choices: tuple[Json, ...] = ()
    modal: Json | None = None
    given_up: bool = False
    """Whether people see that the bot did not respond."""

    @property
    def message(self) -> StoredMessage | None:
        """The original response; None: none yet, or deleted."""
        return None if self.original_id is None else self.read(self.channel.id, self.original_id)

    @property
    def followups(self) -> tuple[StoredMessage, ...]:
        """The messages after the original response."""
        found = (self.read(self.channel.id, each) for each in self.followup_ids)
        return tuple(each for each in found if each is not None)

    @property
    def is_answered(self) -> bool:
        """Whether the response is complete: the bot showed something, or announced that it won't."""
        return self.kind is not None and (self.kind != DEFERRED or self.original_id is not None)

    @property
    def is_over(self) -> bool:
        """Whether no response is expected any longer: there is one, or it is too late."""
        return self.is_answered or self.given_up


class Interactions:
    """Sends interactions to the bot and accepts its responses."""

    def __init__(self, state: State, acknowledge_timeout: float) -> None:
        self._state = state
        self.acknowledge_timeout = acknowledge_timeout
        self._answers: dict[str, InteractionResponse] = {}
        """By token."""
        self._tokens: dict[int, str] = {}
        """By id."""

    async def interact(
        self,
        guild: Guild,
        channel: Channel,
        user: User,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        force: bool = False,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the tests' own timeout
    ) -> InteractionResponse:
        """Run a slash command ("feed add") as a person and wait for the response.

        Raises PermissionError if Discord doesn't offer the command to the person, unless `force`: a server's admins may
        have allowed it. Raises LookupError if the command or an option isn't registered.
        """
        answer = self.start_command(guild, channel, user, command, options, force=force)
        return await self._completed(answer, timeout)

    def start_command(
        self,
        guild: Guild,
        channel: Channel,
        user: User,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        force: bool = False,
    ) -> InteractionResponse:
        """Run a slash command like `interact` without waiting."""
        call = interaction_data.find(self._state, guild.id, command)
        if not force:
            interaction_data.require_visible(self._state, call, channel, user)
        data = interaction_data.command_data(self._state, guild.id, call, options or {})
        return self._start(interaction_data.COMMAND, guild.id, channel, user, data, command=command)

    async def interact_with(
        self,
        guild: Guild,
        message: StoredMessage,
        user: User,
        command: str,
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the tests' own timeout
    ) -> InteractionResponse:
        """Use a command from a message's menu as a person and wait for the response. Raises like `interact`."""
        return await self._completed(self.start_message_command(guild, message, user, command), timeout)

    def start_message_command(
        self, guild: Guild, message: StoredMessage, user: User, command: str
    ) -> InteractionResponse:
        """Use a command from a message's menu without waiting. Raises like `interact`."""
        call = interaction_data.find_message_command(self._state, guild.id, command)
        channel = self._state.channels[message.channel_id]
        interaction_data.require_visible(self._state, call, channel, user)
        data = interaction_data.message_command_data(call, message, self.message_payload(message))
        return self._start(interaction_data.COMMAND, guild.id, channel, user, data, command=command)

    async def complete(
        self,
        guild: Guild,
        channel: Channel,
        user: User,
        command: str,
        options: Mapping[str, OptionValue],
        *,
        focused: str,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the tests' own timeout
    ) -> tuple[Json, ...]:
        """Return the choices for the option that a person is typing, each with name and value."""
        answer = self.start_completion(guild, channel, user, command, options, focused=focused)
        return (await self._completed(answer, timeout)).choices

    def start_completion(
        self,
        guild: Guild,
        channel: Channel,
        user: User,
        command: str,
        options: Mapping[str, OptionValue],
        *,
        focused: str,
    ) -> InteractionResponse:
        """Ask for the choices like `complete` without waiting."""
        call = interaction_data.find(self._state, guild.id, command)
        values = {**options, focused: options.get(focused, "")}
        data = interaction_data.command_data(self._state, guild.id, call, values, focused=focused)
        return self._start(interaction_data.AUTOCOMPLETE, guild.id, channel, user, data)

    async def press(
        self,
        message: StoredMessage,
        name: str,
        user: User,
        *,
        values: tuple[str, ...] = (),
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the tests' own timeout
    ) -> InteractionResponse:
        """Press a button, or choose `values` in a menu, by its label or custom id. Return the bot's response."""
        return await self._completed(self.start_press(message, name, user, values=values), timeout)

    def start_press(
        self, message: StoredMessage, name: str, user: User, *, values: tuple[str, ...] = ()
    ) -> InteractionResponse:
        """Press a button or choose in a menu without waiting."""
        now = self._state.message(message.channel_id, message.id)
        data = interaction_data.component_data(self._state, now, name, values)
        channel = self._state.channels[message.channel_id]
        return self._start(interaction_data.COMPONENT, message.guild_id, channel, user, data, source=now)

    async def submit(
        self,
        opened: InteractionResponse,
        values: Mapping[str, Filled],
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - the tests' own timeout
    ) -> InteractionResponse:
        """Fill in and submit the modal of `opened`; `values`: by custom id or label."""
        return await self._completed(self.start_submit(opened, values), timeout)

    def start_submit(self, opened: InteractionResponse, values: Mapping[str, Filled]) -> InteractionResponse:
        """Submit a modal without waiting."""
        if opened.modal is None:
            raise LookupError("the bot didn't open a modal")
        data = modal_data(opened.modal, values)
        kind, source = interaction_data.MODAL_SUBMIT, opened.source
        return self._start(kind, opened.guild_id, opened.channel, opened.user, data, source=source)

    async def _completed(
        self,
        answer: InteractionResponse,
        timeout: float,  # noqa: ASYNC109 - handed on
    ) -> InteractionResponse:
        await self._state.wait_for(lambda: answer.is_answered, timeout=timeout)
        return answer

    async def acknowledged(self, answer: InteractionResponse) -> bool:
        """Wait for the first response. Return whether it came within Discord's limit."""
        try:
            await self._state.wait_for(
                lambda: answer.kind is not None or answer.given_up, timeout=self.acknowledge_timeout
            )
        except TimeoutError:
            return False
        return answer.kind is not None

    def thinking(self, channel_id: int) -> Iterator[Thinking]:
        """Yield the responses that the bot has deferred in a channel and not sent yet."""
        for answer in self._answers.values():
            if answer.channel.id == channel_id and answer.kind == DEFERRED and not answer.is_over:
                yield _thinking(answer)

    def give_up_all(self) -> None:
        """Show that the bot did not respond to open interactions, because it no longer runs."""
        for answer in self._answers.values():
            self._give_up(answer)

    def _give_up(self, answer: InteractionResponse) -> None:
        if answer.is_over:
            return
        answer.given_up = True
        if answer.kind == DEFERRED:
            self._state.note(_thinking(answer))
        self._state.touch()

    def of(self, interaction_id: int | None) -> InteractionResponse | None:
        """Return the responses to an interaction by its id."""
        token = self._tokens.get(interaction_id or 0)
        return None if token is None else self._answers[token]

    def _start(
        self,
        kind: int,
        guild_id: int,
        channel: Channel,
        user: User,
        data: Json,
        *,
        source: StoredMessage | None = None,
        command: str = "",
    ) -> InteractionResponse:
        state = self._state
        answer = InteractionResponse(
            id=state.new_id(),
            token=secrets.token_urlsafe(24),
            guild_id=guild_id,
            channel=channel,
            user=user,
            created_at=state.monotonic(),
            read=self._read,
            source=source,
            command=command,
        )
        self._answers[answer.token] = answer
        self._tokens[answer.id] = answer.token
        body = self._payload(kind, answer, data)
        state.publish("INTERACTION_CREATE", body, guild_id, Intent.ALWAYS)
        return answer

    def _read(self, channel_id: int, message_id: int) -> StoredMessage | None:
        found = self._state.stored.get(channel_id, {}).get(message_id)
        return None if found is None or found.deleted else found

    def _payload(self, kind: int, answer: InteractionResponse, data: Json) -> Json:
        state, guild_id, channel = self._state, answer.guild_id, answer.channel
        may = str(int(state.permissions_in(channel.id, answer.user.id)))
        app_may = str(int(state.permissions_in(channel.id, state.bot.id)))
        body: Json = {
            "id": str(answer.id),
            "application_id": str(state.bot.id),
            "type": kind,
            "token": answer.token,
            "version": 1,
            "data": data,
            "guild_id": str(guild_id),
            "guild": {"id": str(guild_id), "locale": "en-US", "features": []},
            "channel_id": str(channel.id),
            "channel": state.channel_payload(channel) | {"permissions": may},
            "member": payloads.member(state.members[guild_id, answer.user.id]) | {"permissions": may},
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": app_may,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild_id)},
            "context": _CONTEXT_GUILD,
            "attachment_size_limit": limits.FILE_SIZE,
        }
        if answer.source is not None:
            body["message"] = self.message_payload(answer.source)
        return body

    def message_payload(self, message: StoredMessage) -> Json:
        """Return the JSON of a message, with who used the command."""
        answer = self.of(message.interaction_id)
        return self._state.message_payload(message, command_user=answer.user if answer else None)

    def acknowledge(
        self, interaction_id: int, token: str, body: Json, files: tuple[SentFile, ...]
    ) -> InteractionResponse:
        """Accept the first response. Raises ApiError after the acknowledge timeout, and for a second one."""
        answer = self._answers.get(token)
        if answer is None or answer.id != interaction_id:
            raise errors.unknown("Interaction")
        is_late = self._state.monotonic() - answer.created_at > self.acknowledge_timeout
        if is_late or answer.given_up:
            raise errors.unknown("Interaction")
        if answer.kind is not None:
            raise errors.already_acknowledged()
        self._apply(answer, body, files)
        answer.kind = body["type"]
        self._state.touch()
        return answer

    def _apply(self, answer: InteractionResponse, body: Json, files: tuple[SentFile, ...]) -> None:
        kind, data = body["type"], body.get("data") or {}
        answer.ephemeral = bool((data.get("flags") or 0) & _EPHEMERAL)
        if kind == MESSAGE:
            answer.original_id = self._post(answer, data, files, hidden=answer.ephemeral).id
        elif kind == UPDATE and answer.source is not None:
            source = self._state.message(answer.channel.id, answer.source.id)
            messages.store_edit(self._state, messages.changed_by(self._state, source, data, files=files))
        elif kind == DEFERRED:
            self._state.note(_thinking(answer))
            asyncio.get_running_loop().call_later(TOKEN_TTL, self._give_up, answer)
        elif kind == CHOICES:
            answer.choices = tuple(data.get("choices") or ())
        elif kind == MODAL:
            answer.modal = data
        if kind in {UPDATE, DEFERRED_UPDATE} and answer.source is not None:
            answer.original_id = answer.source.id

    def _post(
        self, answer: InteractionResponse, data: Json, files: tuple[SentFile, ...], *, hidden: bool
    ) -> StoredMessage:
        composed = messages.compose(
            self._state,
            self._state.channels[answer.channel.id],
            data,
            files=files,
            as_answer=True,
        )
        seen_by = answer.user.id if hidden else None
        message = replace(composed, interaction_id=answer.id, visible_to=seen_by)
        messages.post(self._state, message)
        return message

    def _by_token(self, token: str) -> InteractionResponse:
        answer = self._answers.get(token)
        if answer is None or answer.kind is None:
            raise errors.unknown("Webhook")
        if self._state.monotonic() - answer.created_at > TOKEN_TTL:
            raise errors.invalid_webhook_token()
        return answer

    def follow_up(self, token: str, body: Json, files: tuple[SentFile, ...]) -> StoredMessage:
        """Accept another message. The first one after a deferral becomes the original response."""
        answer = self._by_token(token)
        fills = answer.kind == DEFERRED and answer.original_id is None
        hidden = answer.ephemeral if fills else bool((body.get("flags") or 0) & _EPHEMERAL)
        message = self._post(answer, body, files, hidden=hidden)
        if fills:
            answer.original_id = message.id
            self._state.note(_thinking(answer))
        else:
            answer.followup_ids += (message.id,)
        self._state.touch()
        return message

    def answered(self, token: str, name: str) -> StoredMessage:
        """Return a response's message by id, or "@original"."""
        answer = self._by_token(token)
        message_id = answer.original_id if name == "@original" else int(name)
        if message_id is None or message_id not in {answer.original_id, *answer.followup_ids}:
            raise errors.unknown("Message")
        return self._state.message(answer.channel.id, message_id)

    def edit(self, token: str, name: str, body: Json, files: tuple[SentFile, ...]) -> StoredMessage:
        """Change a response. The first edit after a deferral creates the original one."""
        answer = self._by_token(token)
        if name == "@original" and answer.kind == DEFERRED and answer.original_id is None:
            return self.follow_up(token, body, files)
        changed = messages.changed_by(self._state, self.answered(token, name), body, files=files)
        return messages.store_edit(self._state, changed)

    def delete(self, token: str, name: str) -> None:
        """Delete a response."""
        self._state.delete_stored(self.answered(token, name))


def _thinking(answer: InteractionResponse) -> Thinking:
    return Thinking(
        answer.id,
        answer.channel.id,
        answer.user,
        answer.command,
        answer.ephemeral,
        ended=answer.is_over,
        failed=answer.given_up,
    )
