"""What ``run`` says where there is no terminal to draw on."""

from __future__ import annotations

import asyncio

import pytest

from audio_rtsp.cli import face as module
from audio_rtsp.cli.face import make_face
from audio_rtsp.cli.stream_table import WITHOUT_MICROPHONE
from audio_rtsp.status import ServerStatus, StreamStatus
from unit.cli.snapshots import snapshot, stream


@pytest.mark.parametrize(
    ("streams", "told"),
    [
        ((), [WITHOUT_MICROPHONE]),
        ((stream(identity="tone-1"),), [WITHOUT_MICROPHONE]),
        ((stream(identity="usb_1"),), []),
    ],
)
def test_who_hears_a_tone_learns_why_it_is_no_microphone(
    streams: tuple[StreamStatus, ...],
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(module, "FIRST_LOOK", 0.0)

    async def run() -> None:
        with make_face() as face:
            face.on_ready(lambda: snapshot(*streams))
            for _ in range(3):
                await asyncio.sleep(0)

    asyncio.run(run())
    assert capfd.readouterr().err.splitlines() == ["logs: /var/log/audio-rtsp", *told]


def test_who_must_name_a_password_is_told_where_it_stands_in_the_url(capfd: pytest.CaptureFixture[str]) -> None:
    server = ServerStatus(name="embedded", rtsp_port=1, is_up=True, reason="", asks_password=True)

    async def run() -> None:
        with make_face() as face:
            face.on_ready(lambda: snapshot(stream(), server=server))

    asyncio.run(run())
    assert "a password is asked for: rtsp://USER:PASSWORD@HOST:1/NAME\n" in capfd.readouterr().err
