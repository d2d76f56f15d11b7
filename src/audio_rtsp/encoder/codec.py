"""Which codec works at which rate, bitrate and channel count over RTSP; what else comes nearest.

Sources: RFC 2250 (MP3), RFC 3640 (AAC), RFC 7587 (Opus), RFC 3551 and 3190 (L16, L24); libmp3lame and libopus
limits as ffmpeg 5.1 to 9.0 report them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audio_rtsp.alsa.capability import RateList, RateRange, Rates
from audio_rtsp.config.settings import AUDIO_BITRATE, AUDIO_CHANNELS, AUDIO_CODEC, AUDIO_SAMPLE_RATE
from audio_rtsp.config.values import Values

AAC_RATES = RateList((8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000))
MP3_RATES = RateList((8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000))
OPUS_RATES = RateList((8000, 12000, 16000, 24000, 48000))
PCM_RATES = RateRange(8000, 192000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One encoder of ffmpeg: ``frame`` = samples in a coded frame at a rate, ``limit`` = bit/s at (rate, channels)."""

    encoder: str
    rates: Rates
    most_channels: int = 2
    has_bitrate: bool = True
    is_wide: bool = False
    frame: Callable[[int], int]
    limit: Callable[[int, int], int] = lambda rate, channels: 0


def _mp3_limit(rate: int, channels: int) -> int:
    return 320_000 if rate >= 32000 else 160_000 if rate >= 16000 else 64_000


def _mp3_frame(rate: int) -> int:
    return 1152 if rate >= 32000 else 576


def _twenty_ms(rate: int) -> int:
    return rate // 50


CODECS = {
    codec.encoder: codec
    for codec in (
        Codec(encoder="libmp3lame", rates=MP3_RATES, frame=_mp3_frame, limit=_mp3_limit),
        Codec(
            encoder="aac",
            rates=AAC_RATES,
            most_channels=8,
            frame=lambda rate: 1024,
            limit=lambda rate, channels: 6 * rate * channels,
        ),
        Codec(encoder="libopus", rates=OPUS_RATES, frame=_twenty_ms, limit=lambda rate, channels: 256_000 * channels),
        Codec(encoder="pcm_s16be", rates=PCM_RATES, most_channels=8, has_bitrate=False, frame=_twenty_ms),
        Codec(encoder="pcm_s24be", rates=PCM_RATES, most_channels=8, has_bitrate=False, is_wide=True, frame=_twenty_ms),
    )
}
WITHOUT_RTP_FORM = {"flac": "pcm_s16be"}
"""Codecs that ffmpeg cannot send over RTSP, and the one that keeps as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What the encoder is told; ``bitrate`` in bit/s, 0 for codecs that have none."""

    codec: str
    rate: int
    channels: int
    bitrate: int

    @property
    def is_wide(self) -> bool:
        """Whether more than 16 bits of a sample arrive."""
        return CODECS[self.codec].is_wide

    @property
    def sample_bytes(self) -> int:
        """Bytes of one uncompressed sample as it is sent."""
        return 3 if self.is_wide else 2

    @property
    def frame_seconds(self) -> float:
        """Duration of one coded frame."""
        return CODECS[self.codec].frame(self.rate) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A setting that cannot be as it is: why, what is used instead; a mild one is told, not refused."""

    key: str
    says: str
    instead: str
    is_mild: bool = False

    def __str__(self) -> str:
        return f"{self.key}: {self.says}; {self.instead}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The encoding the owner asked for."""

    codec: str
    rate: int
    channels: int
    bitrate: int


def wish(values: Values) -> Wish:
    """What the settings ask for."""
    return Wish(
        codec=values[AUDIO_CODEC],
        rate=values[AUDIO_SAMPLE_RATE],
        channels=values[AUDIO_CHANNELS],
        bitrate=values[AUDIO_BITRATE],
    )


def objections(values: Values) -> tuple[Objection, ...]:
    """What in the settings cannot work on any device."""
    return fit(wish(values))[1]


def instead(values: Values) -> dict[str, str]:
    """The settings that keep *values* from working, by key, with the nearest text that works."""
    encoding, found = fit(wish(values))
    nearest: dict[str, str] = {
        AUDIO_CODEC.key: AUDIO_CODEC.render(encoding.codec),
        AUDIO_SAMPLE_RATE.key: AUDIO_SAMPLE_RATE.render(encoding.rate),
        AUDIO_CHANNELS.key: AUDIO_CHANNELS.render(encoding.channels),
        AUDIO_BITRATE.key: AUDIO_BITRATE.render(encoding.bitrate),
    }
    return {objection.key: nearest[objection.key] for objection in found if not objection.is_mild}


def fit(asked: Wish, device_channels: Sequence[int] = ()) -> tuple[Encoding, tuple[Objection, ...]]:
    """The nearest encoding that works, and what had to give way; *device_channels* are the counts a device has."""
    found: list[Objection] = []
    codec = CODECS[_fit_codec(asked.codec, found)]
    rate = _fit_rate(codec, asked.rate, found)
    channels = _fit_channels(codec, asked.channels, device_channels, found)
    bitrate = _fit_bitrate(codec, rate, channels, asked.bitrate, found) if codec.has_bitrate else 0
    return Encoding(codec=codec.encoder, rate=rate, channels=channels, bitrate=bitrate), tuple(found)


def _fit_codec(name: str, found: list[Objection]) -> str:
    instead = WITHOUT_RTP_FORM.get(name)
    if instead is None:
        return name
    says = f"{name} cannot go over RTSP"
    found.append(Objection(key="AUDIO_CODEC", says=says, instead=f"write {instead} (also without loss)"))
    return instead


def _fit_rate(codec: Codec, wanted: int, found: list[Objection]) -> int:
    rate = codec.rates.nearest(wanted)
    if rate != wanted:
        says = f"{codec.encoder} does not work at {wanted} Hz"
        found.append(Objection(key="AUDIO_SAMPLE_RATE", says=says, instead=f"write {rate}"))
    return rate


def _fit_channels(codec: Codec, wanted: int, device: Sequence[int], found: list[Objection]) -> int:
    channels = min(wanted, codec.most_channels)
    if channels != wanted:
        says = f"{codec.encoder} over RTSP carries at most {codec.most_channels} channels"
        found.append(Objection(key="AUDIO_CHANNELS", says=says, instead=f"write {channels}"))
    if device and channels > max(device):
        says = f"the device has {max(device)}, not {channels}"
        found.append(Objection(key="AUDIO_CHANNELS", says=says, instead=f"write {max(device)}", is_mild=True))
        channels = max(device)
    return channels


def _fit_bitrate(codec: Codec, rate: int, channels: int, wanted: int, found: list[Objection]) -> int:
    limit = codec.limit(rate, channels)
    if wanted <= limit:
        return wanted
    says = f"{codec.encoder} takes at most {limit // 1000}k at {rate} Hz with {channels} channel{'s' * (channels > 1)}"
    is_mild = codec.encoder == "libmp3lame" or codec.encoder == "aac"  # these encoders lower it by themselves
    found.append(Objection(key="AUDIO_BITRATE", says=says, instead=f"write {limit // 1000}k", is_mild=is_mild))
    return limit
