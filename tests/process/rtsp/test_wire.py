"""What the server says on the wire, byte by byte."""

from __future__ import annotations

import itertools
import socket
import time

import pytest

from process.rtsp.api import ask, find_path, wait_offline
from process.rtsp.child import ServerProcess, serving
from process.rtsp.rtsp_client import MP3_SDP, OPUS_SDP, client, mp3_packet, play, publish

pytestmark = pytest.mark.timeout(20)


def fields(packet: bytes) -> tuple[int, int, int, bool]:
    """Sequence, timestamp, SSRC, marker."""
    return (
        int.from_bytes(packet[2:4], "big"),
        int.from_bytes(packet[4:8], "big"),
        int.from_bytes(packet[8:12], "big"),
        packet[1] >= 0x80,
    )


def test_a_reader_gets_what_is_published_under_our_own_numbers(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        transport = play(reader).headers["transport"]
        for number in range(3):
            source.push(mp3_packet(500 + number, 9_000 + 2_351 * number, payload=bytes([number]) * 50))
        got = [reader.packet() for _ in range(3)]
    (first, start, ssrc, _), *_ = map(fields, got)
    assert [fields(packet) for packet in got] == [
        ((first + n) % 65536, (start + 2_351 * n) % 2**32, ssrc, False) for n in range(3)
    ]
    assert ssrc != 7 and transport == f"RTP/AVP/TCP;unicast;interleaved=0-1;ssrc={ssrc:08X}"
    assert [packet[12:] for packet in got] == [b"\0\0\0\0" + bytes([n]) * 50 for n in range(3)]


def test_the_numbering_is_unbroken_over_publishers_and_time_goes_on_by_the_gap(server: ServerProcess) -> None:
    with client(server) as reader:
        sent, got = [], []
        for life in range(10):
            with client(server) as source:
                publish(source)
                if life == 0:
                    play(reader)
                else:
                    source.push(mp3_packet(life, life, ssrc=life, offset=300))  # the rest of a frame: dropped
                sent.append(time.monotonic())
                source.push(mp3_packet(1_000 * life, 77_777 * life, ssrc=life))
                got.append(fields(reader.packet()))
            wait_offline(server, "t")
    for before, after, gap in zip(got, got[1:], (b - a for a, b in itertools.pairwise(sent)), strict=False):
        assert after[0] == (before[0] + 1) % 65536
        assert (after[1] - before[1]) % 2**32 / 90_000 == pytest.approx(gap, abs=0.02)
        assert after[2:] == (before[2], True)


def test_a_second_publisher_takes_over_at_record(server: ServerProcess) -> None:
    with client(server) as first, client(server) as second, client(server) as reader:
        publish(first)
        play(reader)
        assert second.ask("ANNOUNCE", body=MP3_SDP, Content_Type="application/sdp").status == 200
        first.push(mp3_packet(1, 1))
        number = fields(reader.packet())[0]  # ANNOUNCE alone takes nothing away
        assert second.ask("SETUP", "/streamid=0", Transport="RTP/AVP/TCP;unicast;interleaved=0-1").status == 200
        assert second.ask("RECORD").status == 200
        assert first.is_closed()
        second.push(mp3_packet(9, 9, ssrc=9))
        assert fields(reader.packet())[0] == (number + 1) % 65536


def test_readers_are_closed_when_the_gap_is_over() -> None:
    with serving("--gap-seconds=0.2") as server, client(server) as reader:
        with client(server) as source:
            publish(source)
            play(reader)
        wait_offline(server, "t")
        frame = reader.frame()
        assert frame[0] == 1 and frame[1][-8:-4] == b"\x81\xcb\x00\x01"  # BYE
        assert reader.is_closed()
        assert find_path(server, "t") == {}


def test_the_gap_can_be_changed_and_no_reader_notices(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        assert ask(server, "/v3/gapseconds/0.2", method="POST") == (200, {"status": "ok"})
        assert ask(server, "/v3/info")[1]["gapSeconds"] == 0.2
        source.push(mp3_packet(1, 1))
        reader.packet()
        source.ask("TEARDOWN")
        assert reader.is_closed()
    for nonsense in ("nan", "-1", "86401", "x", ""):
        assert ask(server, f"/v3/gapseconds/{nonsense}", method="POST")[0] == 400
    assert ask(server, "/v3/gapseconds/1")[0] == 404, "a reading request changes nothing"


def test_without_a_gap_readers_close_at_once() -> None:
    with serving("--gap-seconds=0") as server, client(server) as reader:
        with client(server) as source:
            publish(source)
            play(reader)
        assert reader.is_closed()


def test_describe_in_the_gap_waits_for_the_publisher(server: ServerProcess) -> None:
    with client(server) as reader:
        with client(server) as source:
            publish(source)
        wait_offline(server, "t")
        start = time.monotonic()
        reader.send("DESCRIBE")
        reader.send("OPTIONS")
        with client(server) as source:
            publish(source)
            assert (reader.answer().status, reader.answer().headers["cseq"]) == (200, "2")
            assert time.monotonic() - start < 1.5


def test_describe_in_the_gap_is_404_after_two_seconds(server: ServerProcess) -> None:
    with client(server) as source:
        publish(source)
    wait_offline(server, "t")
    with client(server) as reader:
        start = time.monotonic()
        assert reader.ask("DESCRIBE").status == 404
        assert 1.9 < time.monotonic() - start < 2.3
        assert reader.ask("OPTIONS").status == 200


def test_a_path_that_never_was_is_404_at_once(server: ServerProcess) -> None:
    with client(server) as reader:
        start = time.monotonic()
        assert reader.ask("DESCRIBE").status == 404
        assert time.monotonic() - start < 0.5


def test_our_own_sender_reports_follow_the_packets(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        source.push(b"\x80\xc8\x00\x06" + bytes(24), channel=1)  # the publisher's report, and its BYE
        source.push(b"\x81\xcb\x00\x01\x00\x00\x00\x07", channel=1)
        source.push(mp3_packet(1, 1))
        _, timestamp, ssrc, _ = fields(reader.packet())
        sent = time.monotonic()
        reader.socket.settimeout(10)
        channel, report = reader.frame()
        elapsed, wall = time.monotonic() - sent, time.time()
        assert find_path(server, "t")["inboundFramesInError"] == 0
    assert (channel, report[:4], int.from_bytes(report[4:8], "big")) == (1, b"\x80\xc8\x00\x06", ssrc)
    ntp = int.from_bytes(report[8:16], "big") / 2**32 - 2_208_988_800
    assert ntp == pytest.approx(wall, abs=0.15)
    assert (int.from_bytes(report[16:20], "big") - timestamp) % 2**32 / 90_000 == pytest.approx(elapsed, abs=0.15)
    assert (int.from_bytes(report[20:24], "big"), int.from_bytes(report[24:28], "big")) == (1, 104)
    assert report[28:] == b"\x81\xca\x00\x05" + ssrc.to_bytes(4, "big") + b"\x01\x0aaudio-rtsp\0\0\0\0"


def test_udp_goes_from_the_one_pair_to_the_reader_s_ports(server: ServerProcess) -> None:
    with (
        client(server) as source,
        client(server) as reader,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port,
    ):
        port.bind(("127.0.0.1", 0))
        port.settimeout(5)
        mine = port.getsockname()[1]
        publish(source)
        answer = play(reader, f"RTP/AVP;unicast;client_port={mine}-{mine}")
        assert f"server_port={server.udp_ports[0]}-{server.udp_ports[1]}" in answer.headers["transport"]
        source.push(mp3_packet(1, 1, payload=b"hello"))
        packet, peer = port.recvfrom(2048)
        assert (packet[16:], peer) == (b"hello", ("127.0.0.1", server.udp_ports[0]))


def test_multicast_and_unknown_transports_are_461(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        for offer in (
            "RTP/AVP;multicast;client_port=5000-5001",
            "RTP/SAVP/TCP;interleaved=0-1",
            "nonsense",
            "RTP/AVP;unicast",
        ):
            assert reader.ask("SETUP", "/trackID=0", Transport=offer).status == 461
        offers = "RTP/AVP;multicast, RTP/AVP/TCP;unicast;interleaved=4-5"
        answer = reader.ask("SETUP", "/trackID=0", Transport=offers)
        assert answer.headers["transport"].startswith("RTP/AVP/TCP;unicast;interleaved=4-5")
        assert reader.ask("PLAY").status == 200
        source.push(mp3_packet(1, 1))
        assert reader.frame()[0] == 4


def test_a_header_twice_is_one_list_and_what_is_required_is_refused_whole(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        for name in ("Require", "Proxy-Require", "require"):
            reader.send_lines("OPTIONS", f"{name}: one", f"{name}: two")
            answer = reader.answer()
            assert (answer.status, answer.headers["unsupported"]) == (551, "one, two")
        offers = ("Transport: RTP/AVP;multicast", "Transport: RTP/AVP/TCP;unicast;interleaved=4-5")
        reader.send_lines("SETUP", *offers, uri="//trackID=0")
        assert reader.answer().headers["transport"].startswith("RTP/AVP/TCP;unicast;interleaved=4-5")


def test_pause_and_play_again(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        source.push(mp3_packet(1, 1))
        first = fields(reader.packet())[0]
        assert reader.ask("PAUSE").status == 200
        source.push(mp3_packet(2, 2))
        assert source.ask("GET_PARAMETER").status == 200
        assert reader.ask("PLAY").status == 200
        source.push(mp3_packet(3, 3))
        assert fields(reader.packet())[0] == (first + 2) % 65536
        assert reader.ask("TEARDOWN").status == 200
        assert reader.ask("PLAY", Session=reader.session).status == 454


def test_a_udp_session_survives_its_connection(server: ServerProcess) -> None:
    with client(server) as source, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("127.0.0.1", 0))
        port.settimeout(5)
        mine = port.getsockname()[1]
        publish(source)
        with client(server) as reader:
            play(reader, f"RTP/AVP/UDP;unicast;client_port={mine}-{mine}")
        source.push(mp3_packet(1, 1))
        assert len(port.recv(2048)) == 116
        with client(server) as again:
            again.session = reader.session
            assert again.ask("GET_PARAMETER").status == 200
            assert again.ask("TEARDOWN").status == 200
        assert find_path(server, "t")["readers"] == []


def test_requests_out_of_order_are_refused(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        assert source.ask("RECORD").status == 454
        assert source.ask("SETUP", "/trackID=0", Transport="RTP/AVP/TCP").status == 404
        publish(source)
        assert source.ask("ANNOUNCE", body=MP3_SDP, Content_Type="application/sdp").status == 455
        assert source.ask("PLAY").status == 455
        assert reader.ask("PLAY").status == 454
        assert reader.ask("PAUSE").status == 454
        assert reader.ask("TEARDOWN").status == 454
        play(reader)
        assert reader.ask("RECORD").status == 455
        assert reader.ask("SETUP", "/trackID=0", Transport="RTP/AVP/TCP").status == 455
        assert reader.ask("OPTIONS", Session="somebody-else").status == 454
        assert reader.ask("FLY").status == 501
        assert reader.ask("DESCRIBE", Require="magic").status == 551


def test_descriptions_that_cannot_be_served_are_refused(server: ServerProcess) -> None:
    with client(server) as source:
        for sdp in (
            "",
            "v=0",
            MP3_SDP.replace(" 14", " 97"),
            MP3_SDP.replace("RTP/AVP", "RTP/SAVP"),
            MP3_SDP.replace("m=audio", "m="),
        ):
            assert source.ask("ANNOUNCE", body=sdp, Content_Type="application/sdp").status == 400
        assert source.ask("ANNOUNCE", body=MP3_SDP, Content_Type="text/plain").status == 415
        source.base = server.url("a%20b")
        assert source.ask("ANNOUNCE", body=MP3_SDP, Content_Type="application/sdp").status == 400


def test_a_description_goes_through_almost_as_it_came(server: ServerProcess) -> None:
    with client(server, "deep/er/name") as source, client(server, "deep/er/name") as reader:
        publish(source, OPUS_SDP.replace("opus/48000/2\r\n", "opus/48000/2\r\na=fmtp:97 sprop-stereo=1\r\n"))
        answer = reader.ask("DESCRIBE")
        assert answer.headers["content-base"] == server.url("deep/er/name") + "/"
        lines = answer.body.decode().split("\r\n")
        media = ["m=audio 0 RTP/AVP 97", "a=rtpmap:97 opus/48000/2", "a=fmtp:97 sprop-stereo=1"]
        assert lines[-5:] == [*media, "a=control:trackID=0", ""]
        assert reader.ask("SETUP", "", Transport="RTP/AVP/TCP").status == 200


def test_two_tracks_have_channels_of_their_own(server: ServerProcess) -> None:
    sdp = MP3_SDP + "m=audio 0 RTP/AVP 0\r\na=control:rtsp://elsewhere/t/second\r\n"
    with client(server) as source, client(server) as reader:
        assert source.ask("ANNOUNCE", body=sdp, Content_Type="application/sdp").status == 200
        assert source.ask("SETUP", "/streamid=0", Transport="RTP/AVP/TCP;interleaved=0-1").status == 200
        assert source.ask("RECORD").status == 455
        assert (
            source.ask("SETUP", "/second", Transport="RTP/AVP/TCP;interleaved=0-1")
            .headers["transport"]
            .endswith("=2-3")
        )
        assert source.ask("RECORD").status == 200
        assert reader.ask("SETUP", "", Transport="RTP/AVP/TCP").status == 404
        assert reader.ask("SETUP", "/trackID=1", Transport="RTP/AVP/TCP;interleaved=8-9").status == 200
        assert reader.ask("PLAY").status == 200
        source.push(mp3_packet(1, 1))
        source.push(b"\x80\x00" + mp3_packet(1, 1)[2:], channel=2)
        assert reader.frame()[0] == 8
        assert [track["codec"] for track in find_path(server, "t")["tracks2"]] == ["MPEG-1/2 Audio", "G711"]


def test_foreign_packets_are_counted_and_dropped(server: ServerProcess) -> None:
    with client(server) as source, client(server) as reader:
        publish(source)
        play(reader)
        for packet in (b"", b"\x80", b"\x00" * 20, b"\x80\x60" + bytes(20)):
            source.push(packet)
        source.push(mp3_packet(1, 1))
        assert len(reader.packet()) == 116
        assert find_path(server, "t")["inboundFramesInError"] == 4
