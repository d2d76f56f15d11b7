"""Where a codec plays (MediaMTX v1.12.2 to v1.20.1, internal/protocols; the built-in server speaks RTSP only)."""

from __future__ import annotations

REACH = {
    "libmp3lame": "every RTSP player; no browser",
    "aac": "every RTSP player, HLS; not WebRTC",
    "libopus": "every RTSP player, HLS, WebRTC: browsers and Home Assistant too",
    "pcm_s16be": "RTSP players; WebRTC at 8, 16, 32 or 48 kHz",
    "pcm_s24be": "RTSP players",
}
