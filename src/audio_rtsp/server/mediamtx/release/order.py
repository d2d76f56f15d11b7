"""What was typed behind ``mediamtx install``, and what it comes to on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from audio_rtsp.server.mediamtx.errors import NoSuchRelease, ReleaseRefused
from audio_rtsp.server.mediamtx.release.asset import ARCHITECTURES, parse_asset_name
from audio_rtsp.server.mediamtx.release.attestation import can_ask
from audio_rtsp.server.mediamtx.release.decision import Decision, decide
from audio_rtsp.server.mediamtx.release.install import refuse_bad
from audio_rtsp.server.mediamtx.release.installation import Installation, ask_version
from audio_rtsp.server.mediamtx.release.plan import Step, Wish, plan_carried, plan_download, plan_install, plan_switch
from audio_rtsp.server.mediamtx.release.server import ReleaseServer
from audio_rtsp.server.mediamtx.release.version import NEWEST_TRIED, faults, parse_release, tag

LATEST = "latest"
NO_FORCE = f"name the version: -v {tag(NEWEST_TRIED)}; or: --force-install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """*version* is ``v1.20.1``, ``1.20.1`` or ``latest``; *offline* a carried file's whole path."""

    version: str | None = None
    offline: Path | None = None
    force_checksum: bool = False
    skip_checksum: bool = False
    force_install: bool = False

    @property
    def is_named(self) -> bool:
        """Whether the owner said which one."""
        return self.version is not None or self.offline is not None


def wish(order: Order, server: ReleaseServer) -> Wish:
    """Which version it is; raises NoSuchRelease, VersionRefused, ReleaseServerAway."""
    if order.offline:
        version = _claimed(order.offline, order.version)
    elif order.version == LATEST:
        version = server.newest()
    else:
        version = named_version(order.version) or NEWEST_TRIED
    if version:
        refuse_bad(tag(version))
    return Wish(version=version, with_checksum=not order.skip_checksum)


def named_version(text: str | None) -> Version | None:
    """What the owner typed; None = nothing. Raises NoSuchRelease."""
    version = parse_release(text or "")
    if text is not None and version is None:
        raise NoSuchRelease(f"{text!r} is no version", fix=f"a version looks like {tag(NEWEST_TRIED)}; or: {LATEST}")
    return version


def warnings(order: Order, wish: Wish) -> list[str]:
    """What the owner should know before."""
    found = [
        f"take care: MediaMTX {wish.name} {fault.says}" for fault in (faults(wish.version) if wish.version else ())
    ]
    if wish.version and wish.version > NEWEST_TRIED:
        found.append(f"{wish.name} is newer than {tag(NEWEST_TRIED)}, the newest that audio-rtsp was tried with")
    if order.skip_checksum:
        found.append("take care: the file is not compared with any checksum")
    return found


def decision(order: Order, wish: Wish, installation: Installation) -> Decision:
    """Whether it goes on, and what is asked first."""
    name = installation.in_use
    return decide(
        _installed(installation),
        wish.name,
        is_named=order.is_named,
        is_forced=order.force_install,
        is_whole=name is None or installation.is_as_installed(name) is not False,
    )


def plan(
    order: Order, wish: Wish, *, server: ReleaseServer, installation: Installation, userland: str
) -> tuple[Step, ...]:
    """The steps; raises NoSuchRelease, ReleaseRefused before anything is changed."""
    is_foreign = installation.is_foreign
    if order.offline:
        _refuse_other_architecture(order.offline.name, userland)
        return plan_install(wish, sure=plan_carried(wish, str(order.offline)), is_foreign=is_foreign)
    is_here = wish.name in installation.kept and installation.is_as_installed(wish.name)
    if is_here and not order.force_checksum and not order.force_install:
        return plan_switch(wish.name, is_foreign=is_foreign)
    assert wish.version
    asset = server.asset(wish.version, userland)
    sure = plan_download(wish, base=server.base, asset=asset.name, has_gh=can_ask())
    return plan_install(wish, sure=sure, is_foreign=is_foreign)


def _claimed(file: Path, typed: str | None) -> Version | None:
    """What a carried file says it is by its name, which must not contradict ``-v``."""
    claimed, _ = parse_asset_name(file.name)
    named = None if typed == LATEST else named_version(typed)
    if claimed and named and claimed != named:
        raise NoSuchRelease(f"{file.name} is not {tag(named)}", fix=f"leave -v out, or bring {tag(named)}")
    return named or claimed


def _installed(installation: Installation) -> str | None:
    """What the program in use says it is; ``unknown`` when it cannot say."""
    return ask_version(installation.program) or "unknown" if installation.program.exists() else None


def _refuse_other_architecture(name: str, userland: str) -> None:
    _, architecture = parse_asset_name(name)
    fitting = ARCHITECTURES.get(userland, ())
    if architecture and architecture not in fitting:
        fix = f"bring the file that ends in _linux_{fitting[0]}.tar.gz" if fitting else "use the built-in server"
        raise ReleaseRefused(name, f"is made for {architecture}, and this machine runs {userland}", fix=fix)
