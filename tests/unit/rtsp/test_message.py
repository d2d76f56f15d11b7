"""Messages: what is rendered is parsed, what is nonsense is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.rtsp.framing import Frame, Splitter
from audio_rtsp.rtsp.message import (
    BadMessage,
    Request,
    Response,
    parse_body_size,
    parse_head,
    render_response,
)
from audio_rtsp.rtsp.rtp import interleave
from unit.rtsp.stage import patient, render_request

methods = st.from_regex(r"[A-Z][A-Z_]{0,15}", fullmatch=True)
uris = st.text(alphabet=[chr(code) for code in range(33, 127)], min_size=1, max_size=60)
names = st.text(alphabet=string.ascii_letters + string.digits + "-", min_size=1, max_size=20).filter(
    lambda name: name.lower() != "content-length"
)
values = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=40)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers = [(name, value.strip(" \t")) for name, value in draw(st.lists(st.tuples(names, values), max_size=5))]
    body = draw(st.binary(max_size=50))
    headers += [("Content-Length", str(len(body)))] if body else []
    return Request(method=draw(methods), uri=draw(uris), headers=tuple(headers), body=body)


items = st.lists(st.one_of(requests(), st.builds(Frame, st.integers(0, 255), st.binary(max_size=80))), max_size=6)


def render(item: Request | Frame) -> bytes:
    return interleave(*item) if isinstance(item, Frame) else render_request(item)


@patient
@given(items, st.lists(st.integers(1, 40), max_size=60), st.booleans())
def test_a_stream_is_cut_into_what_it_was_made_of(sent: list[Request | Frame], cuts: list[int], has_gaps: bool) -> None:
    stream = b"".join((b"\r\n" if has_gaps else b"") + render(item) for item in sent)
    splitter, got = Splitter(head_bytes=8192, body_bytes=65536), []
    while stream:
        size = cuts.pop() if cuts else len(stream)
        splitter.feed(stream[:size])
        stream = stream[size:]
        while (item := splitter.pop()) is not None:
            got.append(item)
    assert got == sent
    assert not splitter.is_partial


@patient
@given(st.lists(st.binary(max_size=300), max_size=10))
def test_noise_is_refused_or_waited_for_and_never_hoarded(noise: list[bytes]) -> None:
    splitter = Splitter(head_bytes=512, body_bytes=64)
    try:
        for data in noise:
            splitter.feed(data)
            while splitter.pop() is not None:
                pass
    except BadMessage as bad:
        assert bad.status in (400, 413)
    assert len(splitter._buffer) - splitter._start <= 65_539 + 300


@pytest.mark.parametrize(
    "head",
    [
        *(
            b"",
            b"PLAY",
            b"PLAY rtsp://h/t",
            b"play rtsp://h/t RTSP/1.0",
            b"PLAY  RTSP/1.0",
            b"PLAY rtsp://h/t RTSP/1.0 x",
        ),
        *(
            b"PLAY rtsp://h/\xc3\xa4 RTSP/1.0",
            b"PLAY rtsp://h/t RTSP/1.0\r\nno colon",
            b"PLAY rtsp://h/t RTSP/1.0\r\n: x",
        ),
        *(b"PLAY rtsp://h/t RTSP/1.0\r\nA: b\rC: d", b"PLAY rtsp://h/t RTSP/1.0\r\nA: b\x00"),
    ],
)
def test_what_is_no_head_is_refused(head: bytes) -> None:
    with pytest.raises(BadMessage):
        parse_head(head)


@pytest.mark.parametrize("length", ["-1", "x", "", "1e3", "٣", "9999999999"])
def test_what_is_no_length_is_refused(length: str) -> None:
    with pytest.raises(BadMessage):
        parse_body_size(Request(method="PLAY", uri="*", headers=(("Content-Length", length),)))


def test_two_lengths_that_disagree_are_refused() -> None:
    with pytest.raises(BadMessage):
        parse_body_size(Request(method="PLAY", uri="*", headers=(("Content-Length", "1"), ("content-length", "2"))))


@pytest.mark.parametrize(
    ("cseq", "echoed"), [("7", "7"), (" 7 ", "7"), ("-1", ""), ("x", ""), ("1" * 11, ""), ("٣", "")]
)
def test_only_a_number_is_echoed_as_cseq(cseq: str, echoed: str) -> None:
    assert Request(method="PLAY", uri="*", headers=(("cseq", cseq),)).sequence == echoed


def test_responses_carry_their_length_where_the_protocol_asks() -> None:
    assert render_response(Response(status=200)) == b"RTSP/1.0 200 OK\r\n\r\n"
    assert render_response(Response(status=404, body=b"x")) == b"RTSP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\nx"
    assert render_response(Response(status=200), "HTTP/1.1") == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\x00" * 4,
        b"get / http/1.1\r\n\r\n",
        b"A" * 512,
        b"PLAY * RTSP/1.0\r\nContent-Length: 65\r\n\r\n",
    ],
)
def test_what_can_be_nothing_good_is_refused_early(data: bytes) -> None:
    splitter = Splitter(head_bytes=512, body_bytes=64)
    splitter.feed(data)
    with pytest.raises(BadMessage):
        splitter.pop()
