"""Packages, kernel, initrd, key and cache of the lab's image."""

from __future__ import annotations

import lzma
import os
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from lab.command import Answer, ask
from lab.errors import FolderUnfit, NotDebian, NotRoot
from lab.image.apt import Package, PrivateApt, parse_simulation
from lab.image.build import _place_of_tree
from lab.image.cache import Cache
from lab.image.configuration import without_password
from lab.image.initrd import render_archive, render_init
from lab.image.kernel import unpack_kernel
from lab.image.programs import can_hold_system, ensure_host
from lab.image.recipe import Recipe

ROOT = Path(__file__).resolve().parents[3]
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


def with_images(folder: Path, count: int) -> None:
    """As labs that have ended left them, the last one last."""
    for number in range(count):
        os.utime(Cache(folder).get(f"image-{number}", lambda half: None), (number, number))


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_old_images_go_and_the_last_two_stay(tmp_path: Path) -> None:
    with_images(tmp_path, 4)
    Cache(tmp_path).prune("image")
    assert kept(tmp_path) == ["image-2", "image-3"]


def test_an_image_that_another_lab_uses_stays_however_old(tmp_path: Path) -> None:
    with_images(tmp_path, 4)
    other = Cache(tmp_path)
    os.utime(other.get("image-0", never), (0, 0))
    Cache(tmp_path).prune("image")
    assert kept(tmp_path) == ["image-0", "image-2", "image-3"]
    del other
    Cache(tmp_path).prune("image")
    assert kept(tmp_path) == ["image-2", "image-3"]


def test_halves_of_other_images_go_and_the_one_that_is_built_stays(tmp_path: Path) -> None:
    def build(half: Path) -> None:
        Cache(tmp_path).prune("image")
        assert half.is_dir() and kept(tmp_path) == ["half-image-1", "image-0"]

    with_images(tmp_path, 1)
    for left in ("half-image-7", "half-wheels-7", "image-0/half-ready-7"):
        (tmp_path / left / "deep").mkdir(parents=True)
    Cache(tmp_path).get("image-1", build)
    for left in ("half-image-8", "image-0/half-ready-8"):
        (tmp_path / left).mkdir()
    Cache(tmp_path).prune("image")
    assert kept(tmp_path) == ["image-0", "image-1"] and not list((tmp_path / "image-0").iterdir())


def test_an_image_has_its_name_only_when_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, list[str]]] = []

    def note(argv: Sequence[str | Path], *, timeout: float) -> None:
        synced.append((Path(argv[-1]).name, kept(tmp_path)))

    monkeypatch.setattr("lab.image.cache.run", note)
    Cache(tmp_path).get("image-1", lambda half: None)
    assert synced == [("half-image-1", ["half-image-1"]), (tmp_path.name, ["image-1"])]


def never(half: Path) -> None:
    raise AssertionError("it is there")


def test_packages_of_earlier_plans_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Answer(code=0, stdout=SIMULATION, stderr="")
    monkeypatch.setattr("lab.image.apt.run", lambda argv, **options: said)
    apt = PrivateApt(tmp_path)
    (apt.archives / "partial").mkdir(parents=True)
    for name in ("passwd_1%3a4.13+dfsg1-1_amd64.deb", "passwd_1%3a4.12_amd64.deb", "lock"):
        (apt.archives / name).write_text("")
    apt.download(["passwd"])
    assert sorted(path.name for path in apt.archives.iterdir()) == [
        "lock",
        "partial",
        "passwd_1%3a4.13+dfsg1-1_amd64.deb",
    ]


@pytest.mark.parametrize("flag", [os.ST_NODEV, os.ST_NOEXEC])
def test_no_system_is_built_where_devices_or_programs_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int
) -> None:
    monkeypatch.setattr("lab.image.programs.os.statvfs", lambda folder: SimpleNamespace(f_flag=flag))
    assert not can_hold_system(tmp_path)
    with pytest.raises(FolderUnfit, match="nodev"):
        _place_of_tree(tmp_path / "half-image-1")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be one without privileges")
@pytest.mark.parametrize(("capability", "word"), [("mknod", "mknod"), ("sys_chroot", "chroot")])
def test_a_root_without_privileges_is_told_so_before_anything_is_built(capability: str, word: str) -> None:
    program = "from lab.image.programs import ensure_privileges; ensure_privileges()"
    argv = ("setpriv", f"--bounding-set=-{capability}", "--inh-caps=-all", sys.executable, "-c", program)
    answer = ask(argv, timeout=20, environ={**os.environ, "PYTHONPATH": str(ROOT)})
    assert answer.code and "PrivilegeMissing" in answer.stderr and f"{word}: Operation not permitted" in answer.stderr


def test_another_system_or_user_is_told_what_the_lab_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.image.programs.platform.machine", lambda: "riscv64")
    monkeypatch.setattr("lab.image.programs.os.geteuid", lambda: 0)
    with pytest.raises(NotDebian, match="riscv64"):
        ensure_host()
    monkeypatch.setattr("lab.image.programs.os.geteuid", lambda: 1000)
    with pytest.raises(NotRoot):
        ensure_host()
