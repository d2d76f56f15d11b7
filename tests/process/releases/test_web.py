"""Asking a far server: what is waited for, what is tried again, what is given up, and what it is called."""

from __future__ import annotations

import contextlib
import resource
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audio_rtsp.errors import AudioRtspError
from audio_rtsp.server.mediamtx.errors import ClockNotSet, ReleaseServerAway
from audio_rtsp.server.mediamtx.release.download import download
from audio_rtsp.server.mediamtx.release.web import Patience, Web
from process.releases.release_server import Authority, Mood, ReleaseServer, serving

DATA = bytes(range(256)) * 4096


class Line:
    """A caller whose pauses are noted, not slept."""

    def __init__(self, timeout: float = 5.0, now: float = 1_900_000_000.0) -> None:
        self.pauses: list[float] = []
        self.told: list[str] = []
        self.seen: list[tuple[int, int | None]] = []
        self.web = Web(
            patience=Patience(timeout=timeout, pauses=(1.0, 2.0, 4.0)),
            sleep=self.pauses.append,
            now=lambda: now,
            tell=self.told.append,
        )

    def download(self, url: str, path: Path) -> bool:
        return download(self.web, url, path, lambda done, total: self.seen.append((done, total)))


@pytest.fixture
def line(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    monkeypatch.setenv("no_proxy", "localhost")
    return Line()


@pytest.fixture
def url(releases: ReleaseServer) -> str:
    releases.add("v1.20.1", {"file": DATA})
    return f"{releases.url}/download/v1.20.1/file"


def test_progress_comes_with_the_whole_size(line: Line, url: str, tmp_path: Path) -> None:
    assert line.download(url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    assert line.seen[-1] == (len(DATA), len(DATA))
    assert len(line.seen) > 2


def test_a_server_that_falls_silent_is_left_after_the_timeout_and_gone_on_with(
    line: Line, releases: ReleaseServer, url: str, tmp_path: Path
) -> None:
    impatient = Line(timeout=0.2)
    releases.mood("file", Mood(cut=300_000, stall=True))
    assert impatient.download(url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    assert releases.ranges() == ["bytes=300000-"]
    assert "no byte came for 0.2 s" in impatient.told[0]


def test_a_slow_line_is_waited_for_as_long_as_bytes_come(
    line: Line, releases: ReleaseServer, url: str, tmp_path: Path
) -> None:
    impatient = Line(timeout=0.4)
    releases.mood("file", Mood(pause=0.06))  # 0.6 s in all
    assert impatient.download(url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    assert not impatient.pauses


def test_pauses_grow_and_then_it_is_given_up(line: Line, releases: ReleaseServer, url: str, tmp_path: Path) -> None:
    releases.mood("file", *[Mood(status=502)] * 9)
    with pytest.raises(ReleaseServerAway, match="it answers 502"):
        line.download(url, tmp_path / "file")
    assert line.pauses == [1.0, 2.0, 4.0]
    assert len(releases.asked) == 4


def test_a_line_that_breaks_often_but_gets_on_is_never_given_up(
    line: Line, releases: ReleaseServer, url: str, tmp_path: Path
) -> None:
    releases.add("v1.20.1", {"file": DATA * 3})
    releases.mood("file", *[Mood(cut=300_000)] * 9)
    assert line.download(url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA * 3
    assert line.pauses == [1.0] * 9


def test_a_line_that_breaks_and_brings_nothing_is_given_up(
    line: Line, releases: ReleaseServer, url: str, tmp_path: Path
) -> None:
    releases.mood("file", *[Mood(cut=10)] * 99)
    with pytest.raises(ReleaseServerAway, match="the line broke after 40 of"):
        line.download(url, tmp_path / "file")
    assert line.pauses == [1.0, 2.0, 4.0]


def test_a_server_that_is_not_there_is_said(line: Line) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers there
        with pytest.raises(ReleaseServerAway, match="Connection refused") as caught:
            line.web.text(f"https://127.0.0.1:{taken.getsockname()[1]}/releases.atom")
    assert "--offline FILE" in caught.value.fix
    assert line.pauses == [1.0, 2.0, 4.0]


def test_a_file_that_is_not_there_is_no_failure(line: Line, releases: ReleaseServer, tmp_path: Path) -> None:
    assert line.web.text(f"{releases.url}/nothing") is None
    assert not line.web.has(f"{releases.url}/nothing")
    assert not line.download(f"{releases.url}/nothing", tmp_path / "file")
    assert not line.pauses


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_whether_a_file_is_there_is_asked_without_bringing_it(
    line: Line, releases: ReleaseServer, url: str, knows_ranges: bool
) -> None:
    releases.knows_ranges = knows_ranges
    releases.add("v1.20.1", {"file": DATA * 40})  # more than the buffers of a connection hold
    assert line.web.has(url)
    assert releases.paths("GET") == []


def test_a_board_that_does_not_know_the_time_is_told_so_before_tls_fails(releases: ReleaseServer, url: str) -> None:
    woken_in_1970 = Line(now=400.0)
    with pytest.raises(ClockNotSet, match="1970-01-01") as caught:
        woken_in_1970.web.text(url)
    assert "timedatectl" in caught.value.fix
    assert "--offline FILE" in caught.value.fix
    assert not releases.asked


def test_without_tls_no_clock_is_needed() -> None:
    with serving(None) as plain:
        plain.files["/bluenviron/mediamtx/releases.atom"] = b"x"
        assert Line(now=400.0).web.text(f"{plain.url}.atom") == "x"


def test_a_full_disk_is_not_taken_for_a_bad_line(line: Line, url: str, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))  # the kernel refuses to write on
    try:
        with pytest.raises(AudioRtspError) as caught:
            line.download(url, tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.exit_code == 16
    assert not line.pauses


def test_a_file_that_is_too_large_is_not_begun(line: Line, releases: ReleaseServer, url: str, tmp_path: Path) -> None:
    releases.mood("file", Mood(status=200, headers={"Content-Length": "999000000"}))
    with pytest.raises(AudioRtspError, match="larger than a release can be"):
        line.download(url, tmp_path / "file")
    assert not line.seen


def test_a_proxy_of_the_environment_is_used(
    line: Line, releases: ReleaseServer, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("no_proxy")
    with proxy() as (port, connected):
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert line.download(url, tmp_path / "file")
    assert connected == [f"localhost:{releases.port}"]
    assert (tmp_path / "file").read_bytes() == DATA


@contextlib.contextmanager
def proxy() -> Iterator[tuple[int, list[str]]]:
    """One that knows CONNECT, for one connection."""
    connected: list[str] = []

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            connected.append(client.recv(4096).split()[1].decode())
            host, port = connected[0].split(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _join(client, server)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], connected
        thread.join(10)


def _join(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select([one, other], [], [], 10)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                (other if ready is one else one).sendall(data)
