"""What an installed server is configured to do, without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from audio_rtsp.errors import NotReadable
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.listeners import parse_listeners
from audio_rtsp.server.mediamtx.remark import Refused
from audio_rtsp.server.mediamtx.users import READ_ACTIONS

PORT_NAMES = {
    "rtspAddress": "RTSP port",
    "rtmpAddress": "RTMP port",
    "hlsAddress": "HLS port",
    "webrtcAddress": "WebRTC port",
    "metricsAddress": "metrics port",
    "apiAddress": "API port",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The copy that the server runs on, in words."""

    file: str
    ports: Mapping[str, int]
    readers: str
    complaints: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


def read_overview(files: ConfFiles) -> Overview:
    """Read the copy; raises NotReadable."""
    text = files.read_checked()
    if text is None:
        raise _unread(files)
    try:
        document = Document(text)
        opened = {one.key: one.port for one in parse_listeners(document)}
    except Refused as error:
        raise NotReadable(str(files.checked), str(error)) from None
    return Overview(
        file=str(files.owner),
        ports={name: opened[key] for key, name in PORT_NAMES.items() if key in opened},
        readers=_readers(document.get("authInternalUsers")),
        complaints=files.read_complaints(),
    )


def _unread(files: ConfFiles) -> NotReadable:
    if not files.owner.exists():
        fix = "write a new one: sudo audio-rtsp mediamtx install --config-only"
        return NotReadable(str(files.owner), "it is not there", fix=fix)
    why, follow = "it is not there, or only root may read it", "sudo audio-rtsp mediamtx config --follow"
    return NotReadable(str(files.checked), why, fix=f"run the same with sudo; where it is not there: {follow}")


def _readers(users: Any) -> str:
    """Who may listen; names of users, never a password."""
    may = [user for user in users or () if isinstance(user, Mapping) and _reads(user)]
    named = [str(user["user"]) for user in may if user.get("user") != "any"]
    everybody = "the local network" if len(named) < len(may) else ""
    known = f"who knows the password of {', '.join(named)}" if named else ""
    return " and ".join(filter(None, (everybody, known))) or "nobody"


def _reads(user: Mapping[str, Any]) -> bool:
    return any(one.get("action") == READ_ACTIONS[0] for one in user.get("permissions") or ())
