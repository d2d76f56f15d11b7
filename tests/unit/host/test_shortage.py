"""What a machine runs short of, told by errors and by programs that cannot be loaded."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator

import pytest

from audio_rtsp.host.shortage import shortage, starved

LOADER = "ffmpeg: error while loading shared libraries: liba.so.1: "
UNREASONED = LOADER + "failed to map segment from shared object"


@pytest.fixture
def limit_of_memory() -> Iterator[None]:
    """32 TB: a limit that nobody feels."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 45, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("limit_of_memory")
def test_where_memory_is_limited_the_limit_is_named() -> None:
    for words in (starved(UNREASONED), shortage(OSError(errno.ENOMEM, ""))):
        assert "no program may take more memory than 33554432 MB here; raise that limit" in words
        assert "LimitAS=" in words and "ulimit -v" in words


@pytest.mark.usefixtures("limit_of_memory")
@pytest.mark.parametrize("said", ["", "Cannot allocate memory", LOADER + "cannot open shared object file"])
def test_other_words_lack_no_memory(said: str) -> None:
    assert starved(said) == ""


def test_without_a_limit_the_loader_must_name_the_reason() -> None:
    assert starved(UNREASONED) == ""
    assert starved(f"{UNREASONED}: Cannot allocate memory").startswith("no memory is left; ")
