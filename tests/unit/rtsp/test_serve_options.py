"""What the command line and the environment say."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from audio_rtsp.cli.verbs.serve import serve
from audio_rtsp.rtsp.serve import PASSWORD_VARIABLE, USER_VARIABLE, ServeOptions, parse_options


def test_without_a_word_it_serves_as_documented() -> None:
    assert parse_options((), {}) == ServeOptions()
    assert (ServeOptions().rtsp_port, ServeOptions().api_port, ServeOptions().gap_seconds) == (18554, 19997, 30.0)
    assert not ServeOptions().publish_from_anywhere


def test_every_option_is_heard() -> None:
    words = "--rtsp-port 1 --api-port 2 --udp-port 4 --no-udp --publish-from-anywhere --gap-seconds 0.5".split()
    wanted = ServeOptions(rtsp_port=1, api_port=2, udp_port=4, udp=False, publish_from_anywhere=True, gap_seconds=0.5)
    assert parse_options(words, {}) == wanted


def test_the_password_comes_from_the_environment_and_is_never_shown() -> None:
    options = parse_options((), {USER_VARIABLE: "ann", PASSWORD_VARIABLE: "s3cret"})
    assert (options.read_user, options.read_password) == ("ann", "s3cret")
    assert "s3cret" not in repr(options)


@pytest.mark.parametrize(
    "words",
    [
        "--rtsp-port 65536",
        "--rtsp-port -1",
        "--rtsp-port x",
        "--gap-seconds nan",
        "--gap-seconds -1",
        "--read-password x",
        "--rtsp 1",
    ],
)
def test_what_cannot_be_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(words.split(), {})
    assert refused.value.code == 2
    capsys.readouterr()


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "-1", "86401"])
def test_the_verb_refuses_what_is_no_number_of_seconds(number: str) -> None:
    done = CliRunner().invoke(serve, ["--rtsp-port=0", "--api-port=0", f"--gap-seconds={number}"])
    assert done.exit_code == 2
    assert "'--gap-seconds'" in done.output and "is not in the range 0<=x<=86400." in done.output
