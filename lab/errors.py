"""What can go wrong in the lab itself; each error carries its fix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class LabError(Exception):
    """Something the lab needs is not so."""

    def __init__(self, what: str, *, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


class CannotRun(LabError):
    """This machine is none that the lab runs on; nothing was tried."""


class NotRoot(CannotRun):
    """The image is built in a chroot, which needs root."""

    def __init__(self) -> None:
        super().__init__("the image is built in a chroot, which needs root", fix="run script/lab as root")


class NotDebian(CannotRun):
    """The guest is made of this host's own packages."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"the guest is built from the packages of Debian on amd64, here is {host}", fix="use such a host"
        )


class ProgramsMissing(CannotRun):
    """Programs of the host are missing, and may not or could not be installed."""

    def __init__(self, packages: Sequence[str], why: str) -> None:
        names = " ".join(packages)
        super().__init__(f"programs of these packages are missing: {names} ({why})", fix=f"apt-get install {names}")


class PrivilegeMissing(CannotRun):
    """Root of a container that is kept from what the build does."""

    def __init__(self, refused: str) -> None:
        super().__init__(
            f"the image is built in a chroot with device files of its own, which is refused here: {refused}",
            fix="run script/lab as root of the host, or in a container with CAP_SYS_CHROOT and CAP_MKNOD",
        )


class FolderUnfit(CannotRun):
    """A mount option forbids devices or programs where the image would be built."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is mounted nodev or noexec: no image can be built there", fix="name another: --cache DIR"
        )


class BuildFailed(LabError):
    """A step of the image build did not work."""

    def __init__(self, step: str, detail: str) -> None:
        super().__init__(f"building the image: {step}: {detail}", fix="read the message; then run script/lab again")


class CommandFailed(LabError):
    """A program on the host or in the guest ended badly."""

    def __init__(self, command: str, code: int, words: str) -> None:
        super().__init__(f"{command!r} ended with {code}: {words.strip()[-2000:]}", fix="read what it said")
        self.code = code


class GuestStuck(LabError):
    """The guest did not answer, boot or end within its time; *missing* is what did not come, and how long."""

    def __init__(self, missing: str, serial_tail: str) -> None:
        super().__init__(
            f"the guest is stuck: no {missing}; the end of its serial log:\n{serial_tail}",
            fix="a busy host makes it slow: free a core; else those lines say why",
        )


class QemuEnded(LabError):
    """QEMU ended by itself while something was awaited from it."""

    def __init__(self, waited_for: str, code: int, last_words: str) -> None:
        super().__init__(
            f"QEMU has ended (exit code {code}) while its {waited_for} was awaited; its last words:\n{last_words}",
            fix="read them; a guest that lacks memory on this host ends so, too",
        )


class NoFolder(LabError):
    """The warden could not make a passing folder."""

    def __init__(self, parent: Path) -> None:
        super().__init__(f"no folder could be made in {parent}", fix="read above why: no room, or no right to write")


class FolderLeft(LabError):
    """A passing folder could not be removed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} could not be removed", fix="see who uses it (fuser -vm), then remove it")


class GuestRefused(LabError):
    """QEMU or the guest's agent answered with an error."""

    def __init__(self, command: str, detail: str) -> None:
        super().__init__(f"{command}: {detail}", fix="read what was refused")
