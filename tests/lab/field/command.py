"""``script/lab``: build what is missing, run scenarios, print the table."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from lab.errors import LabError
from lab.folder import passing_folder
from lab.image.cache import Cache, default_cache
from lab.machine.station import Station
from lab.report import Result, Row, is_green, render_report

from field import scenarios
from field.sabotage import Sabotage
from field.scenario import REGISTER, Scenario, fails_as_it_should, perform
from field.stage import Stage, take_installed

PROJECT = Path(__file__).resolve().parents[3]
SWITCH_SECONDS = 0.001
"""The microphones' threads must not wait 5 ms for whoever counts samples."""

FASTER_THAN_OTHERS = -5
"""Hardware does not wait for other programs of the host; the guest inherits it."""

COULD_NOT = 3
"""Exit code when the lab itself could not be set up; 1 when a scenario failed, 2 for a bad command line."""


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"field.scenarios.{module.name}")
    options = _parse(arguments)
    if options.list:
        print("\n".join(REGISTER))
        return 0
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.setswitchinterval(SWITCH_SECONDS)
    with contextlib.suppress(PermissionError):
        os.nice(FASTER_THAN_OTHERS)
    try:
        return _run(options)
    except LabError as error:
        print(f"script/lab: {error}\nfix: {error.fix}", file=sys.stderr)
        return COULD_NOT
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/lab", description="Real microphones in a virtual machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios to run; all but the long ones without any")
    parser.add_argument("--smoke", action="store_true", help="the small set, at most 6 minutes")
    parser.add_argument("--long", action="store_true", help="the slow ones too")
    parser.add_argument("--sabotage", action="store_true", help="break each scenario's premise: each must fail")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--cache", type=Path, default=default_cache(), metavar="DIR", help="where images are kept")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if not _matching(name)]
    if unknown:
        parser.error(f"no scenario is called {unknown[0]!r}; there are: {', '.join(REGISTER)}")
    return options


def _matching(name: str) -> list[Scenario]:
    """*name* itself, or all that begin with it."""
    exact = [REGISTER[name]] if name in REGISTER else []
    return exact or [one for one in REGISTER.values() if one.name.startswith(name)]


def _chosen(options: argparse.Namespace) -> list[Scenario]:
    if options.names:
        return list({one.name: one for name in options.names for one in _matching(name)}.values())
    if options.smoke:
        return [one for one in REGISTER.values() if one.is_smoke]
    return [one for one in REGISTER.values() if options.long or not one.is_long]


def _run(options: argparse.Namespace) -> int:
    begin = time.monotonic()
    with _stages(options, begin) as make_stage:
        rows = [_one(one, options, make_stage) for one in _chosen(options)]
    print(f"\n{render_report(rows)}whole run {(time.monotonic() - begin) / 60:.1f} min")
    return 0 if is_green(rows) else 1


def _one(one: Scenario, options: argparse.Namespace, make_stage: StageMaker) -> Row:
    complaint = ""
    if options.sabotage:
        row = fails_as_it_should(one, make_stage(one.sabotage))
    else:
        row, complaint = perform(one, make_stage)
    print(f"{row.result.value:>12}  {row.scenario}  {row.seconds:.1f} s  {row.note}", flush=True)
    if complaint and row.result is not Result.PASS:
        print("\n".join(f"              | {line}" for line in complaint.splitlines()), flush=True)
    return row


class StageMaker:
    """A fresh stage for each try."""

    def __init__(self, station: Station, options: argparse.Namespace, folder: Path) -> None:
        self._station = station
        self._is_smoke = options.smoke
        self._installed = take_installed(station, PROJECT, folder)

    def __call__(self, sabotage: Sabotage = Sabotage.NONE) -> Stage:
        return Stage(self._station, self._installed, is_smoke=self._is_smoke, sabotage=sabotage)


@contextlib.contextmanager
def _stages(options: argparse.Namespace, begin: float) -> Iterator[StageMaker]:
    def say(words: str) -> None:
        print(f"{time.monotonic() - begin:6.1f} s  {words}", flush=True)

    cache = Cache(options.cache.resolve())
    station = Station.open(cache, say)
    with passing_folder(cache.folder / "run", "installed-") as folder:
        maker = StageMaker(station, options, folder)
        say("the program is installed")
        yield maker


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
