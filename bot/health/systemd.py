"""Reports the service's state to systemd: ready, alive, stopping, and a line for `systemctl status`.

The protocol is one datagram for each message: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Systemd:
    """Sends messages to systemd, or nowhere if it did not start this process."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @property
    def listens(self) -> bool:
        """Whether it started this process."""
        return bool(self._address)

    def ready(self) -> None:
        """Say that the bot relays."""
        self._send("READY=1")

    def alive(self, status: str) -> None:
        """Say that the bot works; without it, systemd restarts it after `WatchdogSec`."""
        self._send(f"WATCHDOG=1\nSTATUS={status}")

    def stopping(self) -> None:
        """Say that the bot ends on purpose."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self.listens:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
            connection.setblocking(False)
            connection.sendto(message.encode(), self._address)
