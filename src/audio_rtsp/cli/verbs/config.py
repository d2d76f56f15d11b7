"""``audio-rtsp config``: see, check and change the settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from audio_rtsp.cli.answer import in_typed_words, say, say_json, tell
from audio_rtsp.cli.configured import configuration_of
from audio_rtsp.cli.interrupt import stopped
from audio_rtsp.cli.key_and_value import KeyAndValue, parse_pairs
from audio_rtsp.cli.settings_table import HIDDEN, settings_json, settings_table, shown_text
from audio_rtsp.cli.takeover import reload_program, take_over
from audio_rtsp.cli.verb_group import VerbGroup
from audio_rtsp.config.candidate import NOTHING_WRITTEN, Candidate, all_complaints
from audio_rtsp.config.complaint import Complaint, quoted
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.guess import did_you_mean
from audio_rtsp.config.load import Configuration
from audio_rtsp.config.secrecy import who_reads
from audio_rtsp.config.setting import Scope, Setting
from audio_rtsp.config.settings import ALL, BY_KEY, NOT_YET, RTSP_PORT
from audio_rtsp.config.sources import CONFIG, device_file, read_sources, settings_file
from audio_rtsp.config.values import Values
from audio_rtsp.errors import BadName, ConfigRefused
from audio_rtsp.stream_name import is_stream_name

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places

IN_VAIN = "has no effect yet; what it is for is still to come"
FIRST_FREE_PORT = 1024
ROOTS = (
    "ports below 1024 are root's: audio-rtsp does not start with it, neither as a service nor as a user, "
    "unless MediaMTX has a unit of its own"
)


@click.group(cls=VerbGroup)
def config() -> None:
    """See, check and change the settings."""


@config.command()
@click.option("--all", "is_all", is_flag=True, help="Also what has its default.")
@click.option("--origin", is_flag=True, help="All, and where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
@click.option("--stream", metavar="NAME", help="The values of one stream.")
@click.pass_obj
def show(places: Places, is_all: bool, origin: bool, as_json: bool, stream: str | None) -> None:
    """Show the values in force: those that are not the defaults, or all."""
    from audio_rtsp.encoder import judgement

    read = configuration_of(places)
    values = _values(read, stream)
    complaints = tuple(dict.fromkeys((*read.complaints, *judgement.complaints(values))))
    if as_json:
        say_json({"stream": stream, "settings": settings_json(values), "complaints": [str(one) for one in complaints]})
        return
    shown = [one for one in ALL if is_all or origin or values[one] != one.default]
    say(settings_table(values, shown, origin=origin) if shown else "every setting has its default")
    if len(shown) < len(ALL):
        tell(f"{len(ALL) - len(shown)} settings have their defaults; with them: audio-rtsp config show --all")
    for complaint in complaints:
        tell(str(complaint))


@config.command()
@click.argument("key")
@click.option("--stream", metavar="NAME", help="The value for one stream.")
@click.pass_obj
def get(places: Places, key: str, stream: str | None) -> None:
    """Print the value of KEY that is in force."""
    read = configuration_of(places)
    say(shown_text(_setting(key), _values(read, stream)))
    for complaint in read.complaints:
        if complaint.where in (CONFIG, device_file(stream or "")):  # it may stand there, and cannot be read
            tell(str(complaint))


@config.command("set", cls=KeyAndValue)
@click.argument("words", metavar="KEY VALUE | KEY=VALUE ...", nargs=-1, required=True)
@click.option("--stream", metavar="NAME", help="Write it for one stream, in its device file.")
@click.pass_obj
def set_(places: Places, words: tuple[str, ...], stream: str | None) -> None:
    """Set KEY to VALUE in its file; all else in the file stays as it is.

    Settings that must agree are set at once: AUDIO_CODEC=libopus AUDIO_SAMPLE_RATE=48000. What cannot work is refused,
    and nothing is written then. A VALUE of - is read from standard input, so that a password does not show in the list
    of processes.
    """
    from audio_rtsp.encoder import judgement
    from audio_rtsp.encoder.codec import instead

    texts = {_setting(key): value for key, value in parse_pairs(words)}
    texts = {setting: _accepted(setting, _given(value), stream) for setting, value in texts.items()}
    path = settings_file(places.config, stream)
    sources = read_sources(places.config)
    candidate = Candidate(sources, texts, stream=stream, judge=judgement.complaints, mend=instead)
    is_changed = change_file(path, candidate.change)
    for setting, text in texts.items():
        value = HIDDEN if setting.secret and text else text or "empty"
        say(f"{setting.key} is now {value} in {path}" if is_changed else f"{setting.key} is {value} already")
    if not is_changed:
        say("nothing was changed")
        return
    if any(setting.secret and text for setting, text in texts.items()):
        say(f"who can read that file now: {who_reads(path)}")
    _tell_afterwards(places, tuple(texts), stream)


@config.command()
@click.pass_obj
def reload(places: Places) -> None:
    """Let the running program read its files again, after an edit by hand."""
    for complaint in reload_program(places):
        tell(complaint)


@config.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Print every complaint about the settings, one a line."""
    from audio_rtsp.encoder import judgement

    read = configuration_of(ctx.obj)
    complaints = all_complaints(read, judgement.complaints)
    for hint in (*read.warnings, *all_complaints(replace(read, complaints=()), _hints)):
        tell(str(hint))
    say(in_typed_words("\n".join(map(str, complaints))) if complaints else "ok")
    ctx.exit(ConfigRefused.exit_code if complaints else 0)


def _hints(values: Values) -> Iterator[Complaint]:
    """What in *values* does otherwise than the owner may think."""
    from audio_rtsp.encoder import judgement

    yield from judgement.hints(values)
    if values[RTSP_PORT] < FIRST_FREE_PORT:
        yield Complaint(values.origin(RTSP_PORT).where, f"{RTSP_PORT.key}: {ROOTS}")
    for setting in ALL:
        if setting in NOT_YET and values[setting] != setting.default:
            yield Complaint(values.origin(setting).where, f"{setting.key}: {IN_VAIN}")


def _values(read: Configuration, stream: str | None) -> Values:
    if stream is None:
        return read.service
    _refuse_bad_name(stream)
    return read.for_stream(stream)


def _refuse_bad_name(stream: str) -> None:
    if not is_stream_name(stream):
        raise BadName(stream)


def _setting(key: str) -> Setting[Any]:
    """The setting that the owner means; ``audio-codec`` will do. Raises ConfigRefused with a guess."""
    name = key.upper().replace("-", "_")
    if name not in BY_KEY:
        says = f"{quoted(key)}: unknown key{did_you_mean(name)}"
        raise ConfigRefused([says], fix="all keys: audio-rtsp config show --all")
    return BY_KEY[name]


def _given(value: str) -> str:
    """What was typed, or a line of standard input; on a terminal it is asked for and not shown."""
    if value != "-":
        return value
    try:
        if sys.stdin.isatty():
            return str(click.prompt("VALUE", hide_input=True, err=True, default="", show_default=False))
        return sys.stdin.readline().rstrip("\r\n")
    except (KeyboardInterrupt, click.exceptions.Abort):
        raise stopped("nothing was changed") from None


def _accepted(setting: Setting[Any], text: str, stream: str | None) -> str:
    """The text as a file holds it. Raises ConfigRefused."""
    if stream is not None:
        _refuse_bad_name(stream)
        if setting.scope is Scope.SERVICE:
            says = f"{setting.key}: holds for all streams"
            raise ConfigRefused([says], fix=f"leave --stream out: audio-rtsp config set {setting.key} VALUE")
    try:
        return setting.render(setting.parse(text))
    except ValueError as error:
        what = "this value" if setting.secret else quoted(text)
        raise ConfigRefused([f"{setting.key}: {what} cannot be used; {error}"], fix=NOTHING_WRITTEN) from None


def _tell_afterwards(places: Places, settings: tuple[Setting[Any], ...], stream: str | None) -> None:
    for hint in _hints(_values(configuration_of(places), stream)):
        if hint.says.startswith(tuple(f"{setting.key}:" for setting in settings)):
            tell(hint.says)
    for setting in settings:
        if setting.variable in os.environ:
            tell(f"{setting.variable} is set in the environment and wins over it")
    take_over(places)
    if stream is not None:
        _tell_if_nobodys(places, stream)


def _tell_if_nobodys(places: Places, stream: str) -> None:
    """A misspelt name, or a device to come; nothing can be said where none is known."""
    from audio_rtsp.devices.memory_file import load_memory
    from audio_rtsp.devices.selection import unknown_streams

    names = dict(load_memory(places.memory).memory.names)
    names |= {entry.identity: entry.name for entry in configuration_of(places).device_map.entries}
    if names and unknown_streams([stream], names.values()):
        tell(f"no device is called {stream} yet; known: {', '.join(sorted(names.values()))}")
