"""The guest's agent: commands with exit code, stdout and stderr apart, and files (qemu-ga, 90 ms a round trip)."""

from __future__ import annotations

import base64
import itertools
import time
from pathlib import Path
from typing import Any

from lab.command import Answer
from lab.errors import GuestRefused
from lab.machine.json_lines import JsonLines

ANSWER_LIMIT = 30.0
CHUNK = 1 << 20
_numbers = itertools.count(int(time.time()) & 0xFFFFFF)


class Agent:
    """A conversation with qemu-ga. Raises TimeoutError when it does not answer within *seconds*."""

    def __init__(self, path: Path) -> None:
        self._lines = JsonLines(path)

    def is_there(self, seconds: float = 1.0) -> bool:
        """Whether it answers; also finds the beginning of its answers again after boot and resume."""
        number = next(_numbers)
        try:
            return bool(self._ask("guest-sync", {"id": number}, seconds).get("return") == number)
        except TimeoutError:
            return False

    def start(self, argv: tuple[str, ...], stdin: bytes = b"", seconds: float = ANSWER_LIMIT) -> int:
        """Start a program; the number is for poll."""
        arguments: dict[str, Any] = {"path": argv[0], "arg": list(argv[1:]), "capture-output": True}
        if stdin:
            arguments["input-data"] = base64.b64encode(stdin).decode()
        return int(self._do("guest-exec", arguments, seconds)["pid"])

    def poll(self, number: int, seconds: float = ANSWER_LIMIT) -> Answer | None:
        """What it left, once it has ended; None while it runs."""
        status = self._do("guest-exec-status", {"pid": number}, seconds)
        if not status["exited"]:
            return None
        code = status.get("exitcode", -int(status.get("signal") or 0))
        return Answer(code=code, stdout=_text(status, "out-data"), stderr=_text(status, "err-data"))

    def put(self, data: bytes, path: str) -> None:
        """Write a file of the guest; the agent gives it mode 0666."""
        with_handle = {"handle": self._do("guest-file-open", {"path": path, "mode": "w"})}
        for start in range(0, len(data), CHUNK):
            part = base64.b64encode(data[start : start + CHUNK]).decode()
            self._do("guest-file-write", {**with_handle, "buf-b64": part})
        self._do("guest-file-close", with_handle)

    def get(self, path: str, seconds: float = ANSWER_LIMIT) -> bytes:
        """Read a file of the guest."""
        with_handle = {"handle": self._do("guest-file-open", {"path": path, "mode": "r"}, seconds)}
        parts = []
        while True:
            answer = self._do("guest-file-read", {**with_handle, "count": CHUNK}, seconds)
            parts.append(base64.b64decode(answer["buf-b64"]))
            if answer["eof"]:
                break
        self._do("guest-file-close", with_handle, seconds)
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()

    def _do(self, command: str, arguments: dict[str, Any], seconds: float = ANSWER_LIMIT) -> Any:
        answer = self._ask(command, arguments, seconds)
        if "error" in answer:
            raise GuestRefused(command, str(answer["error"].get("desc")))
        return answer["return"]

    def _ask(self, command: str, arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer with our number: one to an older question may still come, from before a reboot."""
        number = next(_numbers)
        self._lines.send({"execute": command, "arguments": arguments, "id": number})
        end = time.monotonic() + seconds
        while True:
            answer = self._lines.receive(end - time.monotonic())
            if answer.get("id") == number:
                return answer


def _text(status: dict[str, Any], key: str) -> str:
    return base64.b64decode(status.get(key, "")).decode(errors="replace")
