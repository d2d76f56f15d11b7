"""The real MediaMTX, oldest and newest of this machine, in generated releases: installed, upgraded under a listener,
rolled back, and heard each time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from audio_rtsp.server.mediamtx.conf import PrivateConf, render_conf
from media_servers import BINARIES, binary_or_skip, version_of
from process.releases.box import Box
from process.releases.release_server import ReleaseServer
from process.releases.releases import archive
from process.rtsp.tone import is_tone
from process.streams.harness import free_port
from unit.host.processes import until


def tag(binary: str) -> str:
    return "v" + ".".join(map(str, version_of(binary)))


@pytest.fixture
def versions(releases: ReleaseServer) -> tuple[str, str]:
    """Releases that hold the real programs."""
    old, new = BINARIES[0], binary_or_skip(BINARIES[-1] if len(BINARIES) > 1 else "")
    for binary in (old, new):
        releases.replace(tag(binary), archive(tag(binary), binary=Path(binary).read_bytes()))
    return tag(old), tag(new)


class Running:
    """The installed program as its service starts it: by the link."""

    def __init__(self, box: Box, rtsp: int, process: subprocess.Popen[bytes]) -> None:
        self._box = box
        self._rtsp = rtsp
        self._process = process

    @property
    def version(self) -> str:
        """Of the folder that its program lies in."""
        return Path(f"/proc/{self._process.pid}/exe").readlink().parent.name

    def hears_its_tone(self) -> bool:
        """Publish a tone and decode what a listener gets."""
        url = f"rtsp://127.0.0.1:{self._rtsp}/test_tone"
        said = ("-hide_banner", "-loglevel", "error", "-nostdin")
        tone = ("ffmpeg", *said, "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-c:a", "libopus")
        with subprocess.Popen((*tone, "-f", "rtsp", "-rtsp_transport", "tcp", url)) as publisher:
            try:
                return until(lambda: self._listens(said, url), seconds=20)
            finally:
                publisher.send_signal(signal.SIGKILL)

    def _listens(self, said: tuple[str, ...], url: str) -> bool:
        listener = ("ffmpeg", *said, "-rtsp_transport", "tcp", "-i", url, "-t", "0.6")
        end = subprocess.run(
            (*listener, "-ac", "1", "-ar", "48000", "-f", "s16le", "-"), capture_output=True, timeout=15
        )
        return is_tone(end.stdout)


@contextmanager
def running(box: Box, tmp_path: Path) -> Iterator[Running]:
    rtsp, api = free_port(), free_port()
    conf = tmp_path / "mediamtx.yml"
    conf.write_bytes(render_conf(PrivateConf(rtsp_port=rtsp, api_port=api)))
    argv = (str(box.folder / "mediamtx"), str(conf))
    with subprocess.Popen(argv, env=os.environ | {"MTX_MOQ": "no"}, stdout=subprocess.DEVNULL) as process:
        try:
            assert until(lambda: answers(api), seconds=20)
            yield Running(box, rtsp, process)
        finally:
            process.send_signal(signal.SIGINT)


def answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/v3/paths/list", timeout=2) as answer:
        return "items" in json.load(answer)
    return False


@pytest.mark.timeout(180)
def test_upgrade_and_rollback_of_the_real_server(
    box: Box, versions: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = versions
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    assert box.install("-v", old).code == 0
    with running(box, tmp_path) as server:
        assert (server.version, server.hears_its_tone()) == (old, True)
        assert box.install("-v", new).code == 0
        assert (server.version, server.hears_its_tone()) == (old, True), "the running server was disturbed"
    with running(box, tmp_path) as server:
        assert (server.version, server.hears_its_tone()) == (new, True)
        assert box.type("rollback", "-y").code == 0
    with running(box, tmp_path) as server:
        assert (server.version, server.hears_its_tone()) == (old, True)
        assert box.type("remove", "-y").code == 0
        assert server.hears_its_tone(), "the running server lost its program"
