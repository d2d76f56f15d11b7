"""``audio-rtsp config``: what the owner sees, and what is refused."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from audio_rtsp.cli.places import Places
from audio_rtsp.cli.verbs.config import _given, config
from audio_rtsp.config.settings import ALL
from audio_rtsp.errors import BadName, ConfigRefused
from unit.config.folder import Run, Seed, Write


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str, input: str | None = None) -> Result:
        places = Places(
            root=Path("/"), config=tmp_path, state=tmp_path / "state", logs=tmp_path / "logs", runtime=tmp_path / "run"
        )
        return CliRunner().invoke(config, list(arguments), obj=places, input=input)

    return run


def refusal(result: Result) -> tuple[str, ...]:
    assert isinstance(result.exception, ConfigRefused), result.output
    assert result.exception.exit_code == 78
    return result.exception.detail


def test_show_reads_well_at_80_columns(run: Run) -> None:
    lines = run("show", "--origin").stdout.splitlines()
    assert lines[0].split() == ["SETTING", "VALUE", "FROM"]
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["RTSP_PORT", "18554", "default"]
    assert len(run("show", "--all").stdout.splitlines()) == len(ALL) + 1


def test_show_fits_on_a_screen_and_says_how_to_see_the_rest(run: Run, write: Write) -> None:
    nothing = run("show")
    assert nothing.stdout == "every setting has its default\n"
    assert nothing.stderr == f"{len(ALL)} settings have their defaults; with them: audio-rtsp config show --all\n"
    write("config", "AUDIO_CODEC=aac\nRTSP_PORT=18554\n")
    assert [line.split() for line in run("show").stdout.splitlines()] == [["SETTING", "VALUE"], ["AUDIO_CODEC", "aac"]]
    assert f"{len(ALL) - 1} settings have their defaults" in run("show").stderr
    assert run("show", "--all").stderr == ""


def test_show_names_the_winner(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("config", "\nAUDIO_CODEC=aac\nAUDIO_CHANNELS=2\n")
    write("devices/desk.conf", "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n")
    monkeypatch.setenv("AUDIO_RTSP_AUDIO_BITRATE", "64k")
    rows = {
        line.split()[0]: line.split()[1:] for line in run("show", "--origin", "--stream", "desk").stdout.splitlines()
    }
    assert rows["AUDIO_CODEC"] == ["libopus", "devices/desk.conf:1"]
    assert rows["AUDIO_CHANNELS"] == ["2", "config:3"]
    assert rows["AUDIO_BITRATE"] == ["64k", "AUDIO_RTSP_AUDIO_BITRATE"]
    assert rows["RTSP_PORT"] == ["18554", "default"]


def test_show_tells_complaints_beside_the_answer(run: Run, write: Write) -> None:
    write("config", "AUDIO_BITRAT=64k\n")
    assert run("show", "--all").stderr == "config:1: AUDIO_BITRAT: unknown key; did you mean AUDIO_BITRATE?\n"


def test_json_has_values_and_origins(run: Run, write: Write) -> None:
    write("config", "AUDIO_BITRATE=64k\nENABLE_AUTO_REBOOT=yes\n")
    answer = json.loads(run("show", "--json").stdout)
    assert list(answer["settings"]) == [setting.key for setting in ALL]
    assert answer["settings"]["AUDIO_BITRATE"] == {
        "value": 64000,
        "text": "64k",
        "default": "192k",
        "unit": "bit/s",
        "origin": {"kind": "file", "where": "config:1"},
    }
    assert answer["settings"]["ENABLE_AUTO_REBOOT"]["value"] is True
    assert answer["settings"]["AUDIO_CAPTURE_VOLUME"]["value"] is None
    assert (answer["stream"], answer["complaints"]) == (None, [])


def test_a_secret_is_never_printed(run: Run, write: Write) -> None:
    write("config", "RTSP_READ_USER=me\nRTSP_READ_PASSWORD=hunter2\n")
    shown = [
        run("show"),
        run("show", "--json"),
        run("get", "RTSP_READ_PASSWORD"),
        run("set", "RTSP_READ_PASSWORD", "hunter2"),
        run("set", "RTSP_READ_PASSWORD", "hunter23"),
        run("set", "RTSP_READ_PASSWORD", "hun ter2"),
    ]
    text = "".join(result.output + repr(getattr(result.exception, "detail", "")) for result in shown)
    assert "ter2" not in text
    assert "****" in text
    assert run("get", "RTSP_READ_PASSWORD").stdout == "****\n"


def test_a_password_can_come_from_standard_input(run: Run, write: Write, tmp_path: Path) -> None:
    write("config", "RTSP_READ_USER=me\nRTSP_READ_PASSWORD=x\n")
    assert run("set", "RTSP_READ_PASSWORD", "-", input="hunter2\n").exit_code == 0
    assert (tmp_path / "config").read_text() == "RTSP_READ_USER=me\nRTSP_READ_PASSWORD=hunter2\n"


def test_a_login_is_set_password_first(run: Run) -> None:
    assert refusal(run("set", "RTSP_READ_USER", "me"))[0].endswith("set RTSP_READ_PASSWORD first")
    assert run("set", "RTSP_READ_PASSWORD", "hunter2").exit_code == 0
    assert run("set", "RTSP_READ_USER", "me").exit_code == 0
    assert run("check").stdout == "ok\n"


def test_get_prints_the_value_in_force(run: Run, write: Write) -> None:
    write("config", "AUDIO_CODEC=mp3\n")
    write("devices/desk.conf", "AUDIO_CODEC=aac\n")
    assert run("get", "AUDIO_CODEC").stdout == "libmp3lame\n"
    assert run("get", "audio-codec", "--stream", "desk").stdout == "aac\n"
    assert refusal(run("get", "AUDIO_CODC")) == ("'AUDIO_CODC': unknown key; did you mean AUDIO_CODEC?",)
    assert isinstance(run("get", "AUDIO_CODEC", "--stream", "Desk").exception, BadName)


def test_set_changes_one_line(run: Run, write: Write, tmp_path: Path, seed: Seed) -> None:
    path = write("config", seed("config"))
    assert run("set", "AUDIO_BITRATE", "0.128M").exit_code == 0
    assert path.read_bytes() == seed("config").replace(b"192k", b"128k")
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_setting_a_key_that_stands_twice_makes_no_complaint(run: Run, write: Write, seed: Seed) -> None:
    path = write("config", seed("config") + seed("recovery"))
    assert run("set", "CPU_THRESHOLD", "90").exit_code == 0
    assert path.read_text().count("CPU_THRESHOLD=90\n") == 2
    assert run("check").stdout == "ok\n"


@pytest.mark.parametrize("value", ["192k", "192000", "0.192M"])
def test_an_equal_value_changes_nothing(run: Run, write: Write, tmp_path: Path, value: str) -> None:
    path = write("config", "AUDIO_BITRATE=192000 # mine\n")
    before = path.stat()
    result = run("set", "AUDIO_BITRATE", value)
    assert (result.exit_code, path.stat()) == (0, before)
    assert "nothing was changed" in result.stdout
    assert [there.name for there in tmp_path.iterdir() if not there.name.startswith(".")] == ["config"]


def test_a_default_is_not_written_but_a_stream_may_pin_it(run: Run, tmp_path: Path) -> None:
    assert run("set", "AUDIO_CODEC", "mp3").exit_code == 0
    assert not (tmp_path / "config").exists()
    assert run("set", "AUDIO_CODEC", "mp3", "--stream", "desk").exit_code == 0
    assert (tmp_path / "devices/desk.conf").read_text() == "AUDIO_CODEC=libmp3lame\n"


@pytest.mark.parametrize(
    ("before", "arguments", "says"),
    [
        ("", ["RTSP_PORT", "70000"], "RTSP_PORT: '70000' cannot be used; takes a whole number from 1 to 65535"),
        ("", ["AUDIO_CODEC", "flac"], "AUDIO_CODEC: flac cannot go over RTSP; write pcm_s16be"),
        ("", ["AUDIO_CODEC", "opus"], "AUDIO_SAMPLE_RATE: libopus does not work at 44100 Hz; write 48000"),
        ("", ["AUDIO_SAMPLE_RATE", "96000"], "AUDIO_SAMPLE_RATE: libmp3lame does not work at 96000 Hz; write 48000"),
        ("", ["CPU_THRESHOLD", "96"], "CPU_THRESHOLD: 96 is not below EMERGENCY_CPU_THRESHOLD (95)"),
        ("", ["FFMPEG_ADDITIONAL_OPTS", "-i /etc/passwd"], "FFMPEG_ADDITIONAL_OPTS: -i is not allowed"),
        (
            "AUDIO_SAMPLE_RATE=48000\nAUDIO_CODEC=libopus\nAUDIO_CHANNELS=3\n",
            ["AUDIO_CHANNELS", "4"],
            "AUDIO_CHANNELS: ",
        ),
        ("", ["LOG_LEVEL", "info", "--stream", "desk"], "LOG_LEVEL: holds for all streams"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_written(
    run: Run, write: Write, tmp_path: Path, before: str, arguments: list[str], says: str
) -> None:
    path = write("config", before)
    assert refusal(run("set", *arguments))[0].startswith(says)
    assert path.read_text() == before
    assert not (tmp_path / "backups").exists()


def test_settings_that_must_agree_are_set_at_once(run: Run, tmp_path: Path) -> None:
    assert run("set", "AUDIO_CODEC=libopus", "audio-sample-rate=48000").exit_code == 0
    assert (tmp_path / "config").read_text() == "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n"
    assert run("set", "RTSP_READ_USER=me", "RTSP_READ_PASSWORD=-", input="hunter2\n").exit_code == 0
    assert refusal(run("set", "AUDIO_CODEC=libopus", "AUDIO_SAMPLE_RATE=44100"))
    assert run("set", "FFMPEG_ADDITIONAL_OPTS=-af volume=1.2", "AUDIO_CHANNELS=2", "--stream", "desk").exit_code == 0
    assert run("get", "FFMPEG_ADDITIONAL_OPTS", "--stream", "desk").stdout == "-af volume=1.2\n"


@pytest.mark.parametrize("words", [["AUDIO_CODEC=aac", "AUDIO_CHANNELS"], ["AUDIO_CODEC"], ["A", "b", "C=d"]])
def test_half_a_pair_is_a_usage_error_and_nothing_is_written(run: Run, tmp_path: Path, words: list[str]) -> None:
    assert run("set", *words).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_settings_of_a_name_that_no_device_has_are_told(run: Run, write: Write) -> None:
    assert "no device" not in run("set", "AUDIO_CHANNELS", "2", "--stream", "dekc").output
    write("device_map.conf", "usb_audio_a=desk\n")
    assert "no device is called dekc yet; known: desk" in run("set", "AUDIO_CHANNELS", "1", "--stream", "dekc").output
    assert "no device" not in run("set", "AUDIO_CHANNELS", "1", "--stream", "desk").output


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("# none\n", ["AUDIO_CODEC", "libopus"]),
        ("# none\n", ["AUDIO_CODEC", "libopus", "--stream", "desk"]),
        ("# none\n", ["AUDIO_CODEC", "flac"]),
        ("AUDIO_BITRATE=320k\n", ["AUDIO_CODEC", "opus"]),
        ("# none\n", ["AUDIO_CHANNELS", "3"]),
        ("AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n", ["AUDIO_SAMPLE_RATE", "44100"]),
    ],
)
def test_a_refusal_ends_in_a_command_that_is_taken(run: Run, write: Write, before: str, words: list[str]) -> None:
    path = write("config", before)
    refused = run("set", *words)
    assert isinstance(refused.exception, ConfigRefused)
    command = refused.exception.fix.removeprefix("nothing was written; this would be: audio-rtsp config ")
    assert run(*shlex.split(command)).exit_code == 0, command
    assert run("check").stdout == "ok\n"
    assert path.read_text() != before or "--stream" in words or words[1] == "44100"


def test_no_command_is_promised_that_would_be_refused(run: Run, write: Write) -> None:
    write("devices/desk.conf", "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n")
    refused = run("set", "AUDIO_BITRATE", "320k")
    assert isinstance(refused.exception, ConfigRefused)
    assert refused.exception.fix.startswith("nothing was written; take what the line says")


def test_a_global_change_that_breaks_a_stream_is_refused_with_its_place(run: Run, write: Write) -> None:
    write("devices/desk.conf", "AUDIO_CODEC=libopus\nAUDIO_SAMPLE_RATE=48000\n")
    (line,) = refusal(run("set", "AUDIO_BITRATE", "320k"))
    assert line.startswith("devices/desk.conf:1: AUDIO_BITRATE: libopus takes at most 256k")


def test_other_complaints_do_not_keep_a_setting_from_being_mended(run: Run, write: Write) -> None:
    path = write("config", "nonsense\nAUDIO_CODEC=flac\nRTSP_PORT=x\n")
    assert run("set", "RTSP_PORT", "8554").exit_code == 0
    assert run("set", "AUDIO_CODEC", "pcm_s16be").exit_code == 0
    assert path.read_text() == "nonsense\nAUDIO_CODEC=pcm_s16be\nRTSP_PORT=8554\n"


@pytest.mark.parametrize("value", ["-af highpass=f=100", "-af acompressor=threshold=0.05:ratio=4", "-ac 2"])
def test_options_of_ffmpeg_are_values_and_not_options_of_ours(run: Run, tmp_path: Path, value: str) -> None:
    result = run("set", "FFMPEG_ADDITIONAL_OPTS", value, "--stream=desk")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "devices/desk.conf").read_text() == f'FFMPEG_ADDITIONAL_OPTS="{value}"\n'
    assert run("get", "FFMPEG_ADDITIONAL_OPTS", "--stream", "desk").stdout == value + "\n"
    other = run("set", "--stream", "desk", "AUDIO_BITRATE", "96k")
    assert (other.exit_code, run("get", "FFMPEG_ADDITIONAL_OPTS", "--stream", "desk").stdout) == (0, value + "\n")


def test_set_still_has_help_and_counts_its_words(run: Run) -> None:
    assert "Set KEY to VALUE" in run("set", "--help").stdout
    assert run("set", "RTSP_PORT").exit_code == 2
    assert run("set", "RTSP_PORT", "1", "--stream").exit_code == 2
    assert run("set", "RTSP_PORT", "1", "2").exit_code == 2


def test_a_stronger_variable_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIO_RTSP_RTSP_PORT", "9000")
    assert run("set", "RTSP_PORT", "8554").stderr == "AUDIO_RTSP_RTSP_PORT is set in the environment and wins over it\n"


def test_check_of_good_files_says_ok(run: Run, write: Write, seed: Seed) -> None:
    assert (run("check").stdout, run("check").exit_code) == ("ok\n", 0)
    write("config", seed("config"))
    assert (run("check").stdout, run("check").exit_code) == ("ok\n", 0)


def test_check_tells_everything_once_with_file_and_line(run: Run, write: Write) -> None:
    write("config", "AUDIO_BITRAT=1\nAUDIO_CODEC=flac\n")
    write("devices/desk.conf", "AUDIO_CODEC=libopus\nAUDIO_CHANNELS=2\n")
    write("devices/door.conf", "AUDIO_CHANNELS=2\nFFMPEG_ADDITIONAL_OPTS=-y\n")
    result = run("check")
    places = [line.split(": ")[:2] for line in result.stdout.splitlines()]
    assert result.exit_code == 78
    assert places == [
        ["config:1", "AUDIO_BITRAT"],
        ["config:2", "AUDIO_CODEC"],
        ["devices/desk.conf:1", "AUDIO_SAMPLE_RATE"],
        ["devices/door.conf:2", "FFMPEG_ADDITIONAL_OPTS"],
    ]


def test_what_the_encoder_lowers_by_itself_is_a_hint_and_no_refusal(run: Run, write: Write) -> None:
    write("config", "AUDIO_SAMPLE_RATE=22050\n")
    result = run("check")
    assert (result.stdout, result.exit_code) == ("ok\n", 0)
    assert "at most 160k at 22050 Hz" in result.stderr
    assert "at most 160k" in run("set", "AUDIO_BITRATE", "256k").stderr


def test_a_setting_that_nothing_goes_by_yet_is_told(run: Run) -> None:
    told = "ALERT_URL: has no effect yet; what it is for is still to come\n"
    assert run("set", "ALERT_URL", "http://a.example/").stderr == told
    assert run("check").stderr == f"config:1: {told}"
    assert run("check").exit_code == 0
    assert run("set", "ALERT_URL", "").stderr == ""


def test_a_filter_that_is_silent_at_first_is_told(run: Run) -> None:
    result = run("set", "FFMPEG_ADDITIONAL_OPTS", "-af highpass=f=100,dynaudnorm,volume=1.2")
    assert result.stderr == "FFMPEG_ADDITIONAL_OPTS: the first sound comes after 16 s; dynaudnorm=g=3 after 2 s\n"
    assert (run("check").stdout, run("check").exit_code) == ("ok\n", 0)
    assert run("set", "FFMPEG_ADDITIONAL_OPTS", "-af dynaudnorm=g=3").stderr == ""


def test_a_port_with_which_no_service_starts_is_told_before_the_next_start(run: Run) -> None:
    assert "RTSP_PORT: ports below 1024 are root's" in run("set", "RTSP_PORT", "554").stderr
    checked = run("check")
    assert checked.exit_code == 0 and "config:1: RTSP_PORT: ports below 1024" in checked.stderr
    assert "root's" not in run("set", "RTSP_PORT", "8554").stderr


class Typist(io.StringIO):
    """Somebody at a terminal, who presses Ctrl-C or types a word."""

    def isatty(self) -> bool:
        return True


def test_a_value_on_a_terminal_is_asked_for_and_ctrl_c_says_how_things_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Typist())
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda prompt: "hunter2")
    assert _given("-") == "hunter2"

    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.hidden_prompt_func", interrupt)
    with pytest.raises(click.exceptions.Abort, match="nothing was changed"):
        _given("-")
