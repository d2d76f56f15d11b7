from __future__ import annotations

import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from audio_rtsp.alsa.hotplug import Hotplug, is_worth_a_look


@dataclass
class Event:
    action: str | None
    properties: Mapping[str, str] = field(default_factory=dict)


class Waiting:
    """Events that wait in a netlink socket."""

    def __init__(self, *events: Event | OSError) -> None:
        self.events = list(events)

    def fileno(self) -> int:
        return 5

    def poll(self, timeout: float | None = None) -> Event | None:
        event = self.events.pop(0) if self.events else None
        if isinstance(event, OSError):
            raise event
        return event


@pytest.mark.parametrize(
    ("action", "properties", "look"),
    [
        ("add", {}, False),
        ("change", {}, False),
        ("change", {"SOUND_INITIALIZED": "1"}, True),
        ("add", {"SOUND_INITIALIZED": "1"}, True),
        ("remove", {}, True),
        ("bind", {"SOUND_INITIALIZED": "1"}, False),
        (None, {}, False),
    ],
)
def test_a_card_is_looked_at_when_it_is_ready_and_when_it_goes(
    action: str | None, properties: Mapping[str, str], look: bool
) -> None:
    assert is_worth_a_look(action, properties) is look


def test_all_that_waits_is_one_look() -> None:
    ready = Event("change", {"SOUND_INITIALIZED": "1"})
    hotplug = Hotplug(Waiting(Event("add"), ready, Event("add")))
    assert (hotplug.fileno(), hotplug.drain(), hotplug.drain()) == (5, True, False)


def test_lost_events_are_a_reason_to_look() -> None:
    assert Hotplug(Waiting(Event("add"), OSError(105, "No buffer space available"))).drain()


class Overflown:
    """A socket with an error that waits, polled as pyudev does: seen by poll(2), and not taken."""

    def __init__(self, waiting: socket.socket) -> None:
        self._socket = waiting
        waiting.connect(("127.0.0.1", 9))
        waiting.send(b"nobody listens")

    def fileno(self) -> int:
        return self._socket.fileno()

    def has_error(self) -> bool:
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return any(events & select.POLLERR for _, events in poll.poll(0))

    def poll(self, timeout: float | None = None) -> None:
        if self.has_error():
            raise OSError(f"Error while polling fd: {self.fileno()}")


def test_lost_events_are_a_reason_to_look_once() -> None:
    """An event loop would else ask again without a pause, for years."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waiting:
        monitor = Overflown(waiting)
        hotplug = Hotplug(monitor)
        assert monitor.has_error()
        assert (hotplug.drain(), hotplug.drain(), monitor.has_error()) == (True, False, False)


def test_where_udev_is_out_of_reach_it_is_silent() -> None:
    hotplug = Hotplug(None)
    assert (hotplug.fileno(), hotplug.drain()) == (-1, False)


def test_this_machine_can_be_listened_to_and_left() -> None:
    hotplug = Hotplug.open()
    hotplug.drain()
    hotplug.close()
    assert hotplug.fileno() == -1
