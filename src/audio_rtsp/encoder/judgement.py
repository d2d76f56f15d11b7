"""What the encoder makes of the settings, told to the owner with the line that says so. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.settings import AUDIO_CODEC, BY_KEY, FFMPEG_ADDITIONAL_OPTS
from audio_rtsp.config.values import OriginKind, Values
from audio_rtsp.encoder.codec import Objection, objections
from audio_rtsp.encoder.filters import late_start
from audio_rtsp.encoder.options import parse_options, refused


def complaints(values: Values) -> Iterator[Complaint]:
    """What in *values* cannot be encoded."""
    yield from (_blamed(values, objection) for objection in objections(values) if not objection.is_mild)
    reason = refused(values[FFMPEG_ADDITIONAL_OPTS])
    if reason:
        yield _of_options(values, reason)


def hints(values: Values) -> Iterator[Complaint]:
    """What in *values* works otherwise than the owner may think: lowered by the encoder, or late."""
    yield from (_blamed(values, objection) for objection in objections(values) if objection.is_mild)
    options = values[FFMPEG_ADDITIONAL_OPTS]
    late = None if refused(options) else late_start(parse_options(options).filters)
    if late:
        yield _of_options(values, late)


def _of_options(values: Values, says: str) -> Complaint:
    return Complaint(values.origin(FFMPEG_ADDITIONAL_OPTS).where, f"{FFMPEG_ADDITIONAL_OPTS.key}: {says}")


def _blamed(values: Values, objection: Objection) -> Complaint:
    """Blame the stronger of the setting and the codec: a device file's codec, not the global sample rate."""
    ranks = list(OriginKind)
    setting = max(BY_KEY[objection.key], AUDIO_CODEC, key=lambda one: ranks.index(values.origin(one).kind))
    return Complaint(values.origin(setting).where, str(objection))
