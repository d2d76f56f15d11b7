from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audio_rtsp.cli.places import Places
from audio_rtsp.cli.verbs.device import device
from audio_rtsp.errors import AmbiguousDevice, BadName, NameTaken, NoSuchDevice
from machines.machine import MACHINES, copy_of, machine

FIRST, SECOND = (f"usb_audio_12090003_at_pci-0000:00:1d.1-usb-0:{port}" for port in (1, 2))


class Desk:
    """The verbs, with the files of one machine."""

    def __init__(self, root: Path, config: Path) -> None:
        config.mkdir(exist_ok=True)
        self.config = config
        self.places = Places(
            root=root, config=config, state=config / "state", logs=config / "logs", runtime=config / "run"
        )

    def __call__(self, *words: str) -> Result:
        result = CliRunner().invoke(device, words, obj=self.places)
        if result.exception is not None:
            raise result.exception
        return result

    def json(self, *words: str):  # type: ignore[no-untyped-def]
        return json.loads(self(*words, "--json").stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(machine("04"), tmp_path / "config")


@pytest.mark.parametrize("root", MACHINES, ids=lambda path: path.name)
def test_the_json_list_is_as_agreed(root: Path, tmp_path: Path) -> None:
    assert Desk(root, tmp_path / "config").json("list") == json.loads((root / "expected.json").read_text())


@pytest.mark.parametrize("root", MACHINES, ids=lambda path: path.name)
def test_the_table_keeps_within_eighty_columns(root: Path, tmp_path: Path) -> None:
    text = Desk(root, tmp_path / "config")("list").stdout
    assert all(len(line) <= 80 for line in text.splitlines())
    names = [one["name"] for one in json.loads((root / "expected.json").read_text())]
    assert all(name in text for name in names), "no name is wrapped"


def test_no_card_is_said_so(tmp_path: Path) -> None:
    desk = Desk(machine("00"), tmp_path / "config")
    assert (desk("list").stdout, desk.json("list")) == ("no sound card\n", [])


def test_the_list_says_which_line_ignores_what_and_which_lines_match_nothing(desk: Desk) -> None:
    (desk.config / "device_blacklist.conf").write_text("# mine\nHDMI\nStereo\n")
    (desk.config / "device_map.conf").write_text("usb_audio_c13487=conference_room_mic\nusb_audio_12090003=door\n")
    (desk.config / "devices").mkdir()
    for name in ("lab_studio_stereo", "lab-studio-stereo", "conference_room_mic", "tone-1"):
        (desk.config / f"devices/{name}.conf").write_text("AUDIO_CODEC=aac\n")
    result = desk("list")
    assert "lab-studio-stereo: ignored by device_blacklist.conf:3: Stereo" in result.stdout.splitlines()
    assert result.stderr.splitlines() == [
        f"device_map.conf:2: usb_audio_12090003 fits 2 devices ({FIRST}, {SECOND}); ignored, write a whole id",
        "device_blacklist.conf:2: HDMI: matches no device",
        "device_map.conf:1: usb_audio_c13487 (conference_room_mic): not seen",
        "devices/lab_studio_stereo.conf: no device is called so",
    ]
    one = next(one for one in desk.json("list") if one["name"] == "lab-studio-stereo")
    assert (one["state"], one["reason"]) == ("ignored", "device_blacklist.conf:3: Stereo")


def test_the_holder_of_a_busy_device_is_named(tmp_path: Path) -> None:
    assert "lab-mic-one: held by arecord (pid 366)" in Desk(machine("03"), tmp_path / "config")("list").stdout


def test_nothing_is_written_by_looking(tmp_path: Path) -> None:
    root = copy_of("04", tmp_path)
    before = sorted(str(path) for path in root.rglob("*"))
    places = Places(
        root=root,
        config=root / "etc",
        state=root / "var/lib/audio-rtsp",
        logs=root / "etc" / "logs",
        runtime=root / "run",
    )
    for words in (("list",), ("show", "lab-mic-one")):
        assert CliRunner().invoke(device, words, obj=places).exit_code == 0
    assert sorted(str(path) for path in root.rglob("*")) == before


def test_names_given_by_the_service_are_shown(desk: Desk) -> None:
    desk.places.state.mkdir()
    (desk.places.state / "device_map.conf").write_text(f"{SECOND}=garden\n")
    assert [one["name"] for one in desk.json("list")][2:] == ["usb-pnp-sound-device", "garden"]


@pytest.mark.parametrize("name", ["usb-pnp-sound-device-2", SECOND])
def test_a_device_is_shown_by_name_and_by_identity(desk: Desk, name: str) -> None:
    assert f"identity  {SECOND}" in desk("show", name).stdout.splitlines()
    assert desk.json("show", name)["identity"] == SECOND


def test_naming_writes_one_line_and_the_list_follows(desk: Desk) -> None:
    (desk.config / "device_map.conf").write_bytes(b"# mine\r\n")
    assert desk("name", SECOND, "garden").stdout.startswith(f"{SECOND} is now called garden")
    assert (desk.config / "device_map.conf").read_bytes() == f"# mine\r\n{SECOND}=garden\r\n".encode()
    assert "garden" in [one["name"] for one in desk.json("list")]
    assert desk.json("name", "garden", "garden") == {
        "identity": SECOND,
        "name": "garden",
        "before": "garden",
        "file": str(desk.config / "device_map.conf"),
        "changed": False,
    }


def test_naming_takes_the_settings_file_along(desk: Desk) -> None:
    (desk.config / "devices").mkdir()
    (desk.config / "devices/lab-mic-one.conf").write_text("AUDIO_BITRATE=64k\n")
    desk("name", "usb_audio_12090001", "door")
    assert [path.name for path in (desk.config / "devices").iterdir()] == ["door.conf"]


def test_settings_written_before_the_name_are_told_to_hold_for_it(desk: Desk) -> None:
    (desk.config / "devices").mkdir()
    (desk.config / "devices/door.conf").write_text("AUDIO_BITRATE=64k\n")
    told = desk("name", "usb_audio_12090001", "door").stdout.splitlines()
    assert told[1] == "devices/door.conf, which was there, holds for it from now on"


def test_a_device_that_is_not_plugged_in_can_be_named(desk: Desk) -> None:
    (desk.config / "device_map.conf").write_text("usb_audio_99990001_X=attic\n")
    desk("name", "attic", "cellar")
    assert (desk.config / "device_map.conf").read_text() == "usb_audio_99990001_X=cellar\n"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("show", "nobody"), NoSuchDevice),
        (("name", "nobody", "x"), NoSuchDevice),
        (("ignore", "nobody"), NoSuchDevice),
        (("name", "usb_audio_12090003", "x"), AmbiguousDevice),
        (("name", "lab-mic-one", "Door"), BadName),
        (("name", "lab-mic-one", "lab-studio-stereo"), NameTaken),
    ],
)
def test_what_cannot_be_done_is_an_error_and_nothing_is_written(
    desk: Desk, words: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk(*words)
    assert list(desk.config.iterdir()) == []


def test_an_ignored_device_is_ignored_by_its_own_line(desk: Desk) -> None:
    desk("ignore", "usb-pnp-sound-device")
    written = (desk.config / "device_blacklist.conf").read_text()
    assert written == f"{FIRST}  # usb-pnp-sound-device: USB PnP Sound Device\n"
    states = {one["name"]: one["reason"] for one in desk.json("list") if one["state"] == "ignored"}
    assert states == {"usb-pnp-sound-device": f"device_blacklist.conf:1: {FIRST}"}
    assert "ignored already" in desk("ignore", FIRST).stdout
    assert desk.json("ignore", FIRST)["changed"] is False


def test_a_device_that_is_gone_for_good_can_be_ignored_so_that_nothing_waits_for_it(desk: Desk) -> None:
    desk.places.state.mkdir()
    (desk.places.state / "device_map.conf").write_text("usb_audio_99990001_X=attic\n")
    assert desk("ignore", "attic").stdout.startswith("attic is ignored from now on")
    assert (desk.config / "device_blacklist.conf").read_text() == "usb_audio_99990001_X  # attic: it was away then\n"
    assert "attic is ignored already" in desk("ignore", "usb_audio_99990001_X").stdout


def test_a_card_without_capture_can_be_ignored_by_its_card_id(tmp_path: Path) -> None:
    desk = Desk(machine("90"), tmp_path / "config")
    assert desk.json("ignore", "vc4hdmi0")["changed"] is True
    assert desk.json("show", "vc4hdmi0")["state"] == "ignored"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_root_is_told_with_the_way_out(desk: Desk) -> None:
    from audio_rtsp.errors import NotWritable

    desk.config.chmod(0o555)
    with pytest.raises(NotWritable):
        desk("name", "lab-mic-one", "door")
