"""One virtual machine, from power on to nothing left."""

from __future__ import annotations

import contextlib
import io
import itertools
import shlex
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

from lab.command import Answer
from lab.errors import CommandFailed, GuestRefused, GuestStuck, LabError
from lab.machine.agent import ANSWER_LIMIT, Agent
from lab.machine.disk import make_disk
from lab.machine.hardware import Hardware
from lab.machine.load import Ticks, Work, parse_ticks
from lab.machine.monitor import Monitor
from lab.machine.network import Network, set_link
from lab.machine.process import QemuProcess
from lab.machine.qemu import AGENT, DISKS, BootFiles, port_socket, qemu_command
from lab.microphone.microphone import Microphone, Mode
from lab.microphone.plug import Plug

BOOT_LIMIT = 90.0
COMMAND_LIMIT = 60.0
POLL_SECONDS = 0.03
LAST_LOOK = 1.0
TREE = "/var/tmp/put.tar"
PACE_SECONDS, PACE_TOLERANCE, BOOT_TRIES = 1.0, 0.15, 4
"""Seen under load: a clock half as fast again as the host's (the kernel discards its own second measurement then)."""


class Guest:
    """QEMU in *folder*, in which the disk is already; see ``lab.machine.station`` for how one is made."""

    def __init__(self, hardware: Hardware, boot: BootFiles, folder: Path) -> None:
        self.hardware = hardware
        self.folder = folder
        self.plugs: dict[int, Plug] = {}
        self._boot = boot
        self._disks: dict[str, int] = {}
        self._network = Network()
        self._ever_plugged: list[Plug] = []
        self._running = contextlib.ExitStack()

    # Power

    def power_on(self, snapshot: str | None = None) -> None:
        """Boot from the disk, or resume *snapshot* and set the clock; what is plugged in stays plugged in."""
        self._disks.clear()
        self._process = QemuProcess(qemu_command(self.hardware, self._boot, snapshot), self.folder)
        self._running.callback(self._process.kill)
        self.monitor = self._running.enter_context(contextlib.closing(Monitor(self._process)))
        with self._process.answering("socket of the agent"):
            self._agent = self._running.enter_context(contextlib.closing(Agent(self.folder / AGENT)))
        self._network.begin(self.monitor)
        for port, plug in list(self.plugs.items()):
            self._connect(port, plug.microphone, plug.mode)
        self._await_agent(BOOT_LIMIT)
        if snapshot:
            self.set_clock(time.time())
        else:
            self._correct_pace()

    def power_cut(self) -> None:
        """End QEMU as a pulled cord ends a box; the microphones are still plugged in at the next power_on."""
        for plug in self.plugs.values():
            plug.unplug()
        self._process.kill()
        self._running.close()

    def power_off(self) -> None:
        """End QEMU, whatever the guest is doing."""
        with contextlib.suppress(LabError):
            self.monitor.do("quit")
        self._process.wait()
        self._running.close()

    def reboot(self, seconds: float = BOOT_LIMIT) -> None:
        """``systemctl reboot``, and wait for the agent of the next boot."""
        self._reboot_once(seconds)
        self._correct_pace()

    def _reboot_once(self, seconds: float) -> None:
        before = self.boot_id()
        self.spawn("systemctl reboot")
        self.until(lambda: self.boot_id() not in ("", before), seconds, "another boot")

    def _correct_pace(self) -> None:
        """Boot again while the guest's clock is fast or slow: the kernel measures it once, while the host is busy."""
        for _ in range(BOOT_TRIES):
            if abs(self.pace() - 1) < PACE_TOLERANCE:
                return
            self._reboot_once(BOOT_LIMIT)
        raise GuestStuck(f"clock that keeps time in {BOOT_TRIES} boots", self.last_words())

    def pace(self) -> float:
        """Seconds that pass in the guest while one passes here."""
        guest, here = self._uptime()
        time.sleep(PACE_SECONDS)
        later, now = self._uptime()
        return (later - guest) / (now - here)

    def _uptime(self) -> tuple[float, float]:
        with self._process.answering("uptime"):
            return float(self._agent.get("/proc/uptime").split()[0]), time.monotonic()

    def boot_id(self) -> str:
        """Differs from boot to boot; empty while the agent is away."""
        with self._process.answering("answer to who it is"):
            try:
                return self._agent.get("/proc/sys/kernel/random/boot_id", 2).decode() if self._agent.is_there() else ""
            except (TimeoutError, GuestRefused):
                return ""

    # Commands and files

    def run(self, command: str, *, timeout: float = COMMAND_LIMIT, stdin: bytes = b"") -> Answer:
        """A line of bash as root; every exit code is an answer, and no answer in time is GuestStuck."""
        end = time.monotonic() + timeout
        number = self.spawn(command, stdin, min(timeout, ANSWER_LIMIT))
        return self._wait_until(end, number, timeout, command)

    def check(self, command: str, *, timeout: float = COMMAND_LIMIT, stdin: bytes = b"") -> str:
        """The standard output; raises CommandFailed for any exit code but 0."""
        answer = self.run(command, timeout=timeout, stdin=stdin)
        if answer.code != 0:
            raise CommandFailed(command[:300], answer.code, answer.stderr + answer.stdout)
        return answer.stdout

    def spawn(self, command: str, stdin: bytes = b"", seconds: float = ANSWER_LIMIT) -> int:
        """Start without waiting; the number is for poll and wait."""
        with self._process.answering(f"start of {command[:200]!r}"):
            return self._agent.start(("/bin/bash", "-c", command), stdin, seconds)

    def poll(self, number: int, seconds: float = ANSWER_LIMIT) -> Answer | None:
        """What a spawned command left; None while it runs."""
        with self._process.answering("word of a command"):
            return self._agent.poll(number, seconds)

    def wait(self, number: int, seconds: float = COMMAND_LIMIT, what: str = "a command") -> Answer:
        """Wait for a spawned command."""
        return self._wait_until(time.monotonic() + seconds, number, seconds, what)

    def put(self, data: bytes | Path, path: str, mode: str = "644") -> None:
        """Write a file, or the content of a whole folder into the folder *path*."""
        if isinstance(data, Path) and data.is_dir():
            self._put_tree(data, path)
            return
        content = data.read_bytes() if isinstance(data, Path) else data
        self._write(content, path)
        self.check(f"chmod {mode} {shlex.quote(path)}")

    def get(self, path: str) -> bytes:
        """Read a file."""
        with self._process.answering(f"content of {path}"):
            return self._agent.get(path)

    def until(self, is_so: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until *is_so*; the seconds it took."""
        begin = time.monotonic()
        while not is_so():
            if time.monotonic() - begin > seconds:
                raise self._process.stuck(what, seconds)
            time.sleep(POLL_SECONDS)
        return time.monotonic() - begin

    # The world around it

    def plug(self, port: int, microphone: Microphone) -> Plug:
        """Plug *microphone* into a free port; power stays on or off."""
        if port in self.plugs:
            raise ValueError(f"port {port} is taken")
        return self._connect(port, microphone)

    def unplug(self, port: int) -> None:
        """Pull what is in *port*."""
        self.plugs.pop(port).unplug()

    def swap(self, one: int, other: int) -> None:
        """Pull both and plug each into the other's port."""
        first, second = self.plugs[one].microphone, self.plugs[other].microphone
        self.unplug(one)
        self.unplug(other)
        self.until(lambda: self.card_count() == len(self.plugs), 5, "both cards gone")
        self.plug(one, second)
        self.plug(other, first)

    def card_count(self) -> int:
        """How many sound cards the kernel has."""
        return int(self.check("ls -d /proc/asound/card[0-9]* 2>/dev/null | wc -l"))

    def set_clock(self, seconds: float) -> None:
        """Set the wall clock to *seconds* since 1970."""
        self.check(f"date -s @{seconds:.3f}")

    def set_link(self, is_up: bool) -> None:
        """Plug the network cable in, or pull it."""
        set_link(self.monitor, is_up)

    def forward(self, guest_port: int) -> int:
        """A port of this host's loopback that leads to *guest_port* of the guest, the same after a power cut."""
        return self._network.forward(self.monitor, guest_port)

    def add_disk(self, size_mib: int, tree: Path | None = None) -> str:
        """Plug in another disk while running; its device in the guest, such as /dev/sda."""
        number = next(free for free in itertools.count(1) if free not in self._disks.values())
        node, path = f"disk{number}", self.folder / f"disk{number}.raw"
        make_disk(path, size_mib, tree)
        self.monitor.do("blockdev-add", driver="raw", node_name=node, file={"driver": "file", "filename": str(path)})
        self.monitor.do("device_add", driver="scsi-hd", drive=node, id=node, bus=f"{DISKS}.0", scsi_id=number)
        listed = f"ls /sys/bus/scsi/devices/*:0:{number}:0/block"
        self.until(lambda: bool(self.run(listed).stdout), 10, node)
        device = f"/dev/{self.check(listed).strip()}"
        self._disks[device] = number
        return device

    def remove_disk(self, device: str) -> None:
        """Unplug what add_disk plugged in; it must not be mounted."""
        node = f"disk{self._disks[device]}"
        self.monitor.do("device_del", id=node)
        self.until(lambda: self.run(f"test -b {device}").code != 0, 10, f"{device} gone")
        self.until(lambda: self._is_deleted(node), 10, f"{node} free")
        del self._disks[device]

    def ticks(self) -> Ticks:
        """Processor time so far, for the load between two looks."""
        return parse_ticks(self.check("head -1 /proc/stat"))

    def bus_losses(self) -> int:
        """How often a microphone (also one that was pulled) or QEMU's bus lost sound before it reached the guest."""
        return self._process.dropped() + sum(plug.losses for plug in self._ever_plugged)

    def work(self) -> Work:
        """What QEMU did since power on, and how long this host had no processor for it."""
        return self._process.work()

    def save(self, snapshot: str) -> None:
        """Take an internal snapshot; no microphone may be plugged in."""
        if self.plugs:
            raise ValueError("unplug the microphones before a snapshot")
        said = self.monitor.tell(f"savevm {snapshot}").splitlines()
        complaints = [line for line in said if line.strip() and not line.startswith("usb-redir:")]
        if complaints:
            raise GuestRefused("savevm", "\n".join(complaints))

    def last_words(self) -> str:
        """The end of its serial log, and what QEMU complained about."""
        return self._process.last_words()

    def close(self) -> None:
        """Unplug all and end; the folder is its maker's."""
        for port in list(self.plugs):
            self.unplug(port)
        self._running.close()

    def _is_deleted(self, node: str) -> bool:
        try:
            self.monitor.do("blockdev-del", node_name=node)
        except GuestRefused:
            return False
        return True

    def _await_agent(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        with self._process.answering("agent"):
            while not self._agent.is_there():
                if time.monotonic() > end:
                    raise self._process.stuck("agent", seconds)

    def _wait_until(self, end: float, number: int, seconds: float, what: str) -> Answer:
        """*seconds* are what the caller gave, for the complaint; the last look may take as long as a round trip."""
        while (answer := self.poll(number, max(LAST_LOOK, min(end - time.monotonic(), ANSWER_LIMIT)))) is None:
            if time.monotonic() > end:
                raise self._process.stuck(f"end of {what[:200]!r}", seconds)
            time.sleep(POLL_SECONDS)
        return answer

    def _connect(self, port: int, microphone: Microphone, mode: Mode | None = None) -> Plug:
        with self._process.answering(f"USB port {port}"):
            plug = Plug(microphone, self.folder / port_socket(port), mode)
        self.plugs[port] = plug
        self._ever_plugged.append(plug)
        return plug

    def _write(self, data: bytes, path: str) -> None:
        with self._process.answering(f"written {path}"):
            self._agent.put(data, path)

    def _put_tree(self, tree: Path, path: str) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(tree, arcname=".")
        self._write(packed.getvalue(), TREE)
        place = shlex.quote(path)
        self.check(f"mkdir -p {place} && tar -C {place} --no-same-owner -xf {TREE} && rm {TREE}")
