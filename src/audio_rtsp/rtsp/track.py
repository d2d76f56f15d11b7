"""One track of a path: its packets come from a publisher and go to every reader."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from .outlet import Datagram, Interleaved, Outlet
from .rtp import SenderReport, interleave, payload_start, render_bye, render_sender_report
from .sdp import Media
from .timeline import Start, Timeline
from .wall_clock import WallClock

_CNAME = "audio-rtsp"


class Track:
    """A frame is built once for each interleaved channel (nearly always one) and shared by its readers."""

    def __init__(self, media: Media, start: Start) -> None:
        self.media = media
        types = frozenset(media.payload_types)
        is_mpeg_audio = media.codec.name == "MPA"
        self.timeline = Timeline(start, payload_types=types, clock=media.codec.clock, is_mpeg_audio=is_mpeg_audio)
        self.delivered_bytes = 0  # to all readers together
        self._packets = self._payload_bytes = 0
        self._pending: list[bytes] = []
        self._interleaved: dict[int, list[Interleaved]] = {}
        self._datagrams: list[Datagram] = []

    def take(self, packet: bytes, arrival: float) -> bool:
        """A publisher's packet, sent at the next flush; false when it is none of ours."""
        carried = self.timeline.carry(packet, arrival)
        if carried is None:
            return False
        self._pending.append(carried)
        self._payload_bytes += max(0, len(carried) - payload_start(carried))
        return True

    def flush(self) -> None:
        """Everything taken since, one write for each reader."""
        packets, self._pending = self._pending, []
        if not packets:
            return
        self._packets += len(packets)
        size = sum(map(len, packets))
        for channel, outlets in self._interleaved.items():
            block = b"".join([interleave(channel, packet) for packet in packets])
            self.delivered_bytes += size * _write(outlets, block, len(packets), size)
        for outlet in self._datagrams:
            self.delivered_bytes += _send(outlet, packets)

    def add(self, outlet: Outlet) -> None:
        """From the next packet on."""
        self.flush()
        if isinstance(outlet, Datagram):
            self._datagrams.append(outlet)
        else:
            self._interleaved.setdefault(outlet.channel, []).append(outlet)

    def remove(self, outlet: Outlet) -> None:
        """No packet more."""
        if isinstance(outlet, Datagram):
            self._datagrams.remove(outlet)
            return
        self._interleaved[outlet.channel].remove(outlet)
        if not self._interleaved[outlet.channel]:
            del self._interleaved[outlet.channel]

    def report(self, wall: WallClock, now: float, only: Outlet | None = None) -> None:
        """A sender report to every reader, or to one; nothing before the first packet."""
        timestamp = self.timeline.tell_time(now)
        if timestamp is not None:
            counts = self._packets, self._payload_bytes
            report = SenderReport(self.timeline.ssrc, wall.at(now), timestamp, *counts)
            self._send_control(render_sender_report(report, _CNAME), (only,) if only else self._outlets())

    def say_bye(self) -> None:
        """The end, to every reader."""
        self._send_control(render_bye(self.timeline.ssrc), self._outlets())

    def _outlets(self) -> Iterable[Outlet]:
        return itertools.chain(*self._interleaved.values(), self._datagrams)

    def _send_control(self, packet: bytes, outlets: Iterable[Outlet]) -> None:
        self.flush()
        for outlet in outlets:
            if isinstance(outlet, Datagram):
                outlet.port.send_control(packet, outlet.control_peer)
            elif not outlet.wire.blocked:
                outlet.wire.write(interleave(outlet.channel + 1, packet))


def _write(outlets: list[Interleaved], block: bytes, packets: int, size: int) -> int:
    """The hot loop: how many readers got it; one whose queue is full loses whole frames."""
    missed = 0
    for outlet in outlets:
        wire, sent = outlet.wire, outlet.sent
        if wire.blocked:
            outlet.discarded += packets
            missed += 1
        else:
            wire.write(block)
            sent.packets += packets
            sent.bytes += size
    return len(outlets) - missed


def _send(outlet: Datagram, packets: list[bytes]) -> int:
    """How many bytes the kernel took."""
    send, peer, before = outlet.port.send, outlet.peer, outlet.sent.bytes
    for packet in packets:
        if send(packet, peer):
            outlet.sent.add(1, len(packet))
        else:
            outlet.discarded += 1
    return outlet.sent.bytes - before
