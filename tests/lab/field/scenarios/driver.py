"""The machine under every other scenario: commands, files, disks, cable, power, and an end that is clear."""

from __future__ import annotations

import secrets
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lab.command import Answer
from lab.errors import GuestStuck
from lab.machine.guest import Guest

from field.box import Box
from field.sabotage import Sabotage, shell
from field.scenario import scenario
from field.stage import Stage

KEPT = "/srv/kept"
FORGETFUL_DISK = Sabotage(words="the folder of what is kept is in memory", strike=shell("mount -t tmpfs none /srv"))
ECHO_PORT = 7007
ECHO = f"""import socket
with socket.create_server(("", {ECHO_PORT})) as listening:
    while True:
        caller, _ = listening.accept()
        caller.sendall(caller.recv(99))
        caller.close()
"""
ANSWER_SECONDS = 1.5
"""An echo under TCG takes some 20 ms."""

BACK_SECONDS = 15.0
STUCK_SECONDS, PATIENCE = 2.0, 2.0
MIB = 1 << 20


def _jam_cable(box: Box) -> None:
    box.guest.set_link = lambda is_up: None  # type: ignore[method-assign]


JAMMED = Sabotage(words="the cable stays where it is, whoever pulls", strike=_jam_cable)


@scenario("driver", JAMMED, FORGETFUL_DISK)
def driver(stage: Stage) -> None:
    """What is put is got, what is pulled is gone, what is synced stays, and who hangs is told of in time."""
    with stage.box(config=None) as box:
        guest = box.guest
        _run(guest)
        _put_and_get(guest)
        _add_and_remove_disk(guest)
        _hang(guest)
        box.settled()
        stage.note(f"answers again {_pull_cable(guest):.1f} s after the cable was back")
        _lose_nothing(guest, "reboot", guest.reboot)
        _lose_nothing(guest, "power cut", lambda: _cut_power(guest))


def _run(guest: Guest) -> None:
    answer = guest.run("cat; echo error >&2; exit 3", stdin=b"said")
    assert answer == Answer(code=3, stdout="said", stderr="error\n"), answer


def _put_and_get(guest: Guest) -> None:
    """A file larger than one message of the agent, and a tree."""
    content = secrets.token_bytes(MIB + MIB // 2)
    guest.put(content, "/srv/a file", "640")
    assert guest.get("/srv/a file") == content, "another file came back"
    assert guest.check("stat -c %a '/srv/a file'") == "640\n"
    with tempfile.TemporaryDirectory() as name:
        guest.put(_tree(Path(name)), "/srv/tree")
    listed = guest.check("cd /srv/tree && find . -type f | sort | xargs tail -n +1")
    assert listed == "==> ./deep/er <==\ntwo\n\n==> ./one <==\none\n", listed
    guest.check("test -x /srv/tree/deep/er")


def _tree(folder: Path) -> Path:
    (folder / "deep").mkdir()
    (folder / "one").write_text("one\n")
    (folder / "deep/er").write_text("two\n")
    (folder / "deep/er").chmod(0o755)
    return folder


def _add_and_remove_disk(guest: Guest) -> None:
    with tempfile.TemporaryDirectory() as name:
        device = guest.add_disk(8, _tree(Path(name)))
    read = guest.check(f"mount {device} /mnt && cat /mnt/one && echo new > /mnt/two && umount /mnt")
    assert read == "one\n", read
    guest.remove_disk(device)
    assert guest.run(f"test -b {device}").code, f"{device} is still there"
    assert guest.add_disk(8) == device, "the next disk is another"


def _hang(guest: Guest) -> None:
    """A command that hangs, and a whole guest that does."""
    guest.check("echo 'the last words' > /dev/ttyS0")
    _is_told_in_time(guest, "sleep 60")
    guest.monitor.do("stop")
    _is_told_in_time(guest, "true")
    guest.monitor.do("cont")
    assert guest.run("pkill -x sleep").code == 0, "what was given up does not run on"


def _is_told_in_time(guest: Guest, command: str) -> None:
    begin = time.monotonic()
    try:
        guest.run(command, timeout=STUCK_SECONDS)
    except GuestStuck as error:
        seconds = time.monotonic() - begin
        assert STUCK_SECONDS - 0.1 < seconds < STUCK_SECONDS + PATIENCE, f"told after {seconds:.1f} s"
        assert "the last words" in str(error), f"the serial log's tail is missing: {error}"
    else:
        raise AssertionError(f"{command!r} ended, of a guest that hangs")


def _pull_cable(guest: Guest) -> float:
    """Out and in again; the seconds from then to the first answer."""
    guest.put(ECHO.encode(), "/root/echo.py")
    guest.spawn("exec python3 /root/echo.py")
    port = guest.forward(ECHO_PORT)
    assert _answers_within(port, BACK_SECONDS), "nobody answers with the cable in"
    guest.set_link(False)
    assert not _is_answered(port), "somebody answers without a cable"
    begin = time.monotonic()
    guest.set_link(True)
    assert _answers_within(port, BACK_SECONDS), "nobody answers with the cable back"
    return time.monotonic() - begin


def _answers_within(port: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (is_there := _is_answered(port)) and time.monotonic() < end:
        time.sleep(0.1)
    return is_there


def _is_answered(port: int) -> bool:
    """QEMU itself accepts the connection; what is sent back can only come from the guest."""
    try:
        with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as caller:
            caller.sendall(b"anybody")
            return caller.recv(99) == b"anybody"
    except OSError:
        return False


def _lose_nothing(guest: Guest, what: str, happen: Callable[[], object]) -> None:
    words = secrets.token_hex(8)
    guest.check(f"echo {words} > {KEPT} && sync")
    before = guest.boot_id()
    happen()
    assert guest.boot_id() not in ("", before), f"{what}: it is the same boot"
    found = guest.run(f"cat {KEPT}").stdout.strip()
    assert found == words, f"{what}: {found!r} is kept, synced was {words!r}"


def _cut_power(guest: Guest) -> None:
    guest.power_cut()
    guest.power_on()
