"""QEMU's monitor: QMP, and its older text commands through it (docs/interop/qmp-spec of QEMU)."""

from __future__ import annotations

import contextlib
from typing import Any

from lab.errors import GuestRefused
from lab.machine.json_lines import JsonLines
from lab.machine.process import QemuProcess
from lab.machine.qemu import MONITOR

ANSWER_LIMIT = 60.0


class Monitor:
    """A conversation with one QEMU; events between the answers are dropped. Raises GuestStuck without an answer, and
    QemuEnded when none can come.
    """

    def __init__(self, process: QemuProcess) -> None:
        self._process = process
        with contextlib.ExitStack() as undo, process.answering("monitor of QEMU"):
            self._lines = JsonLines(process.folder / MONITOR)
            undo.callback(self.close)
            self._lines.receive(ANSWER_LIMIT)
            self.do("qmp_capabilities")
            undo.pop_all()

    def do(self, command: str, **arguments: Any) -> Any:
        """One QMP command and its answer; an underscore in an argument's name stands for a dash."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        with self._process.answering(f"answer to {command}"):
            answer = self._ask({"execute": command, "arguments": named})
        if "error" in answer:
            raise GuestRefused(command, str(answer["error"].get("desc")))
        return answer["return"]

    def tell(self, line: str) -> str:
        """One text command; its words are the answer, and what it complains about is in them."""
        return str(self.do("human-monitor-command", command_line=line))

    def close(self) -> None:
        """Hang up."""
        self._lines.close()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self._lines.send(message)
        while True:
            answer = self._lines.receive(ANSWER_LIMIT)
            if "return" in answer or "error" in answer:
                return answer
