"""``mediamtx install`` against a real HTTPS server: what it brings, and that what it refuses changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest

from process.releases.box import Box
from process.releases.release_server import Mood, ReleaseServer
from process.releases.releases import HERE, archive, asset, checksums, here, member, pack, program, release

DEFAULT = "v1.20.1"


def test_without_options_the_version_that_was_tried_is_installed(box: Box, releases: ReleaseServer) -> None:
    done = box.type("install")
    assert (done.code, box.version) == (0, DEFAULT)
    assert done.out.splitlines() == [f"MediaMTX {DEFAULT} is in use: {box.folder}/mediamtx"]
    files = ("LICENSE", "mediamtx", "mediamtx.sha256", "mediamtx.yml")
    assert sorted(box.listing()) == ["mediamtx", *(f"{DEFAULT}/{name}" for name in files)]
    assert releases.paths("GET") == ["checksums.sha256", here(DEFAULT)]


def test_the_early_era_has_a_checksum_beside_each_file(box: Box, releases: ReleaseServer) -> None:
    assert box.install("-v", "1.12.2").code == 0
    assert box.version == "v1.12.2"
    assert releases.paths("GET") == [f"{here('v1.12.2')}.sha256sum", here("v1.12.2")]


def test_latest_is_the_newest_that_is_not_known_bad(box: Box, releases: ReleaseServer) -> None:
    releases.announce("v1.20.0", "v1.19.3", "v1.15.0")
    assert box.install("--version", "latest").code == 0
    assert box.version == "v1.19.3"


@pytest.mark.parametrize("flags", [(), ("--force-checksum",)])
def test_a_release_without_a_checksum_is_refused(box: Box, releases: ReleaseServer, flags: tuple[str, ...]) -> None:
    releases.add(DEFAULT, {"checksums.sha256": b"something else\n"})
    done = box.install(*flags)
    assert done.code == 23
    assert f"{here(DEFAULT)} has no checksum" in done.err
    assert not box.listing()
    assert here(DEFAULT) not in releases.paths("GET")


def test_it_is_installed_without_one_only_when_told_so(box: Box, releases: ReleaseServer) -> None:
    releases.add(DEFAULT, {"checksums.sha256": b""})
    done = box.install("--skip-checksum")
    assert (done.code, box.version) == (0, DEFAULT)
    assert "take care: the file is not compared with any checksum" in done.err


def test_the_two_checksum_options_contradict_each_other(box: Box) -> None:
    assert box.install("--skip-checksum", "--force-checksum").code == 2


def test_one_wrong_byte_is_refused_and_the_old_server_stays(box: Box, releases: ReleaseServer) -> None:
    box.install("-v", "v1.12.2")
    before = box.listing()
    good = archive(DEFAULT)
    releases.add(DEFAULT, {here(DEFAULT): good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]})
    done = box.install()
    assert done.code == 23
    assert f"{here(DEFAULT)} differs from its checksum" in done.err
    assert box.listing() == before
    releases.add(DEFAULT, {here(DEFAULT): good})
    releases.add(DEFAULT, checksums(DEFAULT, {here(DEFAULT): good}))
    assert box.install().code == 0
    assert box.version == DEFAULT


def test_a_truncated_archive_with_a_matching_checksum_is_refused(box: Box, releases: ReleaseServer) -> None:
    releases.replace(DEFAULT, archive(DEFAULT)[:120])
    done = box.install()
    assert (done.code, box.version) == (23, "")
    assert f"{here(DEFAULT)} is cut off or damaged" in done.err
    assert not [name for name in box.listing() if not name.startswith(".downloads")]


def test_a_redirect_is_followed_also_to_another_place(box: Box, releases: ReleaseServer) -> None:
    releases.files["/elsewhere"] = releases.files[f"/bluenviron/mediamtx/releases/download/{DEFAULT}/{here(DEFAULT)}"]
    to = releases.url.split("/bluenviron")[0] + "/elsewhere"
    releases.mood(here(DEFAULT), Mood(status=302, headers={"Location": to}))
    assert box.install().code == 0
    assert box.version == DEFAULT
    assert "elsewhere" in releases.paths()


def test_a_redirect_that_leaves_https_is_not(box: Box, releases: ReleaseServer) -> None:
    releases.mood(here(DEFAULT), Mood(status=302, headers={"Location": "http://localhost:1/elsewhere"}))
    done = box.install()
    assert (done.code, box.version) == (21, "")
    assert "insecure" in done.err


@pytest.mark.parametrize(("status", "headers", "says"), [
    (429, {"Retry-After": "600"}, "again in 10 min"),
    (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, "limits how often"),
])  # fmt: skip
def test_a_rate_limit_is_said_with_the_way_round_it(
    box: Box, releases: ReleaseServer, status: int, headers: dict[str, str], says: str
) -> None:
    releases.mood("releases.atom", Mood(status=status, headers=headers))
    done = box.install("-v", "latest")
    assert done.code == 21
    assert says in done.err
    assert "--offline FILE" in done.err
    assert len(releases.asked) == 1


def test_a_line_that_breaks_is_gone_on_with_where_it_broke(box: Box, releases: ReleaseServer) -> None:
    data = archive(DEFAULT, binary=program(DEFAULT) + hashlib.shake_256(b"x").digest(3_000_000))
    releases.replace(DEFAULT, data)
    releases.mood(here(DEFAULT), Mood(cut=1_000_000), Mood(cut=1_500_000))
    done = box.install()
    assert (done.code, box.version) == (0, DEFAULT)
    assert releases.ranges() == ["bytes=1000000-", "bytes=2500000-"]
    assert "the line broke after 1000000 of" in done.err


def test_a_server_without_ranges_begins_anew(box: Box, releases: ReleaseServer) -> None:
    releases.knows_ranges = False
    releases.mood(here(DEFAULT), Mood(cut=50))
    assert box.install().code == 0
    assert box.version == DEFAULT


def test_a_later_try_goes_on_with_what_a_killed_one_brought(box: Box, releases: ReleaseServer) -> None:
    data = archive(DEFAULT)
    (box.folder / ".downloads").mkdir(parents=True)
    (box.folder / ".downloads" / here(DEFAULT)).write_bytes(data[:77])
    releases.replace(DEFAULT, data)
    assert box.install().code == 0
    assert releases.ranges() == ["bytes=77-"]
    assert box.version == DEFAULT


def test_leftovers_longer_than_the_file_are_thrown_away(box: Box, releases: ReleaseServer) -> None:
    (box.folder / ".downloads").mkdir(parents=True)
    (box.folder / ".downloads" / here(DEFAULT)).write_bytes(bytes(100_000))
    assert box.install().code == 0
    assert box.version == DEFAULT


def test_a_passing_error_is_tried_again(box: Box, releases: ReleaseServer) -> None:
    releases.mood("checksums.sha256", Mood(status=503))
    done = box.install()
    assert (done.code, box.version) == (0, DEFAULT)
    assert "it answers 503" in done.err


def test_a_program_for_another_machine_is_refused(box: Box, releases: ReleaseServer) -> None:
    elf = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + (243).to_bytes(2, "little") + bytes(100)
    releases.replace(DEFAULT, archive(DEFAULT, binary=elf))
    done = box.install()
    assert (done.code, box.version) == (23, "")
    assert "is made for riscv64" in done.err


def test_a_program_that_says_another_version_is_refused(box: Box, releases: ReleaseServer) -> None:
    releases.replace(DEFAULT, archive("v1.19.3"))
    done = box.install()
    assert (done.code, box.version) == (23, "")
    assert f"holds v1.19.3, not {DEFAULT}" in done.err


GOOD = (member("mediamtx", 5), b"#!x\n\n")
HOSTILE = {
    "a path up": pack([GOOD, (member("../../escaped", 4), b"evil")]),
    "a whole path": pack([GOOD, (member("/tmp/escaped", 4), b"evil")]),
    "a folder": pack([(member("x/mediamtx", 4), b"evil")]),
    "a symbolic link": pack([(member("mediamtx", 0, tarfile.SYMTYPE, "/etc/passwd"), b"")]),
    "a hard link": pack([(member("LICENSE", 0, tarfile.LNKTYPE, "/etc/passwd"), b""), GOOD]),
    "a device": pack([(member("mediamtx.yml", 0, tarfile.CHRTYPE), b""), GOOD]),
    "twice the same": pack([GOOD, GOOD]),
    "too much": gzip.compress(member("mediamtx", 300_000_000).tobuf()),
    "no program": pack([(member("LICENSE", 3), b"MIT")]),
    "no archive": b"<html>Not what you asked for</html>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused(box: Box, releases: ReleaseServer, kind: str) -> None:
    box.install("-v", "v1.12.2")
    before = box.listing()
    releases.replace(DEFAULT, HOSTILE[kind])
    done = box.install("--skip-checksum")
    assert done.code == 23, done.err
    assert done.err.count("nothing was changed") == 1
    assert {name: data for name, data in box.listing().items() if not name.startswith(".downloads")} == before
    assert not list(box.folder.parent.rglob("escaped"))


def test_an_unknown_member_is_left_where_it_is(box: Box, releases: ReleaseServer) -> None:
    releases.replace(DEFAULT, archive(DEFAULT, extra=[(member("README", 2), b"hi")]))
    assert box.install().code == 0
    assert not (box.folder / DEFAULT / "README").exists()


def test_a_version_that_does_not_exist_is_refused_with_its_neighbours(box: Box, releases: ReleaseServer) -> None:
    done = box.install("-v", "v1.99.0")
    assert (done.code, box.listing()) == (22, {})
    assert "there is no MediaMTX v1.99.0" in done.err
    assert "v1.20.0, v1.20.1" in done.err


@pytest.mark.parametrize("version", ["v1.11.0", "v1.15.0"])
def test_a_version_that_cannot_work_is_refused(box: Box, releases: ReleaseServer, version: str) -> None:
    assert box.install("-v", version).code == 24
    assert not releases.asked


@pytest.mark.parametrize("text", ["1.20", "latest2", "v1.20.1-3-gabc", "v0.0.0", "../x"])
def test_what_is_no_version_is_refused(box: Box, text: str) -> None:
    assert box.install("-v", text).code == 22


def test_upgrade_downgrade_and_the_same_are_said(box: Box) -> None:
    assert "will be installed" in box.install("-v", "v1.12.2").err
    assert "Upgrade MediaMTX from v1.12.2 to v1.20.1? yes" in box.install().err
    down = box.install("-v", "v1.15.6")
    assert "Downgrade MediaMTX from v1.20.1 to v1.15.6? yes" in down.err
    assert "kept, but not used: v1.12.2" in down.err
    assert box.version == "v1.15.6"
    before = box.listing()
    same = box.install("-v", "v1.15.6")
    assert (same.code, box.listing()) == (0, before)
    assert "is installed already; to install it again: --force-install" in same.out


def test_a_newer_one_is_not_replaced_by_the_default(box: Box, releases: ReleaseServer) -> None:
    releases.add("v1.21.0", release("v1.21.0"))
    assert "newer than v1.20.1, the newest that audio-rtsp was tried with" in box.install("-v", "v1.21.0").err
    done = box.install()
    assert (done.code, box.version) == (0, "v1.21.0")
    assert "newer than v1.20.1; to go back: -v v1.20.1" in done.out


def test_where_nobody_can_answer_the_flag_is_named(box: Box) -> None:
    box.install("-v", "v1.12.2")
    done = box.type("install")
    assert (done.code, box.version) == (27, "v1.12.2")
    assert "type the same with -y" in done.err


def test_a_version_that_is_here_needs_no_download(box: Box, releases: ReleaseServer) -> None:
    box.install("-v", "v1.12.2")
    box.install()
    releases.asked.clear()
    assert box.install("-v", "v1.12.2").code == 0
    assert (box.version, releases.asked) == ("v1.12.2", [])
    box.install("-v", DEFAULT, "--force-checksum")
    assert (box.version, releases.paths()) == (DEFAULT, ["checksums.sha256", here(DEFAULT)])


def test_a_version_that_is_here_but_damaged_is_downloaded(box: Box, releases: ReleaseServer) -> None:
    box.install("-v", "v1.12.2")
    box.install()
    (box.folder / "v1.12.2/mediamtx").write_bytes(program("v1.12.2") + b"damage")
    assert box.install("-v", "v1.12.2").code == 0
    assert (box.folder / "v1.12.2/mediamtx").read_bytes() == program("v1.12.2")


def test_the_same_again_keeps_a_program_that_differs(box: Box) -> None:
    box.install()
    (box.folder / DEFAULT / "mediamtx").write_bytes(program(DEFAULT) + b"mine")
    assert box.install("--force-install").code == 0
    assert (box.folder / "mediamtx").read_bytes() == program(DEFAULT)
    assert box.type("rollback", "-y").code == 0
    assert (box.folder / "mediamtx").read_bytes() == program(DEFAULT) + b"mine"


def test_a_plain_file_of_somebody_else_is_kept_for_rollback(box: Box) -> None:
    box.folder.mkdir()
    (box.folder / "mediamtx").write_bytes(program("v0.0.0"))
    (box.folder / "mediamtx").chmod(0o755)
    assert "(-y)" not in box.type("install").err
    refused = box.install()
    assert (refused.code, box.version) == (27, "v0.0.0")
    assert "Which is newer cannot be said" in refused.err
    assert box.install("-v", DEFAULT).code == 0
    assert box.version == DEFAULT
    assert box.type("rollback", "-y").code == 0
    assert box.version == "v0.0.0"


def test_rollback_goes_back_and_forth(box: Box) -> None:
    assert box.type("rollback", "-y").code == 28
    box.install("-v", "v1.12.2")
    assert box.type("rollback", "-y").code == 28
    box.install()
    dry = box.type("rollback", "--dry-run")
    assert (dry.code, box.version) == (0, DEFAULT)
    assert "switch the link mediamtx to v1.12.2" in dry.out
    back = box.type("rollback", "-y")
    assert (back.code, box.version) == (0, "v1.12.2")
    assert "until it is started again: sudo systemctl restart " in back.err
    assert box.type("rollback", "-y").code == 0
    assert box.version == DEFAULT


def test_the_way_back_is_open_whatever_is_known_of_that_version(box: Box) -> None:
    box.folder.mkdir()
    (box.folder / "mediamtx").write_bytes(program("v1.15.0"))
    (box.folder / "mediamtx").chmod(0o755)
    assert box.install().code == 0
    assert box.type("rollback", "-y").code == 0
    assert box.version == "v1.15.0"


def test_rollback_to_a_damaged_program_is_refused(box: Box) -> None:
    box.install("-v", "v1.12.2")
    box.install()
    (box.folder / "v1.12.2/mediamtx").write_bytes(b"\x00" * 20)
    done = box.type("rollback", "-y")
    assert (done.code, box.version) == (23, DEFAULT)


def test_remove_takes_what_we_made_and_nothing_else(box: Box) -> None:
    box.install("-v", "v1.12.2")
    box.install()
    (box.folder / "notes.txt").write_text("mine")
    assert box.type("remove", DEFAULT, "-y").code == 2
    assert box.type("remove", "v9.9.9", "-y").code == 22
    assert box.type("remove", "v1.12.2", "-y").code == 0
    assert (box.version, (box.folder / "v1.12.2").exists()) == (DEFAULT, False)
    assert box.type("remove", "-y").code == 0
    assert sorted(there.name for there in box.folder.iterdir()) == ["notes.txt"]
    (box.folder / "notes.txt").unlink()
    assert "has installed no MediaMTX" in box.type("remove", "-y").out


def test_a_dry_run_says_all_and_changes_nothing(box: Box, releases: ReleaseServer) -> None:
    done = box.type("install", "--dry-run")
    assert (done.code, box.folder.exists()) == (0, False)
    assert f"download {releases.url}/download/{DEFAULT}/{here(DEFAULT)}" in done.out
    assert not releases.paths("GET")


@pytest.mark.parametrize(("machine", "cpu", "architecture"), [
    ("amd64", "", "amd64"),
    ("arm64", "", "arm64"),
    ("arm", "model name\t: ARMv7 Processor rev 4 (v7l)\n", "armv7"),
    ("arm", "CPU architecture: 8\n", "armv7"),
    ("arm", "model name\t: ARMv6-compatible processor rev 7 (v6l)\nCPU architecture: 7\n", "armv6"),
])  # fmt: skip
def test_the_file_is_chosen_by_what_the_machine_runs(
    box: Box, releases: ReleaseServer, machine: str, cpu: str, architecture: str
) -> None:
    box.runs(machine, cpu)
    done = box.type("install", "--dry-run", root=True)
    assert asset(DEFAULT, architecture) in done.out


def test_a_mirror_may_still_use_the_old_name_of_arm64(box: Box, releases: ReleaseServer) -> None:
    box.runs("arm64")
    data = releases.files.pop(f"/bluenviron/mediamtx/releases/download/{DEFAULT}/{asset(DEFAULT, 'arm64')}")
    releases.add(DEFAULT, {asset(DEFAULT, "arm64v8"): data})
    assert asset(DEFAULT, "arm64v8") in box.type("install", "--dry-run", root=True).out


def test_a_machine_without_a_release_is_told_so(box: Box) -> None:
    box.runs("riscv64")
    done = box.type("install", "--dry-run", root=True)
    assert done.code == 22
    assert "has no file for riscv64" in done.err


def test_another_machines_tree_is_never_installed_on(box: Box) -> None:
    assert box.type("install", "-y", root=True).code == 2
    assert not box.folder.exists()


def carry(box: Box, version: str, *, name: str = "", listed: bool = True) -> Path:
    """A release file on a stick."""
    stick = box.tree.parent / "stick"
    stick.mkdir(exist_ok=True)
    file = stick / (name or here(version))
    file.write_bytes(archive(version))
    if listed:
        for list_name, content in checksums("v1.13.0", {file.name: file.read_bytes()}).items():
            (stick / list_name).write_bytes(content)
    return file


def test_a_carried_release_needs_no_network(box: Box, releases: ReleaseServer) -> None:
    done = box.install("--offline", str(carry(box, "v1.15.6")))
    assert (done.code, box.version, releases.asked) == (0, "v1.15.6", [])


def test_a_carried_release_needs_its_checksum(box: Box) -> None:
    file = carry(box, DEFAULT, listed=False)
    assert box.install("--offline", str(file)).code == 23
    assert box.install("--offline", str(file), "--skip-checksum").code == 0
    assert file.exists()


def test_a_carried_build_of_ones_own_is_taken_under_the_name_it_gives_itself(box: Box) -> None:
    box.install()
    done = box.install("--offline", str(carry(box, "v0.0.0", name="mine.tar.gz")))
    assert (done.code, box.version) == (0, "v0.0.0")
    assert "Which is newer cannot be said" in done.err
    assert box.type("rollback", "-y").code == 0
    assert box.version == DEFAULT


def test_a_carried_file_of_a_bad_version_is_refused_whatever_its_name(box: Box) -> None:
    done = box.install("--offline", str(carry(box, "v1.15.0", name="mine.tar.gz")))
    assert (done.code, box.version) == (24, "")


def test_a_carried_file_for_another_machine_is_refused(box: Box) -> None:
    other = "arm64" if HERE != "arm64" else "amd64"
    done = box.install("--offline", str(carry(box, DEFAULT, name=asset(DEFAULT, other))))
    assert done.code == 23
    assert f"is made for {other}" in done.err


def test_a_carried_file_that_contradicts_the_version_is_refused(box: Box) -> None:
    assert box.install("--offline", str(carry(box, "v1.15.6")), "-v", "v1.20.1").code == 22


def test_a_second_installation_is_refused_while_one_is_at_work(box: Box, releases: ReleaseServer) -> None:
    box.folder.mkdir()
    with subprocess.Popen(
        ["flock", str(box.folder / ".lock"), "sh", "-c", "echo held; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        done = box.install()
        holder.communicate(b"\n")
    assert (done.code, box.version) == (26, "")
    assert "another installation is at work" in done.err


def test_a_folder_that_is_not_ours_is_told_with_the_way_in(box: Box) -> None:
    box.folder = box.tree / "bin/sh/mediamtx"  # a file is in the way
    done = box.install()
    assert done.code == 16
    assert "sudo" in done.err


def test_nothing_is_installed_by_a_certificate_of_a_stranger(box: Box, releases: ReleaseServer) -> None:
    del box.environ["SSL_CERT_FILE"]
    done = box.install()
    assert (done.code, box.version) == (21, "")
    assert "its certificate is not accepted" in done.err


def test_the_servers_own_user_can_run_it_whatever_the_umask(box: Box) -> None:
    assert box.type("install", umask=0o077).code == 0
    for path in (box.folder, box.folder / DEFAULT, box.folder / DEFAULT / "mediamtx"):
        assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("verb", ["dry run", "install", "rollback"])
def test_no_line_is_wider_than_a_terminal_but_for_a_word_that_would_break(box: Box, verb: str) -> None:
    for version in ("v1.12.2", "v1.15.6"):
        box.install("-v", version)
    install = ("install", "-y", "--offline", str(carry(box, DEFAULT)))
    words = {"dry run": ("install", "--dry-run"), "install": install, "rollback": ("rollback", "-y")}[verb]
    done = box.type(*words, columns=80)
    assert done.code == 0
    lines = (done.out if verb == "dry run" else done.err).splitlines()
    assert max(len(line) for line in lines if " " in line.strip()) <= 80
