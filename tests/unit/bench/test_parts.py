"""The parts can be listed, named and chosen; the command's exit codes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bench.afterwards import PartTooLong
from bench.command import GROUPS, PARTS, Result, _measured, chosen
from bench.machine import Machine
from bench.plan import Part, quick

SCRIPT = Path(__file__).resolve().parents[3] / "script/bench"


def test_the_parts_are_listed_without_measuring_anything() -> None:
    done = subprocess.run((SCRIPT, "--list"), capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [part.name for part in PARTS]


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    done = subprocess.run((SCRIPT, "gap"), capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "gaps" in done.stderr


def test_no_name_means_every_part_but_the_long_ones() -> None:
    assert chosen(()) == tuple(part for part in PARTS if part.name != "endurance")


def test_a_group_is_its_parts_in_their_order() -> None:
    assert tuple(part.name for part in chosen(("start", "gaps"))) == ("start", *GROUPS["gaps"])
    assert len(GROUPS["gaps"]) == 5


@pytest.mark.parametrize("error", [AssertionError("not within 5 s"), PartTooLong("it took too long"), OSError("gone")])
def test_a_part_that_fails_is_told_and_the_bench_goes_on(tmp_path: Path, error: Exception) -> None:
    def fails(plan: object) -> object:
        raise error

    part = Part(name="x", title="x", limit=5, measure=fails)  # type: ignore[arg-type]
    result = Result(machine=Machine(cpu="", cores=1, memory_mb=1, kernel=""))
    assert list(_measured(part, quick(tmp_path), result)) == []
    assert str(error) in result.failures["x"]
