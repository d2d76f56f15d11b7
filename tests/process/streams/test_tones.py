"""A tone at the microphone is that tone at the listener: the whole program, real ffmpeg, every codec."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audio_rtsp.encoder.packets import LARGEST_PACKET
from process.rtsp.rtsp_client import Client, play
from process.streams.harness import Box, listening, running
from process.streams.tones import loudness, peak_frequency

NAME = "lab-studio-stereo"
CODECS = {
    "libmp3lame": ("mp3", 44100),
    "libopus": ("opus", 48000),
    "aac": ("aac", 44100),
    "pcm_s16be": ("pcm_s16be", 48000),
}


def probe(url: str) -> dict[str, Any]:
    argv = ("ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_streams", "-of", "json", url)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True)
    stream: dict[str, Any] = json.loads(done.stdout)["streams"][0]
    return stream


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_in_is_that_tone_out(box: Box, codec: str, channels: int) -> None:
    called, rate = CODECS[codec]
    box.configure(f"AUDIO_CODEC={codec}\nAUDIO_CHANNELS={channels}\nAUDIO_SAMPLE_RATE={rate}\n")
    box.mood("tone")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        found = probe(program.url(NAME))
        assert (found["codec_name"], int(found["sample_rate"])) == (called, rate)
        with listening(program.url(NAME), rate=rate, channels=channels) as listener:
            listener.wait_seconds(1.6)
            samples = listener.samples()[:: channels or 1]
    later = samples[rate // 2 : rate // 2 + rate]
    assert abs(peak_frequency(later, rate, 440) - 440) <= 1
    assert loudness(later, 440, rate) > 2000


def test_a_mute_microphone_fails_the_same_check(box: Box) -> None:
    box.mood("zero")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME)) as listener:
            listener.wait_seconds(1.0)
            assert peak_frequency(listener.samples()[::2], 48000, 440) == 0.0


def test_both_sides_of_a_stereo_microphone_are_heard_in_mono(box: Box) -> None:
    box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_SAMPLE_RATE=48000\n")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        assert probe(program.url(NAME))["channels"] == 1


@pytest.mark.parametrize(("codec", "channels"), [("pcm_s16be", 1), ("pcm_s16be", 2), ("pcm_s24be", 1)])
def test_uncompressed_sound_comes_in_full_packets(box: Box, codec: str, channels: int) -> None:
    box.configure(f"AUDIO_CODEC={codec}\nAUDIO_CHANNELS={channels}\nAUDIO_SAMPLE_RATE=48000\n")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with socket.create_connection(("127.0.0.1", box.port), timeout=10) as opened:
            there = Client(opened, program.url(NAME))
            play(there)
            sizes = {len(there.packet()) for _ in range(60)}
    assert sizes == {LARGEST_PACKET - (2 if codec == "pcm_s24be" else 0)}


def test_an_owners_filter_changes_the_stream_and_not_its_meter(box: Box) -> None:
    box.configure("AUDIO_CODEC=pcm_s16be\nAUDIO_SAMPLE_RATE=48000\nFFMPEG_ADDITIONAL_OPTS='-af volume=0.25'\n")
    box.mood("tone")
    with running(box, "--server", "embedded") as program:
        program.wait_state(NAME, "LIVE")
        with listening(program.url(NAME), channels=1) as listener:
            listener.wait_seconds(1.2)
            loud = loudness(listener.samples()[24000:48000], 440, 48000)
        stream = program.stream(NAME)
    assert 1800 < loud < 2200, "8000 at the microphone, a quarter of it at the listener"
    assert abs(stream["peak"] - -12.25) < 0.5, "the meter taps the sound before the owner's filters"


def test_four_devices_four_settings_at_once(tmp_path: Path) -> None:
    box = Box.make(tmp_path, "04")
    settings = {
        "lab-mic-one": ("libmp3lame", 44100, 1, "mp3"),
        "lab-studio-stereo": ("libopus", 48000, 2, "opus"),
        "usb-pnp-sound-device": ("aac", 48000, 1, "aac"),
        "usb-pnp-sound-device-2": ("pcm_s16be", 16000, 1, "pcm_s16be"),
    }
    folder = box.root / "etc/audio-rtsp/devices"
    folder.mkdir(parents=True)
    for name, (codec, rate, channels, _) in settings.items():
        text = f"AUDIO_CODEC={codec}\nAUDIO_SAMPLE_RATE={rate}\nAUDIO_CHANNELS={channels}\nAUDIO_BITRATE=64k\n"
        (folder / f"{name}.conf").write_text(text)
    with running(box, "--server", "embedded") as program:
        for name, (_, rate, channels, called) in settings.items():
            program.wait_state(name, "LIVE")
            found = probe(program.url(name))
            assert (found["codec_name"], int(found["sample_rate"])) == (called, rate)
            assert called == "opus" or found["channels"] == channels
