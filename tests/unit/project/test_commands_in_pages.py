"""What our pages tell an owner to type exists: commands, options, settings, values and filters."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from audio_rtsp.cli.main import cli
from audio_rtsp.config.settings import ALL
from audio_rtsp.encoder.filters import refused_filters, startup_silence
from audio_rtsp.encoder.options import parse_options

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
TEXTS = {page: page.read_text() for page in PAGES}
BY_KEY = {setting.key: setting for setting in ALL}
FENCE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")


def typed(text: str) -> list[str]:
    """All that stands in code: the lines of blocks, and spans."""
    lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
    return [*lines, *SPAN.findall(FENCE.sub("", text))]


def command_lines() -> list[str]:
    """What follows ``audio-rtsp``; the reference of commands leaves that word out."""
    named = [
        line.split("audio-rtsp ", 1)[1]
        for text in TEXTS.values()
        for line in typed(text)
        if re.match(r"(sudo )?(\S*bin/)?audio-rtsp [a-z-]", line)
    ]
    reference = FENCE.sub("", TEXTS[ROOT / "docs/reference/commands.md"])
    rows = [SPAN.findall(row.split(" | ")[0]) for row in reference.splitlines() if row.startswith("| `")]
    return [re.split(r" #|;", line)[0] for line in (*named, *(span for row in rows for span in row))]


def unknown_words(line: str) -> list[str]:
    """The verbs and options of a command line that the program does not have."""
    words = shlex.split(re.sub(r"[\[\]…]", " ", line))
    context, command = click.Context(cli), cli
    options = {name for parameter in cli.params for name in parameter.opts}
    unknown = []
    for word in words:
        if word.startswith("--"):
            unknown += [] if word in {*options, "--KEY"} else [word]
        elif isinstance(command, click.Group) and word.islower() and "/" not in word:
            found = command.get_command(context, word)
            if found is None:
                return [*unknown, word]
            command = found  # type: ignore[assignment]
            options |= {name for parameter in command.params for name in parameter.opts}
    return unknown


def verbs_of(group: click.Group, *before: str) -> list[str]:
    """All that can be typed, as words."""
    context, found = click.Context(group), []
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        found += verbs_of(one, *before, name) if isinstance(one, click.Group) else [" ".join((*before, name))]
    return found


@pytest.mark.parametrize("verb", verbs_of(cli))
def test_every_command_is_in_the_reference(verb: str) -> None:
    assert re.search(rf"`{verb}[ `]", (ROOT / "docs/reference/commands.md").read_text())


def test_there_is_something_to_look_at() -> None:
    assert len(command_lines()) > 25


def test_the_check_itself_finds_what_does_not_exist() -> None:
    assert unknown_words("stream lst") == ["lst"]
    assert unknown_words("config set KEY VALUE --steam NAME") == ["--steam"]


@pytest.mark.parametrize("line", sorted(set(command_lines())))
def test_every_command_in_the_pages_exists(line: str) -> None:
    assert not unknown_words(line)


def assignments() -> list[str]:
    """Lines of a settings file, and what is set by one of our commands."""
    lines = [line.removeprefix("sudo audio-rtsp config set ") for text in TEXTS.values() for line in typed(text)]
    return sorted({line for line in lines if re.match(r"[A-Z_]+=", line)})


def test_no_setting_stands_as_if_a_shell_would_take_it() -> None:
    blocks = [block for text in TEXTS.values() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]
    assert not [line for block in blocks for line in block.splitlines() if line.split("=")[0] in BY_KEY]


@pytest.mark.parametrize("line", assignments())
def test_every_setting_in_the_pages_can_be_written_so(line: str) -> None:
    key, value = line.split("=", 1)
    if key in BY_KEY and value != "VALUE":
        BY_KEY[key].parse(value.strip('"'))
    else:
        assert line == "KEY=VALUE"


def test_every_filter_in_the_pages_may_be_used() -> None:
    lines = [line.split("=", 1)[1].strip('"') for line in assignments() if line.startswith("FFMPEG_ADDITIONAL_OPTS")]
    assert len(lines) > 2
    for line in lines:
        parse_options(line)
        assert refused_filters(line.removeprefix("-af ")) is None


def test_the_pages_tell_how_late_dynaudnorm_is() -> None:
    page = TEXTS[ROOT / "docs/how-to/sound.md"]
    assert f"{startup_silence('dynaudnorm'):.0f} s" in page
    assert f"with `g=3` it is {startup_silence('dynaudnorm=g=3'):.0f} s" in page
