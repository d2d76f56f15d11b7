"""The server that runs: of another version than the binary from an installation until its restart."""

from __future__ import annotations

import os

from audio_rtsp.facts.ports import holder


def running_program(api_port: int) -> str:
    """The very program that listens there, also when its file was replaced; empty when none does, or without the right
    to look.
    """
    there = holder(api_port)
    program = f"/proc/{there.pid}/exe" if there else ""  # proc(5)
    return program if os.access(program, os.X_OK) else ""
