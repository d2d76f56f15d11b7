"""Starting, listening, being polled, ending."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from process.rtsp.api import ask, find_path
from process.rtsp.child import SOURCE, ServerProcess, child, lan_addresses, serving
from process.rtsp.rtsp_client import client, mp3_packet, play, publish

pytestmark = pytest.mark.timeout(20)


def serve_argv(*options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "audio_rtsp.rtsp.serve", *options)


def seconds_to_start_python() -> float:
    """Until the same interpreter has loaded an event loop and says so: what a busy machine does to any program."""
    start = time.monotonic()
    with child(sys.executable, "-c", "import asyncio; print(flush=True)") as bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        return time.monotonic() - start


def seconds_to_end(server: ServerProcess, number: signal.Signals) -> float:
    start = time.monotonic()
    server.process.send_signal(number)
    assert server.process.wait(5) == 0
    return time.monotonic() - start


def test_it_listens_soon_after_exec() -> None:
    times, bare = [], []
    for _ in range(5):
        bare.append(seconds_to_start_python())
        start = time.monotonic()
        with serving():
            times.append(time.monotonic() - start)
    assert min(times) < max(0.25, 2 * min(bare))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_though_clients_are_there(number: signal.Signals) -> None:
    """As soon as one that has none."""
    times, alone = [], []
    for _ in range(3):
        with serving() as server:
            alone.append(seconds_to_end(server, number))
        with serving() as server, client(server) as source, client(server) as reader, client(server):
            publish(source)
            play(reader)
            times.append(seconds_to_end(server, number))
            assert reader.is_closed() and source.is_closed()
    assert min(times) < max(0.3, 3 * min(alone))


def test_a_port_that_is_taken_is_one_line_and_14(server: ServerProcess) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        v4_only = other.getsockname()[1]
        for option, port in (("rtsp", server.rtsp_port), ("api", server.api_port), ("rtsp", v4_only)):
            ports = {"rtsp": "0", "api": "0", option: str(port)}
            argv = serve_argv("--rtsp-port", ports["rtsp"], "--api-port", ports["api"])
            with child(*argv, PYTHONPATH=str(SOURCE)) as refused:
                out, err = refused.communicate(timeout=5)
            assert (refused.returncode, out) == (14, b"")
            fix = f"stop it, or choose another port: --{option}-port N"
            assert err.decode() == f"audio-rtsp serve: port {port} is taken by another program; {fix}\n"


def test_a_port_that_may_not_be_had_is_one_line_and_15() -> None:
    if os.geteuid() == 0 or int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 1:
        pytest.skip("this user may have any port")
    with child(*serve_argv("--rtsp-port", "1"), PYTHONPATH=str(SOURCE)) as refused:
        out, err = refused.communicate(timeout=5)
    assert (refused.returncode, out) == (15, b"")
    assert err.startswith(b"audio-rtsp serve: the built-in server does not start: port 1: Permission denied;")


def test_a_udp_pair_that_is_taken_is_replaced_by_another(server: ServerProcess) -> None:
    with serving(f"--udp-port={server.udp_ports[0]}") as other:
        assert other.udp_ports[0] != server.udp_ports[0]
        assert other.udp_ports[0] % 2 == 0 and other.udp_ports[1] == other.udp_ports[0] + 1


def test_every_address_of_this_machine_answers(server: ServerProcess) -> None:
    hosts = ["127.0.0.1", "localhost", *lan_addresses(), *(["::1"] if socket.has_ipv6 and _has_loopback_v6() else [])]
    for host in hosts:
        with client(server, host=host) as reader:
            assert reader.ask("OPTIONS").status == 200


def test_it_works_where_there_is_no_ipv6() -> None:
    code = (
        "import socket, sys\n"
        "real = socket.socket\n"
        "class V4(real):\n"
        "    def __init__(self, family=-1, *rest, **more):\n"
        "        if family == socket.AF_INET6: raise OSError(97, 'Address family not supported by protocol')\n"
        "        super().__init__(family, *rest, **more)\n"
        "socket.socket = V4\n"
        "from audio_rtsp.rtsp.serve import main\n"
        "sys.argv = ['serve', '--rtsp-port=0', '--api-port=0', '--udp-port=0']\n"
        "sys.exit(main())\n"
    )
    with child(sys.executable, "-c", code, PYTHONPATH=str(SOURCE)) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split(b"*:")[1].split()[0])
        with socket.create_connection(("127.0.0.1", port), 5) as there:
            there.sendall(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
            assert there.recv(100).startswith(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n")
        process.terminate()
        assert process.wait(2) == 0


def test_only_this_machine_publishes_unless_told_otherwise(server: ServerProcess) -> None:
    addresses = lan_addresses()
    if not addresses:
        pytest.skip("this machine has no address but loopback")
    with client(server, host=addresses[0]) as far:
        assert far.ask("ANNOUNCE").status == 403
    with serving("--publish-from-anywhere") as open_server, client(open_server, host=addresses[0]) as far:
        publish(far)


def test_the_api_has_mediamtx_s_shape(server: ServerProcess) -> None:
    assert ask(server, "/v3/paths/list") == (200, {"itemCount": 0, "pageCount": 0, "items": []})
    assert ask(server, "/v3/paths/get/t") == (404, {"status": "error", "error": "path not found"})
    assert set(ask(server, "/v3/info")[1]) == {"version", "started", "gapSeconds"}
    with client(server) as source, client(server) as reader:
        publish(source)
        assert reader.ask("SETUP", Transport="RTP/AVP/TCP").status == 200
        assert find_path(server, "t")["readers"] == []
        assert reader.ask("PLAY").status == 200
        source.push(mp3_packet(1, 1))
        reader.packet()
        path = find_path(server, "t")
    assert path["ready"] and path["available"] and path["online"]
    assert path["readyTime"] == path["onlineTime"] == path["availableTime"]
    assert path["source"] == {"type": "rtspSession", "id": source.session}
    assert path["readers"] == [{"type": "rtspSession", "id": reader.session}]
    assert (path["tracks"], path["tracks2"]) == (["MPEG-1/2 Audio"], [{"codec": "MPEG-1/2 Audio", "codecProps": None}])
    assert path["inboundBytes"] == path["bytesReceived"] == path["outboundBytes"] == path["bytesSent"] == 116


def test_lists_are_paged(server: ServerProcess) -> None:
    with client(server, "a") as a, client(server, "b/c") as b, client(server, "d") as d:
        for each in (a, b, d):
            publish(each)
        status, page = ask(server, "/v3/paths/list?page=1&itemsPerPage=2")
        assert (status, page["itemCount"], page["pageCount"], [item["name"] for item in page["items"]]) == (
            200,
            3,
            2,
            ["d"],
        )
        assert ask(server, "/v3/paths/list?page=7")[1]["items"] == []
        assert [item["path"] for item in ask(server, "/v3/rtspsessions/list")[1]["items"]] == ["a", "b/c", "d"]
        assert find_path(server, "b/c")["name"] == find_path(server, "b%2Fc")["name"] == "b/c"
        for query in ("page=x", "page=-1", "itemsPerPage=0", "itemsPerPage=99999999999"):
            assert ask(server, f"/v3/paths/list?{query}")[0] == 400


def test_a_session_can_be_looked_at_and_kicked(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        source.push(mp3_packet(1, 1))
        reader.packet()
        status, session = ask(server, f"/v3/rtspsessions/get/{reader.session}")
        assert (status, session["state"], session["transport"], session["outboundRTPPackets"]) == (
            200,
            "read",
            "TCP",
            1,
        )
        assert ask(server, f"/v3/rtspsessions/kick/{reader.session}", method="POST") == (200, {"status": "ok"})
        assert reader.is_closed()
        missing = (404, {"status": "error", "error": "session not found"})
        assert ask(server, f"/v3/rtspsessions/kick/{reader.session}", method="POST") == missing
        assert ask(server, f"/v3/rtspsessions/get/{reader.session}") == missing


def test_the_api_keeps_a_connection_open(server: ServerProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.api_port, timeout=5)
    try:
        connection.connect()
        opened = connection.sock
        for _ in range(3):
            connection.request("GET", "/v3/info")
            assert connection.getresponse().read().startswith(b"{")
        assert connection.sock is opened
        connection.request("GET", "/v3/info", headers={"Connection": "close"})
        assert connection.getresponse().headers["Connection"] == "close"
    finally:
        connection.close()


def test_the_verb_serves_the_same() -> None:
    code = "from audio_rtsp.cli.verbs.serve import serve; serve()"
    argv = (sys.executable, "-c", code, "--rtsp-port=0", "--api-port=0", "--udp-port=0", "--no-udp")
    with child(*argv, PYTHONPATH=str(SOURCE)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"listening: rtsp://*:")
        process.send_signal(signal.SIGINT)
        assert process.wait(2) == 0


def test_a_web_page_cannot_use_the_api(server: ServerProcess) -> None:
    assert ask(server, "/v3/info", Host="evil.example")[0] == 403
    assert ask(server, "/v3/info", Host="localhost:1")[0] == 200
    assert ask(server, "/v3/info", Origin="http://evil.example")[0] == 403


def _has_loopback_v6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True
