"""A change of one setting, judged with all files in view before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.keyvalue import parse_lines, set_key
from audio_rtsp.config.load import Configuration, resolve
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.sources import CONFIG, Sources, device_file
from audio_rtsp.config.values import Values
from audio_rtsp.errors import ConfigRefused

Judge = Callable[[Values], Iterable[Complaint]]
"""What is wrong with one set of values that only another room can tell, such as which codec takes which rate."""

NOTHING_WRITTEN = "nothing was written; take what the line says, or first change what it names"


def all_complaints(read: Configuration, judge: Judge) -> tuple[Complaint, ...]:
    """What is wrong in the files, then what *judge* says of the service and of each stream; each line once."""
    judged = [complaint for values in _all_values(read) for complaint in judge(values)]
    return tuple(dict.fromkeys((*read.complaints, *judged)))


class Candidate:
    """The new text of one setting, in the global file or in the device file of *stream*."""

    def __init__(self, sources: Sources, setting: Setting[Any], text: str, *, stream: str | None, judge: Judge) -> None:
        self._sources = sources
        self._setting = setting
        self._text = text
        self._stream = stream
        self._judge = judge

    def change(self, data: bytes) -> bytes:
        """The bytes of its file with the new value, the same when it stands there already. Raises ConfigRefused."""
        if self._stands_in(data):
            return data
        after = set_key(data, self._setting.key, self._text)
        refused = self._objections(self._resolved(data), self._resolved(after))
        if refused:
            raise ConfigRefused(map(self._line, refused), fix=NOTHING_WRITTEN)
        return after

    def _stands_in(self, data: bytes) -> bool:
        mine = [line for line in parse_lines(data) if line.key == self._setting.key]
        if not mine:
            return self._stream is None and self._text == self._setting.default_text
        return not mine[-1].fault and self._canonical(mine[-1].value.text) == self._text

    def _canonical(self, text: str) -> str | None:
        try:
            return self._setting.render(self._setting.parse(text))
        except ValueError:
            return None

    def _resolved(self, data: bytes) -> Configuration:
        return resolve(self._sources.with_file(self._stream, data), environ={}, overrides={})

    def _objections(self, before: Configuration, after: Configuration) -> tuple[Complaint, ...]:
        """What concerns this very setting, and whatever was not wrong before."""
        values = after.service if self._stream is None else after.for_stream(self._stream)
        mine = [complaint for complaint in self._judge(values) if complaint.says.startswith(f"{self._setting.key}:")]
        known = all_complaints(before, self._judge)
        new = [complaint for complaint in all_complaints(after, self._judge) if complaint not in known]
        return tuple(dict.fromkeys((*mine, *new)))

    def _line(self, complaint: Complaint) -> str:
        """Without the place when that would be the very line that is not written."""
        file = CONFIG if self._stream is None else device_file(self._stream)
        return complaint.says if complaint.where.startswith(f"{file}:") else str(complaint)


def _all_values(read: Configuration) -> tuple[Values, ...]:
    return (read.service, *(read.for_stream(name) for name in sorted(read.stream_names)))
