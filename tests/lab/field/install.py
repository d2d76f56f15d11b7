"""Put the program into a guest: virtual environment, user, unit; and MediaMTX where this host has it."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.folder import passing_folder
from lab.image.cache import Cache
from lab.machine.guest import Guest

from field.unit import PROGRAM, UNIT, UNIT_FILE, USER
from field.wheels import build_wheels

MEDIAMTX = Path("/usr/local/mediamtx/mediamtx")
"""Where the project's own installer puts it, on the host and in the guest."""

INSTALL_LIMIT = 240.0
DISK_MIB = 160
INSTALL = """set -e
mkdir -p /mnt/carried && mount -o ro {device} /mnt/carried
[ ! -e /mnt/carried/mediamtx ] || install -D -m 755 /mnt/carried/mediamtx {mediamtx}
useradd --system --groups audio --home-dir /var/lib/audio-rtsp --shell /usr/sbin/nologin {user}
useradd --system --shell /usr/sbin/nologin outsider
python3 -m venv --without-pip /opt/audio-rtsp
pip=$(echo /usr/share/python-wheels/pip-*.whl)
/opt/audio-rtsp/bin/python $pip/pip install -q --no-index --find-links /mnt/carried/wheels audio-rtsp
umount /mnt/carried
ln -sf {program} /usr/local/bin/audio-rtsp
mkdir -p /etc/audio-rtsp
"""
"""Debian's pip is a wheel that runs from its file: a venv with a pip of its own takes 15 s more under TCG."""


def install(guest: Guest, project: Path, cache: Cache) -> None:
    """Everything, with nothing running afterwards; the files come on a disk that is pulled again."""
    with passing_folder(cache.folder / "run", "carried-") as carried:
        (carried / "wheels").mkdir()
        build_wheels(project, cache, carried / "wheels")
        if has_mediamtx():
            shutil.copyfile(MEDIAMTX, carried / "mediamtx")
        device = guest.add_disk(DISK_MIB, carried)
    script = INSTALL.format(device=device, mediamtx=MEDIAMTX, user=USER, program=PROGRAM)
    guest.check(script, timeout=INSTALL_LIMIT)
    guest.remove_disk(device)
    guest.put(UNIT.encode(), UNIT_FILE)
    guest.check(f"systemctl daemon-reload && {PROGRAM} --version && sync")


def has_mediamtx() -> bool:
    """Whether the real server is on this host; else the built-in one is used."""
    return MEDIAMTX.exists()
