"""Where a user looks for the running program and for what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_rtsp.cli import places as module
from audio_rtsp.cli.places import Places, places_for


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


def test_names_are_the_services_until_the_user_has_some(service: Path) -> None:
    (service / "lib").mkdir()
    assert user(service).memory == service / "lib"
    (service / "home/.local/state/audio-rtsp").mkdir(parents=True)
    assert user(service).memory == service / "home/.local/state/audio-rtsp"


def test_another_machines_tree_never_looks_at_this_ones_service(service: Path) -> None:
    socket_in(service / "run")
    (service / "lib").mkdir()
    other = user(service, service / "tree")
    assert other.control_socket == service / "tree/run/audio-rtsp/control.sock"
    assert other.memory == service / "tree/var/lib/audio-rtsp"
