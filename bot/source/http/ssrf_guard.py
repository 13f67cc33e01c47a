"""Which addresses may be connected to: an admin of any server can name an address, and this machine's network is
not theirs to look into.

The last word is `guarded_socket`: it sees the final address of every single connection, whatever name, spelling, DNS
answer or redirect led there. `literal_address` only lets the refusal come early and in clear words.
"""

import errno
import socket
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

from aiohttp import AddrInfoType

REFUSAL = "refused: this address is inside a private network"
"""Constant on purpose: if all addresses of a name fail alike, aiohappyeyeballs raises that very error."""

# IANA's special-purpose registries for IPv4 and IPv6 (as of 2026), multicast, and two that no registry names: Azure's
# host agent, and the site-local addresses that IPv6 once had. Python's own `is_global` is not used: 3.11 to 3.14
# differ in what they call global.
_PRIVATE_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata lives here
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's host agent
            "169.254.0.0/16",  # link-local, cloud metadata
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
        ),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")  # the only part of IPv6 that is given out
_PRIVATE_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
            "3ffe::/16",  # 6bone, returned
        ),
    )
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the open internet; one that carries an IPv4 address is judged by that."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_V4)
    inner = _carried(address)
    if inner is not None:
        return is_public(inner)
    return address in _GLOBAL_V6 and not any(address in network for network in _PRIVATE_V6)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a NAT64 or 6to4 address leads to."""
    number = int(address)
    if address in _NAT64:
        return IPv4Address(number & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    return None


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host spells in digits, in any way that an operating system may read; None for a name."""
    bare = host.strip("[]").partition("%")[0].rstrip(".").lower()
    try:
        return ip_address(bare)
    except ValueError:
        return _old_spelling(bare)


def _old_spelling(host: str) -> IPv4Address | None:
    """One to four parts in decimal, octal or hexadecimal; the last part fills what is left (inet_aton)."""
    parts = host.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    try:
        *leading, last = [_number(part) for part in parts]
        room = 4 - len(leading)
        if any(part > 255 for part in leading) or last >= 256**room:
            return None
        return IPv4Address(sum(part << 8 * (3 - place) for place, part in enumerate(leading)) + last)
    except (ValueError, AddressValueError):
        return None


def _number(part: str) -> int:
    if not part.isascii() or not part.isalnum():
        raise ValueError(part)
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)


def is_local_name(host: str) -> bool:
    """Names that always mean this machine (RFC 6761), so that they need no DNS to be refused."""
    bare = host.rstrip(".").lower()
    return bare == "localhost" or bare.endswith(".localhost")


def guarded_socket(info: AddrInfoType) -> socket.socket:
    """A socket for this connection; OSError with the constant text REFUSAL if its address is not public."""
    family, kind, protocol, _, target = info
    try:
        allowed = is_public(ip_address(str(target[0]).partition("%")[0]))
    except ValueError:
        allowed = False
    if not allowed:
        raise OSError(errno.EACCES, REFUSAL)
    return socket.socket(family, kind, protocol)


def was_refused(error: BaseException) -> bool:
    """Whether the guard refused one of the addresses of a connection that failed."""
    return REFUSAL in str(error)
