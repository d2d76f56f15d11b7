"""Each cause of a forbidden device has its own cure; a wrong one sends the owner round in circles."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from audio_rtsp.facts import node_rights
from audio_rtsp.facts.node_rights import NodeRights, read_rights, unit_of, why_forbidden

NODE = "/dev/snd/pcmC0D0c"
STRANGER = NodeRights(
    mode=0o660, uid=0, gid=29, group="audio", our_uid=1000, our_gids=frozenset({1000}), user="me"
)  # fmt: skip
MEMBER = replace(STRANGER, our_gids=frozenset({1000, 29}), is_listed=True)
ROOT = replace(STRANGER, our_uid=0, our_gids=frozenset({0}), user="root")


@pytest.mark.parametrize(
    ("rights", "says"),
    [
        (STRANGER, "; type: sudo usermod -aG audio me, then log out and in again"),
        (replace(STRANGER, group="", gid=63), "; type: sudo usermod -aG 63 me, then log out and in again"),
        (
            replace(STRANGER, unit="radio.service"),
            "; type: sudo usermod -aG audio me, then sudo systemctl restart radio.service",
        ),
        (
            replace(STRANGER, is_listed=True),
            " yet: me came into the group audio after this began; log out and in again",
        ),
        (
            replace(STRANGER, mode=0o600, group="root", gid=0),
            f": it is its owner's alone; type: sudo chgrp audio {NODE}; sudo chmod 660 {NODE}",
        ),
        (
            replace(STRANGER, is_container=True, mode=0o600),
            f": it is its owner's alone; type: sudo chgrp audio {NODE}; sudo chmod 660 {NODE}",
        ),
        (replace(STRANGER, is_container=True), " in this container; start it with --group-add 29"),
        (
            replace(MEMBER, unit="radio.service"),
            ": radio.service keeps it from us; type: sudo systemctl edit radio.service, "
            "add under [Service] DeviceAllow=char-116 rw, then sudo systemctl restart radio.service",
        ),
        (
            replace(ROOT, is_container=True),
            ": this container was not given the sound devices; start it with --device /dev/snd",
        ),
        (ROOT, ": the system keeps this program from sound devices; start it from a plain login, not from a sandbox"),
    ],
)
def test_every_cause_has_its_own_cure(rights: NodeRights, says: str) -> None:
    assert why_forbidden(NODE, rights) == f"no right to open {NODE}{says}"


@pytest.mark.parametrize("rights", [MEMBER, ROOT])
def test_a_member_and_root_are_never_sent_to_join_the_group(rights: NodeRights) -> None:
    for unit in ("", "radio.service"):
        for is_container in (False, True):
            told = why_forbidden(NODE, replace(rights, unit=unit, is_container=is_container))
            assert "usermod" not in told and "log out" not in told


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/audio-rtsp.service\n", "audio-rtsp.service"),
        ("12:devices:/system.slice/radio.service/child\n0::/\n", "radio.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n", ""),
        ("0::/user.slice/user-1000.slice/session-2.scope\n", ""),
        ("", ""),
    ],
)
def test_the_unit_is_read_from_the_cgroup(cgroup: str, unit: str) -> None:
    assert unit_of(cgroup) == unit


def test_a_group_that_the_units_user_namespace_does_not_show_is_audio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under PrivateUsers=yes the nodes seem to be nogroup's, which nobody must be sent to join."""
    node, overflow = tmp_path / "node", tmp_path / "overflowgid"
    node.touch(0o660)
    overflow.write_text(f"{node.stat().st_gid}\n")
    monkeypatch.setattr(node_rights, "OVERFLOW_GID", overflow)
    assert read_rights(node).group == "audio"


def test_a_real_node_is_read(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.touch(0o640)
    rights = read_rights(node)
    assert (rights.mode, rights.uid) == (stat.S_IMODE(node.stat().st_mode), os.geteuid())
    assert rights.our_uid == os.geteuid()
    with pytest.raises(FileNotFoundError):
        read_rights(tmp_path / "gone")
