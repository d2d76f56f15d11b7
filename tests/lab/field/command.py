"""``script/lab``: build what is missing, run scenarios, print the table."""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import math
import os
import pkgutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from lab.errors import CannotRun, GuestStuck, LabError
from lab.folder import passing_folder
from lab.host import wait_for_calm
from lab.image.cache import Cache, default_cache
from lab.image.programs import ensure_host
from lab.machine.station import Snapshot, Station
from lab.priority import faster_than_others
from lab.report import Result, Row, has_failed, is_green, render_report

from field import scenarios
from field.install import MEDIAMTX, has_mediamtx
from field.sabotage import NONE, Sabotage
from field.scenario import CALM_LIMIT, REGISTER, Scenario, fails_as_it_should, perform
from field.stage import Stage, take_installed

PROJECT = Path(__file__).resolve().parents[3]
SWITCH_SECONDS = 0.001
"""The microphones' threads must not wait 5 ms for whoever counts samples."""

FAILED, CANNOT_RUN, TOO_BUSY = 1, 3, 4
EXIT_CODES = """Exit codes: 0 every scenario passed, or was left out for want of what the table names; 1 one failed, or
the lab could not be set up; 2 a bad command line; 3 this machine cannot run the lab (not root, no mknod or chroot, not
Debian, no QEMU), nothing was tried; 4 nothing failed, but the machine was too busy to tell: never a pass. What the
table says: docs/how-to/add-a-lab-scenario.md."""
UNFIT = (errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS)
"""What the system says of a cache that is full, read-only or no folder."""


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    return exit_code_of(lambda: _obey(arguments))


def exit_code_of(act: Callable[[], int]) -> int:
    """Its own, or that of what came in between, which is told."""
    try:
        code = act()
        print(end="", flush=True)  # here a reader that has gone is no traceback
    except CannotRun as error:
        print(f"script/lab: left out: {error}; fix: {error.fix}", file=sys.stderr)
        code = CANNOT_RUN
    except LabError as error:
        print(f"script/lab: {error}\nfix: {error.fix}", file=sys.stderr)
        code = FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + signal.SIGPIPE
    except OSError as error:
        if error.errno not in UNFIT:
            raise
        print(f"script/lab: {error}\nfix: make room there, or name another folder: --cache DIR", file=sys.stderr)
        code = FAILED
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    return code


def _obey(arguments: Sequence[str]) -> int:
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"field.scenarios.{module.name}")
    options = _parse(arguments)
    if options.list:
        print("\n".join(REGISTER))
        return 0
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.setswitchinterval(SWITCH_SECONDS)
    with faster_than_others():
        return _run(options)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/lab", description="Real microphones in a virtual machine.", epilog=EXIT_CODES
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a scenario, or how several begin; without one: all but the long"
    )
    sets = parser.add_mutually_exclusive_group()
    sets.add_argument("--smoke", action="store_true", help="the small set, at most 6 minutes")
    sets.add_argument("--long", action="store_true", help="the slow ones too")
    parser.add_argument("--sabotage", action="store_true", help="break each scenario's premise: each must fail")
    parser.add_argument("--tries", type=int, default=2, metavar="N", help="for a scenario on a busy machine (2)")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, metavar="N", help="after which nothing is tried again"
    )
    parser.add_argument("--yes", action="store_true", help="install missing programs, also from a terminal")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), metavar="DIR", help="where images are kept (%(default)s)"
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if not _matching(name)]
    if unknown:
        parser.error(f"no scenario is called {unknown[0]!r}; they are named by: script/lab --list")
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
        end = begin + 60 * options.minutes
        rows = [row for one in _chosen(options) for row in _rows(one, options, make_stage, end)]
    print(f"\n{render_report(rows)}whole run {(time.monotonic() - begin) / 60:.1f} min")
    return exit_code(rows)


def exit_code(rows: Sequence[Row]) -> int:
    """An open question is no pass, and no fault of the program either."""
    return 0 if is_green(rows) else FAILED if has_failed(rows) else TOO_BUSY


def _rows(one: Scenario, options: argparse.Namespace, make_stage: StageMaker, end: float) -> Iterator[Row]:
    if options.sabotage:
        for sabotage in one.sabotages:
            yield _told(fails_as_it_should(one, lambda: make_stage(sabotage), options.tries, end))  # noqa: B023 used at once
    else:
        yield _told(*perform(one, make_stage, options.tries, end))


def _told(row: Row, complaint: str = "") -> Row:
    print(f"{row.result.value:>12}  {row.scenario}  {row.seconds:.1f} s  {row.note}", flush=True)
    if complaint and row.result is not Result.PASS:
        print("\n".join(f"              | {line}" for line in complaint.splitlines()), flush=True)
    return row


class StageMaker:
    """A fresh stage for each try."""

    def __init__(self, station: Station, options: argparse.Namespace, folder: Path) -> None:
        self._station = station
        self._is_smoke = options.smoke
        self._installed = _patiently(lambda: take_installed(station, PROJECT, folder), options.tries)

    def __call__(self, sabotage: Sabotage = NONE) -> Stage:
        return Stage(self._station, self._installed, is_smoke=self._is_smoke, sabotage=sabotage)


def _patiently(take: Callable[[], Snapshot], tries: int) -> Snapshot:
    """On a busy host a guest may not boot in time."""
    for _ in range(tries - 1):
        try:
            return take()
        except GuestStuck:
            wait_for_calm(CALM_LIMIT)
    return take()


@contextlib.contextmanager
def _stages(options: argparse.Namespace, begin: float) -> Iterator[StageMaker]:
    def say(words: str) -> None:
        print(f"{time.monotonic() - begin:6.1f} s  {words}", flush=True)

    ensure_host(may_ask_apt=options.yes)
    cache = Cache(options.cache.resolve())
    say(f"images are kept in {cache.folder}")
    station = Station.open(cache, say)
    say("installing the program in a guest")
    with passing_folder(cache.folder / "run", "installed-") as folder:
        maker = StageMaker(station, options, folder)
        server = "the real MediaMTX" if has_mediamtx() else f"the built-in server, as no {MEDIAMTX} is here"
        say(f"the program is installed; it publishes to {server}")
        yield maker


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
