"""A reader made of aiortsp, an RTSP stack of its own: ``aiortsp_player.py URL tcp|udp`` as pyav_player.py.

SIGUSR1 pauses, SIGUSR2 plays on, SIGINT tears down. RTP payloads are taken apart here (RFC 2250, 3640, 7587, 3551);
PyAV decodes what is in them.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit

import av
from aiortsp.rtsp.connection import RTSPConnection
from aiortsp.rtsp.session import RTSPMediaSession
from aiortsp.transport import RTPTransportClient, transport_for_scheme
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler

DECODERS = {"MPA": "mp3float", "MPEG4-GENERIC": "aac", "OPUS": "libopus", "L16": "pcm_s16be", "L24": "pcm_s24be"}
SCHEMES = {"tcp": "rtspt", "udp": "rtsp"}


class Decoder(RTPTransportClient):  # type: ignore[misc]
    """RTP packets in, samples out, on stdout."""

    def __init__(self, sdp: str) -> None:
        name, rate, channels, config = parse_media(sdp)
        self._name = name
        codec = av.CodecContext.create(DECODERS[name], "r")
        assert isinstance(codec, AudioCodecContext)
        self._codec = codec
        self._codec.sample_rate, self._codec.layout = rate, "stereo" if channels == 2 else "mono"
        self._codec.extradata = config or None
        self._resampler = AudioResampler(format="s16", layout="mono", rate=48_000)

    def handle_rtp(self, rtp: Any) -> None:
        for unit in self._units(bytes(rtp.data)):
            for frame in self._codec.decode(av.Packet(unit)):
                for each in self._resampler.resample(frame):
                    sys.stdout.buffer.write(bytes(each.planes[0])[: 2 * each.samples])
        sys.stdout.buffer.flush()

    def _units(self, payload: bytes) -> Iterator[bytes]:
        match self._name:
            case "MPA":
                for packet in self._codec.parse(payload[4:]):
                    yield bytes(packet)
            case "MPEG4-GENERIC":
                start = 2 + int.from_bytes(payload[:2], "big") // 8
                for at in range(2, start, 2):
                    size = int.from_bytes(payload[at : at + 2], "big") >> 3
                    yield payload[start : start + size]
                    start += size
            case _:
                yield payload


def parse_media(sdp: str) -> tuple[str, int, int, bytes]:
    """Codec, sample rate, channels and configuration of the one track."""
    lines = sdp.split("\r\n")
    mapped = next((line for line in lines if line.startswith("a=rtpmap:")), "")
    if not mapped:
        kind = next(line for line in lines if line.startswith("m=")).split()[-1]
        return {"14": ("MPA", 48_000, 2, b""), "10": ("L16", 44_100, 2, b""), "11": ("L16", 44_100, 1, b"")}[kind]
    name, rate, *channels = mapped.split()[1].split("/")
    config = sdp.partition("config=")[2].partition(";")[0].partition("\r\n")[0]
    return name.upper(), int(rate), int(channels[0]) if channels else 1, bytes.fromhex(config)


async def play(url: str, transport: str) -> None:
    parts, loop, over = urlsplit(url), asyncio.get_running_loop(), asyncio.Event()
    async with (
        RTSPConnection(parts.hostname, parts.port, parts.username, parts.password) as connection,
        transport_for_scheme(SCHEMES[transport])(connection) as carrier,
        RTSPMediaSession(connection, url, carrier, media_type="audio") as session,
    ):
        described = await connection.send_request("DESCRIBE", session.media_url.rstrip("/"))
        carrier.subscribe(Decoder(described.content))
        tasks = set()

        def begin(verb: Callable[[], Coroutine[Any, Any, Any]]) -> None:
            tasks.add(asyncio.ensure_future(verb()))

        for number, verb in ((signal.SIGUSR1, session.pause), (signal.SIGUSR2, session.play)):
            loop.add_signal_handler(number, begin, verb)
        loop.add_signal_handler(signal.SIGINT, over.set)
        connection.result.add_done_callback(lambda _: over.set())
        await session.play()
        await over.wait()


if __name__ == "__main__":
    asyncio.run(play(*sys.argv[1:]))
