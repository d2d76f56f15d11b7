"""Does this very binary take this configuration? It is started on it with every listener off.

MediaMTX has no flag for that up to v1.20.1 (bluenviron/mediamtx#5549): what it does not like ends it at once with a
line ``ERR: …``; what it likes makes it say its name and stay.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from audio_rtsp.host.command import open_process, run

LISTENERS = ("RTSP", "RTMP", "HLS", "WEBRTC", "SRT", "MOQ", "API", "METRICS", "PPROF", "PLAYBACK")
ENVIRONMENT = {
    **{f"MTX_{name}": "no" for name in LISTENERS},
    "MTX_LOGDESTINATIONS": "stdout",
    "MTX_LOGLEVEL": "info",
}
LIMIT = 20.0
"""Seconds for its first word (a small board with a slow card: 1 s)."""
SILENT = f"no word from it in {LIMIT:g} s"
ACCEPTED = re.compile(r"MediaMTX v\d")
"""Its first line, written when the configuration is loaded (v1.12.2 to v1.20.1)."""
NOBODY = 65534
"""User and group that own nothing, on every Linux."""
RELEASE = re.compile(r"v(\d+)\.(\d+)\.(\d+)", re.ASCII)
HASHES_SINCE = (1, 13, 1)
"""bluenviron/mediamtx#4698"""


def try_configuration(binary: str, text: str) -> str:
    """Empty when *binary* takes *text*, else its own words. Raises ProgramMissing and OSError.

    As root it is tried as nobody, so that a hook or a cleaner in the file can do no harm.
    """
    with tempfile.TemporaryDirectory(prefix="audio-rtsp-trial-") as folder:
        path = Path(folder) / "mediamtx.yml"
        path.write_text(text)
        path.chmod(0o400)
        argv, out = (*_as_nobody(path), binary, str(path)), subprocess.PIPE
        with open_process(argv, stdout=out, stderr=subprocess.STDOUT, env=ENVIRONMENT) as process:
            try:
                return _verdict(process)
            finally:
                process.kill()


def takes_hashes(binary: str) -> bool:
    """Whether this very binary's version takes hashed passwords over RTSP; an unknown build is not relied on."""
    found = RELEASE.fullmatch(run((binary, "--version"), timeout=LIMIT).stdout.strip())
    return found is not None and tuple(map(int, found.groups())) >= HASHES_SINCE


def _as_nobody(path: Path) -> tuple[str, ...]:
    """setpriv's words; the death signal anew, because a change of user takes it away (prctl(2))."""
    if os.geteuid() != 0:
        return ()
    for one in (path, path.parent):
        os.chown(one, NOBODY, NOBODY)
    ids = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs")
    return ("setpriv", *ids, "--pdeathsig", "KILL", "--")


def _verdict(process: subprocess.Popen[bytes]) -> str:
    said = ""
    for line in _lines(process):
        if ACCEPTED.search(line):
            return ""
        said = line.partition("ERR")[2].lstrip(": ") or said or line
    return said or ("it ended without a word" if process.poll() is not None else SILENT)


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """What it says, line by line, until it ends or the time is over."""
    assert process.stdout
    end, rest = time.monotonic() + LIMIT, b""
    while select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
        data = os.read(process.stdout.fileno(), 65536)
        if not data:
            process.wait()
            break
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode(errors="replace").strip() for line in lines)
    if rest.strip():
        yield rest.decode(errors="replace").strip()
