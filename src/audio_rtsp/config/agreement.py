"""Settings that must agree with one another."""

from __future__ import annotations

from collections.abc import Iterator

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import (
    CPU_THRESHOLD,
    CPU_WARNING_THRESHOLD,
    DISK_EMERGENCY_THRESHOLD,
    DISK_WARNING_THRESHOLD,
    EMERGENCY_CPU_THRESHOLD,
    EMERGENCY_MEMORY_THRESHOLD,
    MEMORY_THRESHOLD,
    MEMORY_WARNING_THRESHOLD,
    RTSP_READ_PASSWORD,
    RTSP_READ_USER,
)
from audio_rtsp.config.values import OriginKind, Values

WARNING_LATE = "so nothing would be warned of before it is acted on"
EMERGENCY_FIRST = "so the emergency would always come first"
ASCENDING = (
    (CPU_WARNING_THRESHOLD, CPU_THRESHOLD, WARNING_LATE),
    (CPU_THRESHOLD, EMERGENCY_CPU_THRESHOLD, EMERGENCY_FIRST),
    (MEMORY_WARNING_THRESHOLD, MEMORY_THRESHOLD, WARNING_LATE),
    (MEMORY_THRESHOLD, EMERGENCY_MEMORY_THRESHOLD, EMERGENCY_FIRST),
    (DISK_WARNING_THRESHOLD, DISK_EMERGENCY_THRESHOLD, WARNING_LATE),
)


def disagreements(values: Values) -> Iterator[Complaint]:
    """Every pair that contradicts itself, told where the owner wrote one of the two."""
    for lower, higher, reason in ASCENDING:
        if values[lower] >= values[higher]:
            yield _out_of_order(values, lower, higher, reason)
    if values[RTSP_READ_USER] and not values[RTSP_READ_PASSWORD]:
        where = values.origin(RTSP_READ_USER).where
        yield Complaint(where, f"{RTSP_READ_USER.key}: asks nobody for a password; set {RTSP_READ_PASSWORD.key} first")


def unfinished(values: Values) -> Iterator[Complaint]:
    """What does nothing until its other half is set: the password comes first, and the program goes on meanwhile."""
    if values[RTSP_READ_PASSWORD] and not values[RTSP_READ_USER]:
        where = values.origin(RTSP_READ_PASSWORD).where
        yield Complaint(where, f"{RTSP_READ_PASSWORD.key}: asks nobody yet; set {RTSP_READ_USER.key}, too")


def _out_of_order(values: Values, lower: Setting[float], higher: Setting[float], reason: str) -> Complaint:
    first, second, order = lower, higher, "below"
    if values.origin(lower).kind is OriginKind.DEFAULT:
        first, second, order = higher, lower, "above"
    text = f"{values.text(first)} is not {order} {second.key} ({values.text(second)})"
    return Complaint(values.origin(first).where, f"{first.key}: {text}, {reason}")
