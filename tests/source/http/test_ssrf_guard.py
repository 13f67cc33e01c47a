"""The addresses that the bot may connect to, in every spelling."""

import errno
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.source.http.ssrf_guard import REFUSAL, guarded_socket, is_local_name, is_public, parse_ip

PUBLIC = [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "203.0.114.0",
    "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1", "2a00::1", "64:ff9b::101:101", "2002:101:101::1",
]  # fmt: skip

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - refused here, not bound to
    "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255",
    "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.170.2",
    "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.2.1", "192.31.196.1",
    "192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1", "198.18.0.0", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:1.1.1.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::1", "2002:c0a8:1::1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_no_socket_is_opened_for_a_private_address(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(OSError, match=REFUSAL) as caught:
        guarded_socket((family, socket.SOCK_STREAM, 0, "", (address, 80)))

    assert caught.value.errno == errno.EACCES


def test_a_socket_is_opened_for_a_public_address() -> None:
    with guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("1.1.1.1", 80))) as opened:
        assert opened.family == socket.AF_INET


def test_a_zone_does_not_hide_a_link_local_address() -> None:
    with pytest.raises(OSError, match=REFUSAL):
        guarded_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1%eth0", 80, 0, 2)))


def test_an_invalid_socket_address_is_refused() -> None:
    with pytest.raises(OSError, match=REFUSAL):
        guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("somewhere", 80)))


@pytest.mark.parametrize(
    "spelling",
    [
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.0.0.1", "017700000001",
        "0177.0.0.1", "0177.0x0.0.01", "0x7f.1", "127.0.0.0x1", "00000177.1",
    ],
)  # fmt: skip
def test_every_spelling_of_an_ipv4_address_is_read(spelling: str) -> None:
    assert str(parse_ip(spelling)) == "127.0.0.1"


@pytest.mark.parametrize("spelling", ["::1", "[::1]", "0:0:0:0:0:0:0:1", "0000::0001"])
def test_every_spelling_of_an_ipv6_address_is_read(spelling: str) -> None:
    assert str(parse_ip(spelling)) == "::1"


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "1.example",
        "256.0.0.1",
        "1.2.3.4.5",
        "4294967296",
        "0x",
        "1..2",
        "",
        "08.1",
        "127.0.0.1.x",
    ],
)
def test_a_name_is_not_an_ip_address(name: str) -> None:
    found = parse_ip(name)

    assert found is None or int(found) == 0  # some systems read "0x" as zero


@pytest.mark.parametrize("name", ["localhost", "LocalHost.", "a.localhost", "a.b.localhost."])
def test_localhost_is_known_without_dns(name: str) -> None:
    assert is_local_name(name)


@settings(deadline=None)
@given(st.ip_addresses())
def test_addresses_that_python_calls_private_are_never_public(address: IPv4Address | IPv6Address) -> None:
    carries_ipv4 = isinstance(address, IPv6Address) and address.sixtofour is not None

    assert address.is_global or carries_ipv4 or not is_public(address)


@settings(deadline=None)
@given(st.text())
def test_any_host_is_an_address_or_a_name(host: str) -> None:
    assert isinstance(parse_ip(host), IPv4Address | IPv6Address | None)


def test_a_name_that_only_resembles_localhost_is_a_name() -> None:
    assert not is_local_name("localhost.example")
    assert not is_local_name("mylocalhost")
