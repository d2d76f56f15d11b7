"""Packages, kernel, initrd, key and cache of the lab's image."""

from __future__ import annotations

import lzma
import os
import struct
from pathlib import Path

import pytest
from lab.errors import NotDebian, NotRoot
from lab.image.apt import Package, parse_simulation
from lab.image.cache import Cache
from lab.image.configuration import without_password
from lab.image.initrd import render_archive, render_init
from lab.image.kernel import unpack_kernel
from lab.image.programs import ensure_host
from lab.image.recipe import Recipe

SIMULATION = """Inst gcc-12-base (12.2.0-14+deb12u1 Debian:12.12/oldstable [amd64])
Inst passwd [1:4.12] (1:4.13+dfsg1-1 Debian:12.12/oldstable, Debian-Security:12 [amd64]) []
Conf gcc-12-base (12.2.0-14+deb12u1 Debian:12.12/oldstable [amd64])
Inst tzdata (2025b-0+deb12u2 Debian:12.12/oldstable [all])
"""


def test_each_package_is_read_once_with_its_version() -> None:
    found = parse_simulation(SIMULATION)
    assert [package.name for package in found] == ["gcc-12-base", "passwd", "tzdata"]
    assert found[1].file_name == "passwd_1%3a4.13+dfsg1-1_amd64.deb"
    assert found[2].architecture == "all"


def test_another_version_is_another_key() -> None:
    old = Package(name="ffmpeg", version="1", architecture="amd64")
    new = Package(name="ffmpeg", version="2", architecture="amd64")
    assert Recipe(essential=(), packages=(old,)).key != Recipe(essential=(), packages=(new,)).key


def test_the_elf_file_is_found_in_a_kernel_image() -> None:
    kernel = b"\x7fELF" + bytes(range(256)) * 10
    payload = lzma.compress(kernel)
    head = bytearray(1024)
    head[0x1F1] = 1
    struct.pack_into("<II", head, 0x248, 16, len(payload))
    assert unpack_kernel(bytes(head) + bytes(16) + payload) == kernel


def test_a_kernel_packed_otherwise_is_booted_as_it_is() -> None:
    image = bytes(4096)
    assert unpack_kernel(image) == image


def test_an_archive_can_be_walked_to_its_trailer() -> None:
    archive = render_archive(("bin",), {"init": b"#!", "bin/tool": b"12345"})
    names, at = [], 0
    while at < len(archive):
        assert archive[at : at + 6] == b"070701"
        size, name_size = (int(archive[at + start : at + start + 8], 16) for start in (54, 94))
        names.append(archive[at + 110 : at + 110 + name_size - 1].decode())
        at += (110 + name_size + 3) // 4 * 4
        at += (size + 3) // 4 * 4
    assert names == ["bin", "init", "bin/tool", "TRAILER!!!"]


def test_modules_are_loaded_before_the_disk_is_awaited() -> None:
    script = render_init(["ext4.ko"])
    assert script.index("insmod /m/ext4.ko") < script.index("/dev/vda") < script.index("switch_root")


def test_only_root_loses_its_password() -> None:
    assert without_password("root:*:1:0::::\nnobody:*:1::::\n") == "root::1:0::::\nnobody:*:1::::\n"


def test_what_is_built_once_is_not_built_again(tmp_path: Path) -> None:
    builds: list[Path] = []

    def build(half: Path) -> None:
        builds.append(half)
        (half / "disk").write_text("whole")

    cache = Cache(tmp_path)
    assert cache.get("image-1", build) == cache.get("image-1", build) == tmp_path / "image-1"
    assert len(builds) == 1 and (tmp_path / "image-1/disk").read_text() == "whole"


def test_a_half_built_image_is_never_used(tmp_path: Path) -> None:
    def fail(half: Path) -> None:
        (half / "disk").write_text("half")
        raise RuntimeError("power cut")

    def build(half: Path) -> None:
        assert not list(half.iterdir()), "the half from before is still there"

    (tmp_path / "half-image-1").mkdir()
    (tmp_path / "half-image-1/leftover").write_text("")
    with pytest.raises(RuntimeError):
        Cache(tmp_path).get("image-1", fail)
    assert not (tmp_path / "image-1").exists() and not (tmp_path / "half-image-1").exists()
    Cache(tmp_path).get("image-1", build)


def test_old_images_go_and_the_last_two_stay(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for number in range(4):
        path = cache.get(f"image-{number}", lambda half: None)
        os.utime(path, (number, number))
    cache.prune("image")
    assert sorted(path.name for path in tmp_path.glob("image-*")) == ["image-2", "image-3"]


def test_another_system_or_user_is_told_what_the_lab_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.image.programs.platform.machine", lambda: "riscv64")
    monkeypatch.setattr("lab.image.programs.os.geteuid", lambda: 0)
    with pytest.raises(NotDebian, match="riscv64"):
        ensure_host()
    monkeypatch.setattr("lab.image.programs.os.geteuid", lambda: 1000)
    with pytest.raises(NotRoot):
        ensure_host()
