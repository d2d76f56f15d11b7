"""The settings as a verb sees them."""

from __future__ import annotations

import os

from audio_rtsp.cli.places import Places
from audio_rtsp.config.last_good import load_last_good
from audio_rtsp.config.load import Configuration, load


def configuration_of(places: Places) -> Configuration:
    """What is in force: a bad value gives way to the last good one, as in the running program."""
    previous = load_last_good(places.memory, places.config)
    return load(places.config, environ=os.environ, overrides={}, previous=previous)
