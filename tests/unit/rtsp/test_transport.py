"""Transport headers and URLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.rtsp.target import Target, find_track, is_path_name, parse_target
from audio_rtsp.rtsp.transport import Lower, Transport, parse_transports, render_transport
from unit.rtsp.stage import patient

channels = st.integers(0, 254).map(lambda first: (first, first + 1))
ports = st.tuples(st.integers(1, 65535), st.integers(1, 65535))
transports = st.one_of(
    st.builds(Transport, lower=st.just(Lower.TCP), channels=channels),
    st.builds(Transport, lower=st.just(Lower.UDP), client_ports=ports),
)


@patient
@given(st.lists(transports, min_size=1, max_size=4))
def test_what_is_rendered_is_parsed(offers: list[Transport]) -> None:
    assert parse_transports(", ".join(map(render_transport, offers))) == tuple(offers)


@patient
@given(st.text())
def test_any_text_is_offers_or_none(text: str) -> None:
    assert isinstance(parse_transports(text), tuple)


@pytest.mark.parametrize(
    ("header", "offers"),
    [
        ("RTP/AVP;unicast;client_port=5000-5001", [Transport(lower=Lower.UDP, client_ports=(5000, 5001))]),
        ("RTP/AVP/UDP;unicast;client_port=5000", [Transport(lower=Lower.UDP, client_ports=(5000, 5001))]),
        ("rtp/avp/tcp;interleaved=2-3;mode=record", [Transport(lower=Lower.TCP, channels=(2, 3))]),
        ("RTP/AVP/TCP", [Transport(lower=Lower.TCP)]),
        ("RTP/AVP/TCP;interleaved=255", [Transport(lower=Lower.TCP)]),
        ("RTP/AVP/TCP;interleaved=0-5", [Transport(lower=Lower.TCP)]),
        ("RTP/AVP;multicast;client_port=5000-5001", []),
        ("RTP/AVP;unicast;client_port=0-1", []),
        ("RTP/AVP;unicast;client_port=65535", []),
        ("RTP/AVP;unicast", []),
        ("RTP/SAVP;unicast;client_port=5000-5001", []),
    ],
)
def test_offers_as_clients_write_them(header: str, offers: list[Transport]) -> None:
    assert parse_transports(header) == tuple(offers)


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        *(
            ("rtsp://h:8554/a/b", "a/b", ""),
            ("rtsp://h/a/", "a", ""),
            ("RTSP://h/a?x=y", "a", "x=y"),
            ("rtsp://h", "", ""),
            ("rtsp://h//a//trackID=0/", "a/trackID=0", ""),
        ),
        *(
            ("rtsp://u:p@h/a", "a", ""),
            ("rtsp://h/a?x=y/trackID=0", "a/trackID=0", "x=y"),
            ("rtsp://[::1]:1/a", "a", ""),
        ),
    ],
)
def test_urls_as_clients_write_them(url: str, path: str, query: str) -> None:
    target = parse_target(url)
    assert target is not None and (target.path, target.query) == (path, query)
    assert "u:p" not in target.base


@pytest.mark.parametrize("url", ["*", "", "a/b", "http://h/a", "rtsp:/h/a"])
def test_what_is_no_url_points_nowhere(url: str) -> None:
    assert parse_target(url) is None


@pytest.mark.parametrize(
    ("path", "controls", "index"),
    [
        *(
            ("t/trackID=1", ("trackID=0", "trackID=1"), 1),
            ("t", ("trackID=0",), 0),
            ("t", ("a", "b"), None),
            ("t/x", ("a",), None),
        ),
        *(
            ("t/second", ("a", "rtsp://elsewhere/t/second"), 1),
            ("t", ("",), 0),
            ("t", ("*",), 0),
            ("t/a/b", ("a/b",), 0),
        ),
    ],
)
def test_a_setup_names_a_track(path: str, controls: tuple[str, ...], index: int | None) -> None:
    assert find_track(Target(authority="h", path=path, query=""), "t", controls) == index


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "a b", "ä", "a%20", "a" * 256, "a\nb"])
def test_what_is_no_path_name(name: str) -> None:
    assert not is_path_name(name)


def test_path_names() -> None:
    assert all(map(is_path_name, ["mic", "deep/er.name_~-:1", "a" * 255]))
