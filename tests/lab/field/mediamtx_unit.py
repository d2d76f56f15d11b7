"""MediaMTX as a service in the guest: the project's own templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from field.sabotage import RELOAD, Sabotage, shell
from field.unit import PROGRAM, TEMPLATES

if TYPE_CHECKING:
    from field.box import Box

UNITS = ("mediamtx.service", "mediamtx-config.service", "mediamtx-config.path")
FOLDER = "/etc/systemd/system"
SERVICE = f"{FOLDER}/mediamtx.service"
USER = "useradd --system --home-dir /var/lib/mediamtx --no-create-home --shell /usr/sbin/nologin mediamtx"

STAYS_DEAD = Sabotage(
    words="the server's unit starts it once", undermine=shell(f"sed -i s/^Restart=.*/Restart=no/ {SERVICE}; {RELOAD}")
)
OLD_FOR_EVER = Sabotage(
    words="the server's unit names the version that was there first",
    undermine=shell(
        f"sed -i s:^ExecStart=[^\\ ]*:ExecStart=$(readlink -f /usr/local/mediamtx/mediamtx): {SERVICE}; {RELOAD}"
    ),
)
NO_WAY_BACK = Sabotage(
    words="nobody looks how the server's start went", undermine=shell(f"sed -i /^ExecStartPost=/d {SERVICE}; {RELOAD}")
)


def install_units(box: Box) -> None:
    """User and units; none is started."""
    box.guest.check(USER)
    for name in UNITS:
        box.guest.put((TEMPLATES / name).read_text().replace("@PROGRAM@", PROGRAM).encode(), f"{FOLDER}/{name}")
    box.guest.check(RELOAD)
