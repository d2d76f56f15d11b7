"""Which filters a stream may use, and what is refused with its reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_rtsp.encoder.filters import ALLOWED, refused_filters, startup_silence
from unit.encoder import libavutil
from unit.encoder.ffmpegs import Ffmpeg, ffmpegs, run

SEED = (
    "highpass=f=200,lowpass=f=3000",
    "volume=1.5",
    "acompressor=threshold=0.05:ratio=4",
    "dynaudnorm",
    "highpass=f=100,dynaudnorm,volume=1.2",
    "acompressor=threshold=0.05:ratio=4:attack=200:release=1000:makeup=2",
    "highpass=f=100,lowpass=f=7500,volume=1.5,dynaudnorm",
    "highpass=f=200,afftdn=nr=10:nf=-25",
)
every_ffmpeg = pytest.mark.parametrize("ffmpeg", ffmpegs(), ids=str)


@pytest.mark.parametrize(
    "graph", [*SEED, "pan=stereo|c0=c0|c1=c0", "loudnorm=I=-16:TP=-1.5", "volume='if(gt(t,1),2,1)'"]
)
def test_what_the_seed_shows_is_accepted(graph: str) -> None:
    assert refused_filters(graph) is None


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        ("movie=/etc/passwd", "the filter 'movie' is not one"),
        ("volume=1,amovie=x.wav", "the filter 'amovie' is not one"),
        ("ametadata=mode=print:file=/tmp/x", "the filter 'ametadata' is not one"),
        ("afir=ir=1", "the filter 'afir' is not one"),
        ("sofalizer=sofa=/x", "the filter 'sofalizer' is not one"),
        ("ladspa=file=/x.so", "the filter 'ladspa' is not one"),
        ("lv2=p=urn", "the filter 'lv2' is not one"),
        ("arnndn=m=/x", "the filter 'arnndn' is not one"),
        ("firequalizer=dumpfile=/x", "the filter 'firequalizer' is not one"),
        ("asendcmd=f=/x", "the filter 'asendcmd' is not one"),
        ("azmq", "the filter 'azmq' is not one"),
        ("atempo=2", "the filter 'atempo' is not one"),
        ("asplit", "the filter 'asplit' is not one"),
        ("volume=/volume=/etc/passwd", "may not read or write files (/volume)"),
        ("loudnorm=stats_file=/tmp/x", "may not read or write files (stats_file)"),
        ("loudnorm=-16:7:-2", "needs its values by name"),
        ("volume=1;anullsrc", "no second chain"),
        ("[0:a]volume=1", "no [labels]"),
        ("volume=1[x]", "no [labels]"),
        ("", "the filter is empty"),
        ("  ", "the filter is empty"),
        ("volume=1,", "the filter '' is not one"),
        ("volume=1,,bass", "the filter '' is not one"),
        ("volume=1'", "a quote is not closed"),
        ("volume=1\\", "a backslash stands at the end"),
        ("volume=1\nbass", "no control characters"),
        ("volume=1\0", "no control characters"),
        ("volume=\udcff\ud800", "no control characters"),
        ("Volume=1", "the filter 'Volume' is not one"),
    ],
)
def test_what_reads_or_writes_elsewhere_is_refused_with_its_reason(graph: str, reason: str) -> None:
    assert reason in (refused_filters(graph) or "")


SMUGGLED = (
    r"loudnorm=I=-16:print_format=json:s\tats_file=OUT",
    "loudnorm=I=-16:'stats_file'=OUT:print_format=json",
    "loudnorm=I=-16':stats_file=OUT:print_format=json'",
    "loudnorm='I=-16:stats_file=OUT:print_format=json'",
    "loudnorm=I=-16:'print_format=json:stats_file=OUT'",
    r"loudnorm=I=-16\:stats_file=OUT\:print_format=json",
    "loudnorm=I=-16: stats_file =OUT:print_format=json",
    "'loudnorm'=I=-16:stats_file=OUT:print_format=json",
    "l'oud'norm=I=-16:stats_file=OUT:print_format=json",
    "loudnorm@x=I=-16:stats_file=OUT:print_format=json",
    "volume=1,ametadata=mode=add:key=a:value=b,ametadata=mode=print:file=OUT",
    r"volume=1,a\metadata=mode=print:file=OUT",
    "volume=1', 'ametadata=mode=print:file=OUT",
)


@pytest.mark.parametrize("graph", SMUGGLED)
def test_no_quoting_smuggles_a_file_past_the_list(graph: str) -> None:
    assert refused_filters(graph.replace("OUT", "/tmp/x")) is not None


@pytest.mark.parametrize("graph", [SMUGGLED[1], SMUGGLED[5]])
def test_the_smuggling_is_no_invention_a_real_ffmpeg_writes_the_file(graph: str, tmp_path: Path) -> None:
    newest = ffmpegs()[-1]
    assert _run_graph(newest, graph.replace("OUT", str(tmp_path / "out"))).returncode == 0
    assert (tmp_path / "out").exists()


fragments = st.sampled_from(
    "volume loudnorm loudnorm=I=-16: volume= ametadata amovie I=-16 1 stats_file= file= mode=print /volume= "
    "OUT ' ' \\ \\ , : = | @".split()
)


@pytest.mark.skipif(libavutil.library() is None, reason="this machine has no libavutil to compare with")
@settings(max_examples=1000)
@given(st.lists(fragments, min_size=1, max_size=12).map("".join))
def test_no_accepted_text_names_a_file_when_ffmpeg_has_unquoted_it(graph: str) -> None:
    if refused_filters(graph) is not None:
        return
    chain = libavutil.parse_chain(graph.encode())
    assert chain is not None
    assert {name.decode() for name, _ in chain} <= ALLOWED
    keys = {key for _, pairs in chain for key, _ in pairs}
    assert not keys & {b"stats_file", b"file"}
    assert not any(key.startswith(b"/") for key in keys)


@given(st.text(max_size=60))
def test_any_text_is_judged_and_none_raises(graph: str) -> None:
    reason = refused_filters(graph)
    if reason is None:
        assert startup_silence(graph) >= 0
    else:
        assert "\n" not in reason


@every_ffmpeg
def test_every_allowed_filter_takes_one_sound_and_gives_one(ffmpeg: Ffmpeg) -> None:
    listed = subprocess.run([ffmpeg.program, "-hide_banner", "-filters"], capture_output=True, text=True, timeout=20)
    shapes = {words[1]: words[2] for line in listed.stdout.splitlines() if len(words := line.split()) > 2}
    missing = {name for name in ALLOWED if name not in shapes}
    assert {shapes[name] for name in ALLOWED - missing} == {"A->A"}
    assert missing <= {"adrc", "bs2b"}  # newer than 5.1; left out of the wheel's build


def test_every_option_of_a_file_in_an_allowed_filter_is_known_to_the_list() -> None:
    """What the newest ffmpeg says of each option: nothing with "file" in it but loudnorm's stats_file."""
    newest = ffmpegs()[-1]
    told = [
        (name, line.split()[0])
        for name in sorted(ALLOWED)
        for line in _help(newest, name).splitlines()
        if "<string>" in line and ("file" in line or "path" in line)
    ]
    assert told == [("loudnorm", "stats_file")]


@pytest.mark.parametrize(
    ("graph", "seconds"),
    [
        ("volume=2", 0.0),
        ("dynaudnorm", 16.0),
        ("dynaudnorm=g=3", 2.0),
        ("dynaudnorm=gausssize=3:framelen=100", 0.4),
        ("dynaudnorm=f=100:g=5,dynaudnorm=g=3", 2.6),
        ("dynaudnorm=100:5", 0.6),
        ("dynaudnorm=p=0.9:g=3", 2.0),
        ("dynaudnorm=g=nonsense", 16.0),
    ],
)
def test_the_silence_at_the_start_is_known_beforehand(graph: str, seconds: float) -> None:
    assert startup_silence(graph) == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["inf", "nan", "1e300", "-5"])
def test_the_silence_at_the_start_stays_a_number_that_ffmpeg_could_mean(value: str) -> None:
    assert 0 <= startup_silence(f"dynaudnorm=g={value}") <= 302 * 8


def _run_graph(ffmpeg: Ffmpeg, graph: str) -> subprocess.CompletedProcess[bytes]:
    sound = ("-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "pipe:0")
    words = ("-hide_banner", "-nostdin", "-loglevel", "error", *sound, "-filter_complex", f"[0:a]{graph}[out]")
    return run((ffmpeg.program, *words, "-map", "[out]", "-f", "null", "-"), bytes(16000))


def _help(ffmpeg: Ffmpeg, name: str) -> str:
    argv = [ffmpeg.program, "-hide_banner", "-h", f"filter={name}"]
    return subprocess.run(argv, capture_output=True, text=True, timeout=20).stdout
