"""Descriptions and codecs."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_rtsp.rtsp.codec import STATIC, Codec, describe_codec, parse_codec
from audio_rtsp.rtsp.sdp import BadDescription, Description, Media, control_of, parse_description, render_description
from unit.rtsp.stage import patient

HEAD = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=No Name\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "a=tool:libavformat LIBAVFORMAT_VERSION\r\n"
)
# What ffmpeg 5.1 announces
FFMPEG = {
    "mp3": ("m=audio 0 RTP/AVP 14\r\nb=AS:128\r\na=control:streamid=0\r\n", "MPEG-1/2 Audio", 90000, None),
    "aac": (
        "m=audio 0 RTP/AVP 97\r\nb=AS:128\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\n"
        "a=fmtp:97 profile-level-id=1;mode=AAC-hbr;"
        "sizelength=13;indexlength=3;indexdeltalength=3; config=119056E500\r\na=control:streamid=0\r\n",
        *("MPEG-4 Audio", 48000, {"sampleRate": 48000, "channelCount": 2}),
    ),
    "opus": (
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=control:streamid=0\r\n",
        "Opus",
        48000,
        {"channelCount": 1},
    ),
    "opus stereo": (
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=fmtp:97 sprop-stereo=1\r\na=control:streamid=0\r\n",
        *("Opus", 48000, {"channelCount": 2}),
    ),
    "l16": (
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 L16/48000/1\r\na=control:streamid=0\r\n",
        *("LPCM", 48000, {"bitDepth": 16, "sampleRate": 48000, "channelCount": 1}),
    ),
    "l16 static": (
        "m=audio 0 RTP/AVP 10\r\na=control:streamid=0\r\n",
        *("LPCM", 44100, {"bitDepth": 16, "sampleRate": 44100, "channelCount": 2}),
    ),
    "l24": (
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 L24/48000/2\r\na=control:streamid=0\r\n",
        *("LPCM", 48000, {"bitDepth": 24, "sampleRate": 48000, "channelCount": 2}),
    ),
    "pcmu": ("m=audio 0 RTP/AVP 0\r\n", "G711", 8000, {"muLaw": True, "sampleRate": 8000, "channelCount": 1}),
}


@pytest.mark.parametrize("name", FFMPEG)
def test_what_ffmpeg_announces_is_understood(name: str) -> None:
    text, label, clock, properties = FFMPEG[name]
    (media,) = parse_description(HEAD + text).medias
    assert (media.codec.label, media.codec.clock, describe_codec(media.codec)) == (label, clock, properties)


words = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1, max_size=20
)
dynamic = st.tuples(st.integers(96, 127), st.sampled_from(["opus/48000/2", "L16/44100/1", "MPEG4-GENERIC/48000/2"]))


@st.composite
def medias(draw: st.DrawFn) -> Media:
    number, rtpmap = draw(st.one_of(dynamic, st.tuples(st.sampled_from(list(STATIC)), st.just(""))))
    lines = [f"a=rtpmap:{number} {rtpmap}"] if rtpmap else []
    lines += [f"b=AS:{draw(st.integers(1, 999))}"] + [f"a=x-{word}" for word in draw(st.lists(words, max_size=3))]
    codec = parse_codec(number, lines[0].removeprefix("a=rtpmap:"), "")
    assert codec is not None
    return Media(kind="audio", payload_types=(number,), codec=codec, lines=tuple(lines), control=draw(words))


descriptions = st.builds(Description, name=words, medias=st.lists(medias(), min_size=1, max_size=8).map(tuple))


@patient
@given(descriptions)
def test_what_is_rendered_is_parsed(description: Description) -> None:
    medias = tuple(replace(media, control=control_of(index)) for index, media in enumerate(description.medias))
    assert parse_description(render_description(description)) == replace(description, medias=medias)


@patient
@given(st.one_of(st.text(), st.text(alphabet="vmaos=:/ 0149\r\nRTPAVudi")))
def test_any_text_is_a_description_or_refused(text: str) -> None:
    for start in ("", "v=0\r\n", HEAD):
        with contextlib.suppress(BadDescription):
            parse_description(start + text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "v=0\r\n",
            HEAD,
            "m=audio 0 RTP/AVP 14\r\n",
            HEAD + "m=audio 0 RTP/AVP 97\r\n",
            HEAD + "m=audio 0 RTP/SAVP 14\r\n",
        ),
        *(HEAD + "m=audio 0 RTP/AVP\r\n", HEAD + "m=audio 0 RTP/AVP 14\r\n" * 9, HEAD + "m=audio 0 RTP/AVP 300\r\n"),
        *(
            HEAD + "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/0\r\n",
            HEAD + "m=audio 0 RTP/AVP 97\r\na=rtpmap:98 opus/48000\r\n",
        ),
    ],
)
def test_what_cannot_be_served_is_refused(text: str) -> None:
    with pytest.raises(BadDescription):
        parse_description(text)


def test_the_same_media_are_known_whoever_announces_them() -> None:
    one = parse_description(HEAD + FFMPEG["aac"][0])
    other = HEAD.replace("o=- 0 0", "o=- 7 7").replace("No Name", "x") + FFMPEG["aac"][0]
    assert parse_description(other.replace("AS:128", "AS:64").replace("; config", ";config")).identity == one.identity
    for change in (("48000/2", "48000/1"), ("119056E500", "1188"), ("97", "98")):
        assert parse_description(HEAD + FFMPEG["aac"][0].replace(*change)).identity != one.identity


def test_unknown_codecs_are_generic() -> None:
    codec = parse_codec(97, "97 X-THING/16000", "")
    assert codec == Codec(name="X-THING", clock=16000) and (codec.label, describe_codec(codec)) == ("Generic", None)
