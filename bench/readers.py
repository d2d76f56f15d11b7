"""What readers cost a server: CPU, delay and memory of each, beside MediaMTX in the same run; and what visits leave."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audio_rtsp.server.mediamtx.conf import ENVIRONMENT, PrivateConf, render_conf
from bench.box import is_listening, quiet_port, soon
from bench.crowd import crowd
from bench.machine import MEDIAMTX
from bench.plan import Plan
from bench.process import read_fine_cpu, read_memory
from bench.row import Row, row
from process.rtsp.child import ServerProcess, serving
from process.rtsp.rtsp_client import client, play, publish

CROWDS = (50, 200, 500)
TRANSPORTS = ("TCP", "UDP")
TARGET_CROWD = 200
READERS_PER_CORE = 2_000
DELAY = 5.0
"""Milliseconds, 95th percentile, up to TARGET_CROWD readers."""
LEAST = 0.99
VISITS = 1_000
GROWTH = 0.5
SETTLE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """*cpu* in µs of the server for each reader and second; *delay* in ms, 95th percentile; *kilobytes* of each."""

    cpu: float
    delay: float
    least: float
    kilobytes: float


def measure_readers(plan: Plan) -> Iterator[Row]:
    """Every crowd over both transports; the two servers take turns, so that a busy neighbour hits them alike."""
    for transport in TRANSPORTS:
        for count in CROWDS:
            turns = [
                {server: _measure(plan, server, count, transport) for server in plan.servers} for _ in range(plan.runs)
            ]
            yield from _rows(f"{count} by {transport}", count, turns)
    yield from _measure_visits()


def _rows(name: str, count: int, turns: list[dict[str, Cost]]) -> Iterator[Row]:
    ours = [turn["embedded"] for turn in turns]
    yield row("readers", f"{name}: CPU of each", (one.cpu for one in ours), "µs/s")
    if "mediamtx" in turns[0]:
        yield row("readers", "  the same, MediaMTX", (turn["mediamtx"].cpu for turn in turns), "µs/s")
        yield row(
            "readers", "  ours / MediaMTX", (turn["embedded"].cpu / turn["mediamtx"].cpu for turn in turns), "", 1.0
        )
    floor = READERS_PER_CORE if count == TARGET_CROWD else None
    yield row("readers", "  readers a core could serve", (1e6 / one.cpu for one in ours), "", floor, is_floor=True)
    yield row("readers", "  the poorest got of its packets", (one.least for one in ours), "", LEAST, is_floor=True)
    delay = DELAY if count <= TARGET_CROWD else None
    yield row("readers", "  delay, 95th percentile", (one.delay for one in ours), "ms", delay)
    if "mediamtx" in turns[0]:
        yield row("readers", "  the same, MediaMTX", (turn["mediamtx"].delay for turn in turns), "ms")
    yield row("readers", "  memory of each", (one.kilobytes for one in ours), "KB")
    if "mediamtx" in turns[0]:
        yield row("readers", "  the same, MediaMTX", (turn["mediamtx"].kilobytes for turn in turns), "KB")


def _measure(plan: Plan, server: str, count: int, transport: str) -> Cost:
    with _server(plan.folder, server) as running:
        pid = running.process.pid
        empty = read_memory(pid).rss
        with crowd(running, count, transport) as there:
            there.listen(SETTLE)
            before = read_fine_cpu(pid)
            heard = there.listen(plan.crowd_seconds)
            used = read_fine_cpu(pid) - before
            full = read_memory(pid).rss
    delays = sorted(heard.delays)
    return Cost(
        cpu=1e6 * used / plan.crowd_seconds / count,
        delay=1000 * delays[len(delays) * 95 // 100],
        least=heard.least,
        kilobytes=1024 * (full - empty) / count,
    )


@contextlib.contextmanager
def _server(folder: Path, name: str) -> Iterator[ServerProcess]:
    if name == "embedded":
        with serving() as ours:
            yield ours
        return
    rtsp, api, udp = quiet_port(), quiet_port(), quiet_port()
    conf = folder / "readers.yml"
    conf.write_bytes(render_conf(PrivateConf(rtsp_port=rtsp, api_port=api, udp_port=udp)))
    with subprocess.Popen((str(MEDIAMTX), str(conf)), env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        try:
            soon(lambda: is_listening(rtsp), 10, "MediaMTX listens")
            yield ServerProcess(process, rtsp, (udp, udp + 1), api)
        finally:
            process.kill()


def _measure_visits() -> Iterator[Row]:
    """Connects and leaves, half of them without a word."""
    with serving() as server, client(server) as source:
        publish(source)
        _visit(server, VISITS // 5)
        before = _leftovers(server)
        _visit(server, VISITS)
        soon(lambda: _leftovers(server)[0] <= before[0], 10, "all connections are closed")
        after = _leftovers(server)
    yield row("readers", f"{VISITS} visits: descriptors left", [after[0] - before[0]], "", 0.0)
    yield row("readers", "  memory left", [after[1] - before[1]], "MB", GROWTH)


def _visit(server: ServerProcess, count: int) -> None:
    for number in range(count):
        with client(server) as reader:
            play(reader)
            if number % 2:
                reader.ask("TEARDOWN")


def _leftovers(server: ServerProcess) -> tuple[int, float]:
    pid = server.process.pid
    return len(list(Path(f"/proc/{pid}/fd").iterdir())), read_memory(pid).rss
