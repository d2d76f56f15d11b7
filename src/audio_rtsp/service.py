"""The program as a whole: the only place that builds its objects."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from audio_rtsp import __version__
from audio_rtsp.alsa.hotplug import Hotplug
from audio_rtsp.config.settings import ALL, LOG_LEVEL, RTSP_READ_PASSWORD, RTSP_READ_USER
from audio_rtsp.control.client import ask
from audio_rtsp.control.foothold import Foothold
from audio_rtsp.control.listener import ControlListener
from audio_rtsp.encoder.version import OLDEST, FfmpegVersion, parse_version
from audio_rtsp.errors import (
    AlreadyRunning,
    AudioRtspError,
    NotWritable,
    ProgramBroken,
    ProgramTooOld,
)
from audio_rtsp.events.event import Event
from audio_rtsp.events.logs import Echo, no_echo
from audio_rtsp.events.recorder import Recorder
from audio_rtsp.events.recorder_thread import RecorderThread
from audio_rtsp.events.severity import Severity
from audio_rtsp.facts.address import LanAddress
from audio_rtsp.host.command import run_async
from audio_rtsp.host.free_lists import sweep_free_lists
from audio_rtsp.host.lock import InstanceLock
from audio_rtsp.host.loop_complaints import LoopComplaints
from audio_rtsp.host.notify import Notify
from audio_rtsp.host.own_name import name_this_process
from audio_rtsp.host.shortage import starved
from audio_rtsp.server.choice import choose_server
from audio_rtsp.server.watch import ServerWatch
from audio_rtsp.status import Status
from audio_rtsp.supervision.desk import MachineDesk
from audio_rtsp.supervision.helm import Helm, dump_tasks
from audio_rtsp.supervision.outfit import Outfit
from audio_rtsp.supervision.record_keeper import RecordKeeper
from audio_rtsp.supervision.supervisor import Supervisor

FFMPEG_ANSWER_LIMIT = 10.0
STARTING_PER_CORE = 3
OWN_RUNTIME = "name a folder of your own in front of the same: XDG_RUNTIME_DIR=$HOME"
"""Who became another user by su may have the first one's still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Who watches: each event as it happens, and the way to the snapshot once there is one. None of it waits or raises.

    *on_line* gets each line of the logs, *on_complaint* what cannot be written into them; both in another thread.
    """

    on_event: Callable[[Event], None]
    on_ready: Callable[[Callable[[], Status]], None]
    on_line: Echo = no_echo
    on_complaint: Callable[[str], None]


async def run_service(desk: MachineDesk, runtime: Path, face: Face) -> None:
    """Publish every device until SIGINT or SIGTERM; raises AudioRtspError when it cannot begin."""
    name_this_process("audio-rtsp")
    asyncio.get_running_loop().set_exception_handler(LoopComplaints())
    signals = _listen_to_signals()
    with (
        _instance(runtime) as lock,
        _records(desk, face) as records,
        contextlib.closing(Notify(os.environ)) as notify,
    ):
        on_event = _witnesses(records, face)
        server = await choose_server(
            lambda: desk.configuration.service,
            root=desk.root,
            runtime=runtime,
            on_restart=lambda why: on_event(_of_server("restarted", why)),
            on_failure=lambda why: on_event(_of_server("not started", why)),
        )
        ffmpeg, _ = await asyncio.gather(_ffmpeg_version(), server.start())
        try:
            asks_password = all(desk.configuration.service[one] for one in (RTSP_READ_USER, RTSP_READ_PASSWORD))
            outfit = _outfit(ServerWatch(server), server.rtsp_port, asks_password, ffmpeg, on_event, records)
            supervisor = Supervisor(desk, outfit, server.name)
            helm = Helm(desk, supervisor, RecordKeeper(desk, supervisor, records), notify)
            control = ControlListener(runtime / "control.sock", reads=helm.reads, acts=helm.acts)
            foothold = Foothold(runtime, lock, control, partial(records.tell, Severity.WARNING, "service"))
            records.note(_of_service("stopped", "started", f"version {__version__}, pid {os.getpid()}"))
            await _supervise(helm, outfit.watch, foothold, face, signals)
        finally:
            await server.stop()


def _of_server(after: str, cause: str) -> Event:
    return Event(subject="server", before="", after=after, cause=cause)


async def _supervise(helm: Helm, watch: ServerWatch, foothold: Foothold, face: Face, signals: _Signals) -> None:
    supervisor = helm.supervisor
    watch.on_change = supervisor.meet_server
    async with (
        _hotplug(supervisor.meet_event),
        _background(watch.run(), supervisor.run(), helm.heartbeat(), helm.keeper.run(), sweep_free_lists()) as tasks,
    ):
        foothold.take()
        helm.on_pulse = foothold.keep
        helm.notify.ready()
        helm.listen_to_hangups(came_before=signals.hangup.is_set())
        face.on_ready(supervisor.status)
        try:
            stop = asyncio.ensure_future(signals.stop.wait())
            await asyncio.wait((stop, *tasks), return_when=asyncio.FIRST_COMPLETED)
        finally:
            helm.notify.stopping()
            await foothold.leave()


@asynccontextmanager
async def _background(*coroutines: Any) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run beside the body; afterwards cancel, and raise what a bug ended one with."""
    tasks = [asyncio.create_task(one) for one in coroutines]
    try:
        yield tasks
    finally:
        for task in reversed(tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def _hotplug(look_again: Callable[[], None]) -> AsyncIterator[None]:
    """udev's events, where there are any; the slow poll is the floor."""
    hotplug = Hotplug.open()
    loop, descriptor = asyncio.get_running_loop(), hotplug.fileno()

    def drain() -> None:
        if hotplug.drain():
            look_again()

    if descriptor >= 0:
        loop.add_reader(descriptor, drain)
    try:
        yield
    finally:
        if descriptor >= 0:
            loop.remove_reader(descriptor)
        hotplug.close()


async def _ffmpeg_version() -> FfmpegVersion:
    answer = await run_async(("ffmpeg", "-version"), timeout=FFMPEG_ANSWER_LIMIT)
    if answer.code != 0:
        said = answer.stderr.strip() or ("it does not answer" if answer.code is None else f"exit status {answer.code}")
        if lacking := starved(said):
            what, _, fix = lacking.partition("; ")
            raise AudioRtspError(f"ffmpeg cannot start: {what}", fix=fix, detail=[said])
        raise ProgramBroken("ffmpeg", "ffmpeg", said)
    version = parse_version(answer.stdout)
    if version < OLDEST:
        raise ProgramTooOld("ffmpeg", str(version), str(OLDEST))
    return version


@contextlib.contextmanager
def _records(desk: MachineDesk, face: Face) -> Iterator[RecorderThread]:
    """What is written down, from the first word to the last."""
    places, level = desk.records, desk.configuration.service[LOG_LEVEL]
    records = RecorderThread(lambda clocks: Recorder(places, level, clocks, face.on_complaint, face.on_line))
    end = _of_service("started", "stopped")
    try:
        yield records
    except AudioRtspError as error:
        error.fix = _as_a_line(error.fix) if "NOTIFY_SOCKET" in os.environ else error.fix
        end = _of_service("started", "failed", f"{error.what}; {error.fix}")
        raise
    except Exception as bug:
        end = _of_service("started", "failed", f"a bug ends it: {bug!r}")
        raise
    finally:
        records.note_end(end)
        records.close()


def _as_a_line(fix: str) -> str:
    """The options of ``run`` in *fix* as settings: who owns a unit types none."""
    for setting in ALL:
        fix = fix.replace(f"{setting.option} ", f"sudo audio-rtsp config set {setting.key} ")
    return fix


def _of_service(before: str, after: str, cause: str = "") -> Event:
    return Event(subject="service", before=before, after=after, cause=cause)


def _witnesses(records: RecorderThread, face: Face) -> Callable[[Event], None]:
    def on_event(event: Event) -> None:
        records.note(event)
        face.on_event(event)

    return on_event


def _outfit(
    watch: ServerWatch,
    rtsp_port: int,
    asks_password: bool,
    ffmpeg: FfmpegVersion,
    on_event: Callable[[Event], None],
    records: RecorderThread,
) -> Outfit:
    return Outfit(
        watch=watch,
        rtsp_port=rtsp_port,
        asks_password=asks_password,
        host=LanAddress(),
        ffmpeg=ffmpeg,
        gate=asyncio.Semaphore(STARTING_PER_CORE * (os.cpu_count() or 1)),
        chance=random.random,
        on_event=on_event,
        records=records,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signals:
    """SIGINT or SIGTERM came; SIGHUP came before the helm could hear it."""

    stop: asyncio.Event
    hangup: asyncio.Event


def _listen_to_signals() -> _Signals:
    """From the first moment: a start may take long, and a SIGHUP to which nobody listens ends the program."""
    loop, signals = asyncio.get_running_loop(), _Signals(stop=asyncio.Event(), hangup=asyncio.Event())
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signals.stop.set)
    loop.add_signal_handler(signal.SIGHUP, signals.hangup.set)
    loop.add_signal_handler(signal.SIGUSR1, dump_tasks)
    return signals


@contextlib.contextmanager
def _instance(runtime: Path) -> Iterator[InstanceLock]:
    """One program for one runtime folder; a second one is told the first one's URLs."""
    try:
        runtime.mkdir(parents=True, exist_ok=True)
        is_another_users = runtime.stat().st_uid != os.getuid()
        if is_another_users and os.getuid() != 0:
            raise NotWritable(str(runtime), "it belongs to another user", no_right=OWN_RUNTIME)
        lock = InstanceLock(runtime / "lock")
        is_ours = lock.take()
    except OSError as error:
        raise NotWritable(str(runtime), error, no_right=OWN_RUNTIME) from None
    if not is_ours:
        raise AlreadyRunning(lock.holder(), _running_urls(runtime), is_another_users=is_another_users)
    try:
        yield lock
    finally:
        lock.release()


def _running_urls(runtime: Path) -> list[str]:
    with contextlib.suppress(AudioRtspError):
        return [f"{stream['name']}  {stream['url']}" for stream in ask(runtime / "control.sock", "status")["streams"]]
    return []
