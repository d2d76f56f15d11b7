"""All verbs in the order an owner meets them, and what each is for."""

from __future__ import annotations

VERBS = {
    "run": "publish every capture device until Ctrl-C",
    "status": "what is true now: server, streams, complaints",
    "stream": "the streams of the running program",
    "events": "what happened, also before the last restart",
    "device": "capture devices: list, name, ignore",
    "config": "settings: show, get, set, check, reload",
    "mediamtx": "the media server MediaMTX: install, check, rollback, remove",
    "serve": "the built-in RTSP server alone",
}
