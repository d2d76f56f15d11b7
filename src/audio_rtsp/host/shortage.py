"""What a machine runs short of when a pipe or a process cannot be made, and what helps. It passes."""

from __future__ import annotations

import errno

WORDS = {
    errno.EMFILE: "audio-rtsp may open no more files; raise its limit: LimitNOFILE= of its unit, or ulimit -n",
    errno.ENFILE: "this machine can open no more files; raise fs.file-max: man 5 proc_sys_fs",
    errno.EAGAIN: "no more processes are allowed; raise TasksMax= of its unit, or ulimit -u",
    errno.ENOMEM: "no memory is left; see who takes it: ps aux --sort=-rss",
    errno.ENOSPC: "no room is left; see where: df -h",
}


def shortage(error: OSError) -> str:
    """What is short and how to get more of it; empty when the error is none of want."""
    return WORDS.get(error.errno or 0, "")
