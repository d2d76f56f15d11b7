"""The command line of ffmpeg, word by word."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.encoder.argv import encoder_argv, filter_graph
from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.encoder.packets import LARGEST_PACKET, RTP_HEADER, block_samples
from audio_rtsp.encoder.version import FfmpegVersion
from unit.encoder.plans import CODECS, URL, plan

DEBIAN_12 = FfmpegVersion(5, 1)
BEFORE = r"""
ffmpeg -hide_banner -nostdin -nostats -loglevel warning -progress pipe:1 -stats_period 0.5
-filter_threads 1 -filter_complex_threads 1
"""
METERS = r"""
[0:a]{blocks}asplit[{tap}][meter];
[meter]asetnsamples=n={peak}:p=0,asplit[peak][rms];
[peak]astats=measure_perchannel=none:measure_overall=Min_level+Max_level+Peak_level:metadata=1:reset=1,
ametadata=mode=print:file='pipe\:1':direct=1,anullsink;
[rms]asetnsamples=n={rms}:p=0,aselect='not(mod(n\,10))',
astats=measure_perchannel=none:measure_overall=RMS_level:metadata=1:reset=1,
ametadata=mode=print:file='pipe\:1':direct=1,anullsink
"""


def words(text: str) -> tuple[str, ...]:
    return tuple(shlex.split(text))


def meters(peak: int, rms: int, *, tap: str = "out", blocks: str = "") -> str:
    return METERS.replace("\n", "").format(peak=peak, rms=rms, tap=tap, blocks=blocks)


def end_of(graph: str) -> str:
    """What the listeners' sound goes through after the tap."""
    return graph.partition("[sound]")[2].rpartition("[sound]")[2]


def test_a_default_stream_has_exactly_this_command_line() -> None:
    assert encoder_argv(plan(), DEBIAN_12) == (
        *words(BEFORE),
        *words("-blocksize 1764 -probesize 32 -analyzeduration 0 -indexmem 0"),
        *words("-threads 1 -f s16le -ar 44100 -ac 1 -i pipe:0"),
        "-filter_complex",
        meters(22050, 2205),
        *words("-map [out] -c:a libmp3lame -b:a 192000 -ar 44100 -ac 1 -threads 1 -pkt_size 1286"),
        *words(f"-f rtsp -rtsp_transport tcp {URL}"),
    )


def test_the_owners_additions_stand_where_ffmpeg_takes_them_for_the_output() -> None:
    made = plan(
        codec="pcm_s24be",
        rate=48000,
        channels=2,
        sample_format="S32_LE",
        device_rate=48000,
        device_channels=2,
        options='-af "highpass=f=200,volume=1.5" -metadata title=Garden',
    )
    assert encoder_argv(made, DEBIAN_12) == (
        *words(BEFORE),
        *words("-blocksize 7680 -probesize 32 -analyzeduration 0 -indexmem 0"),
        *words("-threads 1 -f s32le -ar 48000 -ac 2 -i pipe:0"),
        "-filter_complex",
        meters(24000, 2400, tap="sound", blocks="asetnsamples=n=1085:p=0,") + ";[sound]highpass=f=200,volume=1.5[out]",
        *words("-map [out] -c:a pcm_s24be -ar 48000 -ac 2 -threads 1 -metadata title=Garden -pkt_size 1316"),
        *words(f"-f rtsp -rtsp_transport tcp {URL}"),
    )


def test_the_meter_taps_the_sound_before_the_owners_filters() -> None:
    graph = filter_graph(plan(options="-af volume=9"))
    assert graph.startswith("[0:a]asplit[sound][meter];")
    assert graph.endswith(";[sound]volume=9[out]")
    assert graph.count("volume") == 1


@pytest.mark.parametrize(
    ("pick", "first"),
    [
        ("mix", ""),
        ("left", "pan=mono|c0=c0,"),
        ("right", "pan=mono|c0=c1,"),
        ("1", "pan=mono|c0=c0,"),
        ("6", "pan=mono|c0=c5,"),
    ],
)
def test_a_picked_channel_comes_alone_to_meter_and_listeners(pick: str, first: str) -> None:
    assert filter_graph(plan(pick=pick)).startswith(f"[0:a]{first}asplit[out][meter];")


def test_a_picked_channel_comes_before_the_owners_filters() -> None:
    graph = filter_graph(plan(pick="right", options="-af volume=2 -af bass=g=3"))
    assert graph.startswith("[0:a]pan=mono|c0=c1,")
    assert graph.endswith("[sound]volume=2,bass=g=3[out]")


@pytest.mark.parametrize(
    ("device_channels", "channels", "sound"),
    [
        (1, 1, ""),
        (2, 1, ""),  # ffmpeg's own mix of two is even
        (2, 2, ""),
        (4, 4, ""),
        (4, 1, "pan=1c|c0<c0+c1+c2+c3"),
        (5, 2, "pan=2c|c0<c0+c2+c4|c1<c1+c3"),
    ],
)
def test_more_than_two_channels_are_mixed_by_number_and_not_as_surround(
    device_channels: int, channels: int, sound: str
) -> None:
    made = plan(codec="aac", channels=channels, device_channels=device_channels)
    assert end_of(filter_graph(made)) == (f"{sound}[out]" if sound else "")


def test_the_owners_filters_get_the_mix_unless_they_choose_channels_themselves() -> None:
    mixed = filter_graph(plan(device_channels=3, options="-af volume=2"))
    assert mixed.endswith("[sound]pan=1c|c0<c0+c1+c2,volume=2[out]")
    chosen = filter_graph(plan(device_channels=3, options="-af volume=2,pan=mono|c0=c2"))
    assert chosen.endswith("[sound]volume=2,pan=mono|c0=c2[out]")


def test_an_old_ffmpeg_is_not_asked_for_a_report_period() -> None:
    assert "-stats_period" not in encoder_argv(plan(), FfmpegVersion(4, 3))
    assert "-stats_period" in encoder_argv(plan(), FfmpegVersion(4, 4))


@pytest.mark.parametrize(
    ("codec", "bitrate", "packets"),
    [
        ("libmp3lame", 64_000, ("-pkt_size", "450")),
        ("libmp3lame", 320_000, ("-pkt_size", "1316")),
        ("libopus", 64_000, ("-pkt_size", "352")),
        ("aac", 48_000, ("-pkt_size", "1316", "-max_delay", "44118")),
        ("pcm_s16be", 0, ("-pkt_size", "1316")),
    ],
)
def test_packets_hold_about_two_coded_frames(codec: str, bitrate: int, packets: tuple[str, ...]) -> None:
    argv = encoder_argv(plan(codec=codec, bitrate=bitrate), DEBIAN_12)
    place = argv.index("-pkt_size")
    assert argv[place : argv.index("-f", place)] == packets


def coded(codec: str, rate: int, channels: int) -> Encoding:
    return Encoding(codec=codec, rate=rate, channels=channels, bitrate=0)


@given(st.sampled_from(["pcm_s16be", "pcm_s24be"]), st.integers(8000, 192_000), st.integers(1, 8))
def test_uncompressed_sound_goes_out_in_whole_packets_of_twenty_milliseconds_or_little_more(
    codec: str, rate: int, channels: int
) -> None:
    encoding = coded(codec, rate, channels)
    packet = (LARGEST_PACKET - RTP_HEADER) // (encoding.sample_bytes * channels)
    block = block_samples(encoding)
    assert block % packet == 0
    assert block == 0 or 0.02 <= block / rate < 0.02 + packet / rate <= 0.06


def test_sound_of_which_a_packet_holds_more_than_a_block_stays_as_it_is() -> None:
    assert block_samples(coded("pcm_s16be", 16000, 1)) == 0
    assert block_samples(coded("pcm_s16be", 16000, 2)) == 326


def test_blocks_are_of_no_use_where_another_rate_cuts_them_anew() -> None:
    made = plan(codec="pcm_s16be", rate=48000, device_rate=96000)
    assert filter_graph(made).startswith("[0:a]asplit[out][meter];")


plans = st.builds(
    plan,
    codec=st.sampled_from([*CODECS, "flac"]),
    rate=st.integers(8000, 384_000),
    channels=st.integers(1, 32),
    bitrate=st.integers(8_000, 1_024_000),
    sample_format=st.sampled_from(["S16_LE", "S32_LE"]),
    device_rate=st.integers(8000, 384_000),
    device_channels=st.integers(1, 32),
    options=st.sampled_from(["", "-af volume=1.5", "-compression_level 5 -af bass=g=2,treble=g=1", "-vbr on"]),
    pick=st.sampled_from(["mix", "left", "right", "3"]),
)


@given(plans, st.sampled_from([FfmpegVersion(4, 3), DEBIAN_12, FfmpegVersion(999, 0)]))
def test_every_option_has_its_value_beside_it(made: object, version: FfmpegVersion) -> None:
    program, *rest, url = encoder_argv(made, version)  # type: ignore[arg-type]
    alone = {"-hide_banner", "-nostdin", "-nostats"}
    pairs = [word for word in rest if word not in alone]
    assert (program, url) == ("ffmpeg", URL)
    assert len(pairs) % 2 == 0
    assert all(option.startswith("-") for option in pairs[::2])
    assert all(value and not value.startswith("-") for value in pairs[1::2])


@given(plans)
def test_no_packet_is_larger_than_every_server_takes(made: object) -> None:
    argv = encoder_argv(made, DEBIAN_12)  # type: ignore[arg-type]
    assert 0 < int(argv[argv.index("-pkt_size") + 1]) <= LARGEST_PACKET
