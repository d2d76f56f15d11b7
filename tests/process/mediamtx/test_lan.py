"""Who may do what from where: a server with our first configuration, and a neighbour with an address of each kind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from media_servers import BINARIES, binary_or_skip
from process.mediamtx.installed import FFMPEG
from process.streams.harness import wait_for

APPLY = """
import sys
from pathlib import Path
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.configuration import ServerConfiguration
from audio_rtsp.server.mediamtx.ports import DEFAULT_PORTS
root = Path(sys.argv[1])
ServerConfiguration(ConfFiles.under(root), root / "etc/audio-rtsp", sys.argv[2], {}).apply(DEFAULT_PORTS)
"""
LAN, OUTSIDE = "192.168.77", "203.0.113"
"""A private network, and one that stands for the Internet (RFC 5737)."""
SINE = ("-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-c:a", "libopus")
PUBLISH = ("-f", "rtsp", "-rtsp_transport", "tcp")


@dataclass(frozen=True)
class House:
    """Two network namespaces on one cable: the server's and the neighbour's."""

    server: str
    neighbour: str

    def run(self, where: str, *argv: str, timeout: float = 20) -> subprocess.CompletedProcess[str]:
        whole = ("ip", "netns", "exec", where, *argv)
        return subprocess.run(whole, capture_output=True, text=True, timeout=timeout)

    def start(self, where: str, *argv: str) -> subprocess.Popen[str]:
        whole = ("setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", where, *argv)
        environment = {**os.environ, "MTX_MOQ": "no"}
        quiet = subprocess.DEVNULL
        return subprocess.Popen(whole, stdin=quiet, stdout=quiet, stderr=quiet, text=True, env=environment)

    def hears(self, net: str, transport: str = "tcp", path: str = "one") -> str:
        """What the neighbour's ffprobe gets of *path* by an address of *net*."""
        argv = ("ffprobe", "-v", "error", "-rtsp_transport", transport, "-show_entries", "stream=codec_name")
        done = self.run(self.neighbour, *argv, "-of", "csv=p=0", f"rtsp://{net}.1:18554/{path}")
        return (done.stdout or done.stderr).strip()

    def status(self, where: str, url: str) -> str:
        """HTTP status, 000 when nobody listens there."""
        argv = ("curl", "-s", "-L", "-o", "/dev/null", "-m", "10", "-w", "%{http_code}", url)
        return self.run(where, *argv).stdout


def ip(*words: str) -> None:
    subprocess.run(("ip", *words), check=True, timeout=20, capture_output=True)


@pytest.fixture
def house() -> Iterator[House]:
    if not all(map(shutil.which, ("ip", "curl"))):
        pytest.skip("ip or curl is not installed")
    house = House(f"mtx-server-{os.getpid()}", f"mtx-neighbour-{os.getpid()}")
    try:
        ip("netns", "add", house.server)
    except subprocess.CalledProcessError:
        pytest.skip("no right to make a network namespace")
    try:
        ip("netns", "add", house.neighbour)
        ip("-n", house.server, "link", "add", "cable", "type", "veth", "peer", "name", "plug", "netns", house.neighbour)
        for where, device, number in ((house.server, "cable", 1), (house.neighbour, "plug", 2)):
            for net in (LAN, OUTSIDE):
                ip("-n", where, "addr", "add", f"{net}.{number}/24", "dev", device)
            ip("-n", where, "link", "set", "lo", "up")
            ip("-n", where, "link", "set", device, "up")
        yield house
    finally:
        for where in (house.server, house.neighbour):
            subprocess.run(("ip", "netns", "del", where), capture_output=True, timeout=20)


@pytest.fixture(params=BINARIES, ids=lambda path: path or "none")
def served(request: pytest.FixtureRequest, house: House, tmp_path: Path) -> Iterator[House]:
    """Our first configuration with its own ports, and path ``one`` published from the server's machine."""
    binary = binary_or_skip(request.param)
    (tmp_path / "etc/audio-rtsp").mkdir(parents=True)
    done = house.run(house.server, sys.executable, "-c", APPLY, str(tmp_path), binary)
    assert done.returncode == 0, done.stderr
    copy = tmp_path / "etc/mediamtx/checked/mediamtx.yml"
    copy.write_text(copy.read_text().replace("/var/log/mediamtx", str(tmp_path)))
    processes = [house.start(house.server, binary, str(copy))]
    try:
        wait_for(lambda: house.status(house.server, "http://127.0.0.1:19997/v3/paths/list") == "200", 10, "it answers")
        target = "rtsp://127.0.0.1:18554/one"
        processes.append(house.start(house.server, *FFMPEG, *SINE, *PUBLISH, target))
        wait_for(lambda: "opus" in house.hears(LAN), 10, "the stream is there")
        yield house
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_the_local_network_listens_and_nobody_else(served: House) -> None:
    assert served.hears(LAN, "tcp") == "opus"
    assert served.hears(LAN, "udp") == "opus"
    assert "401" in served.hears(OUTSIDE)
    wait_for(lambda: served.status(served.neighbour, f"http://{LAN}.1:18888/one/index.m3u8") == "200", 15, "HLS plays")
    assert served.status(served.neighbour, f"http://{LAN}.1:18889/one/") == "200"
    assert served.status(served.neighbour, f"http://{OUTSIDE}.1:18889/one/") == "401"


def test_the_seeds_own_test_tone_is_taken(served: House) -> None:
    """No codec, so AAC; no -re, so as fast as it goes; no transport, so UDP first; localhost may be ::1."""
    line = "ffmpeg -f lavfi -i sine=frequency=440:sample_rate=44100 -f rtsp rtsp://localhost:18554/test_tone"
    tone = served.start(served.server, *line.split())
    try:
        wait_for(lambda: served.hears(LAN, path="test_tone") == "aac", 15, "the tone is heard")
        assert served.hears(LAN) == "opus", "the other stream is unharmed"
    finally:
        tone.kill()
        tone.wait()


def test_only_the_machine_itself_publishes(served: House) -> None:
    target = f"rtsp://{LAN}.1:18554/two"
    done = served.run(served.neighbour, *FFMPEG, *SINE, "-t", "2", *PUBLISH, target)
    assert done.returncode != 0
    assert "401" in done.stderr
    assert served.run(served.server, *FFMPEG, *SINE, "-t", "1", *PUBLISH, target).returncode != 0, "not by that address"


def test_api_and_metrics_are_for_the_machine_itself(served: House) -> None:
    for port, page in ((19997, "v3/paths/list"), (19999, "metrics")):
        assert served.status(served.server, f"http://127.0.0.1:{port}/{page}") == "200"
        assert served.status(served.neighbour, f"http://{LAN}.1:{port}/{page}") == "000"


def test_the_first_configuration_has_the_ports_of_the_seed(served: House) -> None:
    said = served.run(served.server, "curl", "-s", "http://127.0.0.1:19997/v3/config/global/get").stdout
    whole = json.loads(said)
    addresses = {key: whole[f"{key}Address"] for key in ("rtsp", "rtmp", "hls", "webrtc", "metrics", "api")}
    assert addresses == {
        "rtsp": ":18554",
        "rtmp": ":11935",
        "hls": ":18888",
        "webrtc": ":18889",
        "metrics": "127.0.0.1:19999",
        "api": "127.0.0.1:19997",
    }
    assert whole["rtmp"] and whole["hls"] and whole["webrtc"] and not whole["srt"]
