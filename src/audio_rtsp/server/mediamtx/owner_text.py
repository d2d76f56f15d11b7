"""The owner's ``mediamtx.yml``: as it is written first, and with other ports.

Only the ports are ours to change; comments, order and all else stay the owner's.
"""

from __future__ import annotations

import json

from audio_rtsp.server.mediamtx.derive import set_port
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.listeners import is_on, split_address
from audio_rtsp.server.mediamtx.ports import DEFAULT_PORTS, Ports
from audio_rtsp.server.mediamtx.users import LAN, LOOPBACK

ADDRESSES = {
    "rtsp": "rtspAddress",
    "rtmp": "rtmpAddress",
    "hls": "hlsAddress",
    "webrtc": "webrtcAddress",
    "metrics": "metricsAddress",
}
"""Our names of the listeners, which are the server's switches too, and the keys of their addresses."""
ON_THIS_HOST = ("metrics",)
ON_BY_DEFAULT = ("rtsp", "rtmp", "hls", "webrtc")

HEAD = """\
# MediaMTX, as audio-rtsp uses it. Edit it as you like: the server runs on a
# checked copy (checked/mediamtx.yml) that follows this file within seconds.
# A line that cannot work does no harm: the last good copy stays in force, and
# "audio-rtsp mediamtx config --check" names the line.

logLevel: info
logDestinations: [stdout, file]
logFile: /var/log/mediamtx/mediamtx.log

# Ports. The RTSP port follows RTSP_PORT in /etc/audio-rtsp/config.
"""
TAIL = f"""\
rtspTransports: [udp, tcp]
rtpAddress: :18000
rtcpAddress: :18001
webrtcLocalUDPAddress: :18189
srt: false

# Only this machine publishes; the local network listens. A password for
# listeners: RTSP_READ_PASSWORD, then RTSP_READ_USER in /etc/audio-rtsp/config.
# Another list of users here holds as it is.
authInternalUsers:
- user: any
  ips: {json.dumps(LOOPBACK)}
  permissions: [{{action: publish}}, {{action: api}}, {{action: metrics}}, {{action: pprof}}]
- user: any
  ips: {json.dumps((*LOOPBACK, *LAN))}
  permissions: [{{action: read}}, {{action: playback}}]

# A new microphone needs no line here.
paths:
  all_others:
    source: publisher
"""


def first_text(ports: Ports) -> str:
    """The file where there was none; port 0 = off."""
    return HEAD + "".join(_switch_and_address(name, _named_or_default(ports, name)) for name in ADDRESSES) + TAIL


def with_ports(text: str, ports: Ports) -> str:
    """The owner's file with the ports that are named, 0 = off; raises Refused for a file that cannot be read."""
    document = Document(text)
    for name, key in ADDRESSES.items():
        port = getattr(ports, name)
        if port is not None and is_on(document, name, default=name in ON_BY_DEFAULT) != bool(port):
            document.set(port != 0, name)
        if port:
            set_port(document, key, port, _host(name))
    return document.render()


def configured_ports(text: str) -> Ports:
    """The ports that the file names itself; raises Refused for a file that cannot be read."""
    document = Document(text)
    return Ports(**{name: _port(document, key) for name, key in ADDRESSES.items()})


def _switch_and_address(name: str, port: int) -> str:
    address = f"{ADDRESSES[name]}: {_host(name)}:{port}\n"
    return f"{name}: true\n{address}" if port else f"{name}: false\n"


def _named_or_default(ports: Ports, name: str) -> int:
    port: int | None = getattr(ports, name)
    default: int = getattr(DEFAULT_PORTS, name)
    return default if port is None else port


def _port(document: Document, key: str) -> int | None:
    try:
        return split_address(document.text(key))[1]
    except ValueError:
        return None


def _host(name: str) -> str:
    return LOOPBACK[0] if name in ON_THIS_HOST else ""
