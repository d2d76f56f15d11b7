"""What is written down while streams run, and what is left of it afterwards."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from process.streams.harness import Box, Program, running, wait_for

NAME = "lab-studio-stereo"


def log(box: Box, name: str = "audio-streams.log") -> list[str]:
    file = box.root / "var/log/audio-rtsp" / name
    return file.read_text().splitlines() if file.exists() else []


def in_log(box: Box, words: str, name: str = "audio-streams.log") -> str:
    """The line with these words, as soon as it is there."""

    def found() -> str | None:
        return next((line for line in log(box, name) if words in line), None)

    return str(wait_for(found, 8, f"{words!r} in {name}"))


def reload(program: Program) -> None:
    program.process.send_signal(signal.SIGHUP)


def test_the_story_of_a_stream_is_in_its_log_line_by_line(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        box.mood("overrun", "Stereo")
        in_log(box, "overrun!!!")
        in_log(box, "live (an overrun: it was not read in time), 0.")
        program.wait_state(NAME, "LIVE")
        box.mood("exit", "Stereo")
        in_log(box, "filling")
        box.mood("count", "Stereo")
        again = in_log(box, "live again after")
        wait_for(lambda: program.stream(NAME)["lost_today_seconds"] > 0.1, 5, "the loss is on today's account")
        shown = box.command("status").stdout
    lines = log(box)
    assert all(f" {NAME}: " in line for line in lines), lines
    assert [line.split(": ", 1)[1] for line in lines[:1]] == ["live"]
    assert any("overrun!!!" in line and " WARNING " in line for line in lines), "arecord's own words"
    assert " INFO " in again
    assert lines[-1].endswith(f"{NAME}: stopped")
    assert f"lost today: {NAME} " in shown


def test_the_service_log_tells_of_the_program_and_a_healthy_run_adds_no_error(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        reload(program)
        in_log(box, "the settings were read again", "service.log")
    told = [line.split(" ", 3)[2:] for line in log(box, "service.log")]
    assert [level for level, _ in told] == ["INFO"] * len(told)
    words = [text for _, text in told]
    assert words[0].startswith("service: started (version ")
    assert "server: up" in words
    assert words[-1] == "service: stopped"
    assert log(box, "service-error.log") == []


def test_a_bad_value_is_in_the_error_log_with_its_line_once(box: Box) -> None:
    box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=two\n")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        line = in_log(box, "config:2", "service-error.log")
        assert " WARNING configuration: config:2: AUDIO_CHANNELS" in line
        box.configure("AUDIO_CODEC=pcm_s16be\nLOG_LEVEL=loud\n")
        reload(program)
        loud = in_log(box, "LOG_LEVEL", "service-error.log")
    assert all(word in loud for word in ("debug", "info", "warning", "error"))
    assert sum("config:2: AUDIO_CHANNELS" in line for line in log(box, "service-error.log")) == 1


def test_the_level_changes_at_a_reload(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert box.command("config", "set", "LOG_LEVEL", "error").returncode == 0
        in_log(box, "the settings were read again", "service.log")
        before = log(box)
        box.mood("exit")
        program.wait_state(NAME, "FILLING")
        box.mood("count")
        program.wait_state(NAME, "LIVE")
        assert log(box) == before
        assert box.command("config", "set", "LOG_LEVEL", "debug").returncode == 0
        box.mood("exit")
        in_log(box, "filling")


def test_logs_that_were_moved_away_begin_anew(box: Box) -> None:
    folder = box.root / "var/log/audio-rtsp"
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        in_log(box, "live")
        for file in tuple(folder.iterdir()):
            file.rename(file.with_suffix(".log.1"))
        reload(program)
        wait_for(lambda: len(list(folder.glob("*.log"))) == 3, 5, "all three files are there again")
        for file in tuple(folder.glob("*.log")):
            file.rename(file.with_suffix(".log.2"))
        box.mood("exit")
        in_log(box, "filling")


def test_systemds_journal_gets_the_lines_of_the_logs_with_their_severity(box: Box) -> None:
    box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=two\n")
    reading, writing = os.pipe()
    stat = os.fstat(writing)
    argv = (sys.executable, "-m", "audio_rtsp", "--root", str(box.root), "run", "--server", "embedded")
    ports = ("--rtsp-port", str(box.port), "--api-port", str(box.api_port))
    environment = {**box.environment, "JOURNAL_STREAM": f"{stat.st_dev}:{stat.st_ino}"}
    with subprocess.Popen((*argv, *ports), env=environment, stdout=writing, stderr=writing) as process:
        os.close(writing)
        with os.fdopen(reading) as lines:
            said = []
            for line in lines:
                said.append(line.strip())
                if "live" in line:
                    process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    files = [line.split(" ", 2)[2] for name in ("service.log", "audio-streams.log") for line in log(box, name)]
    names = {"6": "INFO", "4": "WARNING", "3": "ERROR"}
    assert sorted(f"{names[line[1]]} {line[3:]}" for line in said) == sorted(files)
    assert any(line.startswith("<4>configuration: config:2: AUDIO_CHANNELS") for line in said)


def test_after_kill_9_names_events_and_lost_seconds_are_still_there(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        box.mood("exit")
        in_log(box, "filling")
        box.mood("count")
        program.wait_state(NAME, "LIVE")
        wait_for(lambda: program.stream(NAME)["lost_today_seconds"], 5, "the loss is on today's account")
        account = box.root / "var/lib/audio-rtsp/account.json"
        wait_for(account.exists, 5, "the account is on the disk")
        program.process.kill()
        program.process.wait()
    told = box.ask("events")
    assert [one["to"] for one in told if one["subject"] == NAME][:2] == ["LIVE", "FILLING"]
    assert box.ask("stream", "history", NAME)[0]["lost"] > 0
    assert "FILLING".lower() in box.command("events", NAME).stdout
    with running(box, "--server", "embedded") as program:
        after = program.wait_state(NAME, "LIVE")
        assert (after["name"], after["identity"]) == (before["name"], before["identity"])
        assert after["lost_today_seconds"] > 0
        assert after["lost_seconds"] < 0.1, "a program counts from its own start"
        assert box.ask("stream", "history", NAME)[0]["lost"] == pytest.approx(after["lost_today_seconds"], abs=0.2)
    journal = (box.root / "var/lib/audio-rtsp/events.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["to"] == "started" for line in journal) == 2


def test_logs_that_cannot_be_written_are_said_once_and_come_back(box: Box) -> None:
    """As on a full or read-only disk: where the folder should be is a file."""
    (box.root / "var").mkdir(exist_ok=True)
    (box.root / "var/log").write_text("in the way")
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        wait_for(lambda: "a log cannot be written" in program.said(), 5, "it is said")
        assert any("a log cannot be written" in line for line in (program.status() or {})["complaints"])
        (box.root / "var/log").unlink()
        reload(program)
        in_log(box, "lines are missing here", "service.log")
        wait_for(lambda: not (program.status() or {})["complaints"], 5, "nothing is complained of any more")
        assert program.stream(NAME)["capture_pid"] == before["capture_pid"]
        assert program.said().count("a log cannot be written") == 1


def test_a_name_without_history_is_told_from_a_wrong_one(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert box.command("stream", "history", NAME).stdout == f"{NAME} has lost nothing\n"
        assert box.command("stream", "history", "nobody").returncode == 9


def test_an_ordinary_users_records_are_in_his_own_folder(tmp_path: Path) -> None:
    from audio_rtsp.cli.places import places_for

    places = places_for(root=Path("/"), config=None, environ={"HOME": str(tmp_path)}, is_root=False)
    assert places.logs == tmp_path / ".local/state/audio-rtsp/log"


def test_a_stream_that_stops_while_its_device_is_away_tells_what_it_lost_last(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        box.mood("exit", "Stereo")
        program.wait_state(NAME, "FILLING")
        wait_for(lambda: program.stream(NAME)["lost_seconds"] > 1.0, 5, "sound is lost")
        lost = program.stream(NAME)["lost_seconds"]
    told = re.search(r" WARNING .*: stopped, (\d+\.\d) s lost$", log(box)[-1])
    assert told, log(box)
    assert lost - 0.5 < float(told[1]) < lost + 2
