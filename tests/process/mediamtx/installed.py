"""An installed MediaMTX in a folder of its own, with the real binary; and programs that publish and read."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import signal
import socket
import subprocess
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

from audio_rtsp.facts.ports import is_free
from audio_rtsp.facts.process import command_line
from audio_rtsp.server.api import ControlApi
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.configuration import ServerConfiguration
from audio_rtsp.server.mediamtx.owner_text import first_text
from audio_rtsp.server.mediamtx.ports import Ports
from audio_rtsp.server.protocol import ServerAway
from process.streams.harness import Listener, wait_for

KEEPER = 'while :; do "$0" "$1"; sleep 1; done'
"""What Restart=always and RestartSec=1 of the unit do."""
FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error")


def free_ports(count: int) -> list[int]:
    """Below those that the kernel gives to other programs' connections meanwhile (ip_local_port_range)."""
    free = (port for port in random.sample(range(20000, 32000), 500) if is_free(port))
    return list(itertools.islice(free, count))


class Installed:
    """Its files lie under *root*; its ports are free ones."""

    def __init__(self, root: Path, binary: str) -> None:
        self.root, self.binary = root, binary
        rtsp, hls, webrtc, metrics, self.api_port, udp, self.spare = free_ports(7)
        self.ports = Ports(rtsp=rtsp, rtmp=0, hls=hls, webrtc=webrtc, metrics=metrics)
        self.files = ConfFiles.under(root)
        self.settings = root / "etc/audio-rtsp"
        self.configuration = ServerConfiguration(self.files, self.settings, binary, {})
        self._keeper: subprocess.Popen[bytes] | None = None
        self.set(f"RTSP_PORT={rtsp}\nAPI_PORT={self.api_port}\n")
        text = first_text(self.ports).replace("[stdout, file]", "[stdout]").replace("[udp, tcp]", "[tcp]")
        self.write(text.replace("UDPAddress: :18189", f"UDPAddress: :{udp}"))

    @property
    def rtsp_port(self) -> int:
        assert self.ports.rtsp
        return self.ports.rtsp

    def url(self, path: str, user: str = "", host: str = "127.0.0.1") -> str:
        return f"rtsp://{user}{'@' if user else ''}{host}:{self.rtsp_port}/{path}"

    def set(self, text: str) -> None:
        self.settings.mkdir(parents=True, exist_ok=True)
        (self.settings / "config").write_text(text)

    def write(self, text: str) -> None:
        """What an editor does."""
        self.files.owner.parent.mkdir(parents=True, exist_ok=True)
        self.files.owner.write_text(text)

    @property
    def owner_text(self) -> str:
        return self.files.owner.read_text()

    @property
    def log(self) -> str:
        return (self.root / "log").read_text()

    def start(self) -> None:
        self.launch()
        wait_for(lambda: self.answers(), 10, "its API answers")

    def launch(self) -> None:
        """As start, without waiting for it."""
        argv = ("setpriv", "--pdeathsig", "KILL", "bash", "-c", KEEPER, self.binary, str(self.files.checked))
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("RTSP_", "MTX_"))}
        with (self.root / "log").open("w") as log:
            self._keeper = subprocess.Popen(
                argv, stdout=log, stderr=log, env={**clean, "MTX_MOQ": "no"}, start_new_session=True
            )

    def stop(self) -> None:
        if self._keeper and self._keeper.poll() is None:
            server = self.pid
            os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()
            wait_for(lambda: not server or command_line(server) == (), 10, "it has let go of its ports")

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.api_port), 1):
            return True
        return False

    @property
    def pid(self) -> int:
        """The server's own pid, 0 while there is none."""
        assert self._keeper
        children = Path(f"/proc/{self._keeper.pid}/task/{self._keeper.pid}/children").read_text().split()
        named = [int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == "mediamtx"]
        return next(iter(named), 0)

    def is_online(self, path: str) -> bool:
        with contextlib.suppress(ServerAway):
            paths = asyncio.run(ControlApi(self.api_port).paths())
            return path in paths and paths[path].is_online and paths[path].inbound_bytes > 0
        return False

    @contextlib.contextmanager
    def publishing(self, path: str, frequency: int = 440, port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
        sine = f"sine=frequency={frequency}:sample_rate=44100"
        url = f"rtsp://127.0.0.1:{port or self.rtsp_port}/{path}"
        codec = ("-c:a", "libmp3lame", "-b:a", "128k", "-f", "rtsp", "-rtsp_transport", "tcp", "-pkt_size", "1316")
        process = subprocess.Popen((*FFMPEG, "-re", "-f", "lavfi", "-i", sine, *codec, url), stderr=subprocess.PIPE)
        try:
            wait_for(lambda: self.is_online(path), 10, f"{path} is online")
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stderr
            process.stderr.close()


def read(url: str, *, seconds: float = 10.0) -> str:
    """What ffprobe says of a stream: its codec, or the server's refusal."""
    end = time.monotonic() + seconds
    while True:
        argv = (
            "ffprobe",
            "-v",
            "error",
            "-rtsp_transport",
            "tcp",
            "-show_entries",
            "stream=codec_name",
            "-of",
            "csv=p=0",
        )
        done = subprocess.run((*argv, url), capture_output=True, text=True, timeout=20)
        said = (done.stdout or done.stderr).strip()
        if "404" not in said or time.monotonic() > end:
            return said


def tone(listener: Listener) -> array[int]:
    """Half a second of what was heard last."""
    return listener.samples()[-22050:]
