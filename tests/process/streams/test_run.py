"""``audio-rtsp run`` as its owner meets it: nothing there, things missing, things taken, things changed meanwhile."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audio_rtsp.facts.ports import listener
from media_servers import BINARIES, binary_or_skip
from process.own_mounts import has_own_mounts
from process.streams.harness import STANDIN, Box, Program, count, free_port, listening, running, server_pid, wait_for
from process.streams.tones import peak_frequency

NAME = "lab-studio-stereo"


def quiet_box(folder: Path) -> Box:
    """A machine without any card."""
    return Box.make(folder, "01")


def test_without_a_device_a_tone_is_published(tmp_path: Path) -> None:
    with running(quiet_box(tmp_path), "--server", "embedded") as program:
        program.wait_state("tone-1", "LIVE")
        with listening(program.url("tone-1"), rate=44100, channels=1) as listener:
            listener.wait_seconds(1.2)
            heard = listener.samples()[11025:44100]
    assert abs(peak_frequency(heard, 44100, 440) - 440) <= 1


def test_each_further_tone_is_110_hertz_higher(tmp_path: Path) -> None:
    with running(quiet_box(tmp_path), "--server", "embedded", "--tone", "3") as program:
        program.wait_state("tone-3", "LIVE")
        with listening(program.url("tone-3"), rate=44100, channels=1) as listener:
            listener.wait_seconds(1.2)
            heard = listener.samples()[11025:44100]
        assert len((program.status() or {})["streams"]) == 3
    assert abs(peak_frequency(heard, 44100, 660) - 660) <= 1


def test_a_stand_in_runs_from_a_clone_whose_path_holds_a_blank(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    python = box.folder / "my clones/python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(python))
    box.program("arecord", "import sys\nprint(*sys.argv[1:])")
    done = subprocess.run((box.folder / "bin/arecord", "a b"), capture_output=True, text=True, timeout=20)
    assert (done.stdout, done.stderr) == ("a b\n", "")


def test_an_interface_of_18_inputs_is_heard(tmp_path: Path) -> None:
    box = Box.make(tmp_path, "91")
    box.configure("")
    (box.root / "etc/audio-rtsp/device_blacklist.conf").write_text("APE\n")
    stream = box.root / "proc/asound/card2/stream0"
    stream.write_text(stream.read_text().replace("Channels: 6", "Channels: 18"))
    box.mood("tone")
    with running(box, "--server", "embedded") as program:
        program.wait_state("scarlett-4i4-4th-gen", "LIVE")
        with listening(program.url("scarlett-4i4-4th-gen"), rate=44100, channels=1) as listener:
            listener.wait_seconds(1.2)
            heard = listener.samples()[11025:44100]
    assert abs(peak_frequency(heard, 44100, 440) - 440) <= 1


def test_a_second_run_says_so_and_prints_the_urls(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        second = box.command("run")
        assert second.returncode == 75
        assert f"where that window is closed: kill {program.process.pid}\n" in second.stderr
        assert f":{box.port}/{NAME}" in second.stderr
        assert program.stream(NAME)["state"] == "LIVE"


def test_a_taken_port_is_said_with_its_holder(box: Box) -> None:
    with socket.socket() as holder:
        holder.bind(("", box.port))
        holder.listen()
        done = box.command("run", "--rtsp-port", str(box.port), "--server", "embedded")
    assert done.returncode == 14
    assert f"port {box.port} is taken by" in done.stderr
    assert str(os.getpid()) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_port_of_our_own_server_is_taken_by_the_run_that_can_be_stopped(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert listener(box.port) == f"audio-rtsp (pid {program.process.pid})"
        served = box.command("serve", "--rtsp-port", str(box.port))
    assert f"port {box.port} is taken by audio-rtsp (pid {program.process.pid})" in served.stderr


def test_a_command_among_the_facts_of_a_stream_is_about_the_tree_that_was_named(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        shown = box.command("stream", "show", NAME).stdout
    assert f"other days: audio-rtsp --root {box.root} stream history {NAME}\n" in shown


@pytest.mark.parametrize("terminal", ["dumb", "xterm"])
def test_levels_are_seen_on_every_terminal(box: Box, terminal: str) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        argv = (sys.executable, "-m", "audio_rtsp", "--root", str(box.root), "stream", "watch")
        with watching(argv, {**box.environment, "TERM": terminal}) as read:
            wait_for(lambda: "dBFS" in read(), 10, "a level")


@contextlib.contextmanager
def watching(argv: tuple[str, ...], environment: dict[str, str]) -> Iterator[Callable[[], str]]:
    """A command on a terminal of its own, and all that it shows so far."""
    ours, its = os.openpty()
    os.set_blocking(ours, False)
    process = subprocess.Popen(argv, env=environment, stdin=its, stdout=its, stderr=its)
    shown = bytearray()

    def read() -> str:
        with contextlib.suppress(BlockingIOError):
            shown.extend(os.read(ours, 65536))
        return shown.decode(errors="replace")

    try:
        yield read
    finally:
        process.kill()
        process.wait()
        os.close(its)
        os.close(ours)


def test_a_restart_that_was_asked_for_is_not_blamed_on_the_device(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        box.command("stream", "restart", NAME)
        wait_for(lambda: program.stream(NAME)["capture_restarts"], 5, "it is restarted")
        program.wait_state(NAME, "LIVE")
        causes = [one["cause"] for one in box.ask("events", NAME)]
    assert "restarted by hand" in causes
    assert "no sound comes from the device" not in causes


def test_a_missing_ffmpeg_is_said_with_its_package(box: Box, tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    for program in ("setpriv", "env"):
        found = shutil.which(program)
        assert found
        (tmp_path / "few" / program).symlink_to(found)
    shutil.copy(tmp_path / "bin/arecord", tmp_path / "few/arecord")
    done = _run_with_path(box, tmp_path / "few")
    assert done.returncode == 13
    assert "ffmpeg is not installed" in done.stderr
    assert "apt install ffmpeg" in done.stderr


def test_an_ffmpeg_that_does_not_work_is_said_in_its_own_words(box: Box) -> None:
    box.program("ffmpeg", "import sys; sys.exit('ffmpeg: error while loading shared libraries: libx.so')")
    done = box.command("run", "--rtsp-port", str(box.port), "--server", "embedded")
    assert done.returncode == 33
    assert "libx.so" in done.stderr


def _run_with_path(box: Box, path: Path) -> subprocess.CompletedProcess[str]:
    argv = (sys.executable, "-m", "audio_rtsp", "--root", str(box.root), "run", "--rtsp-port", str(free_port()))
    environment = {**box.environment, "PATH": str(path)}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=20)


def test_a_malformed_configuration_meanwhile_costs_no_sound(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=two\nAUDIO_SAMPLE_RATE=48000\nAUDIO_BITRAT=1\n")
        program.process.send_signal(signal.SIGHUP)
        complaints = wait_for(lambda: (program.status() or {})["complaints"], 5, "the complaint shows")
        assert any("config:2" in line for line in complaints)
        assert any("did you mean AUDIO_BITRATE" in line for line in complaints)
        after = program.stream(NAME)
        assert (after["encoder_pid"], after["capture_pid"]) == (before["encoder_pid"], before["capture_pid"])
        assert after["channels"] == 2, "the last good value stays in force"


SLOW_FFMPEG = """
import os, sys, time
from pathlib import Path
if "-version" in sys.argv:
    Path({waits!r}).touch()
    while not Path({go!r}).exists():
        time.sleep(0.02)
os.execv({ffmpeg!r}, ["ffmpeg", *sys.argv[1:]])
"""


def test_signals_during_a_start_end_nothing_and_a_hangup_is_made_up_for(box: Box) -> None:
    waits, go, ffmpeg = box.folder / "waits", box.folder / "go", shutil.which("ffmpeg")
    box.program("ffmpeg", SLOW_FFMPEG.format(waits=str(waits), go=str(go), ffmpeg=ffmpeg))
    with running(box, "--server", "embedded") as program:
        wait_for(waits.exists, 10, "ffmpeg is asked for its version")
        box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=1\nAUDIO_SAMPLE_RATE=48000\n")
        program.process.send_signal(signal.SIGHUP)
        program.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: "Stack for" in program.said(), 5, "the tasks are told")
        go.touch()
        program.wait_state(NAME, "LIVE")
        wait_for(lambda: program.stream(NAME).get("channels") == 1, 5, "what was written meanwhile is in force")


def test_a_new_name_in_the_map_moves_the_stream_at_reload(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        (box.root / "etc/audio-rtsp/device_map.conf").write_text(f"{before['identity']}=desk\n")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state("desk", "LIVE")
        assert program.stream(NAME) == {}


def test_an_ignored_device_comes_back_by_what_is_told(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        told = box.command("device", "ignore", NAME)
        assert told.stderr.splitlines()[-1].startswith("to publish it again: delete its line there; then: sudo audio-")
        assert told.stderr.endswith("config reload\n")
        wait_for(lambda: not program.stream(NAME), 5, "the stream ends")
        file = Path(told.stdout.rpartition("(")[2].strip(")\n"))
        kept = [line for line in file.read_text().splitlines(keepends=True) if not line.startswith("usb_audio_")]
        file.write_text("".join(kept))
        assert box.command("config", "reload").returncode == 0
        program.wait_state(NAME, "LIVE")


def test_an_ignored_device_ends_at_reload_and_is_listed_with_its_line(box: Box) -> None:
    with running(box, "--server", "embedded", "--tone", "0") as program:
        program.wait_state(NAME, "LIVE")
        assert box.command("device", "ignore", NAME).returncode == 0
        program.process.send_signal(signal.SIGHUP)
        wait_for(lambda: (program.status() or {})["streams"] == [], 5, "the stream ends")
        listed = box.ask("device", "list")
        assert listed[0]["state"] == "ignored"
        assert "device_blacklist.conf:" in listed[0]["reason"]


def test_a_stream_that_ends_for_good_lets_its_listeners_go_at_once(box: Box) -> None:
    """The built-in server would hold them for GAP_FILL_SECONDS, as it does while an encoder is replaced."""
    with running(box, "--server", "embedded", "--tone", "0") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(0.5)
            assert box.command("device", "ignore", NAME).returncode == 0
            program.process.send_signal(signal.SIGHUP)
            wait_for(lambda: not listener.is_connected, 5, "the listener is let go")


def test_a_changed_bitrate_restarts_that_stream_only(tmp_path: Path) -> None:
    box = Box.make(tmp_path, "04")
    with running(box, "--server", "embedded") as program:
        before = program.wait_state("lab-mic-one", "LIVE")
        other = program.wait_state(NAME, "LIVE")
        folder = box.root / "etc/audio-rtsp/devices"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lab-mic-one.conf").write_text("AUDIO_BITRATE=64k\n")
        program.process.send_signal(signal.SIGHUP)
        old = (None, before["encoder_pid"])
        wait_for(lambda: program.stream("lab-mic-one")["encoder_pid"] not in old, 5, "another encoder")
        assert program.wait_state("lab-mic-one", "LIVE")["bitrate"] == 64000
        assert program.stream(NAME)["encoder_pid"] == other["encoder_pid"]


def test_past_the_limit_a_device_is_listed_with_the_rule(tmp_path: Path) -> None:
    box = Box.make(tmp_path, "04")
    with running(box, "--server", "embedded", "--max-streams", "2") as program:
        program.wait_state("lab-mic-one", "LIVE")
        status = program.status() or {}
        assert len(status["streams"]) == 2
        over = [one for one in status["left_out"] if "MAX_STREAMS" in one["reason"]]
        assert len(over) == 2


def test_a_killed_server_comes_back_with_all_its_streams(tmp_path: Path, server: str) -> None:
    with running(quiet_box(tmp_path), "--server", server, "--tone", "4") as program:
        for number in range(1, 5):
            program.wait_state(f"tone-{number}", "LIVE")
        os.kill(server_pid(program), signal.SIGKILL)
        wait_for(lambda: program.stream("tone-1")["state"] != "LIVE", 5, "the loss is seen")
        for number in range(1, 5):
            program.wait_state(f"tone-{number}", "LIVE", 10)


def test_state_that_cannot_be_written_is_said_and_sound_goes_on(box: Box) -> None:
    """As on a full disk: the state folder is a file, so that nothing can be made in it."""
    (box.root / "var/lib").mkdir(parents=True)
    (box.root / "var/lib/audio-rtsp").write_text("in the way")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert any("var/lib/audio-rtsp" in line for line in (program.status() or {})["complaints"])


def test_a_plugged_and_a_pulled_device_are_found_without_udev(box: Box, monkeypatch: object) -> None:
    """A foreign tree has no udev: SIGHUP says look again."""
    card = box.root / "proc/asound/cards"
    cards = card.read_text()
    with running(box, "--server", "embedded", "--tone", "0") as program:
        program.wait_state(NAME, "LIVE")
        shutil.move(box.root / "sys/class/sound", box.root / "sys/class/away")
        card.write_text("--- no soundcards ---\n")
        box.mood("gone")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "FILLING")
        shutil.move(box.root / "sys/class/away", box.root / "sys/class/sound")
        card.write_text(cards)
        box.mood("count")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE", 5)


def test_stream_verbs_without_a_running_program_say_so(box: Box) -> None:
    done = box.command("stream", "list")
    assert done.returncode == 3
    assert "not running" in done.stderr


def test_the_command_lines_shown_can_be_pasted(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        shown = box.command("stream", "show", NAME, "--commands").stdout
    assert shown.startswith("arecord -q -t raw -D plughw:CARD=Stereo,DEV=0 ")
    assert "| \\\nffmpeg " in shown
    assert f"rtsp://127.0.0.1:{box.port}/{NAME}" in shown


def test_another_bitrate_swaps_the_encoder_and_loses_next_to_nothing(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.2)
            box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_CHANNELS=2\nFFMPEG_ADDITIONAL_OPTS='-af volume=1.0'\n")
            box.configure((box.root / "etc/audio-rtsp/config").read_text() + "AUDIO_SAMPLE_RATE=48000\n")
            assert box.command("config", "set", "GAP_FILL_SECONDS", "20").returncode == 0
            wait_for(lambda: program.stream(NAME)["encoder_pid"] not in (None, before["encoder_pid"]), 5, "swapped")
            listener.wait_seconds(1.5)
            found = count(listener.samples())
            assert listener.is_connected
        after = program.wait_state(NAME, "LIVE")
    assert after["capture_pid"] == before["capture_pid"]
    assert (after["capture_restarts"], after["encoder_restarts"]) == (0, 0)
    assert found.lost < 0.1


def test_another_rate_restarts_capture_and_encoder(box: Box) -> None:
    box.configure("AUDIO_CODEC=libmp3lame\nAUDIO_SAMPLE_RATE=44100\n")
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        assert box.command("config", "set", "AUDIO_SAMPLE_RATE", "48000").returncode == 0
        wait_for(lambda: program.stream(NAME)["capture_pid"] not in (None, before["capture_pid"]), 5, "a new capture")
        after = program.wait_state(NAME, "LIVE")
    assert after["rate"] == 48000
    assert any("48000" in word for word in after["commands"][0])


def test_a_device_that_we_stream_is_not_called_busy(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        pid = program.wait_state(NAME, "LIVE")["capture_pid"]
        status = next((box.root / "proc/asound").glob("card*/pcm*c/sub*/status"))
        status.write_text(f"state: RUNNING\nowner_pid   : {pid}\n")
        listed = box.ask("device", "list")
    assert listed[0]["state"] == "streamed"
    assert NAME in listed[0]["reason"]


def test_an_event_ends_a_long_wait(box: Box) -> None:
    """As when udev gives a node its rights late: what could not work works now."""
    box.program(
        "arecord", "import sys\nsys.stderr.write('arecord: set_params:1358: Channels count non available')\nsys.exit(1)"
    )
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "REFUSED")
        assert "AUDIO_CHANNELS" in stream["reason"]
        assert "Channels count non available" in stream["reason"]
        box.program("arecord", STANDIN.read_text())
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE", 5)


def test_settings_that_ffmpeg_refuses_are_named_until_they_are_mended(box: Box) -> None:
    whole = (box.root / "etc/audio-rtsp/config").read_text()
    box.configure(f"{whole}FFMPEG_ADDITIONAL_OPTS='-af volume=loud'\n")
    with running(box, "--server", "embedded") as program:
        stream = program.wait_state(NAME, "REFUSED")
        assert f"audio-rtsp config show --stream {NAME}" in stream["reason"]
        assert "loud" in stream["reason"]
        assert box.command("status").returncode == 5
        box.configure(whole)
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE", 5)


def test_status_tells_what_is_true_with_and_without_a_program(box: Box) -> None:
    before = box.command("status")
    assert before.returncode == 3
    assert NAME in before.stdout
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        during = box.command("status")
        assert during.returncode == 0
        assert "1 live" in during.stdout


def test_a_restart_by_hand_replaces_both_sides(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        assert box.command("stream", "restart", NAME).returncode == 0
        old = (None, before["encoder_pid"])
        wait_for(lambda: program.stream(NAME)["encoder_pid"] not in old, 5, "another encoder")
        after = program.wait_state(NAME, "LIVE")
    assert after["capture_pid"] != before["capture_pid"]


def test_systemd_hears_ready_a_sentence_and_a_sign_of_life(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(box.folder / "notify"))
        notify.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(box.folder / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        heard = ""
        with running(box, "--server", "embedded"):
            while not ("READY=1" in heard and "WATCHDOG=1" in heard and "STATUS=1 live" in heard):
                heard += notify.recv(4096).decode() + "\n"
        assert "READY=1" in heard


def test_a_typed_option_that_cannot_be_is_refused_everywhere(box: Box) -> None:
    done = box.command("run", "--rtsp-port", "abc")
    assert done.returncode == 78
    assert "--rtsp-port" in done.stderr


def test_a_rate_that_a_codec_does_not_take_is_refused_with_one_that_works(box: Box) -> None:
    typed = ("run", "--audio-codec", "libmp3lame", "--audio-sample-rate", "96000")
    done = box.command(*typed)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (78, "  fix: it works with --audio-sample-rate 48000")
    done = box.command(*typed, "--rtsp-port", "x")
    assert done.stderr.splitlines()[-1].startswith("  fix: take what the lines say")


def test_a_file_of_zeros_is_brought_back_by_the_command_that_is_told(box: Box) -> None:
    box.command("config", "set", "AUDIO_CHANNELS", "2")
    box.command("config", "set", "AUDIO_CHANNELS", "1")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        file = box.root / "etc/audio-rtsp/config"
        file.write_bytes(b"\0" * 64)
        told = box.command("config", "reload").stderr
        assert program.stream(NAME)["channels"] == 1
        restore, then = told.rpartition("fix: ")[2].strip().split("; then: ")
        subprocess.run(restore, shell=True, check=True)
        assert then.endswith("config reload")
        assert box.command("config", "reload").stderr == "the running audio-rtsp took it over\n"
        wait_for(lambda: program.stream(NAME)["channels"] == 2, 10, "the channels of the backup did not come back")
    assert box.command("config", "reload").returncode == 3


def test_a_change_elsewhere_is_not_said_to_be_taken_over(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        other = str(box.folder / "other")
        done = box.command("--config-dir", other, "config", "set", "AUDIO_CHANNELS", "2")
    assert done.returncode == 0
    assert "for it nothing has changed" in done.stderr


@pytest.mark.parametrize(
    ("disk", "server", "says", "fix"),
    [
        ("ro", "embedded", "read-only file system", "remount,rw"),
        ("nr_inodes=1", "embedded", "no space left on device", "df -h"),
        ("size=4k", "mediamtx", "mediamtx.yml cannot be written: no space left on device", "df -h"),
    ],
)
def test_a_disk_that_takes_nothing_at_the_start_is_told_with_what_helps(
    box: Box, disk: str, server: str, says: str, fix: str
) -> None:
    if not has_own_mounts():
        pytest.skip("no right to mount a small file system")
    binary = binary_or_skip(BINARIES[-1]) if server == "mediamtx" else ""
    (box.root / "run").mkdir(exist_ok=True)
    mount = f'mount -t tmpfs -o {disk} x "{box.root / "run"}" && exec "$0" "$@"'
    words = ("-m", "audio_rtsp", "--root", str(box.root), "run", "--rtsp-port", str(box.port), "--server", server)
    argv = ("unshare", "-rm", "sh", "-c", mount, sys.executable, *words)
    done = subprocess.run(
        argv, env={**box.environment, "AUDIO_RTSP_MEDIAMTX_BIN": binary}, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 16, done.stderr
    assert says in done.stderr
    assert fix in done.stderr.splitlines()[-1]
    assert "sudo, or" not in done.stderr


def test_a_password_that_waits_for_the_next_start_is_not_said_to_be_taken_over(box: Box) -> None:
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        told = box.command("config", "set", "RTSP_READ_PASSWORD", "secret").stderr
        assert "took it over" not in told
        assert "RTSP_READ_PASSWORD: changed, takes effect at the next start of audio-rtsp\n" in told
        told = box.command("config", "reload").stderr
        assert told.count("RTSP_READ_PASSWORD: changed") == 1
        assert told.count("RTSP_READ_PASSWORD: asks nobody yet") == 1


def test_where_a_password_is_asked_for_every_url_comes_with_a_hint_and_never_with_the_password(box: Box) -> None:
    box.configure("RTSP_READ_USER=me\nRTSP_READ_PASSWORD=hunter2\n")
    with running(box, "--server", "embedded") as program:
        url = program.wait_state("lab-studio-stereo", "LIVE")["url"]
        hint = f"a password is asked for: rtsp://USER:PASSWORD@HOST:{box.port}/NAME"
        asked = box.command("stream", "url")
        status = box.command("status")
        assert (asked.stdout, asked.stderr) == (f"{url}\n", f"{hint}\n")
        assert box.command("stream", "url", "lab-studio-stereo").stdout == f"{url}\n"
        assert hint in status.stdout
        assert f"logs: {box.root / 'var/log/audio-rtsp'}\n" in status.stdout
    assert hint in program.said()
    assert f"logs: {box.root / 'var/log/audio-rtsp'}\n" in program.said()
    assert "hunter2" not in asked.stdout + asked.stderr + status.stdout + program.said()


def test_an_ffmpeg_that_gets_no_memory_is_not_called_broken(box: Box) -> None:
    said = "ffmpeg: error while loading shared libraries: liba.so.1: failed to map segment from shared object"
    box.program("ffmpeg", f"import sys\nsys.exit({said!r})")
    program = Program(box, "--server", "embedded", before=("prlimit", "--as=8589934592"))
    try:
        assert program.process.wait(20) == 1
        assert "audio-rtsp: ffmpeg cannot start: no program may take more memory than 8192 MB here" in program.said()
        assert "fix: raise that limit: LimitAS= of its unit, or ulimit -v unlimited" in program.said()
        assert "apt install" not in program.said()
    finally:
        program.stop()
