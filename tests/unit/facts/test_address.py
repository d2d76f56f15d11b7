"""The host of our URLs: what a neighbour can type, on a box with any network or none. Real namespaces, real routes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audio_rtsp.facts import address
from audio_rtsp.facts.address import LanAddress, is_for_others, lan_address, parse_if_inet6

SRC = Path(__file__).resolve().parents[3] / "src"
ASK = f"{sys.executable} -c 'from audio_rtsp.facts.address import lan_address; print(lan_address())'"
LINK = "ip link set lo up"


def _has_namespaces() -> bool:
    if not shutil.which("unshare") or not shutil.which("ip"):
        return False
    made = subprocess.run(["unshare", "-rn", "sh", "-c", LINK], capture_output=True)
    return made.returncode == 0


@pytest.mark.skipif(not _has_namespaces(), reason="no network namespaces here")
@pytest.mark.parametrize(
    ("network", "host"),
    [
        ("true", "localhost"),
        (LINK, "localhost"),
        (f"{LINK}; ip addr add 192.168.7.5/24 dev lo", "192.168.7.5"),
        (f"{LINK}; ip addr add 10.0.0.9/24 dev lo; ip route add default dev lo src 10.0.0.9", "10.0.0.9"),
        (f"{LINK}; ip addr add fd00::5/64 dev lo", "[fd00::5]"),
        (f"{LINK}; ip addr add fd00::5/64 dev lo; ip -6 route add default dev lo", "[fd00::5]"),
        (f"{LINK}; ip addr add fd00::5/64 dev lo; ip addr add 192.168.7.5/24 dev lo", "192.168.7.5"),
    ],
)
def test_the_host_is_what_a_neighbour_can_type(network: str, host: str) -> None:
    argv = ["unshare", "-rn", "sh", "-c", f"{network}; {ASK}"]
    asked = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        timeout=20,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(SRC)},
    )
    assert asked.stdout == f"{host}\n", asked.stderr


def test_addresses_that_need_an_interface_are_left_out() -> None:
    text = (
        "00000000000000000000000000000001 01 80 10 80       lo\n"
        "fe800000000000000a0027fffe4e66a1 02 40 20 80     eth0\n"
        "20010db8000000000000000000000005 02 40 00 00     eth0\n"
    )
    assert list(filter(is_for_others, parse_if_inet6(text))) == ["2001:db8::5"]
    assert is_for_others("169.254.3.4"), "two boxes on one cable have nothing better"
    assert not any(map(is_for_others, ("127.0.1.1", "0.0.0.0", "::", "fe80::1")))


def test_a_network_that_comes_later_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    host = LanAddress()
    assert host() == lan_address()
    monkeypatch.setattr(address, "lan_address", lambda: "192.168.7.5")
    assert host() == lan_address(), "not asked for every line"
    monkeypatch.setattr(address, "FRESH", 0.0)
    assert host() == "192.168.7.5"
