"""The sections and keys of the config, their types, defaults and limits."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import values
from bot.errors import ConfigError
from bot.model import (
    ChannelDeclaration,
    FeedDeclaration,
    PollSettings,
    PostSettings,
    Reblogs,
    Rule,
    Setting,
    Style,
)
from bot.store.place import Place, ServerAddress, secrets_in
from bot.text.address import secrets_of

PREFIX = "FEED_RELAY_"
DELIMITER = "__"

Duration = Annotated[timedelta, PlainValidator(values.duration)]
PositiveDuration = Annotated[timedelta, PlainValidator(values.duration), AfterValidator(values.positive)]
OptionalDuration = Annotated[timedelta | None, PlainValidator(values.duration_or_none)]
OptionalAge = Annotated[timedelta | None, PlainValidator(values.age_or_forever)]
Integer = Annotated[int, BeforeValidator(values.integer)]
Id = Annotated[int, PlainValidator(values.snowflake)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(values.require_list)]
Tags = Annotated[tuple[Annotated[str, PlainValidator(values.tag)], ...], BeforeValidator(values.require_list)]
Words = Annotated[
    tuple[Annotated[str, PlainValidator(values.word)], ...], BeforeValidator(values.require_list)
]
StyleName = Annotated[Style, PlainValidator(partial(values.choice, Style))]
WebAddress = Annotated[str, PlainValidator(values.web_address)]


_TOKEN_VARIABLE = f"{PREFIX}DISCORD{DELIMITER}TOKEN"
_NO_TOKEN = (
    f"discord.token: there is no bot token; set {_TOKEN_VARIABLE} or discord.token_file "
    "(docs/discord-setup.md shows how to get one)"
)
_OTHER_NAME = (
    f"discord.token: there is no bot token; {{name}} is set, but the bot reads {_TOKEN_VARIABLE}: rename it"
)
_OTHER_NAMES = ("DISCORD_TOKEN", "DISCORD_BOT_TOKEN", f"DISCORD{DELIMITER}TOKEN", "BOT_TOKEN", "TOKEN")
"""What other bots call the variable with the token."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Discord(_Section):
    """The connection to Discord."""

    token: Annotated[SecretStr, BeforeValidator(values.token)] = SecretStr("")
    token_file: str = ""
    sync_guilds: Ids = ()
    max_subscriptions: Annotated[Integer, Field(ge=1, le=10_000)] = 100
    """The maximum number of subscriptions of a server."""
    shards: Annotated[Integer, Field(ge=0, le=10_000)] = 0
    """The shards of all processes together; 0: as many as Discord recommends."""
    shards_per_process: Annotated[Integer, Field(ge=0, le=10_000)] = 0
    """The shards of each process with the role gateway; 0: all."""
    api_url: Annotated[str, PlainValidator(values.api_address)] = ""
    """"": Discord's own address."""


class Tumblr(_Section):
    """Tumblr's API, which has more than its feeds: tag pages across all blogs, and every blog's history."""

    api_key: Annotated[SecretStr, BeforeValidator(values.api_key)] = SecretStr("")
    """"": the API is not used."""
    api_key_file: str = ""
    api_url: Annotated[str, PlainValidator(values.api_address)] = ""
    """"": Tumblr's own address."""


class Store(_Section):
    """The database."""

    path: Path = Path("feed-relay.db")
    """Absolute after loading."""
    url: Annotated[SecretStr, BeforeValidator(values.database_address)] = SecretStr("")
    """The address of a database on a PostgreSQL server, with its password; "": the file is used."""
    url_file: str = ""
    backups: Annotated[Integer, Field(ge=0, le=366)] = 7
    """How many daily backups are kept; 0: none are made."""
    backup_dir: Annotated[Path | None, BeforeValidator(values.path_or_none)] = None
    """Absolute after loading. None: a folder beside the database."""

    @property
    def place(self) -> Place:
        """Where the database is."""
        url = self.url.get_secret_value()
        return ServerAddress(url) if url else self.path


class Polling(_Section):
    """The settings for polling feeds."""

    interval: PositiveDuration = timedelta(minutes=10)
    minimum_interval: PositiveDuration = timedelta(minutes=1)
    timeout: PositiveDuration = timedelta(seconds=30)
    max_body: Annotated[int, PlainValidator(values.size), Field(ge=1000, le=100_000_000)] = 5_000_000
    """Bytes, decompressed."""
    contact: Annotated[str, PlainValidator(values.header_text), Field(max_length=200)] = ""
    per_site: Annotated[Integer, Field(ge=1, le=16)] = 2
    """At most half of all concurrent polls, so that one hanging site does not block the other feeds."""
    site_spacing: Duration = timedelta(0)
    parsers: Annotated[Integer, Field(ge=0, le=64)] = 0
    """Parser processes at most, beside one for slow documents; 0: one per processor."""
    allow_private_addresses: Annotated[bool | tuple[str, ...], PlainValidator(values.private_addresses)] = (
        False
    )
    """True: all; or the allowed ones, each as "192.168.1.5:8080"."""


class Http(_Section):
    """Where the bot serves its health and its metrics."""

    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    port: Annotated[Integer, Field(ge=0, le=65535)] = 0
    """0: nowhere."""


class Posts(_Section):
    """The settings for posts: their style, and how many are posted at once."""

    style: StyleName = Style.CARD
    summary_length: Annotated[Integer, Field(ge=1, le=4096)] = 400
    """Characters."""
    first_run: Annotated[Integer, Field(ge=0, le=100)] = 0
    burst_limit: Annotated[Integer, Field(ge=1, le=1000)] = 10
    max_age: OptionalDuration = None


class Archive(_Section):
    """The settings for the archive."""

    keep: OptionalAge = None
    """None: keep forever."""


class Channel(_Section):
    """A channel that gets a feed's posts."""

    id: Id
    tags: Tags = ()
    exclude_tags: Tags = ()
    words: Words = ()
    exclude_words: Words = ()
    style: StyleName | None = None
    """None: posts.style."""
    mention_roles: Ids = ()
    reblogs: Annotated[Reblogs, PlainValidator(partial(values.choice, Reblogs))] = Reblogs.ALL
    silent: bool = False
    thread: Annotated[timedelta | None, PlainValidator(values.archive_time)] = None
    """None: posts have no threads."""
    ping_cooldown: OptionalDuration = None
    """None: every post pings."""


class Feed(_Section):
    """A feed in the config."""

    url: WebAddress
    name: str = ""
    interval: OptionalDuration = None
    """None: polling.interval."""
    channels: Annotated[tuple[Channel, ...], BeforeValidator(values.require_sections)] = ()


class Config(BaseSettings):
    """The complete config."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
    )

    discord: Discord = Discord()
    tumblr: Tumblr = Tumblr()
    store: Store = Store()
    polling: Polling = Polling()
    posts: Posts = Posts()
    archive: Archive = Archive()
    http: Http = Http()
    feeds: Annotated[tuple[Feed, ...], BeforeValidator(values.require_sections)] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use only the values passed in, because `layers` reads the sources."""
        del cls, settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def token(self, environ: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the bot token. Raises ConfigError if there is none; it names a variable that other bots read."""
        token = self.discord.token.get_secret_value()
        if not token:
            other = next((name for name in _OTHER_NAMES if environ.get(name)), "")
            raise ConfigError((_OTHER_NAME.format(name=other) if other else _NO_TOKEN,))
        return token

    def secrets(self) -> tuple[str, ...]:
        """Return the secrets that are set, so that logs can leave them out."""
        keys = (self.discord.token.get_secret_value(), self.tumblr.api_key.get_secret_value())
        return (
            *filter(None, keys),
            *secrets_in(self.store.place),
            *(secret for feed in self.feeds for secret in secrets_of(feed.url)),
        )

    def declarations(self) -> tuple[FeedDeclaration, ...]:
        """Return the feeds of the config, with their channels."""
        return tuple(
            FeedDeclaration(f.url, f.name.strip(), f.interval, tuple(self._channel(f, c) for c in f.channels))
            for f in self.feeds
        )

    def post_settings(self, *, ask_about_floods: bool) -> PostSettings:
        """Return the settings for planning. `ask_about_floods`: whether admins can be asked with buttons."""
        posts = self.posts
        return PostSettings(
            posts.first_run,
            posts.burst_limit,
            posts.max_age,
            ask_about_floods=ask_about_floods,
            summary_length=posts.summary_length,
        )

    def poll_settings(self) -> PollSettings:
        """Return the settings for polling."""
        return PollSettings(self.polling.interval, self.polling.minimum_interval)

    def _channel(self, feed: Feed, channel: Channel) -> ChannelDeclaration:
        return ChannelDeclaration(
            channel.id,
            Rule(channel.tags, channel.exclude_tags, channel.words, channel.exclude_words, channel.reblogs),
            channel.style or self.posts.style,
            channel.mention_roles,
            channel.silent,
            channel.thread,
            channel.ping_cooldown or timedelta(),
            _named(feed, channel),
        )


def _named(feed: Feed, channel: Channel) -> frozenset[Setting]:
    """Return the settings that the config names for a channel, even if it names the default."""
    of_feed = {Setting.NAME: feed.name.strip(), Setting.INTERVAL: feed.interval}
    named = {setting for setting, value in of_feed.items() if value}
    return frozenset(named | {Setting(key) for key in channel.model_fields_set - {"id"}})


SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Config,
    ("discord",): Discord,
    ("tumblr",): Tumblr,
    ("store",): Store,
    ("polling",): Polling,
    ("posts",): Posts,
    ("archive",): Archive,
    ("http",): Http,
    ("feeds",): Feed,
    ("feeds", "channels"): Channel,
}
"""The model of each section."""


def all_keys() -> tuple[str, ...]:
    """Return all keys as `section.key`."""
    return tuple(
        ".".join((*section, key))
        for section, model in SECTIONS.items()
        for key in model.model_fields
        if (*section, key) not in SECTIONS
    )


Values = dict[str, Any]
"""Parsed TOML or JSON, not checked yet."""
