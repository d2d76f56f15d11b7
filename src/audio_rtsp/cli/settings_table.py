"""The settings as the owner sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audio_rtsp.cli.table import render_table
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import ALL
from audio_rtsp.config.values import Values

HIDDEN = "****"


def shown_text(setting: Setting[Any], values: Values) -> str:
    """The value, or that there is a secret one."""
    text = values.text(setting)
    return HIDDEN if setting.secret and text else text


def settings_table(values: Values, settings: Sequence[Setting[Any]], *, origin: bool) -> str:
    """A line for each of *settings*, with *origin* also where its value came from."""
    if not origin:
        return render_table(("setting", "value"), [(setting.key, shown_text(setting, values)) for setting in settings])
    rows = [(setting.key, shown_text(setting, values), values.origin(setting).where) for setting in settings]
    return render_table(("setting", "value", "from"), rows)


def settings_json(values: Values) -> dict[str, object]:
    """The same for programs."""
    return {setting.key: _setting_json(setting, values) for setting in ALL}


def _setting_json(setting: Setting[Any], values: Values) -> dict[str, object]:
    value, origin = values[setting], values.origin(setting)
    is_hidden = setting.secret and bool(values.text(setting))
    is_plain = isinstance(value, bool | int | float | None)
    return {
        "value": HIDDEN if is_hidden else value if is_plain else str(value),
        "text": shown_text(setting, values),
        "default": setting.default_text,
        "unit": setting.unit,
        "origin": {"kind": str(origin.kind), "where": origin.where},
    }
