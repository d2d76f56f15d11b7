"""Words to systemd."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

from audio_rtsp.host.notify import Notify
from unit.host.processes import few_descriptors


def test_the_watchdog_is_fed_also_when_no_more_files_can_be_opened(tmp_path: Path) -> None:
    """systemd would else end a service whose streams all go on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        with closing(Notify({"NOTIFY_SOCKET": str(tmp_path / "notify")})) as notify:
            notify.ready()
            with few_descriptors(0):
                notify.alive()
            assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_a_systemd_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    with closing(Notify({"NOTIFY_SOCKET": str(tmp_path / "notify")})) as notify:
        notify.ready()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(tmp_path / "notify"))
            for _ in range(2000):
                notify.alive()
            assert systemd.recv(100) == b"WATCHDOG=1"
