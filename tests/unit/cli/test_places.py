"""Where a user looks for the running program and for what is remembered."""

from __future__ import annotations

import os
import pwd
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from audio_rtsp.cli import places as module
from audio_rtsp.cli.places import Places, places_for
from audio_rtsp.cli.takeover import take_over
from audio_rtsp.control.address import short_address


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's service, elsewhere than in /run and /var/lib."""
    monkeypatch.setattr(module, "SERVICE_RUNTIME", tmp_path / "run")
    monkeypatch.setattr(module, "SERVICE_STATE", tmp_path / "lib")
    return tmp_path


def user(folder: Path, root: Path = Path("/")) -> Places:
    environ = {"HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder / "user")}
    return places_for(root=root, config=None, environ=environ, is_root=False)


def socket_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "control.sock").touch()
    return folder / "control.sock"


def test_a_user_sees_the_service_that_runs(service: Path) -> None:
    there = socket_in(service / "run")
    assert user(service).control_socket == there


def test_a_users_own_program_comes_first(service: Path) -> None:
    socket_in(service / "run")
    own = socket_in(service / "user/audio-rtsp")
    assert user(service).control_socket == own


def test_where_nothing_runs_the_own_place_is_named(service: Path) -> None:
    assert user(service).control_socket == service / "user/audio-rtsp/control.sock"


def test_what_a_killed_program_of_the_user_left_does_not_hide_the_service(service: Path) -> None:
    left = socket_in(service / "user/audio-rtsp")
    assert user(service).control_socket == left, "nobody answers anywhere"
    running = socket_in(service / "run")
    running.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        with short_address(running) as address:
            listening.bind(address)
        listening.listen()
        assert user(service).control_socket == running


def test_what_is_remembered_is_of_whatever_ran_last(service: Path) -> None:
    own, services = service / "home/.local/state/audio-rtsp", service / "lib"
    assert user(service).memory == own, "nothing ran yet"
    ran(services, at=1000)
    own.mkdir(parents=True)
    assert user(service).memory == services, "a folder in which nothing ran, as after mediamtx check"
    ran(own, at=2000)
    assert user(service).memory == own
    ran(services, at=3000)
    assert user(service).memory == services


def ran(state: Path, *, at: float) -> None:
    state.mkdir(parents=True, exist_ok=True)
    (state / "events.jsonl").touch()
    os.utime(state / "events.jsonl", (at, at))


def test_another_machines_tree_never_looks_at_this_ones_service(service: Path) -> None:
    socket_in(service / "run")
    (service / "lib").mkdir()
    other = user(service, service / "tree")
    assert other.control_socket == service / "tree/run/audio-rtsp/control.sock"
    assert other.memory == service / "tree/var/lib/audio-rtsp"


def with_sudo(folder: Path, caller: int) -> Places:
    return places_for(root=Path("/"), config=None, environ={"SUDO_UID": str(caller)}, is_root=True)


def test_with_sudo_the_callers_own_program_is_seen(service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its settings are root's files: who changes them with sudo means the program that he runs himself."""
    monkeypatch.setattr(module, "USERS_RUNTIMES", (f"{service}/user-", f"{service}/tmp-"))
    own = socket_in(service / f"tmp-{os.getuid()}/audio-rtsp")
    assert with_sudo(service, os.getuid()).control_socket == own
    running = socket_in(service / "run")
    assert with_sudo(service, os.getuid()).control_socket == running, "the machine's service comes first"


def test_a_folder_that_somebody_else_made_for_the_caller_is_not_trusted(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USERS_RUNTIMES", (f"{service}/tmp-",))
    socket_in(service / f"tmp-{os.getuid() + 1}/audio-rtsp")
    found = with_sudo(service, os.getuid() + 1).control_socket
    assert found == Path("/run/audio-rtsp/control.sock")


def test_root_that_came_by_su_is_told_who_runs_a_program_that_it_does_not_find(
    service: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "USERS_RUNTIMES", (f"{service}/user-", f"{service}/tmp-"))
    by_su = replace(places_for(root=Path("/"), config=None, environ={}, is_root=True), runtime=service / "run")
    monkeypatch.setattr(module, "SERVICE_RUNTIME", by_su.runtime)
    take_over(by_su)
    assert capsys.readouterr().err == "", "nobody runs one"
    socket_in(service / f"tmp-{os.getuid()}/audio-rtsp")
    socket_in(service / f"tmp-{os.getuid() + 1}/audio-rtsp")
    take_over(by_su)
    me = pwd.getpwuid(os.getuid()).pw_name
    told = f"{me} may run audio-rtsp himself, and it has not read this; as {me}: audio-rtsp config reload\n"
    assert capsys.readouterr().err == told
