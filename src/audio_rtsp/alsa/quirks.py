"""What certain devices say of themselves that is not so. One row needs one source, one fixture, one test."""

from __future__ import annotations

_ONE_SERIAL_FOR_ALL = frozenset(
    {
        # HDMI grabbers with sound on Etron's chip: the kernel logs of different brands all show 20000130041415
        # (linux-media list, uvcvideo reports of 1e4e:7016 in 2022, 1e4e:701f, 1e4e:7103).
        ("1e4e", "7016"),
        ("1e4e", "701f"),
        ("1e4e", "7103"),
    }
)
"""USB makes (vid, pid) of which every unit carries the same serial number."""

_SHARED_SERIALS = frozenset({"200901010001", "20000130041415"})
"""Serial numbers that units of several makes share: github.com/paukstelis/octoprint_deploy/issues/203 for the first,
the grabbers above and their rebrandings for the second."""

_CAPABILITY_VARIES = frozenset(
    {
        # snd-aloop takes rate, format and channels from whoever has the other end open, anything while nobody has
        # (kernel: sound/drivers/aloop.c, the cable's hw).
        "Loopback",
    }
)
"""Drivers, as /proc/asound/cards names them, of devices that must be asked anew before each start."""


def is_fake_serial(serial: str, vid: str, pid: str) -> bool:
    """Whether a serial number cannot tell two units of this USB make apart."""
    return serial in _SHARED_SERIALS or (vid, pid) in _ONE_SERIAL_FOR_ALL


def varies_capability(driver: str) -> bool:
    """Whether what a card of this driver can do is not its own."""
    return driver in _CAPABILITY_VARIES
