"""This machine as its neighbours see it."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

NOBODY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that nobody has (RFC 5737, RFC 3849); connecting a UDP socket sends nothing, it only looks up the route."""
LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
FRESH = 10.0


class LanAddress:
    """The host of our URLs, looked up again after ten seconds: a box may start before its network does."""

    def __init__(self) -> None:
        self._host = ""
        self._looked = 0.0

    def __call__(self) -> str:
        if not self._host or time.monotonic() - self._looked > FRESH:
            self._host, self._looked = lan_address(), time.monotonic()
        return self._host


def lan_address() -> str:
    """The address towards the network, IPv4 first, IPv6 in brackets; localhost on a machine without any."""
    routed = [_routed(family, address) for family, address in NOBODY]
    candidates = sorted(filter(None, (*routed, *_own_addresses())), key=lambda one: ":" in one)
    return next(map(_for_url, candidates), "localhost")


def _routed(family: socket.AddressFamily, nobody: str) -> str:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((nobody, 9))
            address: str = probe.getsockname()[0]
    except OSError:
        return ""
    return address if is_for_others(address) else ""


def _own_addresses() -> Iterator[str]:
    """Where there is no way out, as on a network of its own."""
    for file, parse in (("fib_trie", parse_fib_trie), ("if_inet6", parse_if_inet6)):
        with contextlib.suppress(OSError):
            yield from filter(is_for_others, parse(Path(f"/proc/net/{file}").read_text()))


def parse_fib_trie(text: str) -> list[str]:
    """The IPv4 addresses of this machine (kernel: net/ipv4/fib_trie.c)."""
    return LOCAL.findall(text)


def parse_if_inet6(text: str) -> list[str]:
    """The IPv6 addresses of this machine (kernel: net/ipv6/addrconf.c)."""
    return [str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))) for line in text.splitlines()]


def is_for_others(address: str) -> bool:
    """Whether a neighbour can use it as it is: not loopback, nor one that needs the name of an interface."""
    parsed = ipaddress.ip_address(address)
    needs_interface = parsed.version == 6 and parsed.is_link_local
    return not (parsed.is_loopback or parsed.is_unspecified or needs_interface)


def _for_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address
