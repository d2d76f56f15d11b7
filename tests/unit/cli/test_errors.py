"""Every error carries its fix and an exit code of its own."""

from __future__ import annotations

import errno
import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import audio_rtsp
from audio_rtsp import errors
from audio_rtsp.cli.main import main, show_error
from audio_rtsp.errors import AudioRtspError

RESERVED = {
    0: "success",
    1: "the base",
    2: "click's usage error",
    126: "shell",
    127: "shell",
    130: "SIGINT",
    141: "EPIPE",
}


def every_error() -> list[type[AudioRtspError]]:
    for module in pkgutil.walk_packages(audio_rtsp.__path__, "audio_rtsp."):
        if not module.name.endswith(("__main__", ".serve")):
            importlib.import_module(module.name)
    return list(_below(AudioRtspError))


def _below(kind: type[AudioRtspError]) -> Iterator[type[AudioRtspError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_every_exit_code_is_in_its_page() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/exit-codes.md").read_text()
    assert not [kind for kind in every_error() if f"| {kind.exit_code} | {inspect.getdoc(kind)} |" not in page]


def example(kind: type[AudioRtspError]) -> AudioRtspError:
    """Built from its own signature: text for text, a number for a number, a list for the rest."""
    samples: dict[str, Any] = {"str": "sample", "int": 7, "Iterable[str]": ["one", "two"], "Sequence[str]": ["one"]}
    samples["OSError | str"] = "sample"
    needed = {
        name: samples[str(one.annotation)]
        for name, one in inspect.signature(kind).parameters.items()
        if one.default is inspect.Parameter.empty
    }
    return kind(**needed)


every = pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)


def test_there_are_errors_to_walk() -> None:
    assert len(every_error()) >= 14
    assert {kind.__module__.rpartition(".")[2] for kind in every_error()} == {"errors"}


@every
def test_an_error_says_what_happened_and_how_to_mend_it(kind: type[AudioRtspError]) -> None:
    error = example(kind)
    assert error.what
    assert str(error) == error.what
    assert error.fix.strip()
    assert "\n" not in error.what + error.fix
    assert all(isinstance(line, str) for line in error.detail)


def test_no_exit_code_is_used_twice_or_means_something_else() -> None:
    codes = [kind.exit_code for kind in every_error()]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & set(RESERVED)
    assert all(0 < code < 126 for code in codes)


@every
def test_an_error_is_explained_in_its_docstring(kind: type[AudioRtspError]) -> None:
    assert kind.__doc__


def test_an_error_is_shown_on_standard_error_with_its_fix(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(AudioRtspError("it broke", fix="mend it", detail=("line 1", "line 2")))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "audio-rtsp: it broke\n  line 1\n  line 2\n  fix: mend it\n"


def test_a_password_has_no_place_in_an_error() -> None:
    assert "password" not in str([example(kind).what for kind in every_error()]).lower()


@every
def test_main_turns_an_error_into_its_exit_code(
    kind: type[AudioRtspError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise example(kind)

    monkeypatch.setattr("audio_rtsp.cli.main.cli", fail)
    with pytest.raises(SystemExit) as caught:
        main(["run"])
    assert caught.value.code == kind.exit_code
    assert f"  fix: {example(kind).fix}\n" in capsys.readouterr().err
    with pytest.raises(kind):
        main(["--debug", "run"])


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "df -h"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "remount"),
        (errno.EPERM, "chattr -i"),
        (errno.EBUSY, "mount its folder"),
        (errno.EACCES, "sudo"),
    ],
)
def test_a_disk_that_takes_nothing_is_no_missing_right(number: int, fix: str) -> None:
    refused = errors.NotWritable("/etc/x", OSError(number, os.strerror(number)))
    assert fix in refused.fix
    assert refused.what == f"/etc/x cannot be written: {os.strerror(number).lower()}"


def test_a_port_that_is_roots_is_answered_with_another_port() -> None:
    refused = errors.ServerFailed("mediamtx", "ERR listen tcp :80: bind: permission denied")
    assert refused.fix == "ports below 1024 are root's: choose another, such as --rtsp-port 8554"
    assert "--server embedded" in errors.ServerFailed("mediamtx", "it ended without a word").fix


def test_a_fix_that_the_server_told_already_is_told_once() -> None:
    inner = errors.ServerFailed("the built-in server", "port 554: Permission denied")
    outer = errors.ServerFailed("embedded", f"audio-rtsp serve: {inner.what}; {inner.fix}")
    assert outer.fix == inner.fix
    assert outer.what.endswith("port 554: Permission denied")
