"""Every kind of client at once, and what each of them hears."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .child import Output, listening_child
from .players import reader_argv
from .tone import RATE, is_tone, level_at

LISTENERS = (
    *(("ffmpeg", "tcp"), ("ffmpeg", "udp"), ("gstreamer", "tcp"), ("gstreamer", "udp")),
    *(("mpv", "tcp"), ("pyav", "tcp"), ("aiortsp", "tcp"), ("aiortsp", "udp")),
)
QUARTER = 2 * RATE // 4


@contextlib.contextmanager
def listeners(url: str) -> Iterator[list[Output]]:
    """All of them at once, each with half a second of sound behind it."""
    with contextlib.ExitStack() as stack:
        argvs = [reader_argv(reader, url, transport) for reader, transport in LISTENERS]
        heard = [stack.enter_context(listening_child(*argv)) for argv in argvs]
        for each in heard:
            each.wait_for(2 * QUARTER, 15)
        yield heard


def assert_hear_on(heard: list[Output]) -> None:
    """Each gets more sound, and what it gets is the tone."""
    sizes = [len(each.data) for each in heard]
    for each, size in zip(heard, sizes, strict=True):
        data = each.wait_for(size + 3 * QUARTER, 10)
        assert is_tone(data[-QUARTER:], skip_seconds=0), (
            each.process.args,
            level_at(data[size:]),
            each.errors.decode(),
        )
