"""What is installed in the guest, besides Debian's essential packages. No recommended package follows."""

from __future__ import annotations

ESSENTIAL = "?essential"
"""apt's own pattern for what every Debian has."""

SYSTEM = ("linux-image-amd64", "systemd", "systemd-sysv", "udev", "dbus", "kmod", "iproute2", "procps", "logrotate")
SOUND = ("ffmpeg", "alsa-utils")
PROGRAM = ("python3", "python3-venv", "curl")
LAB = ("busybox-static", "qemu-guest-agent", "usbutils")

GUEST = (*SYSTEM, *SOUND, *PROGRAM, *LAB)
