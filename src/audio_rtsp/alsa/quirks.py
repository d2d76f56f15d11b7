"""What certain devices say of themselves that is not so. One row needs one source, one fixture, one test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """``serial_is_fake``: every unit of this make carries the same serial number.

    ``capability_varies``: what it can do is not its own, and must be asked anew before each start.
    """

    serial_is_fake: bool = False
    capability_varies: bool = False


_NONE = Quirk()
_ANY = ""

# (vid, pid, driver); the driver "" stands for any.
_QUIRKS: dict[tuple[str, str, str], Quirk] = {
    # HDMI grabbers with sound on Etron's chip: the kernel logs of different brands all show 20000130041415
    # (linux-media list, uvcvideo reports of 1e4e:7016 in 2022, 1e4e:701f, 1e4e:7103).
    ("1e4e", "7016", _ANY): Quirk(serial_is_fake=True),
    ("1e4e", "701f", _ANY): Quirk(serial_is_fake=True),
    ("1e4e", "7103", _ANY): Quirk(serial_is_fake=True),
    # snd-aloop takes rate, format and channels from whoever has the other end open, anything while nobody has
    # (kernel: sound/drivers/aloop.c, the cable's hw).
    ("", "", "Loopback"): Quirk(capability_varies=True),
}

SHARED_SERIALS = frozenset({"200901010001", "20000130041415"})
"""Serial numbers that units of several makes share: github.com/paukstelis/octoprint_deploy/issues/203 for the first,
the grabbers above and their rebrandings for the second."""


def quirk_of(vid: str, pid: str, driver: str = _ANY) -> Quirk:
    return _QUIRKS.get((vid, pid, driver)) or _QUIRKS.get((vid, pid, _ANY)) or _NONE
