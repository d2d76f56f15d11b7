"""Our reading of a filter chain is ffmpeg's own, quote for quote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_rtsp.encoder.chain import Filter, parse_chain, token
from unit.encoder import libavutil

pieces = st.sampled_from(
    [
        "'",
        "\\",
        ",",
        ":",
        "=",
        "[",
        "]",
        ";",
        " ",
        "\t",
        "\n",
        "@",
        "/",
        ".",
        "-",
        "|",
        "volume",
        "file",
        "1.5",
        "ä",
        "x",
    ]
)
texts = st.lists(pieces, max_size=14).map("".join)
needs_libavutil = pytest.mark.skipif(
    libavutil.library() is None, reason="this machine has no libavutil to compare with"
)


def test_a_chain_is_its_filters_with_their_arguments() -> None:
    assert parse_chain("highpass=f=200, volume@boost = 1.5:eval=frame,anull") == (
        Filter("highpass", (("f", "200"),)),
        Filter("volume", (("", "1.5"), ("eval", "frame"))),
        Filter("anull", ()),
    )


@pytest.mark.parametrize(
    "hidden",
    [
        r"loudnorm=I=-16:s\tats_file=x",
        "loudnorm=I=-16:'stats_file'=x",
        "loudnorm=I=-16':stats_file=x'",
        r"loudnorm=I=-16\:stats_file=x",
        "loudnorm=I=-16: stats_file =x",
        "'loudnorm'='I=-16:stats_file=x'",
    ],
)
def test_quotes_and_backslashes_hide_no_option(hidden: str) -> None:
    assert parse_chain(hidden) == (Filter("loudnorm", (("I", "-16"), ("stats_file", "x"))),)


@pytest.mark.parametrize("open_ended", ["volume=1'", "volume=1\\", "vol'ume", "volume=1,bass='g=3", "volume\\"])
def test_an_open_quote_would_swallow_what_follows_and_is_no_chain(open_ended: str) -> None:
    with pytest.raises(ValueError, match="quote is not closed"):
        parse_chain(open_ended)


@pytest.mark.parametrize("graph", ["volume=1;bass", "[a]volume", "volume=1[out]", "volume]x"])
def test_labels_and_second_chains_are_no_chain(graph: str) -> None:
    if graph == "volume]x":
        assert parse_chain(graph)[0].name == "volume]x"
        return
    with pytest.raises(ValueError, match="plain chain"):
        parse_chain(graph)


@needs_libavutil
@settings(max_examples=500)
@given(texts, st.sampled_from(["=,;[", "[],;", ":"]))
def test_a_token_is_what_av_get_token_makes_of_it(text: str, ends: str) -> None:
    value, rest, _ = token(text, ends)
    assert (value.encode(), rest.encode()) == libavutil.get_token(text.encode(), ends.encode())


@needs_libavutil
@settings(max_examples=500)
@given(texts)
def test_whatever_we_read_as_a_chain_ffmpeg_reads_alike(text: str) -> None:
    try:
        ours = parse_chain(text)
    except ValueError:
        return
    theirs = libavutil.parse_chain(text.encode())
    assert theirs == [
        (one.name.encode(), [(key.encode(), value.encode()) for key, value in one.arguments]) for one in ours
    ]


@needs_libavutil
@settings(max_examples=500)
@given(texts, texts)
def test_two_chains_joined_by_a_comma_are_the_two_chains(first: str, second: str) -> None:
    """Several -af are joined, and stand between [sound] and [out]: no part may reach into its neighbour."""
    try:
        ours = (*parse_chain(first), *parse_chain(second))
    except ValueError:
        return
    theirs = libavutil.parse_chain(f"{first},{second}".encode())
    assert theirs is not None
    assert [name for name, _ in theirs] == [one.name.encode() for one in ours]
