"""Which ffmpeg filters an owner may put into a stream: one sound in, one out, no file, no network, the same length."""

from __future__ import annotations

from audio_rtsp.encoder.chain import Filter, parse_chain

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
CHANNEL_CHOOSERS = frozenset({"pan", "channelmap"})
WRITES_FILES = frozenset({"file", "filename", "dumpfile", "stats_file", "model", "sofa"})
KEYED_ONLY = frozenset({"loudnorm"})
"""Filters with a file among their options, which a value without a name could reach by its place."""

DYNAUDNORM_SILENCE = 16.0
"""Seconds before the first sound of dynaudnorm at its defaults (measured with ffmpeg 5.1)."""
BEARABLE = 2.0
"""Seconds before the first sound that are worth no word: those of dynaudnorm=g=3, which is what we advise."""
DYNAUDNORM_PLACES = ("f", "g")
"""Its first options, for values without a name."""


def refused_filters(graph: str) -> str | None:
    """Why the filters in *graph* (the value of ``-af``) cannot be used; None when they can."""
    if not graph.strip():
        return "the filter is empty"
    if not graph.isprintable():
        return "only plain text, no control characters"
    if any(character in graph for character in "[];"):
        return "only a plain chain of filters, no [labels] and no second chain"
    try:
        chain = parse_chain(graph)
    except ValueError as error:
        return str(error)
    return next((reason for one in chain if (reason := _refused_filter(one))), None)


def chooses_channels(graph: str) -> bool:
    """Whether a chain names the channels of the device that it takes."""
    return any(one.name in CHANNEL_CHOOSERS for one in parse_chain(graph))


def late_start(graph: str) -> str | None:
    """What to say of a chain that gives its first sound late; None where it is soon enough."""
    delay = startup_silence(graph)
    return f"the first sound comes after {delay:g} s; dynaudnorm=g=3 after 2 s" if delay > BEARABLE else None


def startup_silence(graph: str) -> float:
    """Seconds until a chain gives its first sound."""
    return sum(_silence_of(one) for one in parse_chain(graph))


def _silence_of(one: Filter) -> float:
    if one.name != "dynaudnorm":
        return 0.0
    given = {key or place: value for (key, value), place in zip(one.arguments, DYNAUDNORM_PLACES, strict=False)}
    given |= {key: value for key, value in one.arguments if key}
    try:
        gauss = min(max(3.0, float(given.get("g", given.get("gausssize", 31)))), 301.0)  # max(3.0, nan) is 3.0
        frame = min(max(10.0, float(given.get("f", given.get("framelen", 500)))), 8000.0)
    except ValueError:
        return DYNAUDNORM_SILENCE
    return gauss * frame / 1000 + frame / 1000


def _refused_filter(one: Filter) -> str | None:
    if one.name not in ALLOWED:
        return f"the filter {one.name!r} is not one that a stream may use"
    for key, value in one.arguments:
        if key in WRITES_FILES or key.startswith("/"):
            return f"the filter {one.name} may not read or write files ({key})"
        if one.name in KEYED_ONLY and not key:
            return f"the filter {one.name} needs its values by name (I=-16, not just {value or 'a colon'})"
    return None
