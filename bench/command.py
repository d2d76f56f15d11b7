"""The command: which parts, how often, and how the result looks."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.afterwards import Interrupted, PartTooLong, nothing_left, within
from bench.clients import measure_clients
from bench.encoding import measure_encoding
from bench.endurance import measure_endurance
from bench.gaps import (
    measure_capture_killed,
    measure_capture_stopped,
    measure_encoder_killed,
    measure_encoder_stopped,
    measure_server_killed,
)
from bench.live import measure_live
from bench.machine import Machine, load, read_machine
from bench.plan import Part, Plan, full, quick
from bench.readers import measure_readers
from bench.row import HEADER, Row, render_row
from bench.start import measure_start
from bench.upkeep import measure_upkeep

PARTS = (
    Part(name="start", title="start of a short verb", limit=180, measure=measure_start),
    Part(name="live", title="time to N streams LIVE", limit=600, measure=measure_live),
    Part(name="encoder-killed", title="the encoder dies", limit=300, measure=measure_encoder_killed),
    Part(name="capture-killed", title="the capture dies", limit=300, measure=measure_capture_killed),
    Part(name="encoder-stopped", title="the encoder hangs", limit=300, measure=measure_encoder_stopped),
    Part(name="capture-stopped", title="the capture hangs", limit=300, measure=measure_capture_stopped),
    Part(name="server-killed", title="the server dies", limit=300, measure=measure_server_killed),
    Part(name="clients", title="the encoder dies or hangs, seen by every client", limit=900, measure=measure_clients),
    Part(name="upkeep", title="the supervisor while nothing happens", limit=420, measure=measure_upkeep),
    Part(name="encoding", title="an encoder against a bare one", limit=600, measure=measure_encoding),
    Part(name="readers", title="what readers cost a server", limit=600, measure=measure_readers),
    Part(name="endurance", title="nothing grows in half an hour", limit=300, measure=measure_endurance, is_long=True),
)
GROUPS = {"gaps": tuple(part.name for part in PARTS if part.name.endswith(("-killed", "-stopped")))}


@dataclass(slots=True)
class Result:
    """What one run of the bench found; *loads* = load average before and after each part."""

    machine: Machine
    rows: list[Row] = field(default_factory=list)
    loads: dict[str, tuple[float, float]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "machine": asdict(self.machine),
            "rows": [one.as_json() for one in self.rows],
            "loads": self.loads,
            "failures": self.failures,
        }


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 measured (whatever the numbers), 1 a part failed, 130 interrupted."""
    options = _parser().parse_args(arguments)
    if options.list:
        print("\n".join(f"{part.name:<18}{part.title}" for part in PARTS))
        return 0
    try:
        with nothing_left(), tempfile.TemporaryDirectory(prefix="audio-rtsp-bench-") as folder:
            result = _run(options, Path(folder))
    except Interrupted as signal_name:
        print(f"bench: {signal_name}: ended, nothing is left running", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(result.as_json(), indent=2, ensure_ascii=False))
    return 1 if result.failures else 0


def chosen(names: Sequence[str]) -> tuple[Part, ...]:
    """The parts of these names (or groups), in the order they are run; all but the long ones without a name."""
    wanted = {one for name in names for one in GROUPS.get(name, (name,))}
    return tuple(part for part in PARTS if part.name in wanted or not (names or part.is_long))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure what docs/why/performance.md claims.")
    known = (*GROUPS, *(part.name for part in PARTS))
    parser.add_argument("names", nargs="*", metavar="NAME", type=_known(known), help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="two runs of each, short windows")
    parser.add_argument("--runs", type=int, choices=range(1, 51), metavar="N", help="runs of each (5; --quick 2)")
    parser.add_argument("--minutes", type=float, metavar="N", help="how long endurance lasts (30; --quick 1)")
    parser.add_argument("--json", action="store_true", help="JSON on standard output, the table on standard error")
    parser.add_argument("--list", action="store_true", help="the parts")
    return parser


def _known(names: Sequence[str]) -> Any:
    def name(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return text

    return name


def _run(options: argparse.Namespace, folder: Path) -> Result:
    plan = _plan(options, folder)
    talk = sys.stderr if options.json else sys.stdout
    result = Result(machine=read_machine())
    print("\n".join(result.machine.lines()), f"load      {load():.2f}", "", HEADER.rstrip(), sep="\n", file=talk)
    for part in chosen(options.names):
        before = load()
        for one in _measured(part, plan, result):
            print(render_row(one), file=talk, flush=True)
        result.loads[part.name] = (before, load())
        said = result.failures.get(part.name, f"load {before:.2f} before, {load():.2f} after")
        print(f"-- {part.name}: {said}", file=talk, flush=True)
    return result


def _plan(options: argparse.Namespace, folder: Path) -> Plan:
    make = quick if options.quick else full
    plan = make(folder, options.runs) if options.runs else make(folder)
    return replace(plan, minutes=options.minutes) if options.minutes else plan


def _measured(part: Part, plan: Plan, result: Result) -> Iterator[Row]:
    """The part's rows; one that fails is told, and the others go on."""
    try:
        with within(part.limit * max(1.0, plan.runs / 5) + 60 * plan.minutes * part.is_long):
            for one in part.measure(plan):
                result.rows.append(one)
                yield one
    except (AssertionError, PartTooLong, OSError, LookupError, ValueError) as error:
        result.failures[part.name] = f"failed: {error or type(error).__name__}"
