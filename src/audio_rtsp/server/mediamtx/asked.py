"""What our own settings ask of an installed server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audio_rtsp.config.complaint import Complaint
from audio_rtsp.config.load import load
from audio_rtsp.config.owner_file import read_owner_file
from audio_rtsp.config.settings import API_PORT, RTSP_PORT, RTSP_READ_PASSWORD, RTSP_READ_USER
from audio_rtsp.config.sources import CONFIG, EMPTIED
from audio_rtsp.errors import ConfigRefused
from audio_rtsp.server.mediamtx.derive import Wanted
from audio_rtsp.server.mediamtx.users import Access

OURS = (RTSP_PORT, API_PORT, RTSP_READ_USER, RTSP_READ_PASSWORD)


def read_wanted(folder: Path, environ: Mapping[str, str]) -> Wanted:
    """Read our settings in *folder*; raises ConfigRefused when one of these is in doubt.

    A typo must neither move the server to the default port nor take the password away.
    """
    read = load(folder, environ=environ, overrides={})
    doubts = [str(one) for one in read.complaints if _concerns_us(one)]
    if read_owner_file(folder / CONFIG) == b"":
        doubts.append(f"{CONFIG}: {EMPTIED}")
    if doubts:
        raise ConfigRefused(doubts)
    values = read.service
    access = Access(user=values[RTSP_READ_USER], password=values[RTSP_READ_PASSWORD])
    return Wanted(rtsp_port=values[RTSP_PORT], api_port=values[API_PORT], access=access)


def _concerns_us(complaint: Complaint) -> bool:
    cannot_be_read = complaint.where == CONFIG
    return cannot_be_read or any(setting.key in f"{complaint.where} {complaint.says}" for setting in OURS)
