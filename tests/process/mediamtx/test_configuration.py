"""The configuration of an installed server, with the real MediaMTX of the oldest and the newest version here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audio_rtsp.config.backup import backups_of
from audio_rtsp.errors import ConfigRefused, PortTaken
from audio_rtsp.host.lock import locked
from audio_rtsp.server.api import ControlApi
from audio_rtsp.server.http import get
from audio_rtsp.server.mediamtx.configuration import ServerConfiguration
from audio_rtsp.server.mediamtx.derive import Wanted, derive
from audio_rtsp.server.mediamtx.errors import ServerConfRefused
from audio_rtsp.server.mediamtx.overview import read_overview
from audio_rtsp.server.mediamtx.owner_text import first_text
from audio_rtsp.server.mediamtx.ports import DEFAULT_PORTS, Ports
from audio_rtsp.server.mediamtx.trial import try_configuration
from media_servers import BINARIES, NONE, binary_or_skip, version_of
from process.mediamtx.installed import Installed, read, tone
from process.streams.harness import listening, wait_for
from process.streams.tones import peak_frequency

SEED = "  secure:\n    readUser: myuser\n    readPass: mypassword\n"


def test_a_tone_published_to_any_path_is_heard_again(installed: Installed) -> None:
    with (
        installed.publishing("test_tone"),
        listening(installed.url("test_tone"), rate=44100, channels=1) as listener,
    ):
        listener.wait_seconds(1.0)
        paths = asyncio.run(ControlApi(installed.api_port).paths())
        heard = tone(listener)
    assert abs(peak_frequency(heard, 44100, 440) - 440) <= 1
    assert paths["test_tone"].readers == 1
    version = ".".join(map(str, version_of(installed.binary)))
    assert f"MediaMTX v{version}" in installed.log.splitlines()[0]


def test_the_seeds_own_lines_cost_no_listener_anything(installed: Installed) -> None:
    with (
        installed.publishing("one"),
        installed.publishing("two"),
        installed.publishing("secure", 880),
        listening(installed.url("one"), rate=44100, channels=1) as first,
        listening(installed.url("two"), rate=44100, channels=1) as second,
    ):
        for listener in (first, second):
            listener.wait_seconds(0.5)
        began, pid = time.monotonic(), installed.pid
        installed.write(installed.owner_text.replace("paths:\n", f"paths:\n{SEED}"))
        followed = installed.configuration.follow()
        for listener in (first, second):
            listener.wait_seconds(1.0)
            assert listener.is_connected
            assert listener.longest_pause(since=began) < 1.0
        assert followed.complaints == ()
        assert "readUser" in followed.hints[0]
        assert installed.pid == pid
        assert "401" in read(installed.url("secure"))
        assert read(installed.url("secure", "myuser:mypassword")) == "mp3"
        assert "401" in read(installed.url("secure", "myuser:wrong"))
        assert read(installed.url("one")) == "mp3"


BAD_LINES = (
    "readUsr: me",
    "  - broken: [",
    "rtspAddress: :70000",
    "paths: {a: {}}",
    "readTimeout: 10",  # v1.20.1 does not name the word
    "  b:\n    source: foo",  # a word that stands on other lines, too
)


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_changes_nothing_and_is_named(installed: Installed, line: str) -> None:
    pid, before = installed.pid, installed.files.checked.read_bytes()
    number = len(installed.owner_text.splitlines()) + 1
    installed.write(f"{installed.owner_text}{line}\n")
    with installed.publishing("one"), listening(installed.url("one"), rate=44100, channels=1) as listener:
        listener.wait_seconds(0.5)
        complaints = installed.configuration.follow().complaints
        listener.wait_seconds(0.5)
        assert listener.is_connected
    assert len(complaints) == 1
    assert complaints[0].startswith(("mediamtx.yml:" + str(number), "mediamtx.yml:" + str(number + 1)))
    assert installed.files.read_complaints() == complaints
    assert read_overview(installed.files).complaints == complaints
    assert installed.configuration.check().complaints == complaints
    assert (installed.pid, installed.files.checked.read_bytes()) == (pid, before)


def test_a_mended_line_ends_the_complaint(installed: Installed) -> None:
    good = installed.owner_text
    installed.write(f"{good}foo: 1\n")
    assert installed.configuration.follow().complaints
    installed.write(good)
    assert installed.configuration.follow().complaints == ()
    assert installed.files.read_complaints() == ()


def test_a_file_that_is_gone_leaves_the_server_as_it_is(installed: Installed) -> None:
    installed.files.owner.unlink()
    assert "it is not there" in installed.configuration.follow().complaints[0]
    assert "it is not there" in installed.configuration.check().complaints[0]
    assert not installed.files.owner.exists()
    assert installed.answers()


def test_what_is_saved_while_the_check_runs_is_seen_too(installed: Installed, open_folder: Path) -> None:
    """The owner saves again when the binary has just been asked for its version."""
    slow, saved, text = open_folder / "mediamtx", open_folder / "saved", installed.owner_text
    saved.write_text(f"readTimeout: 12s\n{text}")
    save = f'[ "$1" != --version ] || cp {saved} {installed.files.owner}'
    slow.write_text(f'#!/bin/sh\n{save}\nexec {installed.binary} "$@"\n')
    slow.chmod(0o755)
    installed.write(f"readTimeout: 11s\n{text}")
    configuration = ServerConfiguration(installed.files, installed.settings, str(slow), {})
    assert configuration.follow().complaints == ()
    assert "readTimeout: 12s" in installed.files.checked.read_text()


def test_edits_in_quick_succession_all_arrive(installed: Installed) -> None:
    """The server drops what comes within a second of the change before, and its API would not tell of all keys."""
    text = installed.owner_text
    for seconds in (11, 12):
        installed.write(f"readTimeout: {seconds}s\n{text}")
        assert installed.configuration.follow().complaints == ()
    whole = json.loads(asyncio.run(get(installed.api_port, "/v3/config/global/get")))
    assert whole["readTimeout"] == "12s"


def test_another_port_moves_the_server_and_our_settings(installed: Installed) -> None:
    comment = "# my own words\n"
    installed.write(comment + installed.owner_text)
    assert installed.configuration.plan(Ports(rtsp=installed.spare))
    installed.configuration.apply(Ports(rtsp=installed.spare))
    assert f"RTSP_PORT={installed.spare}" in (installed.settings / "config").read_text()
    assert installed.owner_text.startswith(comment)
    with installed.publishing("moved", port=installed.spare):
        assert read(f"rtsp://127.0.0.1:{installed.spare}/moved") == "mp3"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", installed.rtsp_port), 1):
        pass


def test_the_port_of_our_settings_is_followed(installed: Installed) -> None:
    installed.set(f"RTSP_PORT={installed.spare}\nAPI_PORT={installed.api_port}\n")
    assert installed.configuration.follow().complaints == ()
    assert f":{installed.spare}" in installed.owner_text
    with socket.create_connection(("127.0.0.1", installed.spare), 1):
        pass


def test_a_taken_port_is_told_with_its_holder_before_anything_is_written(installed: Installed) -> None:
    before = installed.owner_text
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            installed.configuration.apply(Ports(hls=port))
        installed.write(before.replace(f"hlsAddress: :{installed.ports.hls}", f"hlsAddress: :{port}"))
        complaints = installed.configuration.follow().complaints
    assert f"(pid {os.getpid()})" in caught.value.what
    assert "--hls-port" in caught.value.fix
    assert f"port {port} is taken by" in complaints[0]
    assert backups_of(installed.files.owner) == []
    assert installed.answers()


def test_a_low_port_waits_for_the_right_to_it(installed: Installed) -> None:
    installed.write(installed.owner_text.replace(f"hlsAddress: :{installed.ports.hls}", "hlsAddress: :997"))
    assert "for port 997 the unit needs" in installed.configuration.follow().complaints[0]
    installed.files.low_ports.parent.mkdir(parents=True)
    installed.files.low_ports.touch()
    assert installed.configuration.follow().complaints == ()


def test_a_copy_on_which_the_server_does_not_come_up_is_taken_back(installed: Installed) -> None:
    """As with a folder that is not there: what only a running server finds."""
    before = installed.files.checked.read_text()
    log = "logDestinations: [file]\nlogFile: /nowhere/at/all/mediamtx.log\n"
    old = "logDestinations: [stdout]\nlogFile: /var/log/mediamtx/mediamtx.log\n"
    assert old in installed.owner_text
    installed.write(installed.owner_text.replace(old, log))
    complaints = installed.configuration.follow().complaints
    assert "did not come up" in complaints[0]
    assert installed.files.checked.read_text() == before
    wait_for(installed.answers, 5, "it runs again")
    pid = installed.pid
    assert installed.configuration.follow().complaints == complaints, "not tried again by itself"
    assert installed.pid == pid
    with pytest.raises(ServerConfRefused):
        installed.configuration.apply(Ports())
    wait_for(installed.answers, 5, "it runs again")


def unlucky(installed: Installed, folder: str) -> str:
    """The owner's file with a log in a folder that is not there, which no trial finds."""
    log = f"logDestinations: [file]\nlogFile: {folder}/mediamtx.log\n"
    return installed.owner_text.replace("logDestinations: [stdout]\nlogFile: /var/log/mediamtx/mediamtx.log\n", log)


def test_a_stopped_server_that_does_not_come_up_on_new_copies_gets_the_last_good_one(installed: Installed) -> None:
    before, good = installed.files.checked.read_text(), installed.owner_text
    installed.stop()
    for folder in ("/nowhere", "/nor/here"):
        installed.write(good)
        installed.write(unlucky(installed, folder))
        assert installed.configuration.follow().complaints == (), "nobody can tell before it is started"
    installed.launch()
    complaints = installed.configuration.settle(lambda: False).complaints
    assert "did not come up" in complaints[0]
    assert installed.files.checked.read_text() == before
    assert installed.files.read_complaints() == complaints
    wait_for(installed.answers, 5, "it runs")
    assert installed.configuration.follow().complaints == complaints, "not tried again by itself"
    installed.write(good)
    assert installed.configuration.follow().complaints == ()


def test_a_stopped_server_that_comes_up_on_its_new_copy_keeps_it(installed: Installed) -> None:
    installed.stop()
    installed.write(f"readTimeout: 11s\n{installed.owner_text}")
    assert installed.configuration.follow().complaints == ()
    installed.launch()
    assert installed.configuration.settle(lambda: True).complaints == ()
    assert "readTimeout: 11s" in installed.files.checked.read_text()
    assert not installed.files.last_good.exists(), "the next start would look again"


def test_whoever_changes_the_copy_is_not_waited_for_at_a_start(installed: Installed) -> None:
    """He waits for the server, which is not started again before its start has been looked at."""
    installed.files.last_good.write_text("")
    with locked(installed.files.lock):
        assert installed.configuration.settle(lambda: True).complaints == ()
    assert installed.files.last_good.exists()


def test_a_killed_server_comes_back_on_its_copy(installed: Installed) -> None:
    first = installed.pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: installed.pid not in (0, first) and installed.answers(), 10, "it runs again")
    with installed.publishing("again"):
        assert read(installed.url("again")) == "mp3"


def test_a_password_is_asked_for_and_shown_to_nobody(installed: Installed) -> None:
    secret = "s3cret!$()*"
    installed.set(
        f"RTSP_PORT={installed.rtsp_port}\nAPI_PORT={installed.api_port}\n"
        f"RTSP_READ_USER=listener\nRTSP_READ_PASSWORD='{secret}'\n"
    )
    assert installed.configuration.follow().complaints == ()
    with installed.publishing("one"):
        assert "401" in read(installed.url("one"))
        assert read(installed.url("one", f"listener:{secret}")) == "mp3"
    overview = read_overview(installed.files)
    assert overview.readers == "who knows the password of listener"
    assert secret not in str(overview.as_json()) + installed.log + installed.owner_text
    assert secret not in Path(f"/proc/{installed.pid}/cmdline").read_text()
    assert installed.files.checked.stat().st_mode & 0o007 == 0
    assert (secret in installed.files.checked.read_text()) == (version_of(installed.binary) < (1, 13, 1))


@pytest.mark.skipif(len(BINARIES) < 2, reason=f"{NONE}, of two versions")
def test_a_password_opens_the_old_server_until_its_restart_and_the_new_one_after_it(tmp_path: Path) -> None:
    """As in an upgrade from v1.12.2, which takes no hash over RTSP: its listeners may come back meanwhile."""
    server, secret = Installed(tmp_path, BINARIES[0]), "s3cret"
    reader = f"RTSP_READ_USER=listener\nRTSP_READ_PASSWORD={secret}\n"
    server.set(f"RTSP_PORT={server.rtsp_port}\nAPI_PORT={server.api_port}\n{reader}")
    server.configuration.apply(server.ports)
    upgraded = ServerConfiguration(server.files, server.settings, BINARIES[-1], {})
    for binary, is_clear in ((BINARIES[0], True), (BINARIES[-1], False)):
        server.binary = binary
        server.start()
        try:
            assert upgraded.follow().complaints == ()
            with server.publishing("one"):
                assert read(server.url("one", f"listener:{secret}")) == "mp3"
                assert "401" in read(server.url("one", "listener:wrong"))
            assert (secret in server.files.checked.read_text()) is is_clear
        finally:
            server.stop()


def test_a_typo_in_our_settings_takes_neither_port_nor_password_away(installed: Installed) -> None:
    before = installed.files.checked.read_bytes()
    installed.set(f"RTSP_PROT={installed.rtsp_port}\nAPI_PORT={installed.api_port}\n")
    assert "did you mean RTSP_PORT" in installed.configuration.follow().complaints[0]
    with pytest.raises(ConfigRefused):
        installed.configuration.apply(Ports(hls=installed.spare))
    assert installed.files.checked.read_bytes() == before


KILLED = """
import os, signal, sys
from pathlib import Path
from audio_rtsp.server.mediamtx.conf_files import ConfFiles
from audio_rtsp.server.mediamtx.configuration import ServerConfiguration
from audio_rtsp.server.mediamtx.ports import Ports
root, binary, port, steps = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rename = Path.rename
def step(self, target):
    global steps
    steps -= 1
    if not steps:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.rename = step
ServerConfiguration(ConfFiles.under(root), root / "etc/audio-rtsp", binary, {}).apply(Ports(rtsp=port))
"""


@pytest.mark.timeout(180)
def test_killed_at_any_step_a_change_leaves_the_old_state_or_the_new(installed: Installed) -> None:
    """Each rename is a step; afterwards settings, file and server agree as soon as the unit has looked."""
    ports = [installed.rtsp_port, installed.spare]
    codes = []
    for step in range(1, 20):
        target = next(port for port in ports if f"RTSP_PORT={port}\n" not in settings(installed))
        argv = (sys.executable, "-c", KILLED, str(installed.root), installed.binary, str(target), str(step))
        codes.append(subprocess.run(argv, capture_output=True, timeout=60).returncode)
        assert installed.configuration.follow().complaints == ()
        in_force = next(port for port in ports if f"RTSP_PORT={port}\n" in settings(installed))
        assert f":{in_force}" in installed.owner_text
        with socket.create_connection(("127.0.0.1", in_force), 2):
            pass
        if codes[-1] == 0:
            break
    assert codes == [-signal.SIGKILL] * 6 + [0]


def settings(installed: Installed) -> str:
    return (installed.settings / "config").read_text()


@pytest.mark.skipif(len(BINARIES) < 2, reason=f"{NONE}, of two versions")
def test_a_file_that_an_older_version_does_not_take_gives_way_to_the_newest_backup(tmp_path: Path) -> None:
    """As after ``mediamtx rollback``: logStructured came with v1.15.6."""
    server = Installed(tmp_path, BINARIES[-1])
    server.configuration.apply(server.ports)
    server.configuration.apply(Ports(hls=server.spare))
    server.configuration.apply(Ports(hls=server.ports.hls))
    good = backups_of(server.files.owner)[-1].path.read_text()
    server.write(f"{server.owner_text}logStructured: false\n")
    older = ServerConfiguration(server.files, server.settings, BINARIES[0], {})
    assert "logStructured" in older.check().complaints[0]
    with pytest.raises(ServerConfRefused, match="cannot be used"):
        server.configuration.refuse(Path(BINARIES[0]))
    server.configuration.refuse(Path(BINARIES[-1]))
    assert "an older one again" in older.go_back()[0]
    assert server.owner_text == good
    assert older.check().complaints == ()
    assert "logStructured" in backups_of(server.files.owner)[-1].path.read_text()
    assert older.go_back() == []


def test_eleven_changes_leave_ten_backups_that_can_be_used(installed: Installed) -> None:
    installed.stop()
    for port in (installed.spare, installed.ports.hls) * 6:
        installed.configuration.apply(Ports(hls=port))
    kept = backups_of(installed.files.owner)
    assert len(kept) == 10
    for one in kept:
        derived = derive(one.path.read_text(), Wanted(rtsp_port=1, api_port=2))
        assert try_configuration(installed.binary, derived.trial_text) == ""


@pytest.mark.parametrize("binary", BINARIES, ids=lambda path: path or "none")
def test_our_first_file_and_its_copy_are_valid(binary: str) -> None:
    binary = binary_or_skip(binary)
    text = first_text(DEFAULT_PORTS)
    assert try_configuration(binary, text) == ""
    assert try_configuration(binary, derive(text, Wanted(rtsp_port=18554, api_port=19997)).text) == ""


@pytest.mark.parametrize("binary", BINARIES, ids=lambda path: path or "none")
def test_a_trial_starts_no_program_of_the_owners(binary: str, open_folder: Path) -> None:
    trace = open_folder / "trace"
    text = f"paths:\n  a:\n    runOnInit: touch {trace}\n  b:\n    source: rtsp://127.0.0.1:9/x\n"
    derived = derive(text, Wanted(rtsp_port=18554, api_port=19997))
    assert try_configuration(binary_or_skip(binary), derived.trial_text) == ""
    with contextlib.suppress(AssertionError):
        wait_for(trace.exists, 0.5, "a hook would have run by now")
    assert not trace.exists()
