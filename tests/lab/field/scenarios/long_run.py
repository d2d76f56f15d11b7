"""Ten minutes with three microphones."""

from __future__ import annotations

import time

from lab.ear.listener import Listener

from field.box import EXACT, Box
from field.sabotage import HEAVY, TORN
from field.scenario import scenario
from field.scenarios.small_board import PSS, three_microphones
from field.stage import Stage
from field.unit import PROCESSES

MINUTES, MOST_MINUTES = 10, 15
"""So many that can be judged are asked for, and so many waited for: this host is not always ours alone."""

WARM_SECONDS = 90
"""After the first listener came, the media server's heap and the pages of the supervisor still take about 7 MB."""

GROWTH_MB = 4.0
DESCRIPTORS = f"for p in $({PROCESSES}); do ls /proc/$p/fd; done | wc -l"


@scenario("long-run", TORN, HEAVY, is_long=True)
def long_run(stage: Stage) -> None:
    """No sample lost beyond what the machine's load explains; memory and descriptors flat."""
    with stage.box(EXACT) as box:
        ears = three_microphones(box)
        time.sleep(WARM_SECONDS)
        first, judged, spoilt = _use(box), 0, 0
        box.settled()
        while judged < MINUTES:
            shortfalls = _listen_for_a_minute(box, ears)
            if judged + spoilt < MOST_MINUTES and stage.evidence.set_aside_spoilt():
                spoilt += 1
                continue
            judged += 1
            assert not shortfalls, f"minute {judged}: {shortfalls}"
            last = _use(box)
            assert last[0] - first[0] < GROWTH_MB and last[1] <= first[1] + 3, f"minute {judged}: {first} became {last}"
    stage.note(
        f"{first[0]:.0f} to {last[0]:.0f} MB PSS, {first[1]} to {last[1]} descriptors; {spoilt} minutes set aside"
    )


def _listen_for_a_minute(box: Box, ears: list[Listener]) -> str:
    """What *ears* missed; older packets are forgotten."""
    begin = time.monotonic()
    try:
        with box.hearing():
            time.sleep(box.patience(60))
            shortfalls = [f"{ear.stream}: {short}" for ear in ears if (short := _shortfall(box, ear, begin))]
            assert not shortfalls, f"{shortfalls}"
    except AssertionError as error:
        return str(error)
    finally:
        for ear in ears:
            del ear.packets[: len(ear.packets) - len(ear.between(begin))]
    return ""


def _shortfall(box: Box, ear: Listener, begin: float) -> str:
    until = time.monotonic()
    return box.counted(ear, begin, until).shortfall(until - begin)


def _use(box: Box) -> tuple[float, int]:
    return int(box.guest.check(PSS)) / 1024, int(box.guest.check(DESCRIPTORS))
