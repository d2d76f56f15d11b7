"""MediaMTX from a carried file, as a service: killed, upgraded and rolled back while somebody listens."""

from __future__ import annotations

import time
from collections.abc import Callable

from lab.ear.listener import Listener
from lab.folder import passing_folder
from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count
from lab.sound.tone import is_any

from field.box import BEFORE, EXACT, Box
from field.mediamtx_unit import NO_WAY_BACK, OLD_FOR_EVER, STAYS_DEAD, install_units
from field.releases import Release, oldest_and_newest
from field.sabotage import FREEZE
from field.scenario import scenario
from field.stage import Stage
from field.unit import PROGRAM

NAMES = ("desk", "door")
CARRIED = "/media/stick"
DISK_MIB = 120
OWNERS_FILE = "/etc/mediamtx/mediamtx.yml"
COPY = "/etc/mediamtx/checked/mediamtx.yml"
FOLLOWED_LIMIT = 30.0
INSTALL_LIMIT = 90.0
RECOVERED_LIMIT = 20.0
MOST_LOST = 8.0
"""Seconds of sound for each listener and step: the unit waits 1 s, the encoders begin anew, the listener asks again."""


@scenario("mediamtx", FREEZE, STAYS_DEAD, OLD_FOR_EVER, NO_WAY_BACK)
def mediamtx(stage: Stage) -> None:
    """Installed without a network; a kill, an upgrade and a rollback cost two listeners seconds; a bad file a start."""
    old, new = oldest_and_newest()
    with stage.box(config=None) as box:
        box.guest.check("rm -rf /usr/local/mediamtx")
        _carry(stage, box, old, new)
        _install(box, old)
        install_units(box)
        ears = _listened(box)
        assert runs(box, old), f"not {old.version} is the server"
        box.settled()
        server = pid(box)
        stage.note(f"killed {_costs(box, ears, lambda: box.guest.check(f'kill -KILL {server}'))}")
        assert pid(box) != server
        stage.note(f"installed beside it {_installed_unheard(box, ears, new)}")
        stage.note(f"upgraded {_costs(box, ears, lambda: restart(box))}")
        assert runs(box, new), f"not {new.version} is the server after the upgrade"
        box.guest.check(f"{PROGRAM} mediamtx rollback -y", timeout=INSTALL_LIMIT)
        stage.note(f"rolled back {_costs(box, ears, lambda: restart(box))}")
        assert runs(box, old), f"not {old.version} is the server after the rollback"
        assert box.cli("mediamtx config --check").stdout.strip() == "ok"
        stage.note(f"on a bad file back after {_survives_a_bad_file(box, ears):.1f} s")


def _carry(stage: Stage, box: Box, *releases: Release) -> None:
    """Bring the files on a disk that is mounted for reading."""
    with passing_folder(stage.station.cache.folder / "run", "releases-") as folder:
        for release in releases:
            release.write(folder)
        device = box.guest.add_disk(DISK_MIB, folder)
    box.guest.check(f"mkdir -p {CARRIED} && mount -o ro {device} {CARRIED}")


def _install(box: Box, release: Release) -> None:
    file = f"{CARRIED}/{release.archive}"
    box.guest.check(f"{PROGRAM} mediamtx install -y --offline {file}", timeout=INSTALL_LIMIT)


def _listened(box: Box) -> list[Listener]:
    """Two microphones, published by our service to theirs, each with a listener that hears."""
    for port, name in enumerate(NAMES):
        box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Count()))
    box.start(EXACT)
    box.guest.check("systemctl enable -q --now mediamtx mediamtx-config.path")
    ears = [box.listen(name) for name in NAMES]
    _are_heard(box, ears, 0.0)
    time.sleep(BEFORE)
    return ears


def _are_heard(box: Box, ears: list[Listener], since: float) -> None:
    for ear in ears:
        ear.until_sound(box.patience(RECOVERED_LIMIT), since, is_any)
        box.until_state(ear.stream, "LIVE")


def _costs(box: Box, ears: list[Listener], act: Callable[[], object]) -> str:
    """What two listeners noticed of it."""
    with box.hearing():
        begin = time.monotonic()
        act()
        time.sleep(0.5)
        _are_heard(box, ears, time.monotonic())
        for ear in ears:
            box.flows(ear)
        heard = {ear: box.counted(ear, begin - BEFORE) for ear in ears}
    for ear, counted in heard.items():
        assert counted.missing_seconds <= MOST_LOST, f"{ear.stream} lost too much: {counted}"
    return " ".join(
        f"{ear.stream} lost {counted.missing_seconds * 1000:.0f} ms, pause {max(ear.pauses(0.0, begin - BEFORE)):.1f} s"
        for ear, counted in heard.items()
    )


def _installed_unheard(box: Box, ears: list[Listener], release: Release) -> str:
    """The server that runs goes on, whatever is put beside it; unpacking keeps one of two processors busy."""
    sessions = [ear.sessions for ear in ears]
    with box.hearing():
        begin = time.monotonic()
        _install(box, release)
        seconds = time.monotonic() - begin
        for ear in ears:
            box.flows(ear)
        heard = {ear.stream: box.counted(ear, begin).missing_seconds for ear in ears}
    assert [ear.sessions for ear in ears] == sessions, "a listener was let go during the installation"
    assert max(heard.values()) <= MOST_LOST, f"the installation cost too much: {heard}"
    return f"in {seconds:.0f} s, " + " ".join(f"{name} lost {cost * 1000:.0f} ms" for name, cost in heard.items())


def _survives_a_bad_file(box: Box, ears: list[Listener]) -> float:
    """A line that only a start finds out, written while the server is stopped: seconds from its start to the sound."""
    box.guest.check("systemctl stop mediamtx")
    box.guest.check(f"sed -i 's#^logFile:.*#logFile: /nowhere/mediamtx.log#' {OWNERS_FILE}")
    box.until(lambda: box.guest.run(f"grep -q nowhere {COPY}").code == 0, FOLLOWED_LIMIT, "the copy follows")
    begin = time.monotonic()
    box.guest.run("systemctl start mediamtx", timeout=INSTALL_LIMIT)  # fails, and is tried again
    _are_heard(box, ears, begin)
    seconds = time.monotonic() - begin
    assert "did not come up" in box.cli("mediamtx config --json").stdout, "nobody is told"
    return seconds


def restart(box: Box) -> None:
    """What the owner is told to do for the new program."""
    box.guest.check("systemctl restart mediamtx")


def pid(box: Box) -> int:
    """The server's."""
    return int(box.guest.check("systemctl show -P MainPID mediamtx"))


def runs(box: Box, release: Release) -> bool:
    """Whether the server is the program of *release*."""
    return release.version in box.guest.check(f"readlink /proc/{pid(box)}/exe").split("/")
