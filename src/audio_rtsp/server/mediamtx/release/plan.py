"""What an installation will do, step by step, before anything is done: ``--dry-run`` prints it.

Until :class:`Switch` a new program lies beside the one in use, so wherever the power fails one of the two works.
"""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from audio_rtsp.server.mediamtx.release.asset import checksum_names, file_url, is_attested
from audio_rtsp.server.mediamtx.release.version import tag


@dataclass(frozen=True, slots=True)
class Expect:
    """Read the checksum of *file* from the first of *lists* (URLs or paths) that has one."""

    file: str
    lists: tuple[str, ...]

    def __str__(self) -> str:
        return f"read the checksum of {self.file} from {' or '.join(one.rsplit('/', 1)[-1] for one in self.lists)}"


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring a release's file here."""

    url: str

    def __str__(self) -> str:
        return f"download {self.url}"


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare the file with its checksum."""

    def __str__(self) -> str:
        return "compare the file with its checksum"


@dataclass(frozen=True, slots=True)
class Attest:
    """Ask GitHub whether it built the file."""

    def __str__(self) -> str:
        return "ask GitHub whether it built this file (gh attestation verify)"


@dataclass(frozen=True, slots=True)
class Unpack:
    """Unpack the file into a folder of its own."""

    def __str__(self) -> str:
        return "unpack mediamtx, mediamtx.yml and LICENSE of it, nothing else"


@dataclass(frozen=True, slots=True)
class TryOut:
    """See that the program runs here and says *version* ("" = any); *name* = of a kept version, "" = the unpacked."""

    version: str
    name: str = ""

    def __str__(self) -> str:
        return f"try it: mediamtx --version must print {self.version or 'a version'}"


@dataclass(frozen=True, slots=True)
class Adopt:
    """Give the program that somebody else put there a version folder of its own."""

    def __str__(self) -> str:
        return "keep the program that is there, in a folder of its own"


@dataclass(frozen=True, slots=True)
class Place:
    """Put the unpacked files into the folder of their version; a program there that differs is kept beside it."""

    version: str

    def __str__(self) -> str:
        return f"put it into the folder {self.version or 'of its version'}"


@dataclass(frozen=True, slots=True)
class Remember:
    """Let ``previous`` point to what was in use before."""

    def __str__(self) -> str:
        return "keep what was in use, for rollback"


@dataclass(frozen=True, slots=True)
class Switch:
    """Let the link ``mediamtx`` point to another version: one rename. *name* "" = the one just placed."""

    name: str = ""

    def __str__(self) -> str:
        return f"switch the link mediamtx to {self.name or 'the new version'}"


Step = Expect | Fetch | Compare | Attest | Unpack | TryOut | Adopt | Place | Remember | Switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the owner wants; *version* None = what the carried file holds."""

    version: Version | None
    with_checksum: bool = True

    @property
    def name(self) -> str:
        """The version as a folder is called."""
        return tag(self.version) if self.version else ""


def plan_download(wish: Wish, *, base: str, asset: str, has_gh: bool) -> tuple[Step, ...]:
    """Bring *asset* of the releases at *base* here and be sure of it."""
    assert wish.version
    url = file_url(base, wish.version, asset)
    if not wish.with_checksum:
        return (Fetch(url),)
    lists = tuple(file_url(base, wish.version, name) for name in checksum_names(wish.version, asset))
    attest = (Attest(),) if has_gh and is_attested(base, wish.version) else ()
    return (Expect(asset, lists), Fetch(url), Compare(), *attest)


def plan_carried(wish: Wish, file: str) -> tuple[Step, ...]:
    """Be sure of a carried *file* (its whole path): a list with its checksum lies beside it."""
    folder, _, name = file.rpartition("/")
    lists = tuple(f"{folder}/{one}" for one in checksum_names(wish.version, name))
    return (Expect(name, lists), Compare()) if wish.with_checksum else ()


def plan_install(wish: Wish, *, sure: tuple[Step, ...], is_foreign: bool) -> tuple[Step, ...]:
    """From a file that is made *sure* of to the version in use."""
    adopt = (Adopt(),) if is_foreign else ()
    return (*sure, Unpack(), TryOut(wish.name), *adopt, Place(wish.name), Remember(), Switch())


def plan_switch(name: str, *, is_foreign: bool) -> tuple[Step, ...]:
    """Use a version that is here already."""
    return (TryOut("", name), *((Adopt(),) if is_foreign else ()), Remember(), Switch(name))


def plan_rollback(name: str, *, is_foreign: bool) -> tuple[Step, ...]:
    """Go back to *name*; what was in use is the previous one then."""
    return (TryOut("", name), *((Adopt(),) if is_foreign else ()), Switch(name), Remember())
