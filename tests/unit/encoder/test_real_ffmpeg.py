"""Both real ffmpegs take every command line; only the output is another one."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest

from audio_rtsp.alsa.pcm_format import PcmFormat
from audio_rtsp.encoder.argv import EncoderPlan, encoder_argv
from audio_rtsp.encoder.diagnosis import NOISE
from audio_rtsp.encoder.report import Report
from unit.encoder.ffmpegs import Ffmpeg, ffmpegs, probe, run
from unit.encoder.plans import CODECS, plan

FILTERS = {
    "none": "",
    "owners": "-af highpass=f=100,acompressor=threshold=0.05:ratio=4:attack=200:release=1000:makeup=2",
}
DECODED = {"libmp3lame": "mp3", "libopus": "opus"}
SEED_122 = "-af highpass=f=200,lowpass=f=3000"
every_ffmpeg = pytest.mark.parametrize("ffmpeg", ffmpegs(), ids=str)


def sine(pcm: PcmFormat, seconds: float, level: float = 0.5, hertz: int = 440) -> bytes:
    samples = array("h" if pcm.sample_format == "S16_LE" else "i")
    for frame in range(round(pcm.rate * seconds)):
        value = round(level * (pcm.full_scale - 1) * math.sin(2 * math.pi * hertz * frame / pcm.rate))
        samples.extend([value] * pcm.channels)
    return samples.tobytes()


def run_into(made: EncoderPlan, ffmpeg: Ffmpeg, *output: str, seconds: float = 1.2) -> tuple[Report, list[str]]:
    """Encode a sine at half of full scale; the output's own options go with the output."""
    argv = encoder_argv(made, ffmpeg.version, ffmpeg.program)
    done = run((*argv[: argv.index("-f", argv.index("-pkt_size"))], *output), sine(made.pcm, seconds))
    assert done.returncode == 0, done.stderr.decode()
    complaints = [line for line in done.stderr.decode().splitlines() if not any(word in line for word in NOISE)]
    return Report().updated(done.stdout.decode().splitlines(), made.pcm.full_scale), complaints


@every_ffmpeg
@pytest.mark.parametrize("options", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("sample_format", ["S16_LE", "S32_LE"])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("codec", CODECS)
def test_a_second_of_sound_becomes_a_second_of_coded_sound(
    tmp_path: Path, ffmpeg: Ffmpeg, codec: str, channels: int, sample_format: str, options: str
) -> None:
    made = plan(codec=codec, channels=channels, device_channels=channels, sample_format=sample_format, options=options)
    file = tmp_path / "coded.mkv"
    report, complaints = run_into(made, ffmpeg, "-f", "matroska", str(file))
    coded = probe(file)
    assert (coded.codec, coded.rate, coded.channels) == (DECODED.get(codec, codec), made.encoding.rate, channels)
    assert coded.seconds == pytest.approx(1.2, abs=0.06)
    assert complaints == []
    assert report.output_seconds == pytest.approx(1.2, abs=0.06)
    assert report.peak == pytest.approx(-6.02, abs=0.05)
    assert report.rms == pytest.approx(-9.03, abs=0.1)
    assert report.lowest == pytest.approx(-0.5, abs=0.001)
    assert report.highest == pytest.approx(0.5, abs=0.001)


@every_ffmpeg
@pytest.mark.parametrize(("rate", "bitrate"), [(22050, 160_000), (96000, 192_000), (8000, 64_000)])
@pytest.mark.parametrize("codec", CODECS)
def test_what_the_matrix_promises_at_other_rates_the_encoders_keep(
    tmp_path: Path, ffmpeg: Ffmpeg, codec: str, rate: int, bitrate: int
) -> None:
    made = plan(codec=codec, rate=rate, bitrate=bitrate)
    file = tmp_path / "coded.mkv"
    _, complaints = run_into(made, ffmpeg, "-f", "matroska", str(file), seconds=0.5)
    shown = 48000 if codec == "libopus" else made.encoding.rate  # RFC 7845: decoded Opus is always 48 kHz
    assert probe(file).rate == shown
    assert complaints == []


@every_ffmpeg
@pytest.mark.parametrize("bitrate", [128_000, 192_000, 256_000, 320_000])
def test_mp3_has_the_bitrate_it_was_asked_for(tmp_path: Path, ffmpeg: Ffmpeg, bitrate: int) -> None:
    file = tmp_path / "coded.mp3"
    run_into(plan(bitrate=bitrate), ffmpeg, "-f", "mp3", str(file), seconds=2.0)
    seconds = probe(file).seconds
    assert file.stat().st_size * 8 / seconds == pytest.approx(bitrate, rel=0.05)


@every_ffmpeg
def test_a_picked_channel_is_the_one_that_is_heard(ffmpeg: Ffmpeg) -> None:
    frames = array("h", [1000, -2000] * 44100).tobytes()
    samples = heard(plan(codec="pcm_s16be", device_channels=2, pick="right"), ffmpeg, frames)
    assert len(samples) == 44100
    assert set(samples) == {-2000}


@every_ffmpeg
@pytest.mark.parametrize("device_channels", [3, 4, 6, 8, 10, 14, 16, 18, 20, 24, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_channel_of_a_large_interface_is_heard_in_the_mix(
    ffmpeg: Ffmpeg, channels: int, device_channels: int
) -> None:
    made = plan(codec="pcm_s16be", channels=channels, device_channels=device_channels)
    for speaking in range(device_channels):
        frame = [12_000 if channel == speaking else 0 for channel in range(device_channels)]
        told = heard(made, ffmpeg, array("h", frame * 441).tobytes())
        share = len(range(speaking % channels, device_channels, channels))
        assert len(told) == 441 * channels, speaking
        assert max(told) == pytest.approx(12_000 / share, abs=2), speaking
        assert told.index(max(told)) == speaking % channels


@every_ffmpeg
@pytest.mark.parametrize("device_channels", [6, 18])
def test_an_owner_who_maps_the_channels_himself_gets_all_of_them(ffmpeg: Ffmpeg, device_channels: int) -> None:
    made = plan(codec="pcm_s16be", device_channels=device_channels, options="-af pan=mono|c0=c3")
    frame = [1000 * channel for channel in range(device_channels)]
    assert set(heard(made, ffmpeg, array("h", frame * 441).tobytes())) == {3000}


@every_ffmpeg
@pytest.mark.parametrize(("device_channels", "pick"), [(6, "4"), (18, "18"), (32, "31")])
def test_any_channel_of_a_large_interface_can_be_picked(ffmpeg: Ffmpeg, device_channels: int, pick: str) -> None:
    made = plan(codec="pcm_s16be", device_channels=device_channels, pick=pick)
    frame = [100 * (channel + 1) for channel in range(device_channels)]
    assert set(heard(made, ffmpeg, array("h", frame * 441).tobytes())) == {100 * int(pick)}


@every_ffmpeg
def test_digital_silence_is_told_as_a_number(ffmpeg: Ffmpeg) -> None:
    made = plan()
    argv = encoder_argv(made, ffmpeg.version, ffmpeg.program)
    done = run((*argv[: argv.index("-pkt_size")], "-f", "null", "-"), bytes(88200))
    report = Report().updated(done.stdout.decode().splitlines(), made.pcm.full_scale)
    assert (report.peak, report.rms, report.lowest, report.highest) == (-200.0, -200.0, 0.0, 0.0)


@every_ffmpeg
@pytest.mark.parametrize(
    "options",
    [
        "-af highpass=f=200,lowpass=f=3000",
        "-af volume=1.5",
        "-af acompressor=threshold=0.05:ratio=4",
        "-af dynaudnorm",
        "-af highpass=f=100,dynaudnorm,volume=1.2",
        "-af acompressor=threshold=0.05:ratio=4:attack=200:release=1000:makeup=2",
        "-af highpass=f=100,lowpass=f=7500,volume=1.5,dynaudnorm",
        "-af highpass=f=200,afftdn=nr=10:nf=-25",
    ],
)
def test_the_seeds_own_examples_run(ffmpeg: Ffmpeg, options: str) -> None:
    report, complaints = run_into(plan(options=options), ffmpeg, "-f", "null", "-", seconds=0.5)
    assert complaints == []
    assert report.output_seconds == pytest.approx(0.5, abs=0.06)


@every_ffmpeg
@pytest.mark.parametrize(("hertz", "least", "most"), [(50, 12.0, 99.0), (1000, -0.1, 1.0), (8000, 12.0, 99.0)])
def test_noise_reduction_takes_what_it_says(ffmpeg: Ffmpeg, hertz: int, least: float, most: float) -> None:
    made = plan(codec="pcm_s16be", options=SEED_122)
    assert least <= loss(made, ffmpeg, hertz, 0.5) <= most


@every_ffmpeg
def test_a_volume_of_one_and_a_half_is_three_and_a_half_decibels(ffmpeg: Ffmpeg) -> None:
    assert loss(plan(codec="pcm_s16be", options="-af volume=1.5"), ffmpeg, 440, 0.1) == pytest.approx(-3.52, abs=0.3)


@every_ffmpeg
def test_the_compressor_lowers_the_loud_and_leaves_the_quiet(ffmpeg: Ffmpeg) -> None:
    made = plan(codec="pcm_s16be", options="-af acompressor=threshold=0.05:ratio=4")
    assert loss(made, ffmpeg, 440, 0.5) > 6
    assert loss(made, ffmpeg, 440, 0.02) == pytest.approx(0, abs=0.3)


def heard(made: EncoderPlan, ffmpeg: Ffmpeg, sound: bytes) -> array[int]:
    """Samples as they leave the same graph; the meters write to the other pipe."""
    argv = encoder_argv(made, ffmpeg.version, ffmpeg.program)
    meters_away = [word.replace("pipe:1", "pipe:2").replace(r"pipe\:1", r"pipe\:2") for word in argv]
    done = run((*meters_away[: argv.index("-pkt_size")], "-c:a", "pcm_s16le", "-f", "s16le", "-"), sound)
    return array("h", done.stdout)


def loss(made: EncoderPlan, ffmpeg: Ffmpeg, hertz: int, level: float) -> float:
    """By how many dB a sine leaves lower than it came, when the filters have settled."""
    samples = heard(made, ffmpeg, sine(made.pcm, 1.0, level, hertz))[22050:]
    rms = math.sqrt(sum(value * value for value in samples) / len(samples))
    return 20 * math.log10(level * 32767 / math.sqrt(2) / rms)
