"""Who is looking at a message, and the names and addresses of what it refers to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_OWN = "attachment://"


def _unchanged(address: str) -> str:
    return address


@dataclass(frozen=True, slots=True)
class View:
    """What rendering needs besides the message."""

    users: Mapping[str, str] = field(default_factory=dict)
    """Names by id; a user who isn't here is unknown to the viewer."""
    roles: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    """Only those that the viewer may view; mentions of these are links to `#ID`."""
    user_id: str = ""
    """The viewer, whose mentions are highlighted."""
    role_ids: frozenset[str] = frozenset()
    """The viewer's roles."""
    picture: Callable[[str], str] = _unchanged
    """Returns the address from which the reader loads a picture; "" if it isn't shown."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The addresses of the message's own files, by name."""

    def address_of(self, media: str) -> str:
        """Return the web address of a picture or file, which may be one of the message's own."""
        return self.files.get(media.removeprefix(_OWN), "") if media.startswith(_OWN) else media
