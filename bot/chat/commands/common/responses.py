"""Answers people: in time, visible only to them, and even after an error."""

import secrets
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.utils import MISSING

from bot.chat.embeds import create_embed
from bot.chat.messages import _, use_locale
from bot.chat.refused_fields import EMBEDS, find_refused, leave_out
from bot.chat.services import Services
from bot.errors import FeedRelayError, SourceError, StoreError
from bot.model import Message
from bot.text import limits
from bot.text.summary import clip

Interaction = discord.Interaction[discord.Client]

_BAD_REQUEST = 400
_OVER = frozenset({10008, 10015, 10062, 40060, 50027})
"""Discord's codes for answers that can't be shown: too late, the message was dismissed, or another process answered."""

_log = structlog.get_logger(__name__)


class UserError(app_commands.AppCommandError):
    """An error of the user, not of the bot. The text says what is wrong and ends with what to do."""

    def __init__(self, text: str, **values: object) -> None:
        """`values`: fill the text's placeholders."""
        super().__init__(text.format(**values) if values else text)


def services_of(interaction: Interaction) -> Services:
    """Return the client's services: for buttons, which are made from their custom id."""
    services = getattr(interaction.client, "services", None)
    if not isinstance(services, Services):
        raise TypeError("only clients with services get interactions")
    return services


async def defer(interaction: Interaction) -> None:
    """Acknowledge a command at once; the answer, visible only to the user, may then take 15 minutes."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def respond(
    interaction: Interaction,
    text: str,
    *,
    embeds: tuple[discord.Embed, ...] = (),
    view: discord.ui.View | None = None,
) -> None:
    """Send an answer that only the user sees: as the deferred answer, the first one, or a further one.

    `view`: consists of persistent items.
    """
    text = clip(text, limits.CONTENT)  # Discord refuses a longer one, and the user would get no answer
    response, none = interaction.response, discord.AllowedMentions.none()
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(
            content=text, embeds=list(embeds), view=view, allowed_mentions=none
        )
        return
    send = interaction.followup.send if response.is_done() else response.send_message
    await send(text, embeds=list(embeds), view=view or MISSING, allowed_mentions=none, ephemeral=True)


async def send_preview(interaction: Interaction, message: Message) -> discord.WebhookMessage:
    """Show the user a post as its channel would get it, after the first response. Nobody is pinged.

    Fields that Discord refuses are left out, as in the channel. For an answer it doesn't always name them.
    """
    while True:
        try:
            return await _send_message(interaction, message)
        except discord.HTTPException as error:
            lighter = leave_out(message, find_refused(error) or (EMBEDS,))
            if error.status != _BAD_REQUEST or lighter == message:
                raise
            message = lighter


async def _send_message(interaction: Interaction, message: Message) -> discord.WebhookMessage:
    return await interaction.followup.send(
        message.content,
        embeds=[create_embed(embed) for embed in message.embeds],
        suppress_embeds=message.suppress_embeds,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=True,
        wait=True,
    )


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the user's server. Raises UserError outside of a server, and in an outage."""
    if interaction.guild is None:
        raise UserError(_("This only works in a server; run it in one of its channels."))
    if interaction.guild.unavailable:
        raise UserError(_("The bot hasn't got this server's data from Discord yet; try again in a minute."))
    return interaction.guild


async def handle_errors(interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work of a button or menu, and answer with the error if it fails."""
    use_locale(interaction.locale)
    try:
        await work()
    except Exception as error:  # noqa: BLE001 -- the outermost catch of a press: discord.py would only log it
        await respond_error(interaction, error)


async def respond_error(interaction: Interaction, error: Exception) -> None:
    """Answer with what went wrong. Unexpected errors get a reference number, also logged."""
    use_locale(interaction.locale)
    cause = _cause(error)
    if isinstance(cause, discord.HTTPException) and cause.code in _OVER:
        _log.warning("answer not delivered", error=cause.text, guild=interaction.guild_id)
        return
    text = _describe(cause)
    if not text:
        reference = secrets.token_hex(4)
        text = _apology(cause).format(reference=reference)
        source = _source(interaction)
        _log.error(
            "command failed", reference=reference, command=source, guild=interaction.guild_id, exc_info=cause
        )
    try:
        await respond(interaction, text)
    except (
        discord.DiscordException,
        aiohttp.ClientError,
        OSError,
        RuntimeError,
    ) as failure:  # closed sessions too
        _log.warning("answer not delivered", error=type(failure).__name__, guild=interaction.guild_id)


def _source(interaction: Interaction) -> str:
    """Return the command, or the button's custom id."""
    command = interaction.command
    return str(dict(interaction.data or {}).get("custom_id")) if command is None else command.qualified_name


def _cause(error: Exception) -> Exception:
    inner = getattr(error, "original", None)
    return inner if isinstance(inner, Exception) else error


def _describe(error: Exception) -> str:
    """Return a text about an error that the user can do something about; "" for other errors."""
    if isinstance(error, UserError | SourceError):
        return str(error)
    if isinstance(error, app_commands.TransformerError):
        return _("That option doesn't work; pick one from the list that Discord shows.")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return _("This command has changed; reload Discord (Ctrl+R, or restart the app) and run it again.")
    return ""


def _apology(error: Exception) -> str:
    if isinstance(error, StoreError):
        return _(
            "The bot can't use its database right now; give this number to whoever runs it: `{reference}`"
        )
    if isinstance(error, FeedRelayError):
        return _(
            "The bot can't do this right now; try again in a minute. The log has the details at `{reference}`."
        )
    return _(
        "Something went wrong; try again. If it keeps happening, give whoever runs the bot this number: `{reference}`"
    )
