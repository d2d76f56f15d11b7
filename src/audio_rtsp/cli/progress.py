"""How far a download is: a bar on a terminal, a line for every tenth elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audio_rtsp.cli.answer import can_redraw, tell

MEGABYTE = 1_000_000
TENTHS = 10
SECONDS = 30.0
"""Between two lines where the whole size is not known."""

Progress = Callable[[int, int | None], None]


@contextmanager
def make_progress() -> Iterator[Progress]:
    """Called with the bytes so far and all there are; nothing is drawn before the first call."""
    if can_redraw(sys.stderr):
        with _bar() as draw:
            yield draw
    else:
        yield _lines(time.monotonic)


def _lines(clock: Callable[[], float]) -> Progress:
    began: list[float] = []
    first: list[int] = []
    told: set[object] = set()

    def draw(done: int, total: int | None) -> None:
        now = clock()
        if not began:
            began.append(now)
            first.append(done)
        step = done * TENTHS // total if total else int((now - began[0]) / SECONDS)
        if step in told:
            return
        told.add(step)
        rate = (done - first[0]) / MEGABYTE / max(now - began[0], 0.001)
        whole = f" of {total / MEGABYTE:.1f}" if total else ""
        tell(f"  {done / MEGABYTE:.1f}{whole} MB, {rate:.1f} MB/s")

    return draw


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)

    def draw(done: int, total: int | None) -> None:
        if not bar.tasks:
            bar.start()
            bar.add_task("", completed=done, total=total)
        bar.update(bar.tasks[0].id, completed=done, total=total)

    try:
        yield draw
    finally:
        bar.stop()
