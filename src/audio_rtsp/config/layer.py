"""What one place gives: each key judged, good values kept, the last good one in place of a bad one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audio_rtsp.config.complaint import Complaint, quoted
from audio_rtsp.config.guess import did_you_mean, nearest
from audio_rtsp.config.keyvalue import Line, parse_lines
from audio_rtsp.config.setting import Scope
from audio_rtsp.config.settings import BY_KEY
from audio_rtsp.config.values import Given, Layer, Origin, OriginKind

TWICE_IN_THE_SEED = frozenset({"CPU_THRESHOLD", "MEMORY_THRESHOLD", "ENABLE_AUTO_REBOOT", "MAX_RESTART_ATTEMPTS"})
"""Keys of two tables in the documentation: copied together they stand twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one assignment comes to; ``key`` is the setting that it concerns or was meant for."""

    key: str = ""
    given: Given | None = None
    complaint: Complaint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One place's values, and what is wrong in it."""

    layer: Layer
    complaints: tuple[Complaint, ...] = ()


def judge(key: str, text: str, origin: Origin) -> Verdict:
    """Judge one assignment."""
    setting = BY_KEY.get(key)
    if setting is None:
        says = f"{quoted(key) if not key.isidentifier() else key}: unknown key{did_you_mean(key)}"
        return Verdict(key=nearest(key) or "", complaint=Complaint(origin.where, says))
    if origin.kind is OriginKind.DEVICE_FILE and setting.scope is Scope.SERVICE:
        says = f"{key}: holds for all streams; write it in config, not in a device file"
        return Verdict(complaint=Complaint(origin.where, says))
    try:
        return Verdict(key=key, given=Given(value=setting.parse(text), origin=origin))
    except ValueError as error:
        shown = "this value" if setting.secret else quoted(text)
        return Verdict(key=key, complaint=Complaint(origin.where, f"{key}: {shown} cannot be used; {error}"))


def read_file(data: bytes, file: str, kind: OriginKind, previous: Layer) -> Reading:
    """Read a KEY=VALUE file; of repeated keys the last good one counts."""
    lines = parse_lines(data)
    verdicts = [_judge_line(line, Origin(kind=kind, where=f"{file}:{line.number}")) for line in lines]
    return _settle(verdicts, tuple(_repeats(lines, file)), previous)


def read_environment(environ: Mapping[str, str], previous: Layer) -> Reading:
    """Read ``AUDIO_RTSP_<KEY>``; names that are like no key are other programs' business."""
    prefix = "AUDIO_RTSP_"
    found = [(name.removeprefix(prefix), name) for name in sorted(environ) if name.startswith(prefix)]
    verdicts = [
        judge(key, environ[name], Origin(kind=OriginKind.ENVIRONMENT, where=name))
        for key, name in found
        if key in BY_KEY or nearest(key)
    ]
    return _settle(verdicts, (), previous)


def read_overrides(overrides: Mapping[str, str], previous: Layer) -> Reading:
    """Read what the command line gives, KEY -> text."""
    verdicts = [
        judge(key, text, Origin(kind=OriginKind.COMMAND_LINE, where=BY_KEY[key].option))
        for key, text in overrides.items()
    ]
    return _settle(verdicts, (), previous)


def _judge_line(line: Line, origin: Origin) -> Verdict:
    if not line.fault:
        return judge(line.key, line.value.text, origin) if line.key else Verdict()
    setting = BY_KEY.get(line.key)
    shown = f": {quoted(line.text.strip())}" if not _may_hold_secret(line) else ""
    says = f"{line.key + ': ' if setting else ''}{line.fault}{shown}"
    return Verdict(key=line.key, complaint=Complaint(origin.where, says))


def _may_hold_secret(line: Line) -> bool:
    return any(setting.secret and key in line.text.upper() for key, setting in BY_KEY.items())


def _repeats(lines: Iterable[Line], file: str) -> Iterable[Complaint]:
    first: dict[str, Line] = {}
    for line in lines:
        before = first.setdefault(line.key, line) if line.key in BY_KEY else line
        is_harmless = line.key in TWICE_IN_THE_SEED and before.value.text == line.value.text
        if before is not line and not is_harmless:
            says = f"{line.key}: stands in line {before.number} too; the last one counts, remove the other"
            yield Complaint(f"{file}:{line.number}", says)


def _settle(verdicts: Iterable[Verdict], more: tuple[Complaint, ...], previous: Layer) -> Reading:
    verdicts = tuple(verdicts)
    good = {verdict.key: verdict.given for verdict in verdicts if verdict.given}
    held = {verdict.key: previous[verdict.key] for verdict in verdicts if verdict.complaint and verdict.key in previous}
    complaints = tuple(verdict.complaint for verdict in verdicts if verdict.complaint)
    return Reading(layer=held | good, complaints=complaints + more)
