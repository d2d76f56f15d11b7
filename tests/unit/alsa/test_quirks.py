from __future__ import annotations

from audio_rtsp.alsa.identity import UsbDevice, credible_serial
from audio_rtsp.alsa.quirks import is_fake_serial, varies_capability


def serial_of(serial: str | None, vid: str = "1209", pid: str = "0001") -> str:
    return credible_serial(UsbDevice(vid=vid, pid=pid, serial=serial))


def test_a_serial_that_cannot_tell_devices_apart_is_none() -> None:
    assert [serial_of(text) for text in (None, "", " ", "0000000000", "0", "日本", "200901010001")] == [""] * 7


def test_a_serial_is_written_in_letters_of_a_key() -> None:
    assert serial_of(" LAB 0001/ä=#") == "LAB_0001____"


def test_the_grabbers_of_one_chip_share_their_serial() -> None:
    assert serial_of("20000130041415", "1e4e", "7016") == serial_of("any other", "1e4e", "7103") == ""
    assert is_fake_serial("any other", "1e4e", "7016")
    assert not is_fake_serial("any other", "1209", "0001")


def test_only_a_loopback_changes_what_it_can_do() -> None:
    assert varies_capability("Loopback")
    assert not varies_capability("USB-Audio")
