from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.alsa.capability import Altset, Capability, RateList, RateRange
from audio_rtsp.alsa.memory import Memory, Remembered
from audio_rtsp.devices.memory import DeviceMemory, with_learnt
from audio_rtsp.devices.memory_file import load_memory, save_memory
from audio_rtsp.devices.memory_text import parse_memory, render_memory

KNOWN = Remembered(key="usb_audio_12090003_at_A", usb_class="1209:0003:", port="A")
CAPABILITY = Capability(
    (
        Altset(formats=("S16_LE", "S32_LE"), channels=(1, 2), rates=RateRange(8000, 48000)),
        Altset(formats=("S24_3LE",), channels=(8,), rates=RateList((96000,))),
    )
)
MEMORY = DeviceMemory(
    identities=Memory(known=(KNOWN,), clashed=frozenset({"1209:0003:"})),
    capabilities={"pci-0000:00:08.0": CAPABILITY},
    names={"pci-0000:00:08.0": "line-in"},
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert save_memory(tmp_path / "new" / "state", MEMORY) == ()
    loaded = load_memory(tmp_path / "new" / "state")
    assert (loaded.memory, loaded.complaints) == (MEMORY, ())


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    save_memory(tmp_path, MEMORY)
    before = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    save_memory(tmp_path, MEMORY)
    assert {path.name: path.stat().st_ino for path in tmp_path.iterdir()} == before
    assert set(before) == {"identities.json", "device_map.conf"}


def test_an_empty_folder_is_an_empty_memory(tmp_path: Path) -> None:
    assert load_memory(tmp_path) == load_memory(tmp_path / "nowhere")
    assert load_memory(tmp_path).memory == DeviceMemory()
    assert load_memory(tmp_path).complaints == ()


def test_names_are_lines_that_a_person_can_read(tmp_path: Path) -> None:
    save_memory(tmp_path, MEMORY)
    assert (tmp_path / "device_map.conf").read_text().splitlines()[1] == "pci-0000:00:08.0=line-in"


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"version": 2}', b"\xff\xfe", b"[" * 100000, b'{"version": 1}'])
def test_a_broken_file_is_told_and_set_aside_not_lost(broken: bytes, tmp_path: Path) -> None:
    (tmp_path / "identities.json").write_bytes(broken)
    loaded = load_memory(tmp_path)
    assert loaded.memory.identities == Memory()
    assert "identities.json.broken" in loaded.complaints[0] and len(loaded.complaints) == 1
    assert (tmp_path / "identities.json").read_bytes() == broken, "reading changes nothing"
    assert save_memory(tmp_path, MEMORY) == ()
    assert (tmp_path / "identities.json.broken").read_bytes() == broken
    assert load_memory(tmp_path).memory == MEMORY


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"", "it is empty, as after a power cut"),
        (b'{"version": 1, "devi', "it ends in the middle, as after a power cut"),
        (b'{"version": 1,\n', "it ends in the middle, as after a power cut"),
        (b'{"version":\n 1,, ', "line 2, character 4: it is no JSON"),
        (b'{"version": "\xe4"}', "it is not UTF-8 text"),
        (b'{"version": %s}' % (b"1" * 5000), "a number in it is too long"),
    ],
)
def test_a_broken_file_is_told_in_the_owners_words(broken: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "identities.json").write_bytes(broken)
    (line,) = load_memory(tmp_path).complaints
    assert line.startswith(f"{tmp_path}/identities.json: not as we write it ({words}); it will be set aside as ")
    assert "; names are kept" in line and line.endswith("audio-rtsp device name ID NAME")


def test_the_complaint_names_the_spot() -> None:
    value = json.loads(render_memory(MEMORY.identities, MEMORY.capabilities))
    value["devices"][0]["port"] = 5
    with pytest.raises(ValueError, match=r"file\.devices\[0\]\.port: expected text"):
        parse_memory(json.dumps(value).encode())


def test_a_broken_line_among_the_names_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "device_map.conf").write_bytes(b"a=mic\nnonsense\nb=\xff\nc=mic-2\n")
    loaded = load_memory(tmp_path)
    assert loaded.memory.names == {"a": "mic", "c": "mic-2"}
    assert len(loaded.complaints) == 2


def test_where_nothing_can_be_written_the_program_works_on(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    (complaint,) = save_memory(tmp_path / "state", MEMORY)
    assert "cannot be written" in complaint


def test_a_file_that_cannot_be_read_is_never_rewritten(tmp_path: Path) -> None:
    for name in ("identities.json", "device_map.conf"):
        (tmp_path / name).mkdir()
    assert len(load_memory(tmp_path).complaints) == 2
    assert len(save_memory(tmp_path, MEMORY)) == 2
    assert (tmp_path / "identities.json").is_dir()


def test_an_answer_ends_the_trouble() -> None:
    troubled = with_learnt(DeviceMemory(), {"a": "Device or resource busy", "b": "gone"})
    assert troubled.troubles == {"a": "Device or resource busy", "b": "gone"}
    answered = with_learnt(troubled, {"a": CAPABILITY})
    assert (answered.capabilities, answered.troubles) == ({"a": CAPABILITY}, {"b": "gone"})


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), lambda inner: st.one_of(
    st.lists(inner, max_size=3),
    st.dictionaries(st.sampled_from(["version", "devices", "had_twins", "capabilities", "key"]), inner, max_size=5),
)))  # fmt: skip
def test_foreign_json_is_refused_with_words(value: object) -> None:
    try:
        parse_memory(json.dumps(value).encode())
    except ValueError as error:
        assert str(error)


def test_names_turned_to_zeros_are_told_set_aside_and_written_anew(tmp_path: Path) -> None:
    (tmp_path / "device_map.conf").write_bytes(b"\0" * 64)
    (line,) = load_memory(tmp_path).complaints
    assert "as after a power cut; it will be set aside as device_map.conf.broken; microphones get names anew" in line
    assert save_memory(tmp_path, MEMORY) == ()
    assert (tmp_path / "device_map.conf.broken").read_bytes() == b"\0" * 64
    assert load_memory(tmp_path).memory.names == MEMORY.names
    assert load_memory(tmp_path).complaints == ()
