"""Why a child or its pipe could not even be made."""

from __future__ import annotations

import errno
import os

import pytest

from audio_rtsp.errors import ProgramMissing
from audio_rtsp.supervision.policy import Cause
from audio_rtsp.supervision.start_failure import explain_start


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EMFILE, "LimitNOFILE="),
        (errno.ENFILE, "fs.file-max"),
        (errno.EAGAIN, "TasksMax="),
        (errno.ENOMEM, "ps aux"),
        (errno.ENOSPC, "df -h"),
    ],
)
def test_a_want_is_told_with_what_helps_and_passes(number: int, says: str) -> None:
    found = explain_start(OSError(number, os.strerror(number)))
    assert found.cause is Cause.SHORTAGE
    assert says in found.line


def test_a_missing_program_is_tried_again_soon_for_it_may_be_under_way() -> None:
    found = explain_start(ProgramMissing("ffmpeg", "ffmpeg"))
    assert (found.cause, found.line) == (Cause.SHORTAGE, "ffmpeg is not installed; sudo apt install ffmpeg")


def test_any_other_error_cannot_work() -> None:
    assert explain_start(PermissionError(errno.EACCES, "Permission denied")).cause is Cause.CANNOT_WORK
