"""QEMU's monitor: QMP, and its older text commands through it (docs/interop/qmp-spec of QEMU)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.errors import GuestRefused
from lab.machine.json_lines import JsonLines

ANSWER_LIMIT = 60.0


class Monitor:
    """A conversation with one QEMU; events between the answers are dropped."""

    def __init__(self, path: Path) -> None:
        self._lines = JsonLines(path)
        self._lines.receive(ANSWER_LIMIT)
        self.do("qmp_capabilities")

    def do(self, command: str, **arguments: Any) -> Any:
        """One QMP command and its answer; an underscore in an argument's name stands for a dash."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        self._lines.send({"execute": command, "arguments": named})
        while True:
            answer = self._lines.receive(ANSWER_LIMIT)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise GuestRefused(command, str(answer["error"].get("desc")))

    def tell(self, line: str) -> str:
        """One text command; its words are the answer, and what it complains about is in them."""
        return str(self.do("human-monitor-command", command_line=line))

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
