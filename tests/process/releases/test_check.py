"""``mediamtx check`` against a real HTTPS server: what it says, and the exit status that tells the outcomes apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.server.mediamtx.release.check import Check
from audio_rtsp.server.mediamtx.release.installation import Installation
from audio_rtsp.server.mediamtx.release.report import SOMETHING_WRONG, UP_TO_DATE, UPDATE_AVAILABLE, Report
from audio_rtsp.server.mediamtx.release.server import ReleaseServer as Server
from audio_rtsp.server.mediamtx.release.version import parse_release
from audio_rtsp.server.mediamtx.release.web import Patience, Web
from process.releases.box import Box
from process.releases.release_server import Authority, Mood, ReleaseServer
from process.releases.releases import archive, asset, checksums, program, release

HOUR = 3600.0
NOW = 1_900_000_000.0
IMPATIENT = Patience(timeout=5.0, pauses=())


def check(box: Box, *words: str) -> tuple[int, dict[str, Any]]:
    """What programs are told."""
    done = box.type("check", "--json", *words, root=True)
    return done.code, json.loads(done.out)


def test_up_to_date_update_and_error_are_told_apart(box: Box, releases: ReleaseServer) -> None:
    box.install()
    code, said = check(box)
    assert (code, said["result"], said["installed"], said["newest"]) == (0, "up to date", "v1.20.1", "v1.20.1")
    box.install("-v", "v1.19.3")
    code, said = check(box)
    assert (code, said["result"], said["previous"]) == (6, "update available", "v1.20.1")
    assert said["url"] == f"{releases.url}/download/v1.20.1/{asset('v1.20.1')} answers"
    assert said["checksum"].startswith("matches")
    releases.add("v1.20.1", {asset("v1.20.1"): b"something else"})
    (box.tree / "var/lib/audio-rtsp/mediamtx-releases.json").unlink()
    code, said = check(box)
    assert (code, said["result"], said["checksum"]) == (7, "error", "DIFFERS")
    assert said["problems"] == [f"{asset('v1.20.1')} differs from its checksum"]


def test_it_is_readable_and_changes_nothing(box: Box) -> None:
    box.install("-v", "v1.12.2")
    before = box.listing()
    done = box.type("check", root=True, columns=80)
    assert done.code == 6
    rows = {line[:20].strip(): line for line in done.out.splitlines()}
    assert {"installed", "its checksum", "newest", "this machine", "checksum", "note"} <= {
        row.split("  ")[0] for row in rows
    }
    assert "keeps memory and CPU of every listener that has left" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80
    assert box.listing() == before


def test_the_archive_is_compared_once_for_each_release(box: Box, releases: ReleaseServer) -> None:
    assert check(box)[1]["checksum"] == "matches (the file was downloaded and compared)"
    assert check(box)[1]["checksum"] == "matches (the file was downloaded and compared before)"
    assert releases.paths("GET").count(asset("v1.20.1")) == 1
    assert releases.paths("GET").count("releases.atom") == 1


def test_a_version_can_be_asked_for(box: Box) -> None:
    code, said = check(box, "-v", "v1.12.2")
    assert (code, said["checked"], said["checksum"][:7]) == (6, "v1.12.2", "matches")
    code, said = check(box, "-v", "v9.9.9")
    assert code == 7
    assert said["problems"] == ["there is no MediaMTX v9.9.9", "next to it: v1.19.3, v1.20.0, v1.20.1"]


def test_a_bad_version_is_named_with_the_reason(box: Box) -> None:
    code, said = check(box, "-v", "v1.15.0")
    assert code == 7
    assert "v1.15.0 can crash when its API is asked for the sessions (issue 5030)" in said["problems"]


def test_a_machine_without_a_file_is_told_by_name(box: Box) -> None:
    box.runs("riscv64")
    code, said = check(box)
    assert code == 7
    assert "has no file for riscv64" in said["problems"][0]


def test_a_release_that_lacks_this_machines_file_is_told_by_name(box: Box, releases: ReleaseServer) -> None:
    box.runs("arm64")
    releases.remove("v1.20.1")
    releases.add("v1.20.1", release("v1.20.1", architectures=("amd64",)))
    code, said = check(box)
    assert code == 7
    assert said["problems"][0] == "MediaMTX v1.20.1 has no file for aarch64, which is what this machine runs"


@pytest.mark.parametrize("has_list", [False, True])
def test_a_release_that_is_being_made_is_said_to_be_so(box: Box, releases: ReleaseServer, has_list: bool) -> None:
    files = {name: data for name, data in release("v1.20.2").items() if has_list and name == "checksums.sha256"}
    releases.add("v1.20.2", files)  # the tag is listed at once, the files come an hour later, the list of sums first
    releases.announce("v1.20.2", "v1.20.1")
    code, said = check(box)
    assert code == 7
    assert said["problems"] == ["MediaMTX v1.20.2 is announced, but its file is not there yet"]


def test_a_missing_checksum_is_an_error(box: Box, releases: ReleaseServer) -> None:
    releases.add("v1.20.1", {"checksums.sha256": b""})
    code, said = check(box)
    assert (code, said["checksum"]) == (7, "missing")


class Desk:
    """The same in this process, with a clock of its own."""

    def __init__(self, box: Box, releases: ReleaseServer, memory: Path) -> None:
        self.now = NOW
        web = Web(patience=IMPATIENT, now=lambda: self.now)
        self.check = Check(
            installation=Installation(box.folder),
            server=Server(releases.url, web),
            userland="x86_64",
            memory_file=memory,
            progress=lambda done, total: None,
        )

    def look(self, version: str = "") -> Report:
        return replace(self.check).look(parse_release(version))


@pytest.fixture
def desk(
    box: Box, releases: ReleaseServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    monkeypatch.setenv("no_proxy", "localhost")
    return Desk(box, releases, tmp_path / "state/memory.json")


def test_the_newest_is_asked_for_once_an_hour(box: Box, releases: ReleaseServer, desk: Desk) -> None:
    box.install()
    assert desk.look().age is None
    desk.now += HOUR - 1
    assert desk.look().age == HOUR - 1
    assert releases.paths("GET").count("releases.atom") == 1
    desk.now += 2
    assert desk.look().age is None
    assert releases.paths("GET").count("releases.atom") == 2


def test_offline_the_old_answer_holds_and_its_age_is_said(box: Box, releases: ReleaseServer, desk: Desk) -> None:
    box.install("-v", "v1.19.3")
    assert desk.look().exit_code == UPDATE_AVAILABLE
    releases.mood("releases.atom", Mood(status=429))
    desk.now += 5 * HOUR
    report = desk.look()
    assert (report.newest, report.exit_code) == ("v1.20.1", UPDATE_AVAILABLE)
    assert dict(report.rows())["newest"] == "v1.20.1 (the answer of 5 h ago)"
    assert "limits how often" in report.notes[0]


def test_offline_without_an_old_answer_is_an_error(releases: ReleaseServer, desk: Desk) -> None:
    releases.mood("releases.atom", Mood(status=500))
    report = desk.look()
    assert report.exit_code == SOMETHING_WRONG
    assert "it answers 500" in report.problems[0]


def test_whatever_is_wrong_comes_with_a_way_to_mend_it(box: Box, releases: ReleaseServer, desk: Desk) -> None:
    releases.mood("releases.atom", Mood(status=500))
    away = desk.look()
    assert "carry the release here" in dict(away.rows())["to mend it"]
    assert away.as_json()["fixes"] == list(away.fixes)
    releases.mood("releases.atom", Mood())
    box.install()
    (box.folder / "v1.20.1/mediamtx").write_bytes(b"#!/bin/sh\nexit 1\n")
    assert "audio-rtsp mediamtx install --force-install" in " ".join(desk.look().fixes)
    assert "leave -v out" in " ".join(desk.look("v1.15.0").fixes)
    assert "-v VERSION" in " ".join(desk.look("v9.9.9").fixes)
    releases.add("v1.19.3", {"checksums.sha256": b""})
    assert "another version" in " ".join(desk.look("v1.19.3").fixes)
    releases.add("v1.20.0", {asset("v1.20.0"): b"something else"})
    assert "another version" in " ".join(desk.look("v1.20.0").fixes)


def test_an_old_answer_comes_with_a_way_to_a_new_one(releases: ReleaseServer, desk: Desk) -> None:
    desk.look()
    assert desk.look().fixes == ()
    releases.mood("releases.atom", Mood(status=429))
    desk.now += 5 * HOUR
    assert "carry the release here" in desk.look().fixes[0]


def test_an_answer_of_another_server_or_a_damaged_one_is_none(
    desk: Desk, releases: ReleaseServer, tmp_path: Path
) -> None:
    desk.look()
    for text in (
        "{}",
        "[",
        '{"base": 1}',
        json.dumps({"base": "https://x", "at": NOW, "versions": ["v1.0.0"], "verified": {}}),
    ):
        (tmp_path / "state/memory.json").write_text(text)
        assert desk.look().age is None


def test_a_program_that_changed_since_is_an_error(box: Box, desk: Desk) -> None:
    box.install()
    assert desk.look().exit_code == UP_TO_DATE
    (box.folder / "v1.20.1/mediamtx").write_bytes(program("v1.20.1") + b"#")
    report = desk.look()
    assert report.exit_code == SOMETHING_WRONG
    assert "has changed since it was installed" in report.problems[0]


def test_an_unknown_build_is_called_one(box: Box, desk: Desk) -> None:
    box.folder.mkdir()
    (box.folder / "mediamtx").write_bytes(program("v1.20.1-3-gabcdef12"))
    (box.folder / "mediamtx").chmod(0o755)
    report = desk.look()
    assert (report.installed, report.is_unknown_build, report.exit_code) == ("v1.20.1-3-gabcdef12", True, UP_TO_DATE)
    assert "an unknown build" in dict(report.rows())["installed"]


def test_a_checksum_that_was_replaced_is_compared_again(releases: ReleaseServer, desk: Desk) -> None:
    desk.look()
    data = archive("v1.20.1", binary=program("v1.20.1", padding=9))
    files = {asset("v1.20.1"): data}
    releases.add("v1.20.1", files | checksums("v1.20.1", files))
    assert desk.look().checksum == "matches (the file was downloaded and compared)"
