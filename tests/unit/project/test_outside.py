"""The first page keeps its promises, and a link into a page finds its heading."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from audio_rtsp.devices.device import DeviceState
from audio_rtsp.stream_state import StreamState

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()
GROUND = {"stream_name", "stream_state"}
"""Words that all rooms but the lifted ones share; the table names them once."""
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_the_first_page_gives_two_commands_first() -> None:
    first = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[0]
    assert [line.split()[0] for line in first.splitlines()] == ["./run", "./test"]
    assert all((ROOT / name).stat().st_mode & 0o111 for name in ("run", "test", "script/setup", ".ci/run"))


def test_scripts_are_to_be_reviewed_before_the_first_command() -> None:
    before = README.split("```")[0]
    assert "Always review scripts" in before
    assert "sudo" in before


def test_the_first_page_thanks_and_does_not_pretend() -> None:
    plain = " ".join(README.split())
    for words in ("Cberge908", "gist.github.com/cberge908", "bluenviron/mediamtx", "testers and users", "Contributors"):
        assert words in plain
    assert "not affiliated with the MediaMTX project" in plain
    assert "not in a working state" not in plain.lower()
    assert "What is not there yet" in plain


def test_every_state_is_explained() -> None:
    page = (ROOT / "docs/reference/states.md").read_text()
    assert not [state for state in (*StreamState, *DeviceState) if f"| {state} |" not in page]


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text()
    pages = [str(page.relative_to(ROOT / "docs")) for page in ROOT.glob("docs/*/*.md")]
    assert not [page for page in pages if f"({page})" not in index]


def test_a_link_to_a_heading_finds_it() -> None:
    broken = []
    for page in PAGES:
        for target, heading in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
            text = (page.parent / target if target else page).read_text()
            headings = [re.sub(r"[^\w -]", "", line).strip().replace(" ", "-") for line in re.findall("#+ (.*)", text)]
            broken += [] if heading in [one.lower() for one in headings] else [f"{page.name}: {target}#{heading}"]
    assert not broken


def test_the_import_contracts_hold_the_table_of_rooms() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    parts = (ROOT / "src/audio_rtsp").iterdir()
    rooms = {one.stem for one in parts if one.suffix == ".py" or (one / "__init__.py").exists()} - {
        "__init__",
        "__main__",
        *GROUND,
    }
    page = (ROOT / "docs/why/architecture.md").read_text()
    table = {
        room: set(may.replace("–", "").replace(",", " ").split())
        for names, may in re.findall(r"^\| ([a-z, ]+) \| [^|]+ \| ([a-z, –]+) \|$", page, re.MULTILINE)
        for room in names.split(", ")
        if room in rooms and may != "everything"
    }
    storeys = [set(line.split(" | ")) for line in contracts["importlinter:contract:storeys"]["layers"].split("\n")]
    held = {}
    for room in table:
        storey = next(number for number, there in enumerate(storeys) if room in there)
        below = rooms & set().union(*storeys[storey + 1 :])
        forbidden = contracts.get(f"importlinter:contract:{room}", "forbidden_modules", fallback="").split()
        held[room] = below - {name.removeprefix("audio_rtsp.") for name in forbidden}
    assert all(f"`{word}`" in page for word in GROUND)
    assert set(table) == rooms - {"supervision", "cli", "service"}, "those three are told in words"
    assert held == table
