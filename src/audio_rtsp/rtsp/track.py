"""One track of a path: its packets come from a publisher and go to every reader."""

from __future__ import annotations

from .outlet import Counts, Datagram, Interleaved, Outlet
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
        self.timeline = Timeline(
            start, payload_types=types, clock=media.codec.clock, is_mpeg_audio=media.codec.name == "MPA"
        )
        self.offered = Counts()  # what a reader got who was there from the start
        self._payload_bytes = 0
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
        added = Counts(len(packets), sum(map(len, packets)))
        for channel, outlets in self._interleaved.items():
            _write(outlets, b"".join([interleave(channel, packet) for packet in packets]), added)
        for outlet in self._datagrams:
            _send(outlet, packets)
        self.offered.add(added.packets, added.bytes)

    def add(self, outlet: Outlet) -> None:
        """From the next packet on."""
        self.flush()
        outlet.joined = Counts(self.offered.packets, self.offered.bytes)
        if isinstance(outlet, Datagram):
            self._datagrams.append(outlet)
        else:
            self._interleaved.setdefault(outlet.channel, []).append(outlet)

    def remove(self, outlet: Outlet) -> None:
        """No packet more; what was sent is kept in the outlet."""
        outlet.sent = self.sent_to(outlet)
        if isinstance(outlet, Datagram):
            self._datagrams.remove(outlet)
            return
        self._interleaved[outlet.channel].remove(outlet)
        if not self._interleaved[outlet.channel]:
            del self._interleaved[outlet.channel]

    def is_fed(self, outlet: Outlet) -> bool:
        return outlet in (
            self._datagrams if isinstance(outlet, Datagram) else self._interleaved.get(outlet.channel, ())
        )

    def sent_to(self, outlet: Outlet) -> Counts:
        """What an outlet got in all; counted here, so that a packet costs no counting for each reader."""
        if not self.is_fed(outlet):
            return outlet.sent
        return outlet.sent.plus(self.offered.minus(outlet.joined)).minus(outlet.discarded)

    def report(self, wall: WallClock, now: float) -> None:
        """A sender report to every reader; nothing before the first packet."""
        timestamp = self.timeline.rtp_time(now)
        if timestamp is None:
            return
        ssrc, at = self.timeline.ssrc, wall.at(now)
        counts = self.offered.packets, self._payload_bytes
        self._send_control(
            render_sender_report(
                SenderReport(ssrc=ssrc, wall=at, timestamp=timestamp, packets=counts[0], payload_bytes=counts[1]),
                _CNAME,
            )
        )

    def say_bye(self) -> None:
        """The end, to every reader."""
        self._send_control(render_bye(self.timeline.ssrc))

    def _send_control(self, packet: bytes) -> None:
        self.flush()
        for channel, outlets in self._interleaved.items():
            framed = interleave(channel + 1, packet)
            for outlet in outlets:
                outlet.send_control(packet, framed)
        for datagram in self._datagrams:
            datagram.send_control(packet)


def _write(outlets: list[Interleaved], block: bytes, counts: Counts) -> None:
    """The hot loop: a reader whose queue is full loses whole frames."""
    for outlet in outlets:
        wire = outlet.wire
        if wire.blocked:
            outlet.discarded.add(counts.packets, counts.bytes)
        else:
            wire.write(block)


def _send(outlet: Datagram, packets: list[bytes]) -> None:
    send, peer = outlet.port.send, outlet.peer
    for packet in packets:
        if not send(packet, peer):
            outlet.discarded.add(1, len(packet))
