"""What Discord should show, as plain data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Embed:
    """An embed within Discord's limits, with escaped text."""

    title: str = ""
    url: str = ""
    description: str = ""
    author: str = ""
    image_url: str = ""
    footer: str = ""
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message. It works across restarts."""

    label: str
    custom_id: str
    """Sent back with each press; at most 100 characters."""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message to show in Discord, as plain data within Discord's limits."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    suppress_embeds: bool = False
    """Whether Discord is kept from previewing the links in `content`."""
    mention_roles: tuple[int, ...] = ()
    """The only roles that the message may ping."""
    silent: bool = False
    """Whether it notifies no device."""
    thread_name: str = ""
    """The title if the message opens a forum post; never empty in a rendered message."""
    opening: str | None = None
    """The content if the message opens a forum post, whose name is the headline; None: the same content."""
    tags: tuple[str, ...] = ()
    """The entry's tags, from which a forum's tags are chosen."""
    link: str = ""
    """The entry's link, which identifies the message in its channel; "" if there is none."""
    link_keys: tuple[str, ...] = ()
    """The keys of links that the entry had when an earlier send may have arrived."""
    buttons: tuple[Button, ...] = ()
    """At most five."""
