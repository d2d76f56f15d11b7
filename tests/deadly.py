"""Code for a child that dies, as if by a loss of power, before its call number ``sys.argv[2]`` that changes a file."""

from __future__ import annotations

DEADLY = """
import os, pathlib, signal, sys
left = int(sys.argv[2])

def deadly(function):
    def step(*arguments, **options):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return function(*arguments, **options)
    return step

for name in ("open", "fdopen", "fchmod", "fsync", "close"):
    setattr(os, name, deadly(getattr(os, name)))
pathlib.Path.rename = deadly(pathlib.Path.rename)
"""
