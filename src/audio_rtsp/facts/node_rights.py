"""Why this process may not open a device node, and what to type.

The kernel asks the node's mode first (EACCES), then the process's device cgroup (EPERM; fs/namei.c, inode_permission).
So when the mode would let us in and we are kept out, it is the cgroup: a container's, or a unit's DeviceAllow.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
OVERFLOW_GID = Path("/proc/sys/kernel/overflowgid")
SOUND_GROUP = "audio"
"""Of all nodes below /dev/snd (systemd, 50-udev-default.rules)."""
UNIT = re.compile(r"/([^/\n]+\.service)(?:/|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRights:
    """A node's mode, owner and group, and who we are; ``is_listed``: the group has us, our login may be older."""

    mode: int
    uid: int
    gid: int
    group: str
    our_uid: int
    our_gids: frozenset[int]
    user: str
    is_listed: bool = False
    is_container: bool = False
    unit: str = ""

    @property
    def is_ours_by_mode(self) -> bool:
        """Whether owner, group and mode would let us read and write."""
        if self.our_uid == 0:
            return True
        shift = 6 if self.our_uid == self.uid else 3 if self.gid in self.our_gids else 0
        return (self.mode >> shift) & 0o6 == 0o6


def why_forbidden(node: str, rights: NodeRights) -> str:
    """One sentence that names the cause and ends in what to do."""
    says = f"no right to open {node}"
    if rights.is_ours_by_mode:
        return f"{says}: {_by_cgroup(rights)}"
    if rights.mode & 0o060 != 0o060:
        return f"{says}: it is its owner's alone; type: sudo chgrp audio {node}; sudo chmod 660 {node}"
    if rights.is_container:
        return f"{says} in this container; start it with --group-add {rights.gid}"
    if rights.is_listed:
        return f"{says} yet: {rights.user} came into the group {rights.group} after this began; {_anew(rights)}"
    return f"{says}; type: sudo usermod -aG {rights.group or rights.gid} {rights.user}, then {_anew(rights)}"


def _anew(rights: NodeRights) -> str:
    """Groups are taken over at the beginning of a login or of a unit."""
    return f"sudo systemctl restart {rights.unit}" if rights.unit else "log out and in again"


def _by_cgroup(rights: NodeRights) -> str:
    if rights.is_container:
        return "this container was not given the sound devices; start it with --device /dev/snd"
    if rights.unit:
        line = "add under [Service] DeviceAllow=char-116 rw"
        return f"{rights.unit} keeps it from us; type: sudo systemctl edit {rights.unit}, {line}, then {_anew(rights)}"
    return "the system keeps this program from sound devices; start it from a plain login, not from a sandbox"


def read_rights(node: Path) -> NodeRights:
    """Raises OSError when the node is gone."""
    there, group = node.stat(), ""
    user, is_listed = _user(), False
    with contextlib.suppress(KeyError):
        entry = _group(there.st_gid)
        group, is_listed = entry.gr_name, user in entry.gr_mem
    return NodeRights(
        mode=stat.S_IMODE(there.st_mode),
        uid=there.st_uid,
        gid=there.st_gid,
        group=group,
        our_uid=os.geteuid(),
        our_gids=frozenset((*os.getgroups(), os.getegid())),
        user=user,
        is_listed=is_listed,
        is_container=any(Path(file).exists() for file in CONTAINER_FILES),
        unit=unit_of(_own_cgroup()),
    )


def _group(gid: int) -> grp.struct_group:
    """A unit's own user namespace (PrivateUsers) shows all groups but its own as nobody's: then it is udev's rule that
    tells whose sound is. Raises KeyError.
    """
    return grp.getgrnam(SOUND_GROUP) if gid == _nobodys_gid() else grp.getgrgid(gid)


def _nobodys_gid() -> int:
    """user_namespaces(7), "Unmapped user and group IDs"."""
    try:
        return int(OVERFLOW_GID.read_text())
    except (OSError, ValueError):
        return 65534


def unit_of(cgroup: str) -> str:
    """The system service in the text of /proc/self/cgroup; a login's own is none (``user@1000.service``)."""
    units = [name for name in UNIT.findall(cgroup) if not name.startswith("user@")]
    return units[-1] if units else ""


def _own_cgroup() -> str:
    try:
        return Path("/proc/self/cgroup").read_text(errors="replace")
    except OSError:
        return ""


def _user() -> str:
    uid = os.geteuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
