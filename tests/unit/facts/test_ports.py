"""Who listens where."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.facts.ports import free_port, free_udp_pair, is_free, listener
from audio_rtsp.facts.process import WrittenBytes, parse_written, process_name


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert not is_free(port, "127.0.0.1")
    assert is_free(port)


def test_a_port_whose_last_connection_only_lingers_is_free() -> None:
    """TIME_WAIT after a restart of ours must not look like another program."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    assert is_free(port)


def test_the_preferred_port_is_taken_when_it_is_free_and_another_when_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = free_port(port)
        assert other not in (0, port)
        assert is_free(other)
    assert free_port(port) == port


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_listener_is_named_with_its_pid(family: socket.AddressFamily, host: str) -> None:
    try:
        server = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with server:
        assert listener(server.getsockname()[1]) == f"{process_name(os.getpid())} (pid {os.getpid()})"


def test_a_port_without_listener_is_nobodys() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert listener(bound.getsockname()[1]) == "another program"


def test_a_pair_of_udp_ports_is_even_and_free() -> None:
    first = free_udp_pair(28_001)
    assert first % 2 == 0
    assert first >= 28_002
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("", first + 1))
        assert free_udp_pair(first) == first + 2


def test_where_ten_pairs_are_taken_there_is_none() -> None:
    with ExitStack() as stack:
        for port in range(29_000, 29_020, 2):
            taken = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            taken.bind(("", port))
        assert free_udp_pair(29_000) == 0


@pytest.mark.parametrize("preferred", [65_533, 65_534, 65_535])
def test_the_last_ports_end_the_search(preferred: int) -> None:
    assert free_udp_pair(preferred) in (0, 65_534)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"rchar: 1\nwchar: 4096\nsyscr: 3\n", 4096),
        (b"wchar: 0\n", 0),
        (b"rchar: 1\n", None),
        (b"wchar: \n", None),
        (b"wchar: -5\n", None),
        (b"", None),
    ],
)
def test_written_bytes_are_read_from_the_kernels_text(text: bytes, number: int | None) -> None:
    assert parse_written(text) == number


@given(st.binary(max_size=60))
def test_any_text_gives_a_number_or_none(text: bytes) -> None:
    assert parse_written(text) is None or b"wchar: " in text


def test_what_a_process_wrote_is_counted_while_it_lives() -> None:
    written = WrittenBytes(os.getpid())
    try:
        before = written.read()
        assert before is not None
        with Path("/dev/null").open("wb", buffering=0) as nowhere:
            nowhere.write(b"x" * 5000)
        assert (written.read() or 0) - before >= 5000
    finally:
        written.close()
        written.close()
    assert written.read() is None


def test_of_a_process_that_is_not_there_nothing_is_known() -> None:
    written = WrittenBytes(2**22 + 1)
    assert written.read() is None
    written.close()
    assert process_name(2**22 + 1) == ""
