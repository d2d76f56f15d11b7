"""A change of settings, judged with all files in view before it is written."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.keyvalue import parse_lines, set_key
from audio_rtsp.config.load import Configuration, resolve
from audio_rtsp.config.setting import Setting
from audio_rtsp.config.settings import BY_KEY
from audio_rtsp.config.sources import CONFIG, Sources, device_file
from audio_rtsp.config.values import Values
from audio_rtsp.errors import ConfigRefused

Judge = Callable[[Values], Iterable[Complaint]]
"""What is wrong with one set of values that only another room can tell, such as which codec takes which rate."""

Mend = Callable[[Values], Mapping[str, str]]
"""By key, the texts that would have to stand with one set of values for *judge* to be content."""

NOTHING_WRITTEN = "nothing was written; take what the line says, or first change what it names"


def all_complaints(read: Configuration, judge: Judge) -> tuple[Complaint, ...]:
    """What is wrong in the files, then what *judge* says of the service and of each stream; each line once."""
    judged = [complaint for values in _all_values(read) for complaint in judge(values)]
    return tuple(dict.fromkeys((*read.complaints, *judged)))


class Candidate:
    """The new texts of settings, in the global file or in the device file of *stream*.

    *mend* names further settings that would make them work, as *judge* sees it.
    """

    def __init__(
        self, sources: Sources, texts: Mapping[Setting[Any], str], *, stream: str | None, judge: Judge, mend: Mend
    ) -> None:
        self._sources = sources
        self._texts = texts
        self._stream = stream
        self._judge = judge
        self._mend = mend

    def change(self, data: bytes) -> bytes:
        """The bytes of its file with the new values, the same when they stand there already. Raises ConfigRefused."""
        after = self._written(data)
        refused = self._refused(data, after)
        if refused:
            raise ConfigRefused(map(self._line, refused), fix=self._better(data, after))
        return after

    def _written(self, data: bytes) -> bytes:
        for setting, text in self._texts.items():
            data = data if self._stands_in(data, setting, text) else set_key(data, setting.key, text)
        return data

    def _refused(self, data: bytes, after: bytes) -> tuple[Complaint, ...]:
        return self._objections(self._resolved(data), self._resolved(after)) if after != data else ()

    def _better(self, data: bytes, after: bytes) -> str:
        """The command that sets all that is needed at once, where there is one that would be taken."""
        more = self._mend(self._values(self._resolved(after)))
        texts = {**self._texts, **{BY_KEY[key]: text for key, text in more.items()}}
        better = Candidate(self._sources, texts, stream=self._stream, judge=self._judge, mend=self._mend)
        if not more or any(setting.secret for setting in texts) or better._refused(data, better._written(data)):
            return NOTHING_WRITTEN
        pairs = [f"{setting.key}={text}" for setting, text in texts.items()]
        words = [*pairs, *(("--stream", self._stream) if self._stream else ())]
        return f"nothing was written; this would be: audio-rtsp config set {shlex.join(words)}"

    def _stands_in(self, data: bytes, setting: Setting[Any], text: str) -> bool:
        mine = [line for line in parse_lines(data) if line.key == setting.key]
        if not mine:
            return self._stream is None and text == setting.default_text
        return not mine[-1].fault and _canonical(setting, mine[-1].value.text) == text

    def _resolved(self, data: bytes) -> Configuration:
        return resolve(self._sources.with_file(self._stream, data), environ={}, overrides={})

    def _values(self, read: Configuration) -> Values:
        return read.service if self._stream is None else read.for_stream(self._stream)

    def _objections(self, before: Configuration, after: Configuration) -> tuple[Complaint, ...]:
        """What concerns these very settings, and whatever was not wrong before."""
        keys = tuple(f"{setting.key}:" for setting in self._texts)
        mine = [complaint for complaint in self._judge(self._values(after)) if complaint.says.startswith(keys)]
        known = all_complaints(before, self._judge)
        new = [complaint for complaint in all_complaints(after, self._judge) if complaint not in known]
        return tuple(dict.fromkeys((*mine, *new)))

    def _line(self, complaint: Complaint) -> str:
        """Without the place when that would be the very line that is not written."""
        file = CONFIG if self._stream is None else device_file(self._stream)
        return complaint.says if complaint.where.startswith(f"{file}:") else str(complaint)


def _canonical(setting: Setting[Any], text: str) -> str | None:
    try:
        return setting.render(setting.parse(text))
    except ValueError:
        return None


def _all_values(read: Configuration) -> tuple[Values, ...]:
    return (read.service, *(read.for_stream(name) for name in sorted(read.stream_names)))
