"""What a capture device can do: formats, channel counts and sample rates, and which go together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from audio_rtsp.alsa.pcm import parse_fields

MAX_CHANNELS = 64
"""More than any card has; a plugin that offers [1 10000] is cut here."""

_PCM_FORMAT = re.compile(r"^(?:[SU]\d+(?:_\d+)?(?:_?[LB]E)?|FLOAT(?:64)?_[LB]E|MU_LAW|A_LAW)$")
_INTERVAL = re.compile(r"^(?P<open>[\[(])\s*(?P<low>\d{1,10})\s+(?P<high>\d{1,10})\s*(?P<close>[\])])$")
_NUMBER = re.compile(r"\d{1,10}")


@dataclass(frozen=True, slots=True)
class RateList:
    """Exactly these sample rates, in Hz, ascending."""

    values: tuple[int, ...]

    def nearest(self, wanted: int) -> int:
        """The lowest that keeps all of *wanted*, else the highest there is."""
        return next((rate for rate in self.values if rate >= wanted), self.values[-1])


@dataclass(frozen=True, slots=True)
class RateRange:
    """Any sample rate between the two, in Hz, or so the driver says."""

    low: int
    high: int

    def nearest(self, wanted: int) -> int:
        """*wanted*, else the end that it is beyond."""
        return min(max(wanted, self.low), self.high)


Rates = RateList | RateRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Altset:
    """One choice of the device: each of its formats goes with each of its channel counts and rates."""

    formats: tuple[str, ...]
    channels: tuple[int, ...]
    rates: Rates


@dataclass(frozen=True, slots=True)
class Capability:
    """All choices; never empty."""

    altsets: tuple[Altset, ...]

    @property
    def formats(self) -> tuple[str, ...]:
        """ALSA's names, in the order of the device."""
        return tuple(dict.fromkeys(name for altset in self.altsets for name in altset.formats))

    @property
    def channel_counts(self) -> tuple[int, ...]:
        return tuple(sorted({count for altset in self.altsets for count in altset.channels}))

    @property
    def rates(self) -> Rates:
        """All rates together: the list, or the widest range when one choice is a range."""
        lists = [altset.rates.values for altset in self.altsets if isinstance(altset.rates, RateList)]
        ranges = [altset.rates for altset in self.altsets if isinstance(altset.rates, RateRange)]
        values = sorted({rate for rates in lists for rate in rates})
        if not ranges:
            return RateList(tuple(values))
        ends = [*values, *(one.low for one in ranges), *(one.high for one in ranges)]
        return RateRange(min(ends), max(ends))


def parse_stream(text: str) -> Capability | None:
    """Read /proc/asound/cardN/streamM (kernel: sound/usb/proc.c); its playback half is not ours."""
    return _capability(_altset(fields) for fields in _capture_altsets(text))


def _capture_altsets(text: str) -> list[dict[str, str]]:
    """The fields of each ``Altset 1`` paragraph under ``Capture:`` (``Altset = 1`` belongs to ``Status: Running``)."""
    found: list[dict[str, str]] = []
    section, is_inside = "", False
    for line in text.split("\n"):
        word = line.strip()
        if line[:1].strip():
            section, is_inside = word, False
        elif section == "Capture:" and re.match(r"Altset \d", word):
            found.append({})
            is_inside = True
        elif is_inside:
            key, _, value = word.partition(":")
            found[-1].setdefault(key, value.strip())
    return found


def _altset(fields: dict[str, str]) -> Altset | None:
    rates = _stream_rates(fields.get("Rates", ""))
    return _choice(fields.get("Format", ""), _counts(fields.get("Channels", "")), rates)


def _stream_rates(text: str) -> Rates | None:
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if "continuous" in text and len(numbers) == 2:
        return _rates(*sorted(numbers))
    return _rate_list(numbers)


def parse_hw_params(text: str) -> Capability | None:
    """Read what ``arecord --dump-hw-params`` prints (alsa-lib: snd_pcm_hw_params_dump); None when it has no dump."""
    fields = parse_fields(text)
    rates = _dump_rates(fields.get("RATE", ""))
    return _capability([_choice(fields.get("FORMAT", ""), _counts(fields.get("CHANNELS", "")), rates)])


def _dump_rates(text: str) -> Rates | None:
    interval = _interval(text)
    return _rates(*interval) if interval else _rate_list(int(number) for number in _NUMBER.findall(text))


def _counts(text: str) -> tuple[int, ...]:
    interval = _interval(text)
    if interval:
        return tuple(range(max(interval[0], 1), min(interval[1], MAX_CHANNELS) + 1))
    return tuple(sorted({count for number in _NUMBER.findall(text) if 0 < (count := int(number)) <= MAX_CHANNELS}))


def _interval(text: str) -> tuple[int, int] | None:
    """``[1 32]`` holds its ends, ``(5 100]`` does not hold the 5."""
    found = _INTERVAL.match(text)
    if not found:
        return None
    return int(found["low"]) + (found["open"] == "("), int(found["high"]) - (found["close"] == ")")


def _rates(low: int, high: int) -> Rates | None:
    if low >= high:
        return _rate_list([low] if low == high else [])
    return RateRange(max(low, 1), high)


def _rate_list(numbers: Iterable[int]) -> Rates | None:
    values = tuple(sorted({number for number in numbers if number > 0}))
    return RateList(values) if values else None


def _choice(formats: str, channels: tuple[int, ...], rates: Rates | None) -> Altset | None:
    """A choice counts only when it is whole; SPECIAL and DSD are no sound for us."""
    names = tuple(dict.fromkeys(word for word in formats.split() if _PCM_FORMAT.match(word)))
    return Altset(formats=names, channels=channels, rates=rates) if names and channels and rates else None


def _capability(found: Iterable[Altset | None]) -> Capability | None:
    altsets = tuple(dict.fromkeys(altset for altset in found if altset is not None))
    return Capability(altsets) if altsets else None
