"""One change of the server's configuration, thought through before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from audio_rtsp.errors import PortTaken
from audio_rtsp.server.mediamtx.clashes import Clash, find_clashes
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.culprit import find_culprit
from audio_rtsp.server.mediamtx.derive import Derived, Wanted, derive
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.errors import ServerConfRefused
from audio_rtsp.server.mediamtx.owner_text import ADDRESSES, configured_ports, first_text, with_ports
from audio_rtsp.server.mediamtx.plain_words import plain
from audio_rtsp.server.mediamtx.ports import Ports
from audio_rtsp.server.mediamtx.remark import Remark
from audio_rtsp.server.mediamtx.trial import SILENT, try_configuration

OTHER_PORT = "sudo audio-rtsp mediamtx install --config-only --rtsp-port N"
FIRST_FREE_PORT = 1024
"""Below it a port is for root, or for a service with CAP_NET_BIND_SERVICE (capabilities(7))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The owner's file before (None = there was none) and after, and the copy that the server shall run on."""

    before: str | None
    after: str
    derived: Derived


def plan_change(before: str | None, ports: Ports, wanted: Wanted) -> Change:
    """Make it; the RTSP port is the one of *wanted*. Raises Refused for what cannot work.

    A file that names no RTSP port is not given one: the copy has it.
    """
    with_rtsp, remarks = replace(ports, rtsp=wanted.rtsp_port), list[Remark]()
    if before is None:
        after = first_text(with_rtsp)
    else:
        after = with_ports(before, with_rtsp if configured_ports(before).rtsp else ports)
        remarks = [] if ports.rtsp else _put_back(before, wanted.rtsp_port)
    derived = derive(after, wanted)
    return Change(before=before, after=after, derived=replace(derived, remarks=(*remarks, *derived.remarks)))


def _put_back(before: str, port: int) -> list[Remark]:
    """The owner's RTSP port when it is not that of our settings, which is the truth."""
    document = Document(before)
    named = document.text(ADDRESSES["rtsp"])
    if not named or named.endswith(f":{port}"):
        return []
    says = f"{ADDRESSES['rtsp']}: {named} gives way to RTSP_PORT, {port}; for another port: {OTHER_PORT}"
    return [Remark(document.line(ADDRESSES["rtsp"]), says)]


def objections(change: Change, files: ConfFiles, binary: str) -> Iterator[Remark]:
    """What the binary (empty = not asked) or a port has against it, each with the line of the owner's file."""
    if binary:
        yield from _refused_by(binary, change)
    for clash in find_clashes(change.derived.listeners, str(files.checked)):
        yield clash.remark


def missing_rights(change: Change, files: ConfFiles) -> Iterator[Remark]:
    """Ports that the server's unit may not open as it is installed; whoever installs it sees to that first."""
    for one in change.derived.listeners if not files.low_ports.exists() else ():
        if one.port < FIRST_FREE_PORT:
            yield Remark(one.line, f"{one.key}: for port {one.port} the unit needs {files.low_ports}")


def refuse_clashes(change: Change, files: ConfFiles) -> None:
    """Raises PortTaken for a port of ours, with the option that names another, or ServerConfRefused."""
    clashes = tuple(find_clashes(change.derived.listeners, str(files.checked)))
    for clash in clashes:
        option = _option(clash)
        if option and clash.holder:
            raise PortTaken(clash.listener.port, option, clash.holder)
    if clashes:
        raise ServerConfRefused(str(files.owner), files.said(clash.remark for clash in clashes))


def _option(clash: Clash) -> str:
    return next((f"{name}_PORT" for name, key in ADDRESSES.items() if key == clash.listener.key), "")


def _refused_by(binary: str, change: Change) -> Iterator[Remark]:
    """What the binary says, with the line that it means."""
    text = change.derived.trial_text
    says = try_configuration(binary, text)
    if says in ("", SILENT):
        yield from [Remark(0, says)] if says else ()
        return
    place = find_culprit(text, says, partial(try_configuration, binary))
    words = plain(says)
    is_named = not place or any(f"{quote}{place[-1]}{quote}" in words for quote in "'\"")
    line = Document(change.after).line(*place) if place else 0
    yield Remark(line, words if is_named else f"{place[-1]}: {words}")
