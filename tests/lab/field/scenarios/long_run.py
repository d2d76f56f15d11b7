"""Ten minutes with three microphones."""

from __future__ import annotations

import time

from field.box import EXACT, Box
from field.sabotage import TORN
from field.scenario import scenario
from field.scenarios.small_board import PSS, three_microphones
from field.stage import Stage
from field.unit import NAME

MINUTES = 10
GROWTH_MB = 6.0
DESCRIPTORS = (
    f"for p in $(cat /sys/fs/cgroup$(systemctl show -P ControlGroup {NAME})/cgroup.procs); "
    "do ls /proc/$p/fd; done | wc -l"
)


@scenario("long-run", TORN, is_long=True)
def long_run(stage: Stage) -> None:
    """No sample lost beyond what the guest's load explains; memory and descriptors flat."""
    with stage.box(EXACT) as box:
        ears = three_microphones(box)
        first = _use(box)
        for _ in range(MINUTES):
            with box.hearing():
                begin = time.monotonic()
                time.sleep(60)
                losses = [box.counted(ear, begin) for ear in ears]
            for ear, counted in zip(ears, losses, strict=True):
                assert any(ear.samples(begin)), f"{ear.stream}: nothing but zeros"
                assert not counted.breaks, f"{ear.stream}: {counted}"
                ear.packets.clear()
        last = _use(box)
    stage.note(f"{first[0]:.0f} to {last[0]:.0f} MB PSS, {first[1]} to {last[1]} descriptors")
    assert last[0] - first[0] < GROWTH_MB and last[1] <= first[1] + 3, f"{first} became {last}"


def _use(box: Box) -> tuple[float, int]:
    return int(box.guest.check(PSS)) / 1024, int(box.guest.check(DESCRIPTORS))
