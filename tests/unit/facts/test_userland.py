"""What a machine runs is told by its own shell, wherever that lies in its tree; and whether it knows the time."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from audio_rtsp.facts.clock import is_clock_set, render_date
from audio_rtsp.facts.userland import parse_elf, read_machine, read_userland


def elf(machine: int, order: Literal["little", "big"] = "little", bits: int = 64) -> bytes:
    kind = bytes([bits // 32, 1 if order == "little" else 2, 1])
    return b"\x7fELF" + kind + bytes(9) + b"\0\2" + machine.to_bytes(2, order)


@pytest.mark.parametrize(("header", "machine"), [
    (elf(62), "x86_64"),
    (elf(183), "aarch64"),
    (elf(40, bits=32), "arm"),
    (elf(3, bits=32), "i386"),
    (elf(243), "riscv64"),
    (elf(21, "big"), "ppc64"),
    (elf(999), "machine 999"),
    (b"#!/bin/sh\n" + bytes(20), "unknown"),
    (b"\x7fELF", "unknown"),
    (b"", "unknown"),
])  # fmt: skip
def test_a_program_says_what_it_is_made_for(header: bytes, machine: str) -> None:
    assert parse_elf(header) == machine


def test_links_lead_within_the_tree(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "usr/bin").mkdir()
    (tmp_path / "usr/bin/sh").symlink_to("/usr/lib/../lib/shell")
    (tmp_path / "usr/lib/shell").write_bytes(elf(183))
    assert read_userland(tmp_path) == "aarch64"


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to("/bin/sh")
    assert read_userland(tmp_path) == "unknown"


def test_a_32_bit_userland_on_a_64_bit_kernel_is_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").write_bytes(elf(40, bits=32))
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text("processor\t: 0\nCPU architecture: 8\n")
    assert read_userland(tmp_path) == "armv7"


def test_this_very_machine_is_known() -> None:
    interpreter = read_machine(Path("/proc/self/exe"))
    assert interpreter != "unknown"
    assert read_userland().startswith(interpreter)


def test_a_clock_that_was_never_set_is_known_as_such() -> None:
    assert not is_clock_set(0.0)
    assert not is_clock_set(1_700_000_000.0)
    assert is_clock_set(1_790_000_000.0)
    assert render_date(0.0) == "1970-01-01"
