"""What FFMPEG_ADDITIONAL_OPTS may hold: split as a shell would, given to no shell, held against a list."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from audio_rtsp.encoder.filters import refused_filters

FILTER_OPTIONS = frozenset({"-af", "-filter:a", "-filter:a:0"})
ENCODER_OPTIONS = frozenset(
    """
    -aac_coder -aac_is -aac_ms -aac_pns -aac_tns -abr -application -apply_phase_inv -aq
    -compression_level -cutoff -fec -frame_duration -joint_stereo -metadata -packet_loss -profile:a -q:a -reservoir
    -vbr -copyright -original
    """.split()
)
INSTEAD = {
    "-c:a": "set AUDIO_CODEC",
    "-acodec": "set AUDIO_CODEC",
    "-c": "set AUDIO_CODEC",
    "-codec:a": "set AUDIO_CODEC",
    "-b:a": "set AUDIO_BITRATE",
    "-ab": "set AUDIO_BITRATE",
    "-i": "a stream has one input, its microphone",
    "-f": "a stream has one output, its RTSP path",
    "-filter_complex": "use -af",
    "-lavfi": "use -af",
    "-map": "a stream has one input, its microphone",
    "-y": "a stream writes no files",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraOptions:
    """The owner's additions; ``channels`` and ``rate`` are 0 when not given."""

    filters: str = ""
    channels: int = 0
    rate: int = 0
    encoder: tuple[str, ...] = ()


def parse_options(text: str) -> ExtraOptions:
    """Read the value of FFMPEG_ADDITIONAL_OPTS; raises ValueError with the reason and what to write."""
    words = _split(text)
    pairs = [_pair(words, index) for index in range(0, len(words), 2)]
    filters = [value for option, value in pairs if option in FILTER_OPTIONS]
    return ExtraOptions(
        filters=",".join(filters),
        channels=_last_number(pairs, "-ac"),
        rate=_last_number(pairs, "-ar"),
        encoder=tuple(word for option, value in pairs if option in ENCODER_OPTIONS for word in (option, value)),
    )


def refused(text: str) -> str | None:
    """Why *text* cannot be used, None when it can."""
    try:
        parse_options(text)
    except ValueError as error:
        return str(error)
    return None


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(f"cannot be split into words ({error}); close the quotes") from None


def _pair(words: list[str], index: int) -> tuple[str, str]:
    option = words[index]
    check = CHECKS.get(option)
    if check is None:
        raise ValueError(f"{option} is not allowed; {_hint(option)}")
    if index + 1 >= len(words):
        raise ValueError(f"{option} needs a value")
    reason = check(words[index + 1])
    if reason:
        raise ValueError(f"{option} {words[index + 1]}: {reason}")
    return option, words[index + 1]


def _hint(option: str) -> str:
    if not option.startswith("-"):
        return "options begin with -, filters stand behind -af; a value with blanks needs quotes"
    return INSTEAD.get(option, "allowed are -af, -ac, -ar, -metadata and the options of the encoder")


def _last_number(pairs: list[tuple[str, str]], wanted: str) -> int:
    return next((int(value) for option, value in reversed(pairs) if option == wanted), 0)


def _refused_number(least: int, most: int) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        fits = value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most
        return None if fits else f"a number from {least} to {most}"

    return check


def _refused_value(value: str) -> str | None:
    return None if value and value.isprintable() else "a value on one line, without control characters"


def _refused_metadata(value: str) -> str | None:
    key, has_value, _ = value.partition("=")
    return _refused_value(value) if key and has_value else "KEY=VALUE, such as title=Garden"


CHECKS: dict[str, Callable[[str], str | None]] = {
    **dict.fromkeys(FILTER_OPTIONS, refused_filters),
    **dict.fromkeys(ENCODER_OPTIONS, _refused_value),
    "-metadata": _refused_metadata,
    "-ac": _refused_number(1, 8),
    "-ar": _refused_number(8000, 192000),
}
