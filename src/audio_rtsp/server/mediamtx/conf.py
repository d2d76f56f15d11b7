"""A private configuration for a MediaMTX child: RTSP for the LAN, publishing and API for this host alone.

Every key exists in v1.12.2 to v1.20.1; newer listeners are switched off by MTX_* variables, which older versions
pass over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

ENVIRONMENT = {"MTX_MOQ": "no"}
LOOPBACK = ["127.0.0.1", "::1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateConf:
    """What differs from run to run; udp_port 0 = TCP only, else an even port with its neighbour free."""

    rtsp_port: int
    api_port: int
    udp_port: int = 0
    read_user: str = ""
    read_password: str = ""


def render_conf(conf: PrivateConf) -> bytes:
    """The file; JSON is YAML, and needs no quoting rules."""
    udp = {"rtpAddress": f":{conf.udp_port}", "rtcpAddress": f":{conf.udp_port + 1}"} if conf.udp_port else {}
    whole = {
        "logLevel": "warn",
        "logDestinations": ["stdout"],
        "api": True,
        "apiAddress": f"127.0.0.1:{conf.api_port}",
        "metrics": False,
        "pprof": False,
        "playback": False,
        "rtsp": True,
        "rtspTransports": ["udp", "tcp"] if udp else ["tcp"],
        "rtspEncryption": "no",
        "rtspAddress": f":{conf.rtsp_port}",
        **udp,
        "rtmp": False,
        "hls": False,
        "webrtc": False,
        "srt": False,
        "authMethod": "internal",
        "authInternalUsers": _users(conf),
        "pathDefaults": {"source": "publisher", "overridePublisher": True},
        "paths": {"all_others": {"source": "publisher"}},
    }
    return json.dumps(whole, indent=1).encode() + b"\n"


def _users(conf: PrivateConf) -> list[dict[str, object]]:
    here = ["publish", "read", "playback", "api", "metrics"]
    return [
        _user("any", "", LOOPBACK, here),
        _user(conf.read_user or "any", conf.read_password if conf.read_user else "", [], ["read", "playback"]),
    ]


def _user(name: str, password: str, ips: list[str], actions: list[str]) -> dict[str, object]:
    return {"user": name, "pass": password, "ips": ips, "permissions": [{"action": action} for action in actions]}
