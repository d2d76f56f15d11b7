"""A private configuration for a MediaMTX child: RTSP for the local network, publishing and API for this host alone.

Every key exists in v1.12.2 to v1.20.1; newer listeners are switched off by MTX_* variables, which older versions
pass over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from audio_rtsp.server.mediamtx.users import Access, render_users

ENVIRONMENT = {"MTX_MOQ": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateConf:
    """What differs from run to run; udp_port 0 = TCP only, else an even port with its neighbour free."""

    rtsp_port: int
    api_port: int
    udp_port: int = 0
    access: Access = field(default_factory=Access)


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
        "authInternalUsers": render_users(conf.access),
        "pathDefaults": {"source": "publisher", "overridePublisher": True},
        "paths": {"all_others": {"source": "publisher"}},
    }
    return json.dumps(whole, indent=1).encode() + b"\n"
