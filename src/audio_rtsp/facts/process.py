"""What /proc says of one process (proc(5))."""

from __future__ import annotations

from pathlib import Path


def bytes_written(pid: int) -> int | None:
    """All bytes that a process has written so far (``wchar`` of /proc/PID/io); None when the kernel does not say.

    Readable until the process is reaped, so that the last word of a dead child counts too. Needs the kernel's
    CONFIG_TASK_IO_ACCOUNTING, which Debian, Ubuntu and Raspberry Pi OS set.
    """
    try:
        text = Path(f"/proc/{pid}/io").read_bytes()
    except OSError:
        return None
    return parse_written(text)


def parse_written(text: bytes) -> int | None:
    """``wchar`` of the text of /proc/PID/io."""
    _, found, rest = text.partition(b"wchar: ")
    number = rest.split(b"\n", 1)[0]
    return int(number) if found and number.isdigit() else None


def process_name(pid: int, root: Path = Path("/")) -> str:
    """The short name of a process, empty when it is not there."""
    try:
        return (root / f"proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return ""
