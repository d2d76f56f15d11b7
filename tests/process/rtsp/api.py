"""The server's API as a test asks it."""

from __future__ import annotations

import http.client
import json
from typing import Any

from .child import ServerProcess, wait_until


def ask(server: ServerProcess, location: str, *, method: str = "GET", **headers: str) -> tuple[int, Any]:
    """Status and the JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", server.api_port, timeout=5)
    try:
        connection.request(method, location, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def find_path(server: ServerProcess, name: str) -> dict[str, Any]:
    """The path, or nothing of it."""
    status, body = ask(server, f"/v3/paths/get/{name}")
    return dict(body) if status == 200 else {}


def wait_online(server: ServerProcess, name: str, *, other_than: object = None, seconds: float = 10) -> dict[str, Any]:
    """Until a publisher (other than that one) is there and its bytes flow."""
    found: dict[str, Any] = {}

    def is_online() -> bool:
        found.clear()
        found.update(find_path(server, name))
        return bool(found.get("online")) and found["inboundBytes"] > 0 and found["source"]["id"] != other_than

    wait_until(is_online, seconds, f"path {name} online")
    return found


def wait_offline(server: ServerProcess, name: str, seconds: float = 5) -> None:
    wait_until(lambda: not find_path(server, name).get("online"), seconds, f"path {name} offline")


def wait_readers(server: ServerProcess, name: str, count: int, seconds: float = 10) -> None:
    wait_until(lambda: len(find_path(server, name).get("readers", ())) == count, seconds, f"{count} readers of {name}")
