"""What a machine runs short of when a pipe or a process cannot be made, and what helps. It passes."""

from __future__ import annotations

import errno
import os
import resource

WORDS = {
    errno.EMFILE: "audio-rtsp may open no more files; raise its limit: LimitNOFILE= of its unit, or ulimit -n",
    errno.ENFILE: "this machine can open no more files; raise that limit: sudo sysctl fs.file-max=1000000",
    errno.EAGAIN: "no more processes are allowed; raise TasksMax= of its unit, or ulimit -u",
    errno.ENOMEM: "no memory is left; see who takes it: ps aux --sort=-rss",
    errno.ENOSPC: "no room is left; see where: df -h",
}
LIMITED = (
    "no program may take more memory than {} MB here; raise that limit: LimitAS= of its unit, or ulimit -v unlimited"
)
LOADER = "error while loading shared libraries"
UNREASONED = ("failed to map segment from shared object", "cannot map zero-fill pages")
"""Its words, which do not say why (glibc, elf/dl-load.c); without a limit of memory it is another reason."""


def starved(said: str) -> str:
    """The same of a program that could not be loaded, by what it *said*; empty when it lacks no memory."""
    is_limited = resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    lacks_memory = os.strerror(errno.ENOMEM) in said or (is_limited and any(words in said for words in UNREASONED))
    return _no_memory() if LOADER in said and lacks_memory else ""


def _no_memory() -> str:
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return WORDS[errno.ENOMEM] if limit == resource.RLIM_INFINITY else LIMITED.format(limit >> 20)


def shortage(error: OSError) -> str:
    """What is short and how to get more of it; empty when the error is none of want."""
    return _no_memory() if error.errno == errno.ENOMEM else WORDS.get(error.errno or 0, "")
