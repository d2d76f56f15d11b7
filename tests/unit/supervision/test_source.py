"""Where sound comes from: what stands in the way, and how many channels are asked for."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from audio_rtsp.encoder.codec import Encoding
from audio_rtsp.supervision.device_source import DeviceSource, card_node
from audio_rtsp.supervision.tone_source import ToneSource
from unit.supervision.things import capability

MONO = Encoding(codec="libmp3lame", rate=44100, channels=1, bitrate=192_000)


def source(root: Path = Path("/"), *channels: int) -> DeviceSource:
    return DeviceSource(root=root, card_id="Mic", card_index=0, pcm=0, capability=capability(*(channels or (1, 2))))


def test_a_node_without_rights_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    null = Path("/dev/null").stat()
    monkeypatch.setattr(Path, "stat", lambda _: null)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert source().obstacle().startswith("no right to open /dev/snd/pcmC0D0c")


def test_a_node_that_goes_while_it_is_looked_at_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert source().obstacle() == ""


def test_a_node_with_rights_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    monkeypatch.setattr(os, "access", lambda *_: True)
    assert source().obstacle() == ""


def test_the_nodes_of_another_machines_tree_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dev/snd").mkdir(parents=True)
    (tmp_path / "dev/snd/pcmC0D0c").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert source(tmp_path).obstacle() == ""


def test_a_card_that_was_plugged_in_anew_is_another_one(tmp_path: Path) -> None:
    """Whatever number and id it has; where there is no /sys to tell, it counts as the same."""
    folder = tmp_path / "sys/class/sound/card0"
    assert source(tmp_path).is_there()
    folder.mkdir(parents=True)
    found = replace(source(tmp_path), node=card_node(tmp_path, 0))
    assert found.is_there()
    folder.rename(tmp_path / "kept")  # its inode cannot be given to the next one
    assert not found.is_there()
    folder.mkdir()
    assert not found.is_there()


def test_a_picked_channel_is_among_those_asked_for() -> None:
    """One channel alone of a device that has (1, 2) would be the wrong one."""
    assert source().choose(MONO, 1).channels == 1
    assert source().choose(MONO, 2).channels == 2
    assert ToneSource(frequency=440).choose(MONO, 2).channels == 2
