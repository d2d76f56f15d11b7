from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audio_rtsp.config.device_map import parse_device_map
from audio_rtsp.devices.renaming import Renamed, apply_renaming, plan_renaming
from audio_rtsp.errors import BadName, NameTaken, NotWritable

NAMES = {"usb_audio_12090001_LAB0001": "lab", "usb_audio_12090002_LAB0002": "desk"}
LAB = "usb_audio_12090001_LAB0001"


def rename(folder: Path, new: str) -> Renamed:
    path = folder / "device_map.conf"
    owner = parse_device_map(path.read_bytes() if path.exists() else b"")[0]
    names = NAMES | {entry.identity: entry.name for entry in owner.entries}
    return apply_renaming(folder, plan_renaming(LAB, new, names, owner))


def test_one_line_changes_and_every_other_byte_stays(tmp_path: Path) -> None:
    path = tmp_path / "device_map.conf"
    path.write_bytes(b"# mine\r\nother=x  # why\r\n" + f"{LAB}=old # here\n\n".encode())
    assert rename(tmp_path, "door").changed
    assert path.read_bytes() == b"# mine\r\nother=x  # why\r\n" + f"{LAB}=door # here\n\n".encode()
    assert not rename(tmp_path, "door").changed


def test_the_settings_file_goes_with_it(tmp_path: Path) -> None:
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices/lab.conf").write_text("AUDIO_BITRATE=64k\n")
    assert rename(tmp_path, "door").changed
    assert not (tmp_path / "devices/lab.conf").exists()
    assert (tmp_path / "devices/door.conf").read_text() == "AUDIO_BITRATE=64k\n"


def test_a_settings_file_written_beforehand_is_adopted(tmp_path: Path) -> None:
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices/door.conf").write_text("AUDIO_BITRATE=64k\n")
    assert rename(tmp_path, "door") == Renamed(changed=True, adopted="devices/door.conf")
    assert (tmp_path / "devices/door.conf").read_text() == "AUDIO_BITRATE=64k\n"
    assert rename(tmp_path, "door") == Renamed(changed=False)


def test_of_two_settings_files_the_owner_chooses_and_either_way_works(tmp_path: Path) -> None:
    (tmp_path / "devices").mkdir()
    for name in ("lab", "door"):
        (tmp_path / f"devices/{name}.conf").write_text("AUDIO_BITRATE=64k\n")
    with pytest.raises(NameTaken, match=r"both devices/lab\.conf and devices/door\.conf are there") as caught:
        rename(tmp_path, "door")
    assert not (tmp_path / "device_map.conf").exists()
    first, second = caught.value.fix.removesuffix("; then type the same again").split(", or ")
    assert second == f"rm {tmp_path}/devices/lab.conf"
    subprocess.run(first.split(), check=True)
    assert rename(tmp_path, "door") == Renamed(changed=True)


def test_when_the_map_cannot_be_written_the_settings_file_stays_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices/lab.conf").write_text("")
    renaming = plan_renaming(LAB, "door", NAMES, parse_device_map(b"")[0])
    (tmp_path / ".audio-rtsp.lock").mkdir()
    with pytest.raises(NotWritable):
        apply_renaming(tmp_path, renaming)
    assert (tmp_path / "devices/lab.conf").exists()


@pytest.mark.parametrize("name", ["", "Door", "../x", "-x", "a" * 64, "kück", "a b"])
def test_what_cannot_be_part_of_a_url_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadName):
        rename(tmp_path, name)


def test_the_name_of_another_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NameTaken, match="it is the name of usb_audio_12090002_LAB0002"):
        rename(tmp_path, "desk")


def test_a_short_form_in_the_owners_map_keeps_its_line(tmp_path: Path) -> None:
    owner = parse_device_map(b"usb_audio_12090001=lab\n")[0]
    assert plan_renaming(LAB, "door", NAMES, owner).key == "usb_audio_12090001"


def test_a_name_that_the_map_keeps_for_an_absent_device_is_not_taken_from_it() -> None:
    absent = "usb_audio_12090009_AWAY"
    owner = parse_device_map(f"{absent}=lab\n".encode())[0]
    assert plan_renaming(LAB, "door", NAMES | {absent: "lab"}, owner).key == LAB
