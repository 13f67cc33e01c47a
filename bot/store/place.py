"""Where a database is: a file, or a database of a server."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The address of a database on a server. What people see of it never has the password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        login, _, host = parts.netloc.rpartition("@")
        user = login.partition(":")[0]
        host = host or "".join(parse_qs(parts.query).get("host", ["localhost"]))
        return f"{parts.scheme}://{user}{'@' if user else ''}{host}{parts.path}"

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown: the password, as it is and as it is written in the address."""
        parts = urlsplit(self.url)
        written = [parts.password or "", *parse_qs(parts.query).get("password", [])]
        return tuple({each for password in written if password for each in (password, unquote(password))})


Place = Path | ServerAddress
"""What `Store` opens."""


def secrets_in(place: Place) -> tuple[str, ...]:
    """Return what must not be shown of a place."""
    return place.secrets() if isinstance(place, ServerAddress) else ()
