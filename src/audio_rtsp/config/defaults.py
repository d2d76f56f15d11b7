"""The files that a fresh installation has, with every key and what it means."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import Any

from audio_rtsp.config.keyvalue import render_value
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import ALL
from audio_rtsp.stream_name import RULE

WIDTH = 100
CONFIG_HEAD = """\
# Every line is KEY=VALUE, a comment starts with #. What is not written here has its default.
# Check it with: audio-rtsp config check. Apply it with: sudo systemctl reload audio-rtsp
# One stream alone: the same audio keys in devices/STREAM_NAME.conf
"""

DEVICE_MAP = f"""\
# Format: DEVICE_UUID=friendly_name
# The device keeps this stream name whatever it is plugged into or in which order it is found.
# What is connected: audio-rtsp device list. A name from the command line: audio-rtsp device name ID NAME
# A name: {RULE}.
# usb_audio_046d041e=wireless_lapel_mic
"""

DEVICE_BLACKLIST = """\
# Audio Device Blacklist - Add devices you want to exclude from streaming
# One entry a line: a card's id, a card's name, a device's identity or a stream's name, in upper or lower case.
# It must match whole; with a final * it matches whatever starts like it, so does an entry of 15 characters,
# because the kernel cuts ids there. Which line keeps which device out: audio-rtsp device list
# broken_webcam    # Device with issues
"""


def render_default_config() -> str:
    """The global file with every setting at its default."""
    groups = [_render_group(name, list(settings)) for name, settings in groupby(ALL, key=lambda setting: setting.group)]
    return CONFIG_HEAD + "\n" + "\n".join(groups)


def _render_group(name: str, settings: list[Setting[Any]]) -> str:
    return f"# {name}\n\n" + "\n".join(_render_setting(setting) for setting in settings)


def _render_setting(setting: Setting[Any]) -> str:
    unit = f" [{setting.unit}]" if setting.unit else ""
    comment = textwrap.fill(setting.help + unit, WIDTH, initial_indent="# ", subsequent_indent="# ")
    return f"{comment}\n{setting.key}={render_value(setting.default_text)}\n"
