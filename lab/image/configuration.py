"""How the guest is set up: files, masked units, enabled units."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "etc/hostname": "lab\n",
    "etc/hosts": "127.0.0.1 localhost lab\n",
    "etc/fstab": "/dev/vda / ext4 rw,relatime,errors=remount-ro 0 1\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/systemd/network/10-lab.network": "[Match]\nName=en* eth*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n"
    "LinkLocalAddressing=no\n",
    "etc/systemd/system/serial-getty@ttyS0.service.d/auto.conf": "[Service]\nExecStart=\n"
    "ExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200 %I dumb\n",
}
"""Path below the root and its text. The network is QEMU's user network: 10.0.2.2 is the host."""

MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "systemd-networkd-wait-online.service",
    "systemd-pstore.service",
    "systemd-rfkill.socket",
)
"""What would only disturb a measurement."""

ENABLED = {
    "multi-user.target.wants/systemd-networkd.service": "/lib/systemd/system/systemd-networkd.service",
    "sockets.target.wants/systemd-networkd.socket": "/lib/systemd/system/systemd-networkd.socket",
}
EXCLUDED = ("doc", "man", "info", "locale", "lintian", "bug")
"""Folders of /usr/share that no test reads: 1.1 GB in place of 1.5 GB."""

DPKG = "force-unsafe-io\nforce-confold\n" + "".join(f"path-exclude=/usr/share/{name}/*\n" for name in EXCLUDED)
UNITS = Path("etc/systemd/system")


def write_configuration(root: Path) -> None:
    """Write everything below *root*."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for unit in MASKED:
        _link(root / UNITS / unit, "/dev/null")
    for link, target in ENABLED.items():
        _link(root / UNITS / link, target)
    _link(root / UNITS / "default.target", "/lib/systemd/system/multi-user.target")


def without_password(shadow: str) -> str:
    """/etc/shadow in which root needs no password."""
    return "".join(
        ":".join(["root", "", *line.split(":")[2:]]) if line.startswith("root:") else line
        for line in shadow.splitlines(keepends=True)
    )


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
