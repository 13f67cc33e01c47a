import socket
import sys
from pathlib import Path

import pytest

from bot.health.systemd import Systemd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no systemd")


def test_systemd_gets_one_datagram_for_each_message(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address)
        systemd = Systemd({"NOTIFY_SOCKET": address})

        systemd.ready()
        systemd.alive("connected to Discord; 3 feeds, 0 posts waiting")
        systemd.stopping()

        received = [receiver.recv(1000).decode() for _ in range(3)]
    assert received == [
        "READY=1",
        "WATCHDOG=1\nSTATUS=connected to Discord; 3 feeds, 0 posts waiting",
        "STOPPING=1",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has abstract sockets")
def test_an_abstract_socket_is_found() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind("\0feed-relay-test-notify")

        Systemd({"NOTIFY_SOCKET": "@feed-relay-test-notify"}).ready()

        assert receiver.recv(1000) == b"READY=1"


def test_without_systemd_or_its_socket_nothing_happens(tmp_path: Path) -> None:
    Systemd({}).ready()
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()
