"""How a private MediaMTX is run as a child of ours."""

from __future__ import annotations

from pathlib import Path

from audio_rtsp.config.owner_file import read_owner_file
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
    """A MediaMTX with a configuration of its own in *folder*; a start writes it only when it differs, so that a server
    that dies comes back also while *folder* has no room.
    """
    path = folder / "mediamtx.yml"

    def prepare() -> None:
        conf = PrivateConf(
            rtsp_port=rtsp_port,
            api_port=api_port,
            udp_port=free_udp_pair(UDP_PORT),
            access=Access(user=read_user, password=read_password),
        )
        try:
            _write(path, render_conf(conf))
        except OSError as error:
            raise NotWritable(str(path), error) from None

    return ServerCommand(
        name="mediamtx",
        rtsp_port=rtsp_port,
        api_port=api_port,
        argv=(binary, str(path)),
        env=ENVIRONMENT,
        prepare=prepare,
        luckless="listen udp",  # taken between our look and its start; the next look finds another
    )


def _write(path: Path, data: bytes) -> None:
    """Also in the place of one that is root's, left by a run by hand in our folder."""
    if read_owner_file(path) != data:
        write_atomic(path, data, mode=0o600)
