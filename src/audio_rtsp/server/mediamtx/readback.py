"""Has the running server taken the copy? Asked of its API, never judged by its log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from audio_rtsp.server.http import BadAnswer, get
from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.listeners import split_address
from audio_rtsp.server.mediamtx.remark import Refused

GLOBAL = "/v3/config/global/get"
PATHS = "/v3/config/paths/list?itemsPerPage=1000"
POLL = 0.05


class Expectation:
    """What the API must say of a copy: its addresses, its users without their secrets, its paths.

    But for what is *overridden*: a variable of its unit (``MTX_HLSADDRESS``) wins over every copy.
    """

    def __init__(self, text: str, overridden: frozenset[str] = frozenset()) -> None:
        document = Document(text)
        self.api_port = api_port(text)
        self._overridden = overridden
        named = {key: document.text(key) for key in document.get() if key.endswith("Address")}
        self._addresses = {key: address for key, address in named.items() if address}
        """A key without a value has the server's default."""
        self._users = list(_without_secrets(document.get("authInternalUsers")))
        self._paths = frozenset(document.get("paths") or ())

    async def is_met(self) -> bool:
        """Whether the server runs on this copy; False also when it does not answer."""
        missed = await self.missed()
        return missed is not None and missed <= self._overridden

    async def missed(self) -> frozenset[str] | None:
        """The keys of which the server says something else; None when it does not answer."""
        try:
            whole = json.loads(await get(self.api_port, GLOBAL))
            paths = {item["name"] for item in json.loads(await get(self.api_port, PATHS))["items"]}
            missed = {key for key, address in self._addresses.items() if whole.get(key) != address}
            users = list(_without_secrets(whole.get("authInternalUsers")))
        except (OSError, TimeoutError, BadAnswer, ValueError, KeyError, TypeError, AttributeError):
            return None
        missed |= {"authInternalUsers"} if users != self._users else set()
        return frozenset(missed | ({"paths"} if not paths >= self._paths else set()))


def api_port(text: str) -> int:
    """Where the server of this copy answers; 0 when the copy does not say."""
    try:
        return split_address(Document(text).text("apiAddress"))[1]
    except (Refused, ValueError):
        return 0


async def answers(port: int) -> bool:
    """Whether a server's API answers on *port*."""
    try:
        await get(port, GLOBAL)
    except (OSError, TimeoutError, BadAnswer):
        return False
    return True


async def until(is_true: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Whether it becomes true in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not await is_true():
        if loop.time() >= end:
            return False
        await asyncio.sleep(POLL)
    return True


def _without_secrets(users: Any) -> Iterator[tuple[str, frozenset[tuple[str, str]]]]:
    """v1.20.1 answers passwords as ``<redacted>``, and every version spells networks its own way."""
    for user in users if isinstance(users, list) else ():
        if isinstance(user, Mapping):
            may = user.get("permissions") or ()
            yield str(user.get("user")), frozenset((str(one.get("action")), str(one.get("path") or "")) for one in may)
