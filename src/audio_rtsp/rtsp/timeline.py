"""One unbroken RTP numbering over publishers that come and go.

Readers never see a publisher's own numbers: the SSRC is ours and constant (GStreamer dies of a new one), the sequence
goes on at last + 1, the timestamp advances by what elapsed (ffmpeg drops what jumps back).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .rtp import Header, mpeg_audio_offset, parse_header, rewrite

_SEQUENCES, _TIMES = 1 << 16, 1 << 32
_BURST_SECONDS = 5.0  # after a publisher's start, in which it may catch up
_JITTER_SECONDS = 0.1  # a lead that is only how packets fall
_LEAD_SECONDS = 1.0  # how far the timeline may run ahead before a gap takes it back
_ROW_SECONDS = 600.0  # a publisher that ends sooner is one of several faults in a row
_LEAD_IN_A_ROW = 50.0  # meanwhile: ten hangs of an encoder, each given up after 4 s
_SLEW = 0.001  # of a second in each: more than a sound card drifts, less than a player notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A track's first numbers; random ones, as RFC 3550 section 5.1 asks."""

    ssrc: int
    sequence: int
    timestamp: int


class Timeline:
    """Renumbers one track's packets; ``arrival`` is monotonic seconds."""

    def __init__(self, start: Start, *, payload_types: frozenset[int], clock: int, is_mpeg_audio: bool = False) -> None:
        self.ssrc = start.ssrc
        self.clock = clock
        self._payload_types = payload_types
        self._is_mpeg_audio = is_mpeg_audio
        self._next_sequence = start.sequence
        self._last_time = start.timestamp
        self._step = 0
        self._sequence_shift = self._time_shift = 0
        self._arrival: float | None = None
        self._source: int | None = None
        self._lead = Lead(clock)
        self._told: tuple[float, int] | None = None

    def change_publisher(self) -> None:
        """What comes next is numbered by somebody else."""
        self._source = None

    def carry(self, packet: bytes, arrival: float) -> bytes | None:
        """The packet as readers get it, or nothing when it is no packet of this track."""
        header = parse_header(packet)
        if header is None or header.payload_type not in self._payload_types:
            return None
        if header.ssrc == self._source:
            return rewrite(packet, self._follow(header, arrival))
        if self._is_mpeg_audio and mpeg_audio_offset(packet):
            return None  # the rest of a frame whose start nobody has
        return rewrite(packet, self._join(header, arrival))

    def tell_time(self, now: float) -> int | None:
        """The RTP time of an instant, for sender reports; nothing before the first packet.

        By the last report VLC (live555) times every packet that follows. So neither a packet's delay nor a backlog
        sent at once is a step in them: they follow slowly.
        """
        if self._arrival is None:
            return None
        measured = self._last_time + round((now - self._arrival) * self.clock)
        then, time = self._told or (now, measured)
        time += round((now - then) * self.clock)
        away = (measured - time + _TIMES // 2) % _TIMES - _TIMES // 2
        most = round((now - then) * self.clock * _SLEW) if abs(away) < _LEAD_IN_A_ROW * self.clock else abs(away)
        self._told = now, (time + max(-most, min(away, most))) % _TIMES
        return self._told[1]

    def _join(self, header: Header, arrival: float) -> Header:
        """The first packet of a publisher; marked when there was one before it."""
        is_first = self._arrival is None
        time = self._last_time if self._arrival is None else self._last_time + self._gap(self._arrival, arrival)
        self._source = header.ssrc
        self._sequence_shift = self._next_sequence - header.sequence
        self._time_shift = time - header.timestamp
        joined = self._shift(header)
        if not is_first:
            self._lead.begin(joined.timestamp, arrival)
        self._remember(joined, arrival)
        return joined if is_first else replace(joined, marker=True)

    def _gap(self, last: float, arrival: float) -> int:
        """RTP time to advance over a gap: what elapsed, at least one packet."""
        least = max(self._step, 1) / self.clock
        elapsed = max(least, arrival - last)
        return round((elapsed - self._lead.give_back(elapsed - least, last)) * self.clock)

    def _follow(self, header: Header, arrival: float) -> Header:
        """A further packet; one that comes late (UDP) moves nothing."""
        shifted = self._shift(header)
        if (shifted.sequence - self._next_sequence) % _SEQUENCES < _SEQUENCES // 2:
            step = (shifted.timestamp - self._last_time) % _TIMES
            self._step = step if 0 < step < self.clock else self._step
            self._lead.measure(shifted.timestamp, arrival)
            self._remember(shifted, arrival)
        return shifted

    def _shift(self, header: Header) -> Header:
        return Header(
            marker=header.marker,
            payload_type=header.payload_type,
            sequence=(header.sequence + self._sequence_shift) % _SEQUENCES,
            timestamp=(header.timestamp + self._time_shift) % _TIMES,
            ssrc=self.ssrc,
        )

    def _remember(self, header: Header, arrival: float) -> None:
        self._next_sequence = (header.sequence + 1) % _SEQUENCES
        self._last_time = header.timestamp
        self._arrival = arrival


class Lead:
    """How far the RTP time runs ahead of the clock, in seconds.

    An encoder that catches up after its start sends more than real time. Left alone, every restart would add its
    backlog to what a listener's player holds back for good; so a later gap is shortened by it. Of faults in a row
    every gap is whole, until they are too many.
    """

    def __init__(self, clock: int) -> None:
        self._clock = clock
        self._total = self._here = 0.0
        self._arrival, self._time = float("-inf"), 0

    def begin(self, timestamp: int, arrival: float) -> None:
        """A publisher's first packet."""
        self._arrival, self._time = arrival, timestamp

    def measure(self, timestamp: int, arrival: float) -> None:
        """A further packet of it."""
        since = arrival - self._arrival
        if since < _BURST_SECONDS:
            ahead = (timestamp - self._time) % _TIMES / self._clock - since
            self._here = max(self._here, ahead)

    def give_back(self, most: float, last: float) -> float:
        """Seconds to take off a gap, *most* of them; it began at the arrival *last*."""
        self._total += self._here if self._here > _JITTER_SECONDS else 0.0
        self._here = 0.0
        bearable = _LEAD_IN_A_ROW if last - self._arrival < _ROW_SECONDS else _LEAD_SECONDS
        taken = min(self._total, most) if self._total > bearable else 0.0
        self._total -= taken
        return taken
