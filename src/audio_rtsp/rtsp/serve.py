"""``audio-rtsp serve``; as ``python -m audio_rtsp.rtsp.serve`` it starts without the command line's packages."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audio_rtsp.errors import AudioRtspError

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


def parse_options(arguments: Sequence[str], environment: Mapping[str, str]) -> ServeOptions:
    """The password comes from the environment only: everybody can read a command line."""
    given = _make_parser().parse_args(arguments)
    return ServeOptions(
        rtsp_port=given.rtsp_port,
        api_port=given.api_port,
        udp=not given.no_udp,
        udp_port=given.udp_port,
        publish_from_anywhere=given.publish_from_anywhere,
        gap_seconds=given.gap_seconds,
        read_user=environment.get(USER_VARIABLE, ""),
        read_password=environment.get(PASSWORD_VARIABLE, ""),
    )


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="audio-rtsp serve", allow_abbrev=False)
    parser.add_argument("--rtsp-port", type=_port, default=ServeOptions().rtsp_port)
    parser.add_argument("--api-port", type=_port, default=ServeOptions().api_port)
    parser.add_argument("--udp-port", type=_port, default=ServeOptions().udp_port)
    parser.add_argument("--no-udp", action="store_true")
    parser.add_argument("--publish-from-anywhere", action="store_true")
    parser.add_argument("--gap-seconds", type=_seconds, default=ServeOptions().gap_seconds)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 86400 seconds")
    return value


def serve(options: ServeOptions) -> int:
    """Serve until SIGTERM or SIGINT; raises PortTaken."""
    from .server import run  # what takes time to import

    return run(options)


def main() -> int:
    """The child process: one line on stderr and the error's exit code when it cannot listen."""
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type] # asyncio loads it, 10 to 20 ms, and nobody here needs it
    try:
        return serve(parse_options(sys.argv[1:], os.environ))
    except AudioRtspError as error:
        sys.stderr.write(f"audio-rtsp serve: {error.what}; {error.fix}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
