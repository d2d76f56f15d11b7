"""The systemd unit of the service: the project's own template with the guest's place of the program."""

from __future__ import annotations

from pathlib import Path

PROGRAM = "/opt/audio-rtsp/bin/audio-rtsp"
INTERPRETER = "/opt/audio-rtsp/bin/python"
PACKAGE = "/opt/audio-rtsp/lib/python3*/site-packages/audio_rtsp"
NAME = "audio-rtsp"
USER = "audio-rtsp"
UNIT_FILE = f"/etc/systemd/system/{NAME}.service"
CONFIG = "/etc/audio-rtsp/config"
STATE = "/var/lib/audio-rtsp"
PROCESSES = f"cat /sys/fs/cgroup$(systemctl show -P ControlGroup {NAME})/cgroup.procs"
"""The command line that prints the pids of all that the service has started."""

TEMPLATES = Path(__file__).parents[3] / "src/audio_rtsp/install/templates"
UNIT = (TEMPLATES / f"{NAME}.service").read_text().replace("@PROGRAM@", PROGRAM)
