"""A box in the field: a guest with the program, what its owner does with it, and who listens."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lab.command import Answer
from lab.ear.listener import Listener
from lab.errors import CommandFailed, LabError
from lab.evidence import Evidence
from lab.machine.guest import Guest
from lab.microphone.microphone import Microphone
from lab.microphone.plug import Plug
from lab.sound.counter import SPARE_SECONDS, Counted, count_losses
from lab.sound.tone import Tone, measure_tone

from field.sabotage import NONE, Sabotage
from field.unit import CONFIG, NAME, PROGRAM

RTSP_PORT = 18554
EXACT = "AUDIO_CODEC=pcm_s16be\nAUDIO_SAMPLE_RATE=48000\nAUDIO_CHANNELS=1\n"
"""Nothing is lost between the microphone and a listener, so samples can be compared."""

RATE = 48000
BEFORE = 1.0
"""Seconds of sound before an event from which the place in the count is known: more than one round of it."""

ON_ITS_WAY = 2.0
"""Seconds after which no listener still hears of what happened on the bus before."""

SERVER = "^/usr/local/mediamtx/mediamtx|audio_rtsp.rtsp.serve"
"""The command line of either media server, for pgrep -f and pkill -f."""

START_LIMIT = 40.0
LIVE_LIMIT = 20.0
SABOTAGED_LIMIT = 12.0
"""Nobody waits long for what cannot come."""

LOOK_SECONDS = 0.3
Stream = dict[str, Any]


@dataclass(slots=True)
class Box:
    """One scenario's guest."""

    guest: Guest
    evidence: Evidence
    sabotage: Sabotage
    listeners: list[Listener]
    _was_well: bool = False

    def start(self, config: str = "") -> None:
        """Write the owner's settings and start the service."""
        self.guest.put(config.encode(), CONFIG)
        self.sabotage.undermine(self)
        self.guest.check(f"systemctl enable -q --now {NAME}", timeout=START_LIMIT)

    def reload(self) -> None:
        """The settings are read again, as the unit has it."""
        answer = self.guest.run(f"systemctl reload {NAME}")
        assert answer.code == 0, f"no reload: {answer.stderr}"

    def plug(self, port: int, microphone: Microphone) -> Plug:
        """Plug it in; a sabotage may alter it."""
        return self.guest.plug(port, self._altered(microphone))

    def unplug(self, port: int) -> None:
        """Pull what plug put there."""
        self.guest.unplug(port)

    def swap(self, one: int, other: int) -> None:
        """Pull both and plug each into the other's port."""
        for port in (one, other):
            plug = self.guest.plugs[port]
            plug.microphone = self._altered(plug.microphone)
        self.guest.swap(one, other)

    def settled(self) -> None:
        """All is well, and now the scenario does its worst; what a sabotage brings about comes from here on."""
        self._was_well = True
        self.sabotage.strike(self)

    def _altered(self, microphone: Microphone) -> Microphone:
        altered = self.sabotage.alter(microphone)
        return self.sabotage.alter_later(altered) if self._was_well else altered

    # What the program says

    def streams(self) -> list[Stream]:
        """``stream list --json``; nothing while the program does not answer."""
        answer = self.guest.run(f"timeout 10 {PROGRAM} stream list --json")
        found = json.loads(answer.stdout) if answer.code == 0 and answer.stdout.strip() else []
        return [self.sabotage.answer(stream) for stream in (found["streams"] if isinstance(found, dict) else found)]

    def stream(self, name: str) -> Stream:
        """One stream; empty when there is none of that name."""
        return next((stream for stream in self.streams() if stream["name"] == name), {})

    def states(self) -> dict[str, str]:
        """Name and state of every stream."""
        return {stream["name"]: stream["state"] for stream in self.streams()}

    def until_state(self, name: str, state: str, seconds: float = LIVE_LIMIT) -> Stream:
        """Wait for that state of that stream; how it is then."""
        found: list[Stream] = []

        def is_so() -> bool:
            found[:] = [self.stream(name)]
            return bool(found[0].get("state") == state)

        self.until(is_so, seconds, f"{name} is {state}")
        return found[0]

    def until(self, is_so: Callable[[], Any], seconds: float, what: str) -> float:
        """Wait; the seconds it took. AssertionError when it does not come."""
        begin = time.monotonic()
        while not is_so():
            if time.monotonic() - begin > self.patience(seconds):
                raise AssertionError(f"not within {seconds:g} s: {what}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - begin

    def patience(self, seconds: float) -> float:
        """How long to wait: as long as asked for, until a sabotage strikes."""
        return seconds if self.sabotage is NONE or not self._was_well else min(seconds, SABOTAGED_LIMIT)

    def journal(self, since: str = "-2min") -> str:
        """What the service said."""
        return self.sabotage.hide(self.guest.run(f"journalctl -u {NAME} -o cat --no-pager --since={since}").stdout)

    def complain(self) -> str:
        """States, cards and the last lines of the journal, for an AssertionError."""
        try:
            return self._circumstances()
        except LabError as error:
            return f"and then the guest did not tell how it was: {error}"

    def _circumstances(self) -> str:
        cards = self.guest.run("cat /proc/asound/cards").stdout.strip()
        rows = [f"{one['name']}: {one['state']} ({one['reason']})" for one in self.streams()]
        said = self.guest.run(f"journalctl -u {NAME} -o short-monotonic --no-hostname --no-pager -n 20").stdout
        lost = f"sound lost on the bus so far: {self.guest.bus_losses()} times"
        return f"streams {rows}\ncards {cards}\n{said}\n{self.guest.run('dmesg | tail -8').stdout}\n{lost}"

    def main_pid(self) -> int:
        """The supervisor's."""
        return int(self.guest.check(f"systemctl show -P MainPID {NAME}"))

    def cli(self, words: str) -> Answer:
        """A command line of the owner's."""
        answer = self.guest.run(f"{PROGRAM} {words}")
        return replace(answer, stdout=self.sabotage.hide(answer.stdout))

    # Who listens

    def listen(self, name: str) -> Listener:
        """Somebody on the network who wants to hear *name*, from now on."""
        listener = Listener(self.guest.forward(RTSP_PORT), name)
        self.listeners.append(listener)
        return listener

    def play(self, name: str, seconds: float, channels: int = 1) -> Tone:
        """What an ordinary player on the box hears, decoded by its own ffmpeg; any codec."""
        player = f"timeout 30 ffmpeg -nostdin -v error -y -rtsp_transport tcp -i rtsp://127.0.0.1:{RTSP_PORT}/{name}"
        self.guest.check(f"{player} -t {seconds} -ac {channels} -ar {RATE} -f s16le /var/tmp/heard.raw")
        return measure_tone(array("h", self.guest.get("/var/tmp/heard.raw"))[::channels], RATE)

    def hush(self) -> None:
        """Send all listeners away."""
        while self.listeners:
            self.listeners.pop().close()

    @contextlib.contextmanager
    def hearing(self) -> Iterator[None]:
        """Judge sound in the body; the load meanwhile is evidence."""
        with self.evidence.hearing(self.guest):
            yield

    def tone(self, listener: Listener, seconds: float = 1.5) -> Tone:
        """What *listener* (of uncompressed sound) hears from now on for so long."""
        with self.hearing():
            return measure_tone(self._fresh(listener, seconds), listener.clock or RATE)

    def hears(self, listener: Listener, hertz: float, seconds: float = 1.5) -> None:
        """Assert that it is this tone."""
        tone = self.tone(listener, seconds)
        assert abs(tone.hertz - hertz) < hertz / 50, f"{listener.stream}: {tone} in place of {hertz} Hz"
        assert tone.level > 0.05, f"{listener.stream}: {tone} is too faint"

    def counted(self, listener: Listener, since: float, until: float | None = None) -> Counted:
        """What the count says of what arrived meanwhile."""
        until = until or time.monotonic()
        self.evidence.sound_is_in()
        counted = count_losses(listener.samples(since, until), listener.clock or RATE)
        self.evidence.add(counted)
        return counted

    def exact(self, listener: Listener, since: float) -> Counted:
        """Assert that every sample of the time since then arrived (pattern Count)."""
        until = time.monotonic()
        counted = self.counted(listener, since, until)
        shortfall = counted.shortfall(until - since)
        assert not shortfall, f"{listener.stream}: {shortfall}: {counted}"
        return counted

    def flows(self, listener: Listener, seconds: float = 2.0) -> None:
        """Wait so long, and assert that so much sound came meanwhile."""
        begin = time.monotonic()
        time.sleep(seconds)
        heard = len(listener.samples(begin)) / (listener.clock or RATE)
        assert heard > seconds - SPARE_SECONDS, f"{listener.stream}: {heard:.2f} s of sound in {seconds:g} s"

    def _fresh(self, listener: Listener, seconds: float) -> array[int]:
        begin = time.monotonic()
        wanted = int(seconds * RATE)
        limit = self.patience(seconds + 10)
        while len(samples := listener.samples(begin)) < wanted and time.monotonic() - begin < limit:
            time.sleep(0.05)
        assert len(samples) >= wanted, f"{listener.stream}: {len(samples)} samples in {limit:g} s"
        return samples[:wanted]


def median_and_worst(seconds: list[float]) -> str:
    """For the report."""
    return f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s of {len(seconds)}"


def pids_of(guest: Guest, program: str) -> list[int]:
    """The processes of that name."""
    try:
        return [int(word) for word in guest.check(f"pgrep -x {program}").split()]
    except CommandFailed:
        return []
