"""The control API that MediaMTX has and our own server copies: which paths are there, who reads them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from audio_rtsp.errors import why
from audio_rtsp.host.loop_time import loop_time
from audio_rtsp.host.shortage import shortage
from audio_rtsp.server.api_answer import Page, UnexpectedJson, parse_page, parse_rtsp_readers
from audio_rtsp.server.http import BadAnswer, get
from audio_rtsp.server.path import PathState
from audio_rtsp.server.protocol import ServerAway

PER_PAGE = 1000
PATIENCE = 2.0
"""Seconds for an answer."""
MORE_PATIENCE = 4.0
"""Seconds after an answer that took longer: an overloaded board is slow, and not away."""


class ControlApi:
    """Asks the API on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._patience = PATIENCE

    async def paths(self) -> Mapping[str, PathState]:
        """All paths by name, of every page; raises ServerAway."""
        found: dict[str, PathState] = {}
        number, pages = 0, 1
        while number < pages:
            page = await self._page(f"/v3/paths/list?page={number}&itemsPerPage={PER_PAGE}")
            found.update((path.name, path) for path in page.paths)
            number, pages = number + 1, page.pages
        return found

    async def dismiss(self, name: str) -> None:
        """End the RTSP session of everybody who still reads a path; a server that does not answer has none."""
        with contextlib.suppress(OSError, TimeoutError, BadAnswer, UnexpectedJson):
            for reader in parse_rtsp_readers(await get(self.port, f"/v3/paths/get/{name}")):
                with contextlib.suppress(BadAnswer):  # one that has left by itself is no session (404)
                    await get(self.port, f"/v3/rtspsessions/kick/{reader}", method="POST")

    async def hold(self, gap_seconds: float) -> None:
        """Our own server only: how long it keeps readers without a publisher; raises ServerAway."""
        try:
            await get(self.port, f"/v3/gapseconds/{gap_seconds}", method="POST")
        except (OSError, TimeoutError, BadAnswer) as error:
            raise _away(error) from None

    async def _page(self, target: str) -> Page:
        began = loop_time()
        try:
            return parse_page(await get(self.port, target, self._patience))
        except ConnectionRefusedError:
            raise ServerAway(f"nothing listens on its port {self.port}") from None
        except (OSError, TimeoutError, BadAnswer, UnexpectedJson) as error:
            raise _away(error) from None
        finally:
            is_slow = loop_time() - began >= PATIENCE
            self._patience = MORE_PATIENCE if is_slow else PATIENCE


def _away(error: Exception) -> ServerAway:
    """In words; a time that ran out has none."""
    if not isinstance(error, OSError):
        return ServerAway(str(error) or "it does not answer")
    if want := shortage(error):
        return ServerAway(f"it cannot be asked: {want}", is_unasked=True)
    return ServerAway(why(error) or "it does not answer")
