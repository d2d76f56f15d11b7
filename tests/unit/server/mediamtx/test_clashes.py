"""Ports and addresses that cannot be opened are found with their holder."""

from __future__ import annotations

import os
import socket

import pytest

from audio_rtsp.facts.process import command_line
from audio_rtsp.server.mediamtx.clashes import find_clashes
from audio_rtsp.server.mediamtx.listeners import TCP, UDP, Listener

KINDS = [(TCP, socket.SOCK_STREAM), (UDP, socket.SOCK_DGRAM)]


def listener(port: int, host: str = "", kind: str = TCP) -> Listener:
    return Listener("hlsAddress", host, port, kind, 7)


@pytest.mark.parametrize(("kind", "of"), KINDS)
def test_a_port_in_use_is_told_with_its_holder(kind: str, of: socket.SocketKind) -> None:
    ours = command_line(os.getpid())[-1]
    with socket.socket(socket.AF_INET, of) as taken:
        taken.bind(("127.0.0.1", 0))
        if of is socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        (clash,) = find_clashes([listener(port, kind=kind)], "/no/file")
        assert list(find_clashes([listener(port, kind=kind)], ours)) == [], "its holder runs on our file"
    assert clash.holder.endswith(f"(pid {os.getpid()})")
    assert clash.remark.line == 7
    assert f"hlsAddress: port {port} is taken by" in clash.remark.says


def seen_by_a_plain_user(taken: socket.socket, our_file: str) -> int:
    """How many clashes nobody sees, who may not look at our descriptors."""
    port = taken.getsockname()[1]
    child = os.fork()
    if not child:
        taken.close()
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        os._exit(len(list(find_clashes([listener(port)], our_file))))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user who may not look")
def test_a_plain_user_does_not_take_our_own_server_for_another_program() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert seen_by_a_plain_user(taken, command_line(os.getpid())[-1]) == 0
        assert seen_by_a_plain_user(taken, "/no/file") == 1


def test_an_address_of_another_machine_is_told() -> None:
    (clash,) = find_clashes([listener(20001, "192.0.2.77")], "")
    assert clash.says == "this machine has no address 192.0.2.77"
    assert clash.holder == ""


@pytest.mark.parametrize("host", ["", "127.0.0.1", "0.0.0.0", "::1", "::"])
def test_what_is_free_is_no_clash(host: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert list(find_clashes([listener(port, host)], "")) == []
