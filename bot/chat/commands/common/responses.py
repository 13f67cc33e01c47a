"""How a person is answered: at once, alone, and never with silence."""

import secrets
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.utils import MISSING

from bot.chat.embeds import create_embed
from bot.chat.messages import _, use_locale
from bot.chat.services import Services
from bot.errors import FeedRelayError, SourceError, StoreError
from bot.model import Message
from bot.text import limits
from bot.text.summary import clip

Interaction = discord.Interaction[discord.Client]

_log = structlog.get_logger(__name__)


class UserError(app_commands.AppCommandError):
    """What the asker did can't be done; the text says why and ends with what to do. Nothing is wrong with the bot."""

    def __init__(self, text: str, **values: object) -> None:
        """`values`: fill the text's placeholders."""
        super().__init__(text.format(**values) if values else text)


def services_of(interaction: Interaction) -> Services:
    """The services of the client that was asked: for buttons, which are made from their custom id alone."""
    services = getattr(interaction.client, "services", None)
    if not isinstance(services, Services):
        raise TypeError("interactions come from clients with a services only")
    return services


async def defer(interaction: Interaction) -> None:
    """Acknowledge a command at once; the answer, for the asker alone, may then take 15 minutes."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def respond(
    interaction: Interaction,
    text: str,
    *,
    embeds: tuple[discord.Embed, ...] = (),
    view: discord.ui.View | None = None,
) -> None:
    """Answer the asker alone: fills a deferred answer, is the first one, or follows an earlier one.

    `view`: of dynamic items, which need no client to remember them.
    """
    if view is not None:
        view.stop()
    text = clip(text, limits.CONTENT)  # a longer one would be refused, and the asker left without an answer
    response, none = interaction.response, discord.AllowedMentions.none()
    if not response.is_done():
        await response.send_message(
            text, embeds=list(embeds), view=view or MISSING, allowed_mentions=none, ephemeral=True
        )
    elif response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(
            content=text, embeds=list(embeds), view=view, allowed_mentions=none
        )
    else:
        await interaction.followup.send(
            text, embeds=list(embeds), view=view or MISSING, allowed_mentions=none, ephemeral=True
        )


async def send_preview(interaction: Interaction, message: Message) -> discord.WebhookMessage:
    """Show the asker a post as its channel would get it, after the first response. Nobody is pinged."""
    return await interaction.followup.send(
        message.content,
        embeds=[create_embed(embed) for embed in message.embeds],
        suppress_embeds=message.suppress_embeds,
        allowed_mentions=discord.AllowedMentions.none(),
        ephemeral=True,
        wait=True,
    )


def require_admin(interaction: Interaction) -> None:
    """Raise UserError unless the asker may manage the server: its admins may have opened the command to others."""
    guild_of(interaction)
    if not interaction.permissions.manage_guild:
        raise UserError(_("This needs the permission Manage Server; ask someone who has it."))


def guild_of(interaction: Interaction) -> discord.Guild:
    """The server where this is asked. Raises UserError outside of one, and in an outage."""
    if interaction.guild is None:
        raise UserError(_("This works in a server only; run it in one of its channels."))
    if interaction.guild.unavailable:
        raise UserError(_("Discord has not told the bot about this server yet; try again in a minute."))
    return interaction.guild


async def handle_errors(interaction: Interaction, work: Callable[[], Awaitable[None]]) -> None:
    """Do what a button or menu stands for; whatever goes wrong, the person is told."""
    use_locale(interaction.locale)
    try:
        await work()
    except Exception as error:  # noqa: BLE001 -- the outermost catch of a press: discord.py would only log
        await respond_error(interaction, error)


async def respond_error(interaction: Interaction, error: Exception) -> None:
    """Tell the asker in one sentence what went wrong; what is no refusal bears a number that the log has too."""
    use_locale(interaction.locale)
    cause = _cause(error)
    sentence = _sentence(cause)
    if not sentence:
        reference = secrets.token_hex(4)
        sentence = _apology(cause).format(reference=reference)
        asked = _asked(interaction)
        _log.error(
            "command failed", reference=reference, asked=asked, guild=interaction.guild_id, exc_info=cause
        )
    try:
        await respond(interaction, sentence)
    except (
        discord.DiscordException,
        aiohttp.ClientError,
        OSError,
        RuntimeError,
    ) as silence:  # closed sessions too
        _log.warning("asker not answered", error=type(silence).__name__, guild=interaction.guild_id)


def _asked(interaction: Interaction) -> str:
    """The command, or the button's custom id."""
    command = interaction.command
    return str(dict(interaction.data or {}).get("custom_id")) if command is None else command.qualified_name


def _cause(error: Exception) -> Exception:
    inner = getattr(error, "original", None)
    return inner if isinstance(inner, Exception) else error


def _sentence(error: Exception) -> str:
    """For what the asker can mend; "": they cannot."""
    if isinstance(error, UserError | SourceError):
        return str(error)
    if isinstance(error, app_commands.TransformerError):
        return _("This option cannot be read; choose it from the list that Discord offers.")
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return _("This command has changed; reload Discord (Ctrl+R, or restart the app) and run it again.")
    return ""


def _apology(error: Exception) -> str:
    if isinstance(error, StoreError):
        return _("The bot cannot use its database now; tell whoever runs it, with this number: `{reference}`")
    if isinstance(error, FeedRelayError):
        return _("The bot cannot do this now; try again in a minute. Its log says more at `{reference}`.")
    return _(
        "Something went wrong in the bot; try again, and if it stays, tell whoever runs it this number: `{reference}`"
    )
