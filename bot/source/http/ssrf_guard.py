"""Keep requests out of private networks: any server's admin can enter an address (SSRF).

`guarded_socket` decides. It sees the final address of every connection, whatever name, spelling, DNS answer or
redirect led to it. `parse_ip` and `is_local_name` only allow an early and clear error.
"""

import errno
import socket
from collections.abc import Collection
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import AddrInfoType

REFUSAL = "refused: this address is inside a private network"
"""The message of the guard's error. It never varies: if all addresses of a name fail with the same message,
aiohappyeyeballs raises that error itself."""

# IANA's special-purpose registries for IPv4 and IPv6 (as of 2026), multicast, and two ranges outside of the registries:
# Azure's host agent and IPv6's former site-local addresses. Python's `is_global` is not used, because its meaning
# differs between 3.11 and 3.14.
_PRIVATE_V4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, Alibaba's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local, cloud metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
_GLOBAL_V6 = IPv6Network("2000::/3")  # the only allocated part of IPv6
_PRIVATE_V6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "3ffe::/16",  # 6bone, returned
    )
]
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether the address is on the public internet. An embedded IPv4 address decides instead."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_V4)
    embedded = _embedded_ipv4(address)
    if embedded is not None:
        return is_public(embedded)
    return address in _GLOBAL_V6 and not any(address in network for network in _PRIVATE_V6)


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address of a NAT64 or 6to4 address."""
    number = int(address)
    if address in _NAT64:
        return IPv4Address(number & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    return None


def parse_ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a host spells out, in any form that an operating system accepts; None for a name."""
    bare = host.strip("[]").partition("%")[0].rstrip(".").lower()
    try:
        return ip_address(bare)
    except ValueError:
        return _parse_inet_aton(bare)


def _parse_inet_aton(host: str) -> IPv4Address | None:
    """Parse one to four decimal, octal or hexadecimal parts; the last part fills the remaining bytes."""
    parts = host.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    try:
        *leading, last = [_parse_number(part) for part in parts]
        if any(part > 255 for part in leading) or last >= 256 ** (4 - len(leading)):
            return None
        return IPv4Address(sum(part << 8 * (3 - index) for index, part in enumerate(leading)) + last)
    except (ValueError, AddressValueError):
        return None


def _parse_number(part: str) -> int:
    if not part.isascii() or not part.isalnum():
        raise ValueError(part)
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)


def is_local_name(host: str) -> bool:
    """Return whether the name always means this machine (RFC 6761), so that it can be refused without DNS."""
    bare = host.rstrip(".").lower()
    return bare == "localhost" or bare.endswith(".localhost")


def is_allowed(address: IPv4Address | IPv6Address, port: int, exempt: Collection[str] = ()) -> bool:
    """Return whether the bot may connect: to public addresses, and to those in `exempt` ("127.0.0.1:8080")."""
    host = f"[{address}]" if address.version == 6 else str(address)
    return f"{host}:{port}" in exempt or is_public(address)


def guarded_socket(info: AddrInfoType, exempt: Collection[str] = ()) -> socket.socket:
    """Create the socket of a connection. Raises OSError with the message REFUSAL if its address is not allowed."""
    family, kind, protocol, _, target = info
    try:
        allowed = is_allowed(ip_address(str(target[0]).partition("%")[0]), int(target[1]), exempt)
    except ValueError:
        allowed = False
    if not allowed:
        raise OSError(errno.EACCES, REFUSAL)
    return socket.socket(family, kind, protocol)


def is_refusal(error: BaseException) -> bool:
    """Return whether a connection failed because the guard refused one of its addresses."""
    return REFUSAL in str(error)
