"""``audio-rtsp device``: which capture devices there are, what they are called, which are left out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from audio_rtsp.cli.answer import say, say_json, tell
from audio_rtsp.cli.configured import configuration_of
from audio_rtsp.cli.table import render_table
from audio_rtsp.cli.takeover import take_over
from audio_rtsp.cli.verb_group import VerbGroup
from audio_rtsp.config import blacklist as blacklist_file
from audio_rtsp.config import device_map as map_file
from audio_rtsp.config.blacklist import add_entry
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.load import Configuration
from audio_rtsp.config.sources import device_file
from audio_rtsp.control.client import ask as ask_program
from audio_rtsp.devices.absence import next_steps, read_surroundings
from audio_rtsp.devices.device import Device, DeviceState, seen_streamed
from audio_rtsp.devices.listing import HEADER, device_lines, device_row, device_value, reason_line
from audio_rtsp.devices.look import Looked, look, look_and_ask
from audio_rtsp.devices.memory_file import load_memory
from audio_rtsp.devices.renaming import apply_renaming, plan_renaming
from audio_rtsp.devices.roster import Roster
from audio_rtsp.devices.selection import names_by_identity, select_device, select_identity, unknown_streams
from audio_rtsp.errors import NoSuchDevice, NotAnswering, NotRunning
from audio_rtsp.supervision.device_source import device_source

if TYPE_CHECKING:
    from audio_rtsp.cli.places import Places

PUBLISH_AGAIN = "to publish it again: delete its line there; then: sudo audio-rtsp config reload"

_json = click.option("--json", "as_json", is_flag=True, help="The same for programs.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the owner wrote, and one look at the machine with it."""

    configuration: Configuration
    looked: Looked
    complaints: tuple[str, ...]

    @property
    def roster(self) -> Roster:
        return self.looked.roster


@click.group(cls=VerbGroup)
def device() -> None:
    """See, name and leave out capture devices."""


@device.command("list")
@_json
@click.pass_obj
def list_(places: Places, as_json: bool) -> None:
    """List every capture device, and cards that cannot capture with the reason."""
    seen = _see(places, ask=True)
    devices = seen.roster.devices
    if as_json:
        say_json([device_value(one) for one in devices])
        return
    say(_table(devices))
    for remark in (*_remarks(seen), *_advice(places, devices)):
        tell(remark)


@device.command()
@click.argument("name")
@_json
@click.pass_obj
def show(places: Places, name: str, as_json: bool) -> None:
    """Show all about the device NAME (or its identity, or a short form of that)."""
    one = select_device(name, _see(places, ask=True).roster)
    if as_json:
        say_json(device_value(one))
    else:
        say("\n".join(device_lines(one)))


@device.command("name")
@click.argument("id_", metavar="ID")
@click.argument("new", metavar="NAME")
@_json
@click.pass_obj
def name_(places: Places, id_: str, new: str, as_json: bool) -> None:
    """Call the device ID, from now on and for ever, NAME; its settings file goes with it.

    ID is its identity, a short form of that, or its present name. A device that is not plugged in can be named, too.
    """
    seen = _see(places)
    names = names_by_identity(seen.roster, seen.configuration.device_map, seen.looked.memory)
    identity = select_identity(id_, names)
    renaming = plan_renaming(identity, new, names, seen.configuration.device_map)
    renamed = apply_renaming(places.config, renaming)
    file = places.config / map_file.FILE
    if as_json:
        answer = {"identity": identity, "name": new, "before": renaming.old, "file": str(file)}
        say_json({**answer, "changed": renamed.changed})
    elif renamed.changed:
        say(f"{identity} is now called {new} ({file})")
        if renamed.adopted:
            say(f"{renamed.adopted}, which was there, holds for it from now on")
        take_over(places)
    else:
        say(f"{identity} is called {new} already; nothing was changed")


@device.command()
@click.argument("name")
@_json
@click.pass_obj
def ignore(places: Places, name: str, as_json: bool) -> None:
    """Never publish the device NAME (or its identity, or a short form of that), plugged in or not."""
    one = _here_or_away(name, _see(places))
    file = places.config / blacklist_file.FILE
    is_ignored = one.state is DeviceState.IGNORED
    changed = not is_ignored and change_file(file, lambda data: add_entry(data, one.identity, _remark(one)))
    if as_json:
        say_json({"identity": one.identity, "name": one.name, "file": str(file), "changed": changed})
    elif changed:
        say(f"{one.name or one.card_id} is ignored from now on ({file})")
        take_over(places)
        tell(PUBLISH_AGAIN)
    else:
        say(f"{one.name or one.card_id} is ignored already ({one.reason or file}); nothing was changed")
        tell(PUBLISH_AGAIN)


def _here_or_away(name: str, seen: Seen) -> Device:
    """Of one that is away its stream goes on waiting, for ever unless it is ignored. Raises as select_device."""
    with contextlib.suppress(NoSuchDevice):
        return select_device(name, seen.roster)
    names = names_by_identity(seen.roster, seen.configuration.device_map, seen.looked.memory)
    identity = select_identity(name, names)
    return Device(
        identity=identity,
        name=names[identity],
        card_id="",
        card_index=-1,
        pcm=None,
        description="it was away then",
        bus="",
        port="",
    )


def _see(places: Places, *, ask: bool = False) -> Seen:
    """Nothing is written here; devices are asked only on this machine, never those of another one's tree."""
    configuration = configuration_of(places)
    loaded = load_memory(places.memory)
    if ask and not places.is_foreign:
        looked = asyncio.run(look_and_ask(places.root, configuration, loaded.memory))
    else:
        looked = look(places.root, configuration, loaded.memory)
    captures = _captures(places)
    streamed = tuple(seen_streamed(one, captures) for one in looked.roster.devices)
    looked = replace(looked, roster=replace(looked.roster, devices=streamed))
    return Seen(configuration=configuration, looked=looked, complaints=loaded.complaints + looked.roster.complaints)


def _captures(places: Places) -> dict[int, str]:
    """The captures of the running program, by their pids."""
    with contextlib.suppress(NotRunning, NotAnswering):
        streams = ask_program(places.control_socket, "status")["streams"]
        return {one["capture_pid"]: one["name"] for one in streams if one["capture_pid"]}
    return {}


def _table(devices: Sequence[Device]) -> str:
    if not devices:
        return "no sound card"
    table = render_table(HEADER, [device_row(one) for one in devices])
    reasons = [line for one in devices if (line := reason_line(one))]
    return "\n".join([table, "", *reasons] if reasons else [table])


def _remarks(seen: Seen) -> list[str]:
    """What the owner wrote about devices that are not there, and what could not be read."""
    return [
        *seen.complaints,
        *(
            f"{blacklist_file.FILE}:{one.line}: {one.text}: matches no device"
            for one in seen.roster.unmatched_blacklist
        ),
        *(
            f"{map_file.FILE}:{one.line}: {one.identity} ({one.name}): not seen"
            for one in seen.roster.unseen_map_entries
        ),
        *(f"{device_file(name)}: no device is called so" for name in _settings_for_nobody(seen)),
    ]


def _settings_for_nobody(seen: Seen) -> list[str]:
    """Misspelt, or for a device to come."""
    names = names_by_identity(seen.roster, seen.configuration.device_map, seen.looked.memory)
    return unknown_streams(seen.configuration.stream_names, names.values())


def _advice(places: Places, devices: Sequence[Device]) -> tuple[str, ...]:
    """What to do next where nothing can be captured, or may not be: one node tells for all.

    Where our program streams it has the rights; who types this needs none.
    """
    capturing = [one for one in devices if one.pcm is not None]
    if not capturing:
        return next_steps(read_surroundings(places.root), has_cards=bool(devices))
    if any(one.state is DeviceState.STREAMED for one in capturing):
        return ()
    return tuple(filter(None, (device_source(places.root, one).obstacle() for one in capturing)))[:1]


def _remark(one: Device) -> str:
    words = f"{one.name}: {one.description}" if one.name else one.description
    return "".join(letter if letter.isprintable() else " " for letter in words)
