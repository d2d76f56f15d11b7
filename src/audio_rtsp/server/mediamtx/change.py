"""One change of the server's configuration, thought through before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from audio_rtsp.errors import PortTaken
from audio_rtsp.server.mediamtx.clashes import Clash, find_clashes
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.derive import Derived, Wanted, derive
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.errors import ServerConfRefused
from audio_rtsp.server.mediamtx.owner_text import ADDRESSES, configured_ports, first_text, with_ports
from audio_rtsp.server.mediamtx.ports import Ports
from audio_rtsp.server.mediamtx.remark import Remark
from audio_rtsp.server.mediamtx.trial import try_configuration

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
    with_rtsp = replace(ports, rtsp=wanted.rtsp_port)
    if before is None:
        after = first_text(with_rtsp)
    else:
        after = with_ports(before, with_rtsp if configured_ports(before).rtsp else ports)
    return Change(before=before, after=after, derived=derive(after, wanted))


def objections(change: Change, files: ConfFiles, binary: str) -> Iterator[Remark]:
    """What the binary (empty = not asked) or a port has against it, each with the line of the owner's file."""
    says = try_configuration(binary, change.derived.trial_text) if binary else ""
    if says:
        yield Remark(_line_of(change.after, says), says)
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


def _line_of(text: str, says: str) -> int:
    """The line that the binary means: it names a key, or the spot as ``[LINE:COLUMN]`` or ``line LINE``."""
    document = Document(text)
    words = (word.strip("'\"`.,:") for word in says.replace(".", " ").split())
    return next((line for line in map(document.line_of_word, words) if line), 0)
