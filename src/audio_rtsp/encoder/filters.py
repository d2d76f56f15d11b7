"""Which ffmpeg filters an owner may put into a stream: one sound in, one out, no file, no network, the same length."""

from __future__ import annotations

import re

ALLOWED = frozenset(
    """
    acompressor acontrast acrusher adeclick adeclip adecorrelate adelay adenorm adrc adynamicequalizer adynamicsmooth
    aecho aemphasis aeval aexciter afade afftdn afftfilt aformat afreqshift afwtdn agate alimiter allpass anlmdn anull
    aphaser aphaseshift apsyclip apulsator aresample asoftclip asubboost asubcut asupercut asuperpass asuperstop atilt
    bandpass bandreject bass biquad bs2b channelmap chorus compand compensationdelay crossfeed crystalizer dcshift
    deesser dialoguenhance dynaudnorm earwax equalizer extrastereo flanger haas highpass highshelf loudnorm lowpass
    lowshelf mcompand pan speechnorm stereotools stereowiden surround tiltshelf treble tremolo vibrato virtualbass
    volume
    """.split()
)
WRITES_FILES = frozenset({"file", "filename", "dumpfile", "stats_file", "model", "sofa"})
KEYED_ONLY = frozenset({"loudnorm"})
"""Filters with a file among their options, which a value without a name could reach by its place."""

LONGEST_SILENCE = {"dynaudnorm": 16.0}
"""Seconds before the first sound, at the filter's defaults (measured with ffmpeg 5.1)."""


def refused_filters(graph: str) -> str | None:
    """Why the filters in *graph* (the value of ``-af``) cannot be used; None when they can."""
    if not graph.strip():
        return "the filter is empty"
    if any(character in graph for character in "[];\n\r"):
        return "only a plain chain of filters, no [labels] and no second chain"
    return next((reason for one in _split(graph, ",") if (reason := _refused_filter(one))), None)


def filter_names(graph: str) -> tuple[str, ...]:
    """The filters in *graph* in their order."""
    return tuple(_name_and_arguments(one)[0] for one in _split(graph, ","))


def startup_silence(graph: str) -> float:
    """Seconds until a chain gives its first sound."""
    return sum(_silence_of(*_name_and_arguments(one)) for one in _split(graph, ","))


def _silence_of(name: str, arguments: str) -> float:
    if name != "dynaudnorm":
        return LONGEST_SILENCE.get(name, 0.0)
    given = dict(pair.split("=", 1) for pair in _split(arguments, ":") if "=" in pair)
    try:
        gauss = float(given.get("g", given.get("gausssize", 31)))
        frame = float(given.get("f", given.get("framelen", 500)))
    except ValueError:
        return LONGEST_SILENCE[name]
    return gauss * frame / 1000 + frame / 1000


def _refused_filter(text: str) -> str | None:
    name, arguments = _name_and_arguments(text)
    if name not in ALLOWED:
        return f"the filter {name or text.strip()!r} is not one that a stream may use"
    for argument in _split(arguments, ":"):
        key, has_name, _ = argument.partition("=")
        if key.strip().lstrip("/") in WRITES_FILES or key.strip().startswith("/"):
            return f"the filter {name} may not read or write files ({key.strip()})"
        if name in KEYED_ONLY and argument and not has_name:
            return f"the filter {name} needs its values by name (I=-16, not just -16)"
    return None


def _name_and_arguments(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"\s*([A-Za-z0-9_]+)(?:@[A-Za-z0-9_]+)?\s*(?:=(.*))?", text, re.DOTALL)
    return (match[1], (match[2] or "").strip().strip("'")) if match else ("", "")


def _split(text: str, separator: str) -> list[str]:
    """Split at *separator* outside quotes and not behind a backslash, as ffmpeg does (libavutil/avstring.c)."""
    parts, quoted, escaped = [""], False, False
    for character in text:
        if character == separator and not quoted and not escaped:
            parts.append("")
            continue
        quoted ^= character == "'" and not escaped
        escaped = character == "\\" and not escaped and not quoted
        parts[-1] += character
    return parts
