"""Where a codec plays (MediaMTX v1.12.2 to v1.20.1, internal/protocols).

HLS and WebRTC are a MediaMTX's of the owner's own: the servers that ``run`` starts speak RTSP alone.
"""

from __future__ import annotations

REACH = {
    "libmp3lame": "every RTSP player; no browser",
    "aac": "every RTSP player; through a MediaMTX of your own also HLS, not WebRTC",
    "libopus": "every RTSP player; through a MediaMTX of your own also HLS and WebRTC: browsers",
    "pcm_s16be": "RTSP players; through a MediaMTX of your own also WebRTC at 8, 16, 32 or 48 kHz",
    "pcm_s24be": "RTSP players",
}
