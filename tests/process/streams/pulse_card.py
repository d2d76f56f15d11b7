"""Microphones in user space for a real arecord: ALSA names that lead to a private PulseAudio daemon.

``norewinds=1`` matters: without it a null sink works in blocks of two seconds, and the first sound waits for one.
Not like hardware: no overrun, no unplug, no busy, and arecord writes 0.4 % more than its sound (wake-ups).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from process.streams.harness import wait_for

ALSA_CONFIG = """
pcm.hw {
    @args [ CARD DEV SUBDEV ]
    @args.CARD { type string default "One" }
    @args.DEV { type integer default 0 }
    @args.SUBDEV { type integer default -1 }
    type pulse
    server { @func getenv vars [ PULSE_CARD_SERVER ] default "none" }
    device { @func concat strings [ $CARD ".monitor" ] }
}
pcm.plughw {
    @args [ CARD DEV SUBDEV ]
    @args.CARD { type string default "One" }
    @args.DEV { type integer default 0 }
    @args.SUBDEV { type integer default -1 }
    type plug
    slave.pcm {
        type pulse
        server { @func getenv vars [ PULSE_CARD_SERVER ] default "none" }
        device { @func concat strings [ $CARD ".monitor" ] }
    }
}
"""
PLAYER = """
import subprocess, sys
sound = open(sys.argv[1], "rb").read()
argv = ["setpriv", "--pdeathsig", "KILL", "pacat", "-d", sys.argv[2], "--format=s16le", "--rate=48000"]
player = subprocess.Popen([*argv, "--channels=1", "--latency-msec=50"], stdin=subprocess.PIPE)
while True:
    player.stdin.write(sound)
"""
DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


class PulseCards:
    """A daemon of our own in *folder*; each card is a null sink whose monitor is the microphone."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        (folder / "alsa.conf").write_text(ALSA_CONFIG)
        self._start_daemon()

    @property
    def environment(self) -> dict[str, str]:
        """What arecord needs to find the cards."""
        return {
            "ALSA_CONFIG_PATH": str(self._folder / "alsa.conf"),
            "PULSE_CARD_SERVER": f"unix:{self._folder}/socket",
            "PULSE_SERVER": f"unix:{self._folder}/socket",
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(self._folder),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }

    def plug(self, card: str, sound: bytes) -> None:
        """A microphone that hears *sound* (S16_LE mono 48000) over and over."""
        sink = ("module-null-sink", f"sink_name={card}", "rate=48000", "channels=1", "norewinds=1")
        subprocess.run(("pactl", "load-module", *sink), env=self._own, check=True, capture_output=True, timeout=10)
        file = self._folder / f"{card}.raw"
        file.write_bytes(sound)
        self._start(sys.executable, "-c", PLAYER, str(file), card)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    @property
    def _own(self) -> dict[str, str]:
        folder = str(self._folder)
        return {**os.environ, **self.environment, "XDG_RUNTIME_DIR": folder, "PULSE_STATE_PATH": folder, "HOME": folder}

    def _start(self, *argv: str) -> None:
        quiet = subprocess.DEVNULL
        whole = (*DIE_WITH_US, *argv)
        self._processes.append(subprocess.Popen(whole, stdin=quiet, stdout=quiet, stderr=quiet, env=self._own))

    def _start_daemon(self) -> None:
        options = ("--daemonize=no", "-n", "--use-pid-file=no", "--exit-idle-time=-1", "--realtime=no")
        more = ("--high-priority=no", "--disable-shm=yes")
        unix = f"module-native-protocol-unix socket={self._folder}/socket auth-anonymous=1"
        self._start("pulseaudio", *options, *more, "-L", unix, "-L", "module-null-sink sink_name=nothing")
        wait_for(self._is_listening, 10, "the PulseAudio daemon listens")

    def _is_listening(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{self._folder}/socket")
            except OSError:
                time.sleep(0.05)
                return False
        return True
