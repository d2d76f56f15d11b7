"""``audio-rtsp serve``; as ``python -m audio_rtsp.rtsp.serve`` it starts without the command line's packages."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from audio_rtsp.errors import AudioRtspError

from .limits import LONGEST_GAP

USER_VARIABLE = "AUDIO_RTSP_RTSP_READ_USER"
PASSWORD_VARIABLE = "AUDIO_RTSP_RTSP_READ_PASSWORD"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Ports may be 0 for one of the kernel's choice; ``udp_port`` is even, RTCP takes the next one."""

    rtsp_port: int = 18554
    api_port: int = 19997
    udp: bool = True
    udp_port: int = 18000  # another pair when it is taken
    publish_from_anywhere: bool = False
    gap_seconds: float = 30.0
    read_user: str = ""
    read_password: str = field(default="", repr=False)


class Option(NamedTuple):
    """A word of the command line; *highest*: of its number, None when it takes none."""

    flag: str
    default: int | float
    highest: int | None
    help: str


_DEFAULT = ServeOptions()
OPTIONS = (
    Option("--rtsp-port", _DEFAULT.rtsp_port, 65535, "TCP port for publishers and readers."),
    Option("--api-port", _DEFAULT.api_port, 65535, "HTTP API, on loopback only."),
    Option("--udp-port", _DEFAULT.udp_port, 65535, "Even; the next one is used, too."),
    Option("--no-udp", False, None, "Serve over TCP only."),
    Option("--publish-from-anywhere", False, None, "Let other machines publish, not only this one."),
    Option("--gap-seconds", _DEFAULT.gap_seconds, LONGEST_GAP, "How long readers are kept without their publisher."),
)
"""Also those of the verb."""


def parse_options(arguments: Sequence[str], environment: Mapping[str, str]) -> ServeOptions:
    """Those of the child."""
    parser = argparse.ArgumentParser(prog="audio-rtsp serve", allow_abbrev=False)
    for one in OPTIONS:
        if one.highest is None:
            parser.add_argument(one.flag, action="store_true")
        else:
            parser.add_argument(one.flag, type=partial(_number, one), default=one.default)
    return make_options(vars(parser.parse_args(arguments)), environment)


def _number(option: Option, text: str) -> float:
    with suppress(ValueError):
        if 0 <= (value := type(option.default)(text)) <= (option.highest or 0):
            return value
    raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and {option.highest}")


def make_options(given: Mapping[str, Any], environment: Mapping[str, str]) -> ServeOptions:
    """*given* by ``rtsp_port`` and so on; the password by the environment: everybody can read a command line."""
    values = dict(given)
    return ServeOptions(
        udp=not values.pop("no_udp"),
        read_user=environment.get(USER_VARIABLE, ""),
        read_password=environment.get(PASSWORD_VARIABLE, ""),
        **values,
    )


def serve(options: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT; raises PortTaken."""
    from .server import run  # what takes time to import

    run(options)


def main() -> int:
    """The child process: one line on stderr and the error's exit code when it cannot listen."""
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type] # asyncio loads it, 10 to 20 ms, and nobody here needs it
    try:
        serve(parse_options(sys.argv[1:], os.environ))
    except AudioRtspError as error:
        sys.stderr.write(f"audio-rtsp serve: {error.what}; {error.fix}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
