"""A request to the monitor: noted, shown, and gone when the device came anew."""

from __future__ import annotations

import shutil
import signal

from process.streams.harness import Box, running, wait_for

NAME = "lab-studio-stereo"


def test_a_request_is_noted_until_the_device_comes_anew(box: Box) -> None:
    cards = (box.root / "proc/asound/cards").read_text()
    with running(box, "--server", "embedded") as program:
        before = program.wait_state(NAME, "LIVE")
        assert before["usb_reset"] is None
        done = box.command("stream", "usb-reset", NAME)
        assert done.returncode == 0
        assert "pull its plug" in done.stdout, "it is said what happens without a monitor"
        noted = program.stream(NAME)["usb_reset"]
        assert (noted["number"], noted["cause"]) == (1, "asked for by hand")
        box.command("stream", "usb-reset", NAME)
        assert program.stream(NAME)["usb_reset"]["number"] == 2
        shutil.move(box.root / "sys/class/sound", box.root / "sys/class/away")
        (box.root / "proc/asound/cards").write_text("--- no soundcards ---\n")
        box.mood("gone")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "FILLING")
        assert program.stream(NAME)["usb_reset"]["number"] == 2
        shutil.move(box.root / "sys/class/away", box.root / "sys/class/sound")
        (box.root / "proc/asound/cards").write_text(cards)
        box.mood("count")
        program.process.send_signal(signal.SIGHUP)
        program.wait_state(NAME, "LIVE", 5)
        wait_for(lambda: program.stream(NAME)["usb_reset"] is None, 5, "nothing is asked for any more")


def test_what_is_not_on_usb_is_refused(box: Box) -> None:
    with running(box, "--server", "embedded", "--tone", "1") as program:
        program.wait_state("tone-1", "LIVE")
        assert box.command("stream", "usb-reset", "tone-1").returncode == 32
        assert box.command("stream", "usb-reset", "nobody").returncode == 9
        assert program.stream("tone-1")["usb_reset"] is None
