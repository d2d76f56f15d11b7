"""One connection at a time, and several, on a clock that jumps."""

from __future__ import annotations

import base64
import hashlib
import re
import string
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from audio_rtsp.rtsp.connection import ITEMS_PER_TURN
from audio_rtsp.rtsp.listener import open_udp_pair
from audio_rtsp.rtsp.outlet import Interleaved
from audio_rtsp.rtsp.publisher import Publisher
from audio_rtsp.rtsp.reader import Reader
from audio_rtsp.rtsp.sdp import parse_description
from audio_rtsp.rtsp.timeline import Start
from audio_rtsp.rtsp.track import Track
from audio_rtsp.rtsp.udp_ports import UdpPorts
from unit.rtsp.stage import L16_SDP, MP3_SDP, OPUS_SDP, Line, Stage, mp3_packet, patient


def is_empty(stage: Stage) -> bool:
    """Nothing is left of anybody."""
    hub = stage.hub
    censuses = (hub.connection_census, hub.session_census, hub.reader_census)
    return not hub.sessions and not stage.connections and all(not each.total and not each.here for each in censuses)


def test_who_never_speaks_is_cut_off_after_ten_seconds() -> None:
    stage = Stage()
    line = stage.connect()
    stage.loop.run(9)
    assert not line.closed
    stage.loop.run(3)
    assert line.closed and is_empty(stage)


def test_who_speaks_one_byte_a_second_is_cut_off_after_ten() -> None:
    stage = Stage()
    line = stage.connect()
    for byte in b"OPTIONS * RTSP":
        stage.loop.run(1)
        line.say(bytes((byte,)))
    assert line.closed


def test_who_speaks_and_has_no_session_may_stay_a_minute() -> None:
    stage = Stage()
    line = stage.connect()
    assert line.ask("OPTIONS") == 200
    stage.loop.run(59)
    assert not line.closed
    stage.loop.run(3)
    assert line.closed


def test_a_session_without_a_sign_of_life_ends_after_a_minute() -> None:
    stage = Stage()
    stage.publisher()
    reader = stage.reader()
    assert reader.ask("PAUSE") == 200
    for _ in range(3):
        stage.loop.run(8)
        stage.publisher()  # takes over, so that the path stays
    assert reader.ask("GET_PARAMETER") == 200
    for _ in range(6):
        stage.loop.run(9)
        stage.publisher()
    assert not reader.closed
    stage.loop.run(8)
    assert reader.closed


def test_a_publisher_that_sends_nothing_has_thirty_seconds_then_ten() -> None:
    stage = Stage(gap_seconds=0)
    silent, moving = stage.publisher("rtsp://h/a"), stage.publisher("rtsp://h/b")
    for number in range(25):
        stage.loop.run(1)
        moving.push(mp3_packet(number, number))
    assert not silent.closed and not moving.closed
    stage.loop.run(9)
    assert silent.closed and not moving.closed
    stage.loop.run(3)
    assert moving.closed and is_empty(stage)


def test_a_reader_that_takes_nothing_loses_frames_and_not_our_memory() -> None:
    stage = Stage()
    source, slow, quick = stage.publisher(), stage.reader(), stage.reader()
    slow.is_deaf = True
    for number in range(2_000):
        source.push(mp3_packet(number, number, payload=b"x" * 1_000))
        stage.loop.run(0.01)
    assert slow.unsent <= stage.hub.limits.queue_bytes + 1_020
    session = slow.protocol.dialogue.session
    assert isinstance(session, Reader)
    assert session.count_discarded() + session.count_sent().packets == 2_000
    assert quick.take().count(b"x" * 1_000) == 2_000
    slow.hear_again()
    source.push(mp3_packet(2_000, 2_000))
    assert slow.take().startswith(b"$\0") and not slow.closed


def test_a_reader_of_raw_sound_misses_nothing_of_what_a_new_encoder_catches_up_on() -> None:
    """4.5 s of 48 kHz stereo at once, while the reader's program has not had its turn."""
    stage = Stage(raw_queues=2)
    source, readers = stage.publisher(sdp=L16_SDP), [stage.reader() for _ in range(3)]
    for line in readers:
        line.is_deaf = True
    for number in range(864):
        source.push(mp3_packet(number, number, payload=b"x" * 1_000).replace(b"\x80\x0e", b"\x80\x61", 1))
    discarded = [line.protocol.dialogue.session.count_discarded() for line in readers]  # type: ignore[union-attr]
    assert discarded[:2] == [0, 0] and discarded[2] > 600, "the third is one too many: memory comes first"


def test_a_reader_that_takes_nothing_for_a_minute_is_cut_off() -> None:
    stage = Stage()
    source, slow = stage.publisher(), stage.reader()
    slow.is_deaf = True
    for number in range(70):
        source.push(mp3_packet(number, number, payload=b"x" * 50_000))
        stage.loop.run(1)
    assert slow.closed and not source.closed


def test_packets_that_come_together_go_out_together() -> None:
    stage = Stage()
    source, reader = stage.publisher(), stage.reader()
    writes: list[bytes] = []
    reader.protocol.wire.write = writes.append
    framed = [b"$\0" + len(packet).to_bytes(2, "big") + packet for packet in (mp3_packet(1, 1), mp3_packet(2, 2))]
    source.say(b"".join(framed))
    (block,) = writes
    assert block.count(b"$\0\0\x74\x80\x0e") == 2


def test_a_publisher_that_is_back_in_time_ends_the_gap() -> None:
    stage = Stage(gap_seconds=5)
    stage.publisher().close()
    reader = stage.reader()
    stage.loop.run(4)
    source = stage.publisher()
    stage.loop.run(4)
    source.push(mp3_packet(1, 1))
    assert reader.take().startswith(b"$\0") and not reader.closed
    source.close()
    stage.loop.run(6)
    assert reader.closed and reader.take()[-8:-6] == b"\x81\xcb"  # BYE


def test_other_media_end_the_session_of_every_reader() -> None:
    stage = Stage()
    source, reader, waiting = stage.publisher(), stage.reader(), stage.connect()
    assert waiting.ask("SETUP", Transport="RTP/AVP/TCP") == 200
    other = stage.publisher(sdp=OPUS_SDP)
    assert source.closed and reader.closed and waiting.closed and not other.closed
    assert stage.connect().ask("DESCRIBE") == 200


def test_a_reader_gets_what_comes_after_its_play() -> None:
    track = Track(parse_description(MP3_SDP.decode()).medias[0], Start(ssrc=1, sequence=1, timestamp=1))
    stage = Stage()
    line = stage.connect()
    outlet = Interleaved(wire=line.protocol.wire, channel=0)
    track.take(mp3_packet(1, 1), 1.0)
    track.add(outlet)
    track.take(mp3_packet(2, 2), 1.0)
    track.flush()
    assert line.take().count(b"$\0") == 1 and outlet.sent.packets == 1


def test_ffmpeg_that_hears_nothing_by_udp_goes_on_by_tcp() -> None:
    """With -timeout: it pauses, forgets its session, and sets up again on the same connection."""
    stage, udp = Stage(), open_udp_pair(0)
    assert udp is not None
    with udp[0], udp[1]:
        stage.hub.udp = UdpPorts(*udp)
        source, line = stage.publisher(), stage.connect()
        assert line.ask("SETUP", "rtsp://h/t/trackID=0", Transport="RTP/AVP/UDP;unicast;client_port=5000-5001") == 200
        first: dict[str, Any] = {"Session": line.session}
        assert (line.ask("PLAY", **first), line.ask("PAUSE", **first)) == (200, 200)
        over_tcp: dict[str, Any] = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        assert line.ask("SETUP", "rtsp://h/t/trackID=0", **first, **over_tcp) == 455
        assert line.ask("SETUP", "rtsp://h/t/trackID=0", **over_tcp) == 200
        assert line.ask("PLAY", Session=line.session) == 200
        assert first["Session"] not in stage.hub.sessions and stage.hub.reader_census.total == 1
        source.push(mp3_packet(1, 1))
        assert line.take().startswith(b"$\0")


def test_a_clock_step_moves_the_next_report() -> None:
    stage = Stage()
    source, reader = stage.publisher(), stage.reader()
    source.push(mp3_packet(1, 1))
    stage.loop.run(0)
    reader.take()
    stage.step = 3_600.0
    for _ in range(5):
        stage.loop.run(1)
    report = reader.take()
    seconds = int.from_bytes(report[12:16], "big") - 2_208_988_800
    assert report[:2] == b"$\x01" and seconds == int(stage.loop.now + 1e9 + 3_600)


def test_who_begins_to_play_has_a_report_at_once() -> None:
    stage = Stage()
    source, early = stage.publisher(), stage.reader()
    source.push(mp3_packet(1, 1))
    stage.loop.run(0)
    early.take()
    late, gone = stage.reader(), stage.reader()
    gone.close()
    stage.loop.run(0)
    assert late.take()[:2] == b"$\x01" and not early.take()


@pytest.mark.parametrize("kind", ["connections", "sessions", "readers"])
def test_limits_in_all_and_per_address(kind: str) -> None:
    limits: dict[str, Any] = {kind: 5, f"{kind}_per_address": 2}
    stage = Stage(**limits)
    if kind == "connections":
        lines = [stage.connect(address) for address in ["10.0.0.1"] * 3 + ["127.0.0.1"] * 4]
        assert [line.closed for line in lines] == [False, False, True, False, False, False, True]
        lines[0].close()
        assert not stage.connect("10.0.0.1").closed
        return
    source = stage.publisher()
    answers = []
    for address in ["10.0.0.1"] * 3 + ["::ffff:10.0.0.2"] * 3:
        line = stage.connect(address)
        setup = line.ask("SETUP", Transport="RTP/AVP/TCP")
        answers.append(setup if setup != 200 else line.ask("PLAY"))
    assert answers == ([200, 200, 503, 200, 200, 503])
    assert not source.closed


def test_paths_are_limited_too_and_those_that_are_there_go_on() -> None:
    stage = Stage(paths=2)
    for name in ("a", "b"):
        stage.publisher(f"rtsp://h/{name}").close()
    assert stage.connect().ask("ANNOUNCE", "rtsp://h/c", MP3_SDP, Content_Type="application/sdp") == 503
    stage.publisher("rtsp://h/a")
    stage.loop.run(31)
    stage.publisher("rtsp://h/c")


def test_http_tls_and_noise_get_an_error_or_a_close() -> None:
    stage = Stage()
    for data, answer in (
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"RTSP/1.0 505"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"RTSP/1.0 400"),
        (bytes(range(256)), b"RTSP/1.0 400"),
        (b"OPTIONS * RTSP/1.0\r\nX: " + b"x" * 9_000, b"RTSP/1.0 413"),
        (b"ANNOUNCE rtsp://h/t RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 70000\r\n\r\n", b"RTSP/1.0 413"),
    ):
        line = stage.connect()
        assert line.say(data).startswith(answer)
        assert line.closed
    assert is_empty(stage)


def test_an_absurd_cseq_is_an_error_and_no_more() -> None:
    line = Stage().connect()
    for cseq in (b"", b"x", b"-1", b"9" * 400):
        assert line.say(b"OPTIONS * RTSP/1.0\r\nCSeq: " + cseq + b"\r\n\r\n").startswith(
            b"RTSP/1.0 400 Bad Request\r\nServer"
        )
    assert line.ask("OPTIONS") == 200


def test_who_says_much_at_once_is_answered_in_turns() -> None:
    stage = Stage()
    greedy, modest = stage.connect(), stage.connect()
    heard = greedy.say(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1_000).count(b" 200 OK")
    assert heard == ITEMS_PER_TURN and not greedy.reads
    assert modest.ask("OPTIONS") == 200
    stage.loop.run(0.1)
    assert heard + greedy.take().count(b" 200 OK") == 1_000 and greedy.reads


WORST_HEADERS = (
    ("Authorization", "Digest " + "a" * 7_900),
    ("Authorization", "Digest " + "a " * 3_900),
    ("Authorization", "Digest " + 'a="' * 2_600),
    ("Authorization", "Basic " + "a" * 7_900),
    ("Transport", "," * 7_900),
    ("Transport", "RTP/AVP;" * 980),
    ("Session", ";" * 7_900),
    ("X", " " * 7_900),
)


@pytest.mark.parametrize(("name", "value"), WORST_HEADERS)
def test_no_header_takes_long_to_read(name: str, value: str) -> None:
    stage = Stage(user="ann", password="s3cret")
    stage.publisher()
    line = stage.connect()
    begin = time.process_time()
    headers: Any = {name: value}
    assert line.ask("SETUP", **headers) in (401, 454)
    assert time.process_time() - begin < 0.1


def test_frames_of_somebody_without_session_are_ignored() -> None:
    line = Stage().connect()
    assert line.push(b"x" * 60_000) == b"" and line.ask("OPTIONS") == 200


def digest(line: Line, user: str, password: str, method: str, uri: str) -> str:
    nonce = re.findall(r'nonce="(\w+)"', line.answer)[0]
    secret, what = (
        hashlib.md5(text.encode()).hexdigest() for text in (f"{user}:audio-rtsp:{password}", f"{method}:{uri}")
    )
    response = hashlib.md5(f"{secret}:{nonce}:{what}".encode()).hexdigest()
    return f'Digest username="{user}", realm="audio-rtsp", nonce="{nonce}", uri="{uri}", response="{response}"'


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_password_that_waits_for_its_user_shuts_nobody_out() -> None:
    stage = Stage(password="s3cret")
    stage.publisher()
    assert stage.connect().ask("DESCRIBE") == 200


def test_readers_are_asked_for_their_password_and_publishers_are_not() -> None:
    stage = Stage(user="ann", password="s3cret:ü")
    stage.publisher()
    line = stage.connect()
    assert line.ask("OPTIONS") == 200
    assert line.ask("DESCRIBE") == 401
    assert "Digest" in line.answer and "Basic" in line.answer and "s3cret" not in line.answer
    assert line.ask("DESCRIBE", Authorization=digest(line, "ann", "s3cret:ü", "DESCRIBE", "rtsp://h/t")) == 200
    assert line.ask("SETUP", Transport="RTP/AVP/TCP", Authorization=basic("ann", "s3cret:ü")) == 200
    assert line.ask("PLAY") == 401
    assert line.ask("PLAY", Authorization=basic("ann", "s3cret:ü")) == 200


@pytest.mark.parametrize(
    "wrong",
    [
        basic("ann", "x"),
        basic("bob", "s3cret"),
        "Basic %%%",
        "Basic",
        "Digest",
        "Bearer x",
        'Digest username="ann"',
        "Digest \udcff=1",
    ],
)
def test_wrong_passwords_are_refused_and_the_fifth_ends_the_connection(wrong: str) -> None:
    stage = Stage(user="ann", password="s3cret")
    stage.publisher()
    line = stage.connect()
    assert line.ask("DESCRIBE") == 401
    assert [line.ask("DESCRIBE", Authorization=wrong) for _ in range(5)] == [401] * 5
    assert line.closed


def test_an_answer_to_another_s_challenge_is_refused() -> None:
    stage = Stage(user="ann", password="s3cret")
    stage.publisher()
    one, other = stage.connect(), stage.connect()
    assert (one.ask("DESCRIBE"), other.ask("DESCRIBE")) == (401, 401)
    assert one.ask("DESCRIBE", Authorization=digest(other, "ann", "s3cret", "DESCRIBE", "rtsp://h/t")) == 401


def test_who_waits_in_describe_and_leaves_is_forgotten() -> None:
    stage = Stage()
    stage.publisher().close()
    line = stage.connect()
    line.say(b"DESCRIBE rtsp://h/t RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    assert not line.reads
    line.close()
    stage.publisher()
    stage.loop.run(40)
    assert is_empty(stage)


@settings(patient, max_examples=150)
@given(
    st.lists(st.one_of(st.binary(max_size=200), st.text(string.printable, max_size=100).map(str.encode)), max_size=8)
)
def test_no_bytes_break_a_connection(noise: list[bytes]) -> None:
    stage = Stage()
    stage.publisher()
    line = stage.reader()
    for data in noise:
        line.say(data)
    stage.loop.run(100)
    assert is_empty(stage)


NAMES = ("a", "b")
METHODS = (
    "OPTIONS",
    "DESCRIBE",
    "SETUP",
    "PLAY",
    "PAUSE",
    "RECORD",
    "ANNOUNCE",
    "GET_PARAMETER",
    "SET_PARAMETER",
    "TEARDOWN",
    "X",
)


class RandomRequests(RuleBasedStateMachine):
    """Clients that say anything in any order; the rules of sessions hold after each word."""

    lines = Bundle("lines")

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(gap_seconds=3)

    @initialize(target=lines)
    def begin(self) -> Line:
        return self.stage.publisher("rtsp://h/a")

    @rule(target=lines, name=st.sampled_from(NAMES))
    def read(self, name: str) -> Line:
        line = self.stage.connect()
        self.ask(line, "SETUP", f"rtsp://h/{name}/trackID=0", Transport="RTP/AVP/TCP")
        self.ask(line, "PLAY", f"rtsp://h/{name}")
        return line

    @rule(target=lines, address=st.sampled_from(["127.0.0.1", "::1", "10.0.0.1"]))
    def connect(self, address: str) -> Line:
        return self.stage.connect(address)

    @rule(line=lines, name=st.sampled_from(NAMES), sdp=st.sampled_from([MP3_SDP, OPUS_SDP]))
    def publish(self, line: Line, name: str, sdp: bytes) -> None:
        self.ask(line, "ANNOUNCE", f"rtsp://h/{name}", sdp, Content_Type="application/sdp")
        self.ask(line, "SETUP", f"rtsp://h/{name}/streamid=0", Transport="RTP/AVP/TCP")
        self.ask(line, "RECORD", f"rtsp://h/{name}")

    @rule(line=lines, method=st.sampled_from(METHODS), name=st.sampled_from(NAMES), is_foreign=st.booleans())
    def request(self, line: Line, method: str, name: str, is_foreign: bool) -> None:
        session: dict[str, Any] = {"Session": next(iter(self.stage.hub.sessions), "none")} if is_foreign else {}
        self.ask(line, method, f"rtsp://h/{name}", Transport="RTP/AVP/TCP", **session)

    @rule(line=lines, channel=st.integers(0, 3), number=st.integers(0, 70_000))
    def push(self, line: Line, channel: int, number: int) -> None:
        line.push(mp3_packet(number, number * 7), channel)

    @rule(line=lines)
    def deafen(self, line: Line) -> None:
        line.is_deaf = True

    @rule(line=lines)
    def hear_again(self, line: Line) -> None:
        if not line.closed:
            line.hear_again()

    @rule(line=consumes(lines))
    def leave(self, line: Line) -> None:
        line.close()

    @rule(seconds=st.sampled_from([0.1, 1.0, 4.0, 20.0]))
    def wait(self, seconds: float) -> None:
        self.stage.loop.run(seconds)

    def ask(self, line: Line, method: str, uri: str, body: bytes = b"", **headers: str) -> None:
        if line.closed or line.is_deaf or not line.reads:
            return
        line.take()
        session = {"Session": line.protocol.dialogue.session.id} if line.protocol.dialogue.session else {}
        try:
            assert line.ask(method, uri, body, **{**session, **headers}) < 600
        except IndexError:
            assert not line.reads  # a DESCRIBE that waits

    @invariant()
    def sessions_and_paths_agree(self) -> None:
        hub = self.stage.hub
        for path in hub.directory.all():
            assert path.publisher is None or path.publisher.id in hub.sessions
            assert all(reader.id in hub.sessions for reader in path.readers)
        for session in hub.sessions.values():
            assert not session.is_closed
            if isinstance(session, Publisher) and session.path:
                assert session.path.publisher is session
                assert hub.directory.find(session.target.path) is session.path
            if isinstance(session, Reader) and session.is_playing:
                assert session.path and session in session.path.readers
        assert hub.session_census.total == len(hub.sessions)
        assert hub.connection_census.total == len(self.stage.connections)

    def teardown(self) -> None:
        for connection in tuple(self.stage.connections):
            connection.abort()
        self.stage.loop.run(10)
        assert is_empty(self.stage) and not self.stage.hub.directory.all()


RandomRequests.TestCase.settings = settings(patient, max_examples=100, stateful_step_count=50)
TestRandomRequests = RandomRequests.TestCase
