"""The configuration of an installed MediaMTX: written, checked, put in force, and followed when the owner edits it.

There is one writer of what the server reads: this, into the checked copy. The API is only asked.
"""

from __future__ import annotations

import codecs
import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from audio_rtsp.config.backup import FOLDER, back_up, backups_of
from audio_rtsp.config.edit import change_file
from audio_rtsp.config.keyvalue import set_key
from audio_rtsp.config.owner_file import Unread, read_owner_file
from audio_rtsp.config.settings import RTSP_PORT
from audio_rtsp.config.sources import settings_file
from audio_rtsp.errors import AudioRtspError, NotReadable, NotWritable
from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.host.lock import InstanceLock, locked
from audio_rtsp.server.mediamtx.asked import read_wanted
from audio_rtsp.server.mediamtx.change import Change, missing_rights, objections, plan_change, refuse_clashes
from audio_rtsp.server.mediamtx.conf_files import SECRET_MODE, ConfFiles
from audio_rtsp.server.mediamtx.derive import Wanted
from audio_rtsp.server.mediamtx.errors import ServerConfRefused
from audio_rtsp.server.mediamtx.owner_text import ADDRESSES
from audio_rtsp.server.mediamtx.ports import Ports
from audio_rtsp.server.mediamtx.readback import api_port
from audio_rtsp.server.mediamtx.remark import Refused, Remark
from audio_rtsp.server.mediamtx.running import running_program
from audio_rtsp.server.mediamtx.swap import Landing, settle, swap
from audio_rtsp.server.mediamtx.trial import takes_hashes

NO_CHANGE = "nothing to change"
IS_MISSING = "it is not there; a new one: sudo audio-rtsp mediamtx install --config-only"
IS_EMPTY = f"it is empty, as when an editor found the disk full; {FOLDER} may have a copy; to begin anew delete it"
MOST_LOOKS = 5
"""The path unit is blind while the check runs: what the owner saves meanwhile is seen by another look."""
SAVED_MEANWHILE = "it was saved by somebody else meanwhile; type the same again"
DID_NOT_COME_UP = "the server did not come up on it; the last good copy is in force again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of a look at the owner's file: complaints keep the last good copy in force, hints do not."""

    complaints: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class ServerConfiguration:
    """The owner's file, our settings in the folder *settings*, and the *binary* that must take what is made of them."""

    def __init__(self, files: ConfFiles, settings: Path, binary: str, environ: Mapping[str, str]) -> None:
        self._files = files
        self._settings = settings
        self._binary = binary
        self._environ = environ

    def plan(self, ports: Ports) -> list[str]:
        """What :meth:`apply` would do, a line each; raises AudioRtspError for what it would refuse.

        A binary that is not there yet is not asked.
        """
        change = self._accepted(ports, self._binary if self._has_binary else "")
        return self._steps(change, ports)

    def apply(self, ports: Ports) -> list[str]:
        """Write it and tell what was done; raises AudioRtspError with the old configuration in force."""
        with self._writing():
            change = self._accepted(ports, self._binary)
            done = self._steps(change, ports)
            self._put_in_force(change)
            self._remember_port(ports)
            self._files.write_complaints(())
            return done

    def refuse(self, program: Path) -> None:
        """Raises ServerConfRefused when another *program* does not take what is in force; no file is no reason."""
        other = ServerConfiguration(self._files, self._settings, str(program), self._environ)
        present = read_owner_file(self._files.owner)
        says = other._told_by_binary(present) if isinstance(present, bytes) else ()
        if says:
            raise ServerConfRefused(str(self._files.owner), says)

    def go_back(self) -> list[str]:
        """After another version was put in the place of one: the newest of the file and its backups that it takes.

        Tells what was done; raises ServerConfRefused when it takes none of them.
        """
        with self._writing():
            present = read_owner_file(self._files.owner)
            if not isinstance(present, bytes):
                return []
            for text in (present, *self._backups()):
                if not self._told_by_binary(text):
                    return self._return_to(text, present)
            raise ServerConfRefused(str(self._files.owner), self._told_by_binary(present))

    def follow(self) -> Followed:
        """Let the copy follow the owner's file and our settings; what cannot work changes nothing and is told."""
        with self._writing():
            for _ in range(MOST_LOOKS):
                seen = read_owner_file(self._files.owner)
                followed = self._judged(self._put_in_force)
                if seen == read_owner_file(self._files.owner):
                    break
            self._files.write_complaints(followed.complaints)
            return followed

    def settle(self, is_alive: Callable[[], bool]) -> Followed:
        """After a start of the server: on a copy on which it does not come up it gets the last good one back.

        Whoever is changing the copy sees to that himself, and waits for the server meanwhile: he is not waited for.
        """
        lock = InstanceLock(self._files.lock)
        try:
            return self._settle(is_alive) if lock.take() else Followed()
        except OSError as error:
            raise NotWritable(error.filename or str(self._files.checked), error) from error
        finally:
            lock.release()

    def _settle(self, is_alive: Callable[[], bool]) -> Followed:
        text = self._files.read_checked()
        if text is None or settle(self._files, is_alive) is not Landing.PUT_BACK:
            return Followed()
        complaints = self._files.said([Remark(0, DID_NOT_COME_UP)])
        self._files.remember_put_back(text)
        self._files.write_complaints(complaints)
        return Followed(complaints=complaints)

    def check(self) -> Followed:
        """What :meth:`follow` would say, without changing anything."""
        return self._judged(lambda change: None)

    def _judged(self, act: Callable[[Change], None]) -> Followed:
        try:
            change = self._planned(Ports())
            hints = self._files.said(change.derived.remarks)
            if change.after == change.before and change.derived.text == self._files.read_checked():
                return Followed(hints=hints)
            against = self._against(change)
            if not against:
                act(change)
            return Followed(complaints=against, hints=hints)
        except (Refused, AudioRtspError) as error:
            return Followed(complaints=self._told(error))

    def _against(self, change: Change) -> tuple[str, ...]:
        if change.before is None:
            return self._files.said([Remark(0, IS_MISSING)])
        judged = (*objections(change, self._files, self._binary), *missing_rights(change, self._files))
        found = self._files.said(judged)
        if not found and self._files.was_put_back(change.derived.text):
            return self._files.said([Remark(0, DID_NOT_COME_UP)])
        return found

    @property
    def _has_binary(self) -> bool:
        return os.access(self._binary, os.X_OK)

    def _wanted(self, ports: Ports) -> Wanted:
        asked = read_wanted(self._settings, self._environ)
        port = asked.rtsp_port if ports.rtsp is None else ports.rtsp
        return replace(asked, rtsp_port=port, takes_hashes=self._takes_hashes())

    def _takes_hashes(self) -> bool:
        """Whether the binary does, and the server that runs: it may be of an older version until it is restarted."""
        if not (self._has_binary and takes_hashes(self._binary)):
            return False
        running = running_program(api_port(self._files.read_checked() or ""))
        return not running or takes_hashes(running)

    def _backups(self) -> Iterator[bytes]:
        """The newest first."""
        for one in reversed(backups_of(self._files.owner)):
            data = read_owner_file(one.path)
            if isinstance(data, bytes):
                yield data

    def _told_by_binary(self, text: bytes) -> tuple[str, ...]:
        try:
            return self._files.said(objections(self._of_text(text, Ports()), self._files, self._binary))
        except Refused as error:
            return self._told(error)

    def _return_to(self, text: bytes, present: bytes) -> list[str]:
        owner = self._files.owner
        if text != present:
            back_up(owner, owner.read_bytes())  # it may have been saved since
            write_atomic(owner, text)
        self._put_in_force(self._of_text(text, Ports()))
        self._files.write_complaints(())
        return (
            [] if text == present else [f"{owner}: an older one again, since this version does not take the last one"]
        )

    def _planned(self, ports: Ports) -> Change:
        data = read_owner_file(self._files.owner)
        if isinstance(data, Unread):
            raise NotReadable(str(self._files.owner), data.why)
        if data is not None and not data.strip():
            raise Refused(0, IS_EMPTY)
        return self._of_text(data, ports)

    def _of_text(self, data: bytes | None, ports: Ports) -> Change:
        try:
            return plan_change(None if data is None else data.decode("utf-8-sig"), ports, self._wanted(ports))
        except UnicodeDecodeError as error:
            raise Refused(1 + error.object[: error.start].count(b"\n"), "it is not UTF-8 text") from None

    def _accepted(self, ports: Ports, binary: str) -> Change:
        try:
            change = self._planned(ports)
        except Refused as error:
            raise ServerConfRefused(str(self._files.owner), self._told(error)) from None
        refuse_clashes(change, self._files)
        against = self._files.said(objections(change, self._files, binary))
        if against:
            raise ServerConfRefused(str(self._files.owner), against)
        return change

    def _steps(self, change: Change, ports: Ports) -> list[str]:
        owner, steps = self._files.owner, []
        if change.before is None:
            steps.append(f"{owner}: written with the ports {_named(change)}")
        elif change.after != change.before:
            steps.append(f"{owner}: the ports are {_named(change)}; the file before is in {owner.parent / FOLDER}")
        if change.derived.text != self._files.read_checked():
            steps.append(f"{self._files.checked}: the server runs on this copy, checked by {self._binary}")
        if self._moves_settings(ports):
            steps.append(f"{settings_file(self._settings, None)}: {RTSP_PORT.key} is {ports.rtsp}")
        return [*steps, *self._files.said(change.derived.remarks)] or [NO_CHANGE]

    def _put_in_force(self, change: Change) -> None:
        """The owner's file, then the copy; both are as before when the server does not come up."""
        owner = self._files.owner
        if change.after != change.before:
            if change.before is not None:
                self._back_up(change.before)
            write_atomic(owner, change.after.encode(), mode=SECRET_MODE if change.before is None else None)
        if swap(self._files, change.derived.text) is not Landing.PUT_BACK:
            return
        if change.before is not None and change.before != change.after and self._stands(change.after):
            write_atomic(owner, change.before.encode())
        self._files.remember_put_back(change.derived.text)
        raise ServerConfRefused(str(owner), self._files.said([Remark(0, DID_NOT_COME_UP)]))

    def _back_up(self, judged: str) -> None:
        """Raises ServerConfRefused when the owner has saved another text since this one was *judged*."""
        if not self._stands(judged):
            raise ServerConfRefused(str(self._files.owner), self._files.said([Remark(0, SAVED_MEANWHILE)]))
        back_up(self._files.owner, self._files.owner.read_bytes())

    def _stands(self, text: str) -> bool:
        return self._files.owner.read_bytes().removeprefix(codecs.BOM_UTF8) == text.encode()

    def _moves_settings(self, ports: Ports) -> bool:
        return ports.rtsp is not None and ports.rtsp != read_wanted(self._settings, self._environ).rtsp_port

    def _remember_port(self, ports: Ports) -> None:
        """RTSP_PORT of our settings is the truth for publishers and URLs."""
        if self._moves_settings(ports):
            change_file(settings_file(self._settings, None), lambda data: set_key(data, RTSP_PORT.key, str(ports.rtsp)))

    def _told(self, error: Refused | AudioRtspError) -> tuple[str, ...]:
        if isinstance(error, Refused):
            return self._files.said([error.remark])
        return error.detail or (error.what,)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._files.make_folders()
            with locked(self._files.lock):
                yield
        except OSError as error:
            where = str(error.filename or self._files.owner)
            raise NotWritable(where, error, no_right="run the same with sudo") from error


def _named(change: Change) -> str:
    names = {key: name for name, key in ADDRESSES.items()}
    opened = {names[one.key]: one.port for one in change.derived.listeners if one.key in names}
    return ", ".join(f"{name} {port}" for name, port in opened.items())
