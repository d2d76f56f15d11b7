"""Whether the running server has taken a copy."""

from __future__ import annotations

import asyncio
import json

from audio_rtsp.server.mediamtx.readback import Expectation
from unit.server.little_server import answering, nobody, ok

USERS = [{"user": "any", "pass": "<redacted>", "permissions": [{"action": "read"}]}]


def text(api_port: int, path: str = "desk") -> str:
    users = "authInternalUsers:\n- user: any\n  permissions: [{action: read}]\n"
    return f"apiAddress: 127.0.0.1:{api_port}\nhlsAddress: :18888\nsrtAddress:\n{users}paths:\n  {path}:\n"


def answer(**said: object) -> bytes:
    """For either question."""
    whole = {"srtAddress": ":8890", "authInternalUsers": USERS, "items": [{"name": "desk"}], **said}
    return ok(json.dumps(whole).encode())


def says(answer: bytes, path: str = "desk") -> tuple[frozenset[str] | None, bool]:
    """What is missed but the API's own address, and whether it would do where that of HLS is overridden, too."""
    with answering(answer) as server:
        copy = text(server.port, path)
        missed = asyncio.run(Expectation(copy).missed())
        is_met = asyncio.run(Expectation(copy, frozenset({"hlsAddress", "apiAddress"})).is_met())
    return None if missed is None else missed - {"apiAddress"}, is_met


def test_what_a_variable_of_the_unit_overrides_is_not_held_against_a_copy() -> None:
    assert says(answer(hlsAddress=":18888")) == (frozenset(), True)
    assert says(answer(hlsAddress=":8888")) == (frozenset({"hlsAddress"}), True)
    assert says(answer(hlsAddress=":8888"), "door") == (frozenset({"hlsAddress", "paths"}), False)
    assert says(answer(hlsAddress=":18888", authInternalUsers=[])) == (frozenset({"authInternalUsers"}), False)


def test_who_does_not_answer_has_not_taken_it() -> None:
    assert says(ok(b"[]")) == (None, False)
    with nobody() as port:
        assert asyncio.run(Expectation(text(port)).missed()) is None
