"""How a private MediaMTX is run as a child of ours."""

from __future__ import annotations

from pathlib import Path

from audio_rtsp.errors import NotWritable
from audio_rtsp.facts.ports import free_udp_pair
from audio_rtsp.host.atomic_file import write_atomic
from audio_rtsp.server.child import ServerCommand
from audio_rtsp.server.mediamtx.conf import ENVIRONMENT, PrivateConf, render_conf
from audio_rtsp.server.mediamtx.users import Access

UDP_PORT = 18000


def mediamtx_command(
    *, binary: str, folder: Path, rtsp_port: int, api_port: int, read_user: str, read_password: str
) -> ServerCommand:
    """A MediaMTX with a configuration of its own in *folder*, which the next start writes anew."""
    path = folder / "mediamtx.yml"

    def prepare() -> None:
        conf = PrivateConf(
            rtsp_port=rtsp_port,
            api_port=api_port,
            udp_port=free_udp_pair(UDP_PORT),
            access=Access(user=read_user, password=read_password),
        )
        try:
            write_atomic(path, render_conf(conf), mode=0o600)
        except OSError as error:
            raise NotWritable(str(path), error.strerror or str(error), error.errno) from None

    return ServerCommand(
        name="mediamtx",
        rtsp_port=rtsp_port,
        api_port=api_port,
        argv=(binary, str(path)),
        env=ENVIRONMENT,
        prepare=prepare,
    )
