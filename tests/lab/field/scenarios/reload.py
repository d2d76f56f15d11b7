"""The owner changes settings while somebody listens."""

from __future__ import annotations

import time

from lab.microphone.microphone import Microphone, Strings
from lab.microphone.pattern import Count

from field.box import EXACT, Box, Stream
from field.sabotage import ROUGH_RELOAD, TORN
from field.scenario import scenario
from field.stage import Stage

LOST_LIMIT = 0.05
CONFIG = f"{EXACT}SERVER=embedded\n"
"""The built-in server keeps listeners while an encoder is swapped, so that what they lose is what the swap costs."""


@scenario("reload", ROUGH_RELOAD, TORN)
def reload(stage: Stage) -> None:
    """Nothing changed: nothing is touched. One stream's setting: its encoder is swapped, all else goes on."""
    with stage.box(CONFIG) as box:
        for port, name in enumerate(("Desk", "Door")):
            box.plug(port, Microphone(serial=name, strings=Strings(product=name), pattern=Count()))
        before = {name: box.until_state(name, "LIVE") for name in ("desk", "door")}
        ears = {name: box.listen(name) for name in before}
        for ear in ears.values():
            ear.until(lambda ear=ear: ear.packets, box.patience(10), "heard")  # type: ignore[misc]
        time.sleep(1)
        pid = box.main_pid()
        with box.hearing():
            begin = time.monotonic()
            box.reload()
            time.sleep(2)
            _change_desk(box)
            swapped = box.until(lambda: _has_new_encoder(box, before["desk"]), 10, "another encoder of desk")
            time.sleep(3)
            box.exact(ears["door"], begin)
            lasted, desk = time.monotonic() - begin, box.counted(ears["desk"], begin)
        stage.note(f"swapped after {swapped:.1f} s, lost {desk.lost_seconds * 1000:.0f} ms")
        assert box.main_pid() == pid, "the service was restarted"
        assert box.stream("door")["encoder_pid"] == before["door"]["encoder_pid"], "the other encoder was replaced"
        assert box.stream("desk")["capture_pid"] == before["desk"]["capture_pid"], "the capture was replaced"
        assert desk.heard_seconds > lasted - 1, f"the sound ended: {desk}"
        assert desk.missing_seconds <= LOST_LIMIT, f"the swap lost too much: {desk}"
        assert [ear.sessions for ear in ears.values()] == [1, 1], "a listener was let go"


def _change_desk(box: Box) -> None:
    box.guest.check("mkdir -p /etc/audio-rtsp/devices")
    box.guest.put(b'FFMPEG_ADDITIONAL_OPTS="-metadata title=Desk"\n', "/etc/audio-rtsp/devices/desk.conf")
    box.reload()


def _has_new_encoder(box: Box, before: Stream) -> bool:
    return box.stream("desk").get("encoder_pid") not in (None, before["encoder_pid"])
