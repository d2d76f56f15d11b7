"""A restart of the program as its memory meets it: written, and read again."""

from __future__ import annotations

from audio_rtsp.alsa.memory import Memory
from audio_rtsp.devices.memory_text import parse_memory, render_memory


def after_a_restart(memory: Memory) -> Memory:
    """The memory as the next run finds it."""
    return parse_memory(render_memory(memory, {}))[0]
