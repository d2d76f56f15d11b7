"""A real HTTPS server with the layout of GitHub's releases, and with every mood that a far server can be in."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from process.releases.releases import checksums, feed, here

PROBE, FIRST_BYTE = "PROBE", "bytes=0-0"
PLACE = "/bluenviron/mediamtx/releases"


@dataclass(frozen=True)
class Mood:
    """One answer that is not as it should be; *cut* = bytes until the line breaks, *pause* = seconds between pieces."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = -1
    stall: bool = False
    pause: float = 0.0


@dataclass
class ReleaseServer:
    files: dict[str, bytes] = field(default_factory=dict)
    moods: dict[str, list[Mood]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path, Range."""
    knows_ranges: bool = True
    port: int = 0
    scheme: str = "https"
    enough: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}{PLACE}"

    def add(self, version: str, files: Mapping[str, bytes]) -> None:
        self.files |= {f"{PLACE}/download/{version}/{name}": data for name, data in files.items()}

    def remove(self, version: str) -> None:
        for path in [path for path in self.files if f"/download/{version}/" in path]:
            del self.files[path]

    def replace(self, version: str, data: bytes) -> None:
        """Another archive for this machine, with the checksum that belongs to it."""
        files = {here(version): data}
        self.add(version, files | checksums(version, files))

    def announce(self, *versions: str) -> None:
        self.files[f"{PLACE}.atom"] = feed(versions)

    def mood(self, name: str, *moods: Mood) -> None:
        """What the next requests for a file (by the end of its path) get."""
        self.moods[name] = list(moods)

    def paths(self, method: str = "GET") -> list[str]:
        return [path.rsplit("/", 1)[-1] for verb, path, _ in self.asked if verb == method]

    def ranges(self) -> list[str]:
        return [asked for _, _, asked in self.asked if asked not in ("", FIRST_BYTE)]

    def next_mood(self, path: str) -> Mood | None:
        for end, moods in self.moods.items():
            if path.endswith(end) and moods:
                return moods.pop(0)
        return None


class _Handler(BaseHTTPRequestHandler):
    releases: ReleaseServer
    timeout = 20

    def do_GET(self) -> None:
        here = self.releases
        asked = self.headers.get("Range", "")
        here.asked.append((PROBE if asked == FIRST_BYTE else self.command, self.path, asked))
        mood = None if asked == FIRST_BYTE else here.next_mood(self.path)
        if mood and mood.status:
            self._send(mood.status, b"", mood.headers)
        elif self.path not in here.files:
            self._send(404, b"")
        else:
            self._send_file(here.files[self.path], mood)

    def _send_file(self, data: bytes, mood: Mood | None) -> None:
        asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
        start = int(asked.split("-")[0]) if self.releases.knows_ranges else 0
        if asked == "0-0" and self.releases.knows_ranges:
            self._send(206, data[:1], {"Content-Range": f"bytes 0-0/{len(data)}"})
            return
        if start and start >= len(data):
            self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            return
        extra = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self._send(206 if start else 200, data[start:], extra, mood)

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, mood: Mood | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(body[: mood.cut] if mood and mood.cut >= 0 else body, mood.pause if mood else 0.0)
        if mood and mood.stall:
            self.releases.enough.wait(20)
        self.close_connection = True

    def _write(self, body: bytes, pause: float) -> None:
        step = len(body) // 10 + 1 if pause else len(body) or 1
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            self.releases.enough.wait(pause)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is part of many tests."""


@contextmanager
def serving(certificate: Path | None) -> Iterator[ReleaseServer]:
    """Run one on a port of its own; plain HTTP without a *certificate*."""
    here = ReleaseServer(scheme="https" if certificate else "http")
    server = _Server(("localhost", 0), type("Handler", (_Handler,), {"releases": here}))
    here.port = server.server_address[1]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        here.enough.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and what it has signed for ``localhost``."""

    ca: Path
    server: Path


def make_authority(folder: Path) -> Authority:
    """With openssl(1), as an owner of a mirror would."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new_key, "-days", "2", "-subj", "/CN=our CA", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    openssl("req", *new_key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.crt")  # fmt: skip
    both = folder / "server.pem"
    both.write_bytes((folder / "server.key").read_bytes() + (folder / "server.crt").read_bytes())
    return Authority(ca=folder / "ca.pem", server=both)
