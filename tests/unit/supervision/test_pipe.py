"""The kernel pipe between a capture and an encoder."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.supervision.pipe import WANTED_CAPACITY, SoundPipe
from audio_rtsp.supervision.sound import BEHIND, Sound
from unit.host.processes import descriptors, few_descriptors

FORMATS = [("S16_LE", 1), ("S16_LE", 2), ("S16_LE", 3), ("S32_LE", 1), ("S32_LE", 5)]
every_format = pytest.mark.parametrize(("sample_format", "channels"), FORMATS)
SRC = Path(__file__).resolve().parents[3] / "src"


@contextmanager
def opened(sample_format: str = "S16_LE", channels: int = 1, rate: int = 48000) -> Iterator[SoundPipe]:
    pipe = SoundPipe(PcmFormat(sample_format=sample_format, rate=rate, channels=channels))
    try:
        yield pipe
    finally:
        pipe.close()


def test_it_holds_eleven_seconds_of_a_microphone() -> None:
    with opened(rate=44100) as pipe:
        assert pipe.capacity == WANTED_CAPACITY
        assert pipe.pcm.seconds(pipe.capacity) > 11


@pytest.mark.parametrize("room", range(4))
def test_one_that_cannot_be_made_whole_leaves_nothing(room: int) -> None:
    before = descriptors()
    with few_descriptors(room), pytest.raises(OSError, match="Too many open files"):
        SoundPipe(PcmFormat(sample_format="S16_LE", rate=48000, channels=1))
    assert descriptors() == before


def test_the_backlog_is_what_waits() -> None:
    with opened() as pipe:
        os.write(pipe.writing_end, b"12345678")
        assert pipe.backlog == 8
        os.read(pipe.reading_end, 6)
        assert pipe.backlog == 2


@every_format
def test_silence_is_written_in_whole_frames_until_the_pipe_is_full(sample_format: str, channels: int) -> None:
    with opened(sample_format, channels) as pipe:
        frame = pipe.pcm.frame_bytes
        assert pipe.write_silence(frame * 1000) == frame * 1000
        written = pipe.write_silence(pipe.capacity * 2 // frame * frame)
        assert written % frame == 0
        assert pipe.backlog == written + frame * 1000
        assert pipe.capacity - pipe.backlog <= pipe.capacity // 2
        assert pipe.write_silence(frame) in (0, frame)


@every_format
def test_silence_is_zero_and_stands_behind_what_waits(sample_format: str, channels: int) -> None:
    with opened(sample_format, channels) as pipe:
        frame = pipe.pcm.frame_bytes
        os.write(pipe.writing_end, b"\x01" * frame)
        pipe.write_silence(frame * 2)
        assert os.read(pipe.reading_end, 100) == b"\x01" * frame + bytes(frame * 2)


@every_format
def test_the_oldest_whole_frames_are_dropped(sample_format: str, channels: int) -> None:
    with opened(sample_format, channels) as pipe:
        frame = pipe.pcm.frame_bytes
        for number in range(1, 11):
            os.write(pipe.writing_end, bytes([number]) * frame)
        assert pipe.drop(frame * 4) == frame * 4
        assert os.read(pipe.reading_end, frame) == bytes([5]) * frame
        assert pipe.drop(frame * 100) == frame * 5
        assert pipe.drop(frame) == 0


def test_dropping_from_a_closed_pipe_ends() -> None:
    """A read at the end of file gives nothing, for ever."""
    with opened() as pipe:
        pipe.write_silence(100)
        pipe.close_writing()
        assert pipe.drop(1000) == 100


def test_a_frame_that_a_capture_left_unfinished_is_completed() -> None:
    with opened("S32_LE", 2) as pipe:
        os.write(pipe.writing_end, b"x" * 11)
        pipe.complete_frame(11)
        assert pipe.backlog == 16
        pipe.complete_frame(16)
        assert pipe.backlog == 16


def test_the_ends_of_the_children_block_and_ours_do_not() -> None:
    with opened() as pipe:
        for end in (pipe.reading_end, pipe.writing_end):
            assert not fcntl.fcntl(end, fcntl.F_GETFL) & os.O_NONBLOCK
        assert pipe.drop(10) == 0
        pipe.write_silence(pipe.capacity)
        assert pipe.write_silence(1 << 16) == 0


def test_no_child_inherits_an_end_that_it_was_not_given() -> None:
    with opened() as pipe:
        assert not os.get_inheritable(pipe.reading_end)
        assert not os.get_inheritable(pipe.writing_end)


def test_an_encoder_sees_the_end_when_writing_is_closed() -> None:
    with opened() as pipe:
        pipe.write_silence(100)
        pipe.close_writing()
        assert len(os.read(pipe.reading_end, 1000)) == 100
        assert os.read(pipe.reading_end, 1000) == b""
        assert pipe.write_silence(10) == 0


def test_everything_is_given_back_and_closing_twice_is_harmless() -> None:
    before = list(Path("/proc/self/fd").iterdir())
    pipe = SoundPipe(PcmFormat(sample_format="S16_LE", rate=48000, channels=1))
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before) + 4
    pipe.close()
    pipe.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
    assert pipe.backlog == 0


def test_a_kernel_that_refuses_the_size_leaves_a_pipe_that_works() -> None:
    """A plain user beyond fs.pipe-max-size, which fails as the share of fs.pipe-user-pages-soft does."""
    script = (
        "from audio_rtsp.supervision import pipe; from audio_rtsp.alsa.pcm_format import PcmFormat\n"
        "pipe.WANTED_CAPACITY = 1 << 30\n"
        "one = pipe.SoundPipe(PcmFormat(sample_format='S16_LE', rate=48000, channels=1))\n"
        "print(one.capacity, one.write_silence(1 << 20), one.backlog)"
    )
    as_user = ["setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all"] if os.geteuid() == 0 else []
    environment = {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    argv = [*as_user, sys.executable, "-c", script]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["65536", "65536", "65536"]


def test_a_full_pipe_gives_room_by_whole_frames_and_counts_them() -> None:
    sound = Sound(PcmFormat(sample_format="S16_LE", rate=48000, channels=2))
    try:
        sound.ledger.captured(1, 0.0)
        assert sound.make_room() == 0.0
        size = sound.pipe.capacity - sound.pipe.capacity % 4
        sound.pipe.write_silence(size)
        dropped = sound.make_room()
        assert dropped == pytest.approx(0.5)
        assert sound.ledger.lost_seconds == pytest.approx(0.5)
        assert sound.pipe.backlog % 4 == 0
        assert sound.make_room() == 0.0
    finally:
        sound.pipe.close()


def test_silence_stops_a_little_behind_the_clock() -> None:
    sound = Sound(PcmFormat(sample_format="S16_LE", rate=48000, channels=1))
    try:
        sound.ledger.captured(sound.pcm.period_bytes, 10.0)
        sound.fill(12.0)
        assert sound.ledger.missing(12.0) == pytest.approx(BEHIND, abs=0.001)
        assert sound.ledger.filled_seconds == pytest.approx(2.0 - BEHIND, abs=0.001)
        assert sound.waiting_seconds == pytest.approx(2.0 - BEHIND, abs=0.001)
        sound.fill(12.0)
        assert sound.ledger.missing(12.0) == pytest.approx(BEHIND, abs=0.001)
    finally:
        sound.pipe.close()


def fill_with_periods(pipe: SoundPipe) -> int:
    """As arecord does: a period at a time, until the pipe takes no more."""
    writing = os.open(f"/proc/self/fd/{pipe.writing_end}", os.O_WRONLY | os.O_NONBLOCK)
    written = 0
    try:
        while True:
            written += os.write(writing, bytes(pipe.pcm.period_bytes))
    except BlockingIOError:
        return written
    finally:
        os.close(writing)


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(("sample_format", "channels"), [("S16_LE", 1), ("S16_LE", 2), ("S32_LE", 2)])
def test_a_pipe_full_of_periods_is_known_to_be_full_though_bytes_are_left(
    sample_format: str, channels: int, rate: int
) -> None:
    with opened(sample_format, channels, rate) as pipe:
        assert not pipe.is_full
        assert fill_with_periods(pipe) < pipe.capacity, "pages are not filled: this is what went unnoticed"
        assert pipe.is_full


@pytest.mark.parametrize("rate", [44100, 48000])
def test_the_oldest_sound_makes_room_in_a_pipe_full_of_periods(rate: int) -> None:
    sound = Sound(PcmFormat(sample_format="S16_LE", rate=rate, channels=2))
    try:
        assert sound.make_room() == 0.0
        sound.ledger.captured(fill_with_periods(sound.pipe), now=10.0)
        assert 0.4 < sound.make_room() < 0.6
        assert not sound.pipe.is_full
        assert 0.4 < sound.ledger.lost_seconds < 0.6
    finally:
        sound.pipe.close()


@pytest.mark.parametrize(("missing", "silence"), [(0.03, 0.0), (0.09, 0.0), (0.11, 0.09), (1.0, 0.98)])
def test_a_gap_between_two_captures_is_spliced_only_when_it_is_worth_a_break_in_the_sound(
    missing: float, silence: float
) -> None:
    pcm = PcmFormat(sample_format="S16_LE", rate=48000, channels=1)
    sound = Sound(pcm)
    try:
        os.write(sound.pipe.writing_end, bytes(pcm.whole_frames(0.5)))
        sound.ledger.captured(pcm.whole_frames(0.5), 100.5)
        sound.splice(100.5 + missing)
        assert sound.waiting_seconds == pytest.approx(0.5 + silence, abs=0.001)
        assert sound.ledger.filled_seconds == pytest.approx(silence, abs=0.001)
    finally:
        sound.pipe.close()
