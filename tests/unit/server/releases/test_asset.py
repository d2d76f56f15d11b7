"""Names, addresses and checksums of releases, in both layouts that MediaMTX has had."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from packaging.version import Version

from audio_rtsp.server.mediamtx.errors import ReleaseRefused
from audio_rtsp.server.mediamtx.release.archive import unpack
from audio_rtsp.server.mediamtx.release.asset import (
    assets,
    checksum_names,
    feed_url,
    is_attested,
    parse_asset_name,
    parse_feed,
)
from audio_rtsp.server.mediamtx.release.checksum import find_checksum, render_checksum
from audio_rtsp.server.mediamtx.release.plan import Attest, Expect, Wish, plan_carried, plan_download
from process.releases.releases import archive, feed, member, pack

BASE = "https://github.com/bluenviron/mediamtx/releases"
NEW, EARLY = Version("1.20.1"), Version("1.12.3")
A, B = "a" * 64, "b" * 64


def test_the_file_of_each_architecture() -> None:
    names = {
        machine: [one.name for one in assets(BASE, NEW, machine)] for machine in ("x86_64", "armv7", "armv6", "i386")
    }
    assert names == {
        "x86_64": ["mediamtx_v1.20.1_linux_amd64.tar.gz"],
        "armv7": ["mediamtx_v1.20.1_linux_armv7.tar.gz"],
        "armv6": ["mediamtx_v1.20.1_linux_armv6.tar.gz"],
        "i386": [],
    }
    assert assets(BASE + "/", NEW, "aarch64")[0].url == f"{BASE}/download/v1.20.1/mediamtx_v1.20.1_linux_arm64.tar.gz"
    assert assets(BASE, NEW, "aarch64")[1].name == "mediamtx_v1.20.1_linux_arm64v8.tar.gz"


def test_both_eras_of_checksums_are_looked_for_the_likelier_first() -> None:
    assert checksum_names(NEW, "x") == ("checksums.sha256", "x.sha256sum")
    assert checksum_names(EARLY, "x") == ("x.sha256sum", "checksums.sha256")
    assert checksum_names(None, "x") == ("checksums.sha256", "x.sha256sum")


@pytest.mark.parametrize(("text", "found"), [
    (f"{A}  x\n", A),
    (f"{A} *x\n", A),
    (f"{A.upper()} *x\r\n{B} *y\n", A),
    (f"{A} *./x\n", A),
    (f"{A} *x\n{A}  x\n", A),
    (f"{A} *x\n{B} *x\n", None),
    (f"{A} *xx\n", None),
    (f"{A} *dir/x\n", None),
    (f"{A[1:]} *x\n", None),
    (f"{A}x\n", None),
    ("<html>", None),
    ("", None),
])  # fmt: skip
def test_a_checksum_is_found_or_there_is_none(text: str, found: str | None) -> None:
    assert find_checksum(text, "x") == found


def test_what_we_note_is_what_we_find() -> None:
    assert find_checksum(render_checksum(A, "mediamtx"), "mediamtx") == A


def test_the_feed_lists_releases_and_nothing_else() -> None:
    text = feed(["v1.19.3", "v1.20.1", "v1.20.1"]).decode() + '<link href="https://x/releases/tag/v2.0.0-rc1"/>'
    assert parse_feed(text) == (Version("1.20.1"), Version("1.19.3"))
    assert parse_feed("<html>rate limited</html>") == ()
    assert feed_url(BASE + "/") == "https://github.com/bluenviron/mediamtx/releases.atom"


def test_a_carried_file_claims_its_version_by_its_name() -> None:
    assert parse_asset_name("mediamtx_v1.20.1_linux_arm64.tar.gz") == (NEW, "arm64")
    assert parse_asset_name("mediamtx.tar.gz") == (None, "")
    assert parse_asset_name("mediamtx_v0.0.0_linux_amd64.tar.gz") == (None, "amd64")


def test_github_is_asked_for_what_it_built_itself_and_has_attested() -> None:
    assert is_attested(BASE, NEW)
    assert not is_attested(BASE, EARLY)
    assert not is_attested("https://mirror.example/bluenviron/mediamtx/releases", NEW)
    name = "mediamtx_v1.20.1_linux_amd64.tar.gz"
    for has_gh in (True, False):
        steps = plan_download(Wish(version=NEW), base=BASE, asset=name, has_gh=has_gh)
        assert (Attest() in steps) is has_gh


def test_nothing_is_compared_only_when_told_so() -> None:
    steps = plan_download(Wish(version=NEW, with_checksum=False), base=BASE, asset="x", has_gh=True)
    assert len(steps) == 1
    assert plan_carried(Wish(version=None, with_checksum=False), "/stick/x") == ()
    assert plan_carried(Wish(version=None), "/stick/x")[0] == Expect(
        "x", ("/stick/checksums.sha256", "/stick/x.sha256sum")
    )


@pytest.mark.parametrize("data", [
    pack([(member("mediamtx", 20_000), bytes(20_000))]),
    pack([(member("mediamtx", 1), b"x"), (member("other", 20_000), bytes(20_000))]),
    gzip.compress(pack([]) + bytes(200_000)),
    gzip.compress(member("pax", 90_000, b"x").tobuf() + bytes(90_000)),
])  # fmt: skip
def test_what_unpacks_to_too_much_is_refused_while_it_is_read(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(data)
    (tmp_path / "to").mkdir()
    with pytest.raises(ReleaseRefused):
        unpack(tmp_path / "x.tar.gz", tmp_path / "to", largest=15_000)
    assert sum(file.stat().st_size for file in (tmp_path / "to").iterdir()) < 15_000


def test_modes_do_not_come_from_the_archive(tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(archive("v1.20.1"))
    (tmp_path / "to").mkdir()
    unpack(tmp_path / "x.tar.gz", tmp_path / "to")
    modes = {file.name: file.stat().st_mode & 0o7777 for file in (tmp_path / "to").iterdir()}
    assert modes == {"mediamtx": 0o755, "mediamtx.yml": 0o644, "LICENSE": 0o644}
