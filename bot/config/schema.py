"""The sections and keys of the config, their types, defaults and limits."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import values
from bot.errors import ConfigError
from bot.model import ChannelDeclaration, FeedDeclaration, PollSettings, PostSettings, Rule, Style

PREFIX = "FEED_RELAY_"
DELIMITER = "__"

Duration = Annotated[timedelta, PlainValidator(values.duration)]
SomeTime = Annotated[timedelta, PlainValidator(values.duration), AfterValidator(values.positive)]
TimeOrNone = Annotated[timedelta | None, PlainValidator(values.duration_or_none)]
AgeOrNone = Annotated[timedelta | None, PlainValidator(values.age)]
Whole = Annotated[int, BeforeValidator(values.whole)]
Id = Annotated[int, PlainValidator(values.snowflake)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(values.listed)]
Tags = Annotated[tuple[Annotated[str, PlainValidator(values.tag)], ...], BeforeValidator(values.listed)]
Words = Annotated[tuple[Annotated[str, PlainValidator(values.word)], ...], BeforeValidator(values.listed)]
StyleName = Annotated[Style, PlainValidator(partial(values.choice, Style))]
WebAddress = Annotated[str, PlainValidator(values.web_address)]


_NO_TOKEN = (
    f"discord.token: there is no bot token; set {PREFIX}DISCORD{DELIMITER}TOKEN or discord.token_file "
    "(docs/discord-setup.md shows how to get one)"
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Discord(_Section):
    """How the bot reaches Discord."""

    token: Annotated[SecretStr, BeforeValidator(values.token)] = SecretStr("")
    token_file: str = ""
    sync_guilds: Ids = ()
    max_subscriptions: Annotated[Whole, Field(ge=1, le=10_000)] = 100
    """In one server."""
    api_url: Annotated[str, PlainValidator(values.api_address)] = ""
    """"": Discord's own address."""


class Tumblr(_Section):
    """Tumblr's API, which knows more than its feeds: tag pages of all blogs, and every blog's history."""

    api_key: Annotated[SecretStr, BeforeValidator(values.api_key)] = SecretStr("")
    """"": the API is not asked."""
    api_key_file: str = ""
    api_url: Annotated[str, PlainValidator(values.api_address)] = ""
    """"": Tumblr's own address."""


class Store(_Section):
    """Where everything is kept."""

    path: Path = Path("feed-relay.db")
    """Absolute once loaded."""


class Polling(_Section):
    """How feeds are asked."""

    interval: SomeTime = timedelta(minutes=10)
    minimum_interval: SomeTime = timedelta(minutes=1)
    timeout: SomeTime = timedelta(seconds=30)
    max_body: Annotated[int, PlainValidator(values.size), Field(ge=1000, le=100_000_000)] = 5_000_000
    """Bytes, decompressed."""
    contact: Annotated[str, PlainValidator(values.header_text), Field(max_length=200)] = ""
    per_site: Annotated[Whole, Field(ge=1, le=16)] = 2
    """Half of all places at most: a site that hangs must not keep every other feed waiting."""
    site_spacing: Duration = timedelta(0)
    allow_private_addresses: bool = False


class Posts(_Section):
    """How posts look, and how many at once."""

    style: StyleName = Style.CARD
    summary_length: Annotated[Whole, Field(ge=1, le=4096)] = 400
    """Characters."""
    first_run: Annotated[Whole, Field(ge=0, le=100)] = 0
    burst_limit: Annotated[Whole, Field(ge=1, le=1000)] = 10
    max_age: TimeOrNone = None


class Archive(_Section):
    """What is kept for searches."""

    keep: AgeOrNone = None
    """None: for ever."""


class Channel(_Section):
    """A channel under a feed."""

    id: Id
    tags: Tags = ()
    exclude_tags: Tags = ()
    words: Words = ()
    exclude_words: Words = ()
    style: StyleName | None = None
    """None: posts.style."""
    mention_roles: Ids = ()


class Feed(_Section):
    """A feed that the file sets."""

    url: WebAddress
    name: str = ""
    interval: TimeOrNone = None
    """None: polling.interval."""
    channels: Annotated[tuple[Channel, ...], BeforeValidator(values.listed)] = ()


class Config(BaseSettings):
    """All that the operator decides."""

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
    feeds: Annotated[tuple[Feed, ...], BeforeValidator(values.listed)] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `layers` reads the sources, from an environment that is passed in."""
        del cls, settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def token(self) -> str:
        """The bot token; raises ConfigError if none was given anywhere."""
        token = self.discord.token.get_secret_value()
        if not token:
            raise ConfigError((_NO_TOKEN,))
        return token

    def secrets(self) -> tuple[str, ...]:
        """What no log may show, as far as it was given."""
        given = (self.discord.token, self.tumblr.api_key)
        return tuple(secret.get_secret_value() for secret in given if secret.get_secret_value())

    def declarations(self) -> tuple[FeedDeclaration, ...]:
        """What the file says about feeds."""
        return tuple(
            FeedDeclaration(f.url, f.name.strip(), f.interval, tuple(self._channel(c) for c in f.channels))
            for f in self.feeds
        )

    def post_settings(self, *, ask_about_floods: bool) -> PostSettings:
        """How much is posted; `ask_about_floods`: whether an admin can be asked, by buttons."""
        return PostSettings(
            self.posts.first_run,
            self.posts.burst_limit,
            self.posts.max_age,
            ask_about_floods=ask_about_floods,
        )

    def poll_settings(self) -> PollSettings:
        """How often feeds are asked."""
        return PollSettings(self.polling.interval, self.polling.minimum_interval)

    def _channel(self, channel: Channel) -> ChannelDeclaration:
        rule = Rule(channel.tags, channel.exclude_tags, channel.words, channel.exclude_words)
        return ChannelDeclaration(channel.id, rule, channel.style or self.posts.style, channel.mention_roles)


SECTIONS: dict[tuple[str, ...], type[BaseModel]] = {
    (): Config,
    ("discord",): Discord,
    ("tumblr",): Tumblr,
    ("store",): Store,
    ("polling",): Polling,
    ("posts",): Posts,
    ("archive",): Archive,
    ("feeds",): Feed,
    ("feeds", "channels"): Channel,
}
"""Which keys may stand where."""


def every_key() -> tuple[str, ...]:
    """All keys, as `section.key`."""
    return tuple(
        ".".join((*section, key))
        for section, model in SECTIONS.items()
        for key in model.model_fields
        if (*section, key) not in SECTIONS
    )


Values = dict[str, Any]
"""What a layer gives: text of TOML or JSON, not yet checked."""
