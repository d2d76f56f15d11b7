"""Which ffmpeg this is."""

from __future__ import annotations

import pytest

from audio_rtsp.encoder.version import GIT_BUILD, OLDEST, FfmpegVersion, parse_version
from unit.encoder.ffmpegs import ffmpegs


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers", FfmpegVersion(5, 1)),
        ("ffmpeg version 6.1.1-3ubuntu5 Copyright (c) 2000-2023 the FFmpeg developers", FfmpegVersion(6, 1)),
        ("ffmpeg version 5.1.6-0+deb12u1+rpt1 Copyright (c)", FfmpegVersion(5, 1)),
        ("ffmpeg version n7.1 Copyright (c)", FfmpegVersion(7, 1)),
        ("ffmpeg version n9.0.2-17-g2a571b6068-20260930 Copyright (c)", FfmpegVersion(9, 0)),
        ("ffmpeg version 7.0.2-static https://johnvansickle.com/ffmpeg/  Copyright (c)", FfmpegVersion(7, 0)),
        ("ffmpeg version 4.3.9-0+deb11u1 Copyright (c)", FfmpegVersion(4, 3)),
        ("ffmpeg version 4.2.7-0ubuntu0.1 Copyright (c)", FfmpegVersion(4, 2)),
        ("ffmpeg version N-109542-g1bf1d1e Copyright (c)", GIT_BUILD),
        ("ffmpeg version 2024-05-13-git-37db0454e4 Copyright (c)", GIT_BUILD),
        ("ffmpeg version git-2020-01-01-abc Copyright (c)", GIT_BUILD),
        ("", GIT_BUILD),
    ],
)
def test_a_version_is_read_from_the_first_line(line: str, version: FfmpegVersion) -> None:
    assert parse_version(line) == version


def test_versions_are_ordered_as_numbers() -> None:
    assert FfmpegVersion(4, 2) < OLDEST < FfmpegVersion(4, 10) < FfmpegVersion(5, 0) < FfmpegVersion(10, 0) < GIT_BUILD


def test_a_version_is_told_as_people_write_it() -> None:
    assert (str(FfmpegVersion(5, 1)), str(GIT_BUILD)) == ("5.1", "git")


def test_both_real_ones_are_new_enough_and_two_different_ones() -> None:
    versions = [one.version for one in ffmpegs()]
    assert all(OLDEST <= version < GIT_BUILD for version in versions)
    assert len(set(versions)) == 2
