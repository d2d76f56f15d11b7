"""What listeners lose when parts die, hang or go: counted in samples, at a reader that stays or comes back."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.service import STARTING_PER_CORE
from process.streams.harness import STANDIN, Box, Program, count, listening, running, server_pid, wait_for

NAME = "lab-studio-stereo"


def test_the_sample_counter_itself_finds_a_mute_source(box: Box) -> None:
    """The check can fail: zeros are silence, not sound."""
    box.mood("zero")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.0)
            assert count(listener.samples()).silence > 0.9


def test_a_killed_encoder_costs_listeners_of_the_built_in_server_a_breath(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            for kills in range(1, 4):
                listener.wait_seconds(1.2)
                os.kill(program.wait_state(NAME, "LIVE")["encoder_pid"], signal.SIGKILL)
                wait_for(partial(_encoder_restarts, program, kills), 5, "a new encoder")
            listener.wait_seconds(1.5)
            found = count(listener.samples())
            assert listener.is_connected
        assert found.lost < 3 * 0.1
        assert found.backwards == 0
        assert program.stream(NAME)["capture_restarts"] == 0
        assert program.stream(NAME)["encoder_restarts"] == 3


def _encoder_restarts(program: Program, wanted: int) -> bool:
    return bool(program.stream(NAME)["encoder_restarts"] == wanted)


def test_a_killed_encoder_is_published_again_on_either_server(box: Box, server: str) -> None:
    with running(box, "--server", server) as program:
        before = program.wait_state(NAME, "LIVE")
        os.kill(before["encoder_pid"], signal.SIGKILL)
        wait_for(lambda: program.stream(NAME)["encoder_restarts"] == 1, 5, "noticed")
        after = program.wait_state(NAME, "LIVE", 5)
        assert after["encoder_pid"] != before["encoder_pid"]
        assert after["capture_pid"] == before["capture_pid"]


def test_a_killed_capture_is_not_noticed_by_a_reader_session(box: Box, server: str) -> None:
    with running(box, "--server", server) as program:
        stream = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            os.kill(stream["capture_pid"], signal.SIGKILL)
            listener.wait_seconds(2.0)
            found = count(listener.samples())
            assert listener.is_connected
        after = program.wait_state(NAME, "LIVE")
        assert after["encoder_pid"] == stream["encoder_pid"]
        assert found.lost < 0.4
        assert abs(found.lost - found.silence) < 0.06, "silence of the missing length keeps step with the clock"


def test_a_device_that_comes_back_after_seconds_finds_its_listeners_still_there(box: Box, server: str) -> None:
    with running(box, "--server", server) as program:
        stream = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            box.mood("gone")
            program.wait_state(NAME, "FILLING")
            listener.wait_seconds(3.0)
            box.mood("count")
            program.wait_state(NAME, "LIVE", 15)
            listener.wait_seconds(1.5)
            found = count(listener.samples())
            assert listener.is_connected
        after = program.stream(NAME)
        assert after["encoder_pid"] == stream["encoder_pid"]
        assert found.lost > 2.5
        assert abs(found.lost - found.silence) < 0.1
        assert abs(after["lost_seconds"] - found.lost) < 0.15, "what we filled is never called sound"


def test_a_stopped_encoder_is_replaced_and_nothing_is_lost(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            os.kill(stream["encoder_pid"], signal.SIGSTOP)
            wait_for(lambda: program.stream(NAME)["encoder_restarts"] == 1, 8, "the stopped encoder replaced")
            program.wait_state(NAME, "LIVE")
            listener.wait_seconds(5.0)
            found = count(listener.samples())
            assert listener.is_connected
        assert found.lost < 0.1


def test_a_stalled_capture_is_replaced_and_filled_meanwhile(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            os.kill(stream["capture_pid"], signal.SIGSTOP)
            program.wait_state(NAME, "FILLING", 4)
            wait_for(lambda: program.stream(NAME)["capture_restarts"] == 1, 8, "the stopped capture replaced")
            program.wait_state(NAME, "LIVE")
            listener.wait_seconds(1.0)
            assert listener.is_connected
            found = count(listener.samples())
        assert abs(found.lost - found.silence) < 0.1


FLOOD = """
import os, threading
def flood():
    while True:
        os.write(2, b"x" * 60_000)
threading.Thread(target=flood, daemon=True).start()
"""


def test_a_capture_that_floods_us_with_words_is_heard_all_the_same(box: Box) -> None:
    head, main, rest = STANDIN.read_text().partition("import math\n")
    box.program("arecord", head + FLOOD + main + rest)
    with running(box, "--server", "embedded") as program:
        since = program.wait_state(NAME, "LIVE")["state_seconds"]
        wait_for(lambda: program.stream(NAME)["state_seconds"] > since + 4.0, 8, "it stays live")
        assert program.stream(NAME)["filled_seconds"] == 0.0


def test_an_overrun_is_counted_as_lost_sound(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        wait_for(lambda: program.stream(NAME)["waiting_seconds"] < 0.1, 5, "settled")
        box.mood("overrun", "Stereo")
        wait_for(lambda: 0.45 < program.stream(NAME)["lost_seconds"] < 0.8, 10, "half a second is in the account")
        assert program.stream(NAME)["overruns"] >= 1
        assert program.stream(NAME)["capture_restarts"] == 0


def test_every_loss_is_told_once(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "LIVE")
        wait_for(lambda: program.stream(NAME)["waiting_seconds"] < 0.1, 5, "settled")
        box.mood("overrun", "Stereo")
        wait_for(lambda: "an overrun" in program.said(), 10, "the loss is told when it is found")
        os.kill(stream["encoder_pid"], signal.SIGKILL)
        wait_for(lambda: program.stream(NAME)["encoder_restarts"] == 1, 5, "noticed")
        account = program.wait_state(NAME, "LIVE")["lost_seconds"]
        told = sum(float(found) for found in re.findall(r"([0-9.]+) s lost", program.said()))
        assert f"{NAME}: starting (connecting)" in program.said(), "it was not live meanwhile"
    assert abs(told - account) < 0.15, program.said()


def test_without_an_encoder_the_full_pipe_is_told_once_and_all_that_it_cost_when_it_is_live_again(box: Box) -> None:
    whole = (box.root / "etc/audio-rtsp/config").read_text()
    box.configure(f"{whole}FFMPEG_ADDITIONAL_OPTS='-af volume=loud'\n")
    with running(box, "--server", "embedded") as program:
        wait_for(lambda: program.stream(NAME).get("lost_seconds", 0.0) > 2.0, 15, "a pipe that is full for seconds")
        assert program.said().count("no encoder for longer than the pipe holds") == 1
        box.configure(whole)
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE")
        account = program.stream(NAME)["lost_seconds"]
    told = sum(float(found) for found in re.findall(r"([0-9.]+) s lost", program.said()))
    assert abs(told - account) < 0.15, program.said()


def test_half_a_frame_from_a_dying_capture_does_not_shift_the_channels(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            box.mood("half", "Stereo")
            wait_for(lambda: program.stream(NAME)["capture_restarts"] >= 1, 5, "the capture died")
            box.mood("count", "Stereo")
            program.wait_state(NAME, "LIVE", 15)
            listener.wait_seconds(1.5)
            found = count(listener.samples())
        assert found.backwards == 0
        assert found.lost < 15


def test_a_capture_that_is_deaf_to_signals_does_not_hold_up_the_end(box: Box) -> None:
    box.mood("deaf")
    program = Program(box, "--server", "embedded")
    try:
        stream = program.wait_state(NAME, "LIVE")
    finally:
        code = program.stop()
    assert code == 0
    assert not os.path.exists(f"/proc/{stream['capture_pid']}")  # noqa: PTH110


def test_a_busy_device_is_named_and_started_when_it_is_free(box: Box) -> None:
    box.mood("busy")
    status = box.root / "proc/asound/card0/pcm0c/sub0/status"
    status.write_text("state: RUNNING\nowner_pid   : 4242\n")
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "BUSY")
        assert "4242" in stream["reason"]
        assert stream["encoder_pid"] is None or program.stream(NAME)["encoder_pid"] is None
        box.mood("count")
        status.write_text("closed\n")
        program.wait_state(NAME, "LIVE", 5)


def test_a_path_goes_offline_after_the_gap_and_comes_back(box: Box) -> None:
    with running(box, "--server", "embedded", "--gap-fill-seconds", "1.5") as program:
        program.wait_state(NAME, "LIVE")
        box.mood("gone")
        program.wait_state(NAME, "FILLING")
        wait_for(lambda: program.stream(NAME)["encoder_pid"] is None, 8, "the encoder ends")
        assert program.stream(NAME)["state"] in ("BACKOFF", "WAITING", "STARTING", "COOLDOWN")
        before = program.stream(NAME)["lost_seconds"]
        wait_for(lambda: program.stream(NAME)["lost_seconds"] > before + 1.0, 5, "time offline is lost sound")
        box.mood("count")
        program.wait_state(NAME, "LIVE", 15)
        after = program.stream(NAME)["lost_seconds"]
        assert after > before + 1.0
        assert program.stream(NAME)["lost_seconds"] == after, "it ends with the first sound"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_within_two_seconds_with_nothing_left(box: Box, server: str, number: signal.Signals) -> None:
    program = Program(box, "--server", server)
    try:
        stream = program.wait_state(NAME, "LIVE")
        program.process.send_signal(number)
        assert program.process.wait(3) == 0
    finally:
        program.stop()
    for pid in (stream["capture_pid"], stream["encoder_pid"]):
        assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110


def test_started_with_signals_ignored_it_still_ends_at_a_term(box: Box, server: str) -> None:
    """As ``nohup audio-rtsp run &`` starts it."""
    program = Program(box, "--server", server, before=("env", "--ignore-signal=INT,HUP"))
    try:
        stream = program.wait_state(NAME, "LIVE")
        program.process.send_signal(signal.SIGHUP)
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(3) == 0
    finally:
        program.stop()
    for pid in (stream["capture_pid"], stream["encoder_pid"]):
        assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110


def test_children_die_with_a_killed_program(box: Box, server: str) -> None:
    program = Program(box, "--server", server)
    try:
        stream = program.wait_state(NAME, "LIVE")
        program.process.kill()
        program.process.wait()
        for pid in (stream["capture_pid"], stream["encoder_pid"]):
            wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 3, "a child dies with us")  # noqa: B023, PTH110
    finally:
        program.stop()


def test_a_server_that_hangs_is_replaced_and_its_silence_is_no_sound(box: Box, server: str) -> None:
    with running(box, "--server", server) as program:
        program.wait_state(NAME, "LIVE")
        hung = server_pid(program)
        lost = program.stream(NAME)["lost_seconds"]
        os.kill(hung, signal.SIGSTOP)
        stopped = time.monotonic()
        wait_for(lambda: program.stream(NAME)["state"] != "LIVE", 6, "nobody hears it, and it says so")
        wait_for(lambda: not os.path.exists(f"/proc/{hung}"), 12, "the hung server is ended")  # noqa: PTH110
        program.wait_state(NAME, "LIVE", 10)
        silent = time.monotonic() - stopped
        assert "server: restarted (it does not answer)" in program.said()
        charged = program.stream(NAME)["lost_seconds"] - lost
        assert 4.0 < charged < silent + 2.5, "what went into the dead connection is lost"


def test_without_a_free_descriptor_a_stream_waits_a_breath_and_says_what_is_short(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "LIVE")
        pid = program.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (6, limits[1]))
        for child in (stream["capture_pid"], stream["encoder_pid"]):
            os.kill(child, signal.SIGKILL)
        program.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "may open no more files" in program.said(), 5, f"the cause is told: {program.said()}")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        program.wait_state(NAME, "LIVE", 10)
        assert "Traceback" not in program.said()


def test_a_flood_of_reloads_does_not_wear_out_a_device_that_is_gone(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        wait_for(lambda: program.wait_state(NAME, "LIVE")["state_seconds"] > 3, 10, "it is no new device any more")
        box.mood("gone")
        program.wait_state(NAME, "FILLING")
        before = program.stream(NAME)["capture_restarts"]
        for _ in range(200):
            program.process.send_signal(signal.SIGHUP)
            time.sleep(0.02)
        assert program.stream(NAME)["capture_restarts"] - before <= 12, "at most two in a second"
        box.mood("count")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE", 10)


SLOW_FFMPEG = """import os, sys, time
begin = time.monotonic()
while os.path.exists({slow!r}) and time.monotonic() < begin + {seconds}:
    {act}
os.execv({ffmpeg!r}, ["ffmpeg", *sys.argv[1:]])
"""


def slow_box(tmp_path: Path, seconds: int, act: str) -> tuple[Box, Path]:
    """While the file is there, an ffmpeg does *act* over and over for so long before it begins."""
    box, slow = Box.make(tmp_path, "01"), tmp_path / "slow"
    box.program("ffmpeg", SLOW_FFMPEG.format(seconds=seconds, act=act, slow=str(slow), ffmpeg=shutil.which("ffmpeg")))
    return box, slow


def test_a_stream_whose_encoder_waits_for_its_turn_is_not_called_live(tmp_path: Path) -> None:
    """More of them ended at once than may start at once, on a machine where a start takes its time."""
    box, slow = slow_box(tmp_path, 4, "time.sleep(1)")
    names = [f"tone-{number}" for number in range(1, STARTING_PER_CORE * (os.cpu_count() or 1) + 4)]
    with running(box, "--server", "embedded", "--tone", str(len(names))) as program:
        victims = {program.wait_state(name, "LIVE", 20)["encoder_pid"] for name in names}
        slow.touch()
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not victims & {one["encoder_pid"] for one in streams(program)}, 3, "they are dead")
        wait_for(lambda: all(one["encoder_pid"] for one in streams(program) if one["state"] == "LIVE"), 1, "no word")


def test_an_encoder_whose_start_takes_seconds_is_waited_for(tmp_path: Path) -> None:
    """As on a small board that loads every stream's encoder at once; a start that is cut short helps nobody."""
    box, slow = slow_box(tmp_path, 7, "pass")
    slow.touch()
    with running(box, "--server", "embedded", "--tone", "1") as program:
        assert program.wait_state("tone-1", "LIVE", 20)["encoder_restarts"] == 0


def test_an_encoder_that_is_stopped_while_it_starts_is_replaced(tmp_path: Path) -> None:
    """It does no work: that is no slow start."""
    box, slow = slow_box(tmp_path, 60, "pass")
    with running(box, "--server", "embedded", "--tone", "1") as program:
        pids = {None, program.wait_state("tone-1", "LIVE", 20)["encoder_pid"]}
        slow.touch()
        os.kill(max(filter(None, pids)), signal.SIGKILL)
        starting = wait_for(lambda: {program.stream("tone-1").get("encoder_pid")} - pids, 5, "one that starts")
        os.kill(max(starting), signal.SIGSTOP)
        slow.unlink()
        wait_for(lambda: program.stream("tone-1").get("encoder_pid") not in pids | starting, 6, "the next encoder")
        program.wait_state("tone-1", "LIVE", 10)


def streams(program: Program) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (program.status() or {"streams": []})["streams"]
    return found


def test_a_stream_in_cooldown_says_when_it_is_tried_again(box: Box) -> None:
    box.configure("MAX_RESTART_ATTEMPTS=1\nRESTART_COOLDOWN=300\n")
    box.mood("exit")
    with running(box, "--server", "embedded") as program:
        waiting = program.wait_state(NAME, "COOLDOWN")
        assert 100 < waiting["next_try_seconds"] <= 300
        box.mood("count")
        box.command("stream", "restart", NAME)
        assert program.wait_state(NAME, "LIVE")["next_try_seconds"] is None
