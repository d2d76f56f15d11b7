"""The Transport header (RFC 2326 section 12.39): how a track's packets travel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_OFFERS = 16
_PAIR = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


class Lower(StrEnum):
    """What lies under RTP; the names are those of MediaMTX's API."""

    TCP = "TCP"
    UDP = "UDP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """One offer, or the choice we answer with; a pair is (RTP, RTCP)."""

    lower: Lower
    channels: tuple[int, int] | None = None
    client_ports: tuple[int, int] | None = None
    server_ports: tuple[int, int] | None = None
    ssrc: int | None = None


def parse_transports(header: str) -> tuple[Transport, ...]:
    """The offers that we can serve, best first; unicast RTP/AVP only."""
    offers = (_parse_offer(part.strip()) for part in header.split(",", MOST_OFFERS)[:MOST_OFFERS])
    return tuple(offer for offer in offers if offer)


def _parse_offer(text: str) -> Transport | None:
    profile, *parameters = (part.strip() for part in text.split(";"))
    fields = {key.lower(): value for key, _, value in (part.partition("=") for part in parameters)}
    if "multicast" in fields:
        return None
    match profile.upper():
        case "RTP/AVP/TCP":
            return Transport(lower=Lower.TCP, channels=_parse_channels(fields.get("interleaved", "")))
        case "RTP/AVP" | "RTP/AVP/UDP":
            ports = _parse_pair(fields.get("client_port", ""), most=65535)
            return Transport(lower=Lower.UDP, client_ports=ports) if ports and ports[0] else None
    return None


def _parse_channels(text: str) -> tuple[int, int] | None:
    pair = _parse_pair(text, most=255)
    return pair if pair and pair[1] == pair[0] + 1 else None


def _parse_pair(text: str, *, most: int) -> tuple[int, int] | None:
    """``a-b``, or ``a`` for a and the next."""
    match = _PAIR.fullmatch(text)
    if match is None:
        return None
    pair = int(match[1]), int(match[2]) if match[2] else int(match[1]) + 1
    return pair if max(pair) <= most else None


def render_transport(transport: Transport) -> str:
    """The header as an answer; ``ssrc`` is eight hexadecimal digits."""
    parts = ["RTP/AVP/TCP" if transport.lower is Lower.TCP else "RTP/AVP", "unicast"]
    pairs = (
        ("client_port", transport.client_ports),
        ("server_port", transport.server_ports),
        ("interleaved", transport.channels),
    )
    parts += [f"{name}={pair[0]}-{pair[1]}" for name, pair in pairs if pair]
    if transport.ssrc is not None:
        parts.append(f"ssrc={transport.ssrc:08X}")
    return ";".join(parts)
