"""Session descriptions (RFC 8866): what a publisher announces goes to readers almost as it came."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .codec import Codec, parse_codec

MOST_MEDIA = 8
_MEDIA = re.compile(r"(audio|video|application|text) ([0-9]{1,5})(?:/[0-9]+)? (\S+)((?: [0-9]{1,3})+)")
_LINE = re.compile(r"([a-z])=([^\x00-\x08\x0a-\x1f\x7f]*)")


class BadDescription(ValueError):
    """A text that is no description, or one that we cannot serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One m= section; ``lines`` are its b= and a= lines except control, ``control`` is that one's value."""

    kind: str
    payload_types: tuple[int, ...]
    codec: Codec
    lines: tuple[str, ...] = ()
    control: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What must be the same for a reader to go on: m=, rtpmap and fmtp, without regard to case and spaces."""
        told = sorted(line for line in self.lines if line.startswith(("a=rtpmap:", "a=fmtp:")))
        return (self.kind, *map(str, self.payload_types), *("".join(line.split()).lower() for line in told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A whole description; ``name`` is the s= line."""

    name: str
    medias: tuple[Media, ...]

    @property
    def identity(self) -> tuple[tuple[str, ...], ...]:
        return tuple(media.identity for media in self.medias)


def parse_description(text: str) -> Description:
    """Raises BadDescription; o=, c=, t= and unknown lines are ignored."""
    lines = _split(text)
    if not lines or lines[0] != ("v", "0"):
        raise BadDescription("does not begin with v=0")
    starts = [index for index, (kind, _) in enumerate(lines) if kind == "m"]
    if not 1 <= len(starts) <= MOST_MEDIA:
        raise BadDescription(f"{len(starts)} media; 1 to {MOST_MEDIA} are served")
    ends = [*starts[1:], len(lines)]
    name = next((value for kind, value in lines[: starts[0]] if kind == "s"), "").strip(" \t") or "-"
    return Description(name=name, medias=tuple(_parse_media(lines[a:b]) for a, b in zip(starts, ends, strict=True)))


def _split(text: str) -> list[tuple[str, str]]:
    matches = [_LINE.fullmatch(line) for line in text.replace("\r\n", "\n").split("\n") if line]
    if None in matches:
        raise BadDescription("a line that is not x=value")
    return [(match[1], match[2]) for match in matches if match]


def _parse_media(lines: list[tuple[str, str]]) -> Media:
    match = _MEDIA.fullmatch(lines[0][1].strip(" \t"))
    if match is None or match[3].upper() not in ("RTP/AVP", "RTP/AVPF"):
        raise BadDescription(f"m={lines[0][1]} is not served")
    types = tuple(int(number) for number in match[4].split())
    codec = parse_codec(types[0], _attribute(lines, "rtpmap", types[0]), _attribute(lines, "fmtp", types[0]))
    if codec is None or max(types) > 127:
        raise BadDescription(f"payload type {types[0]} has no rtpmap")
    return Media(
        kind=match[1],
        payload_types=types,
        codec=codec,
        lines=tuple(
            f"{kind}={value}" for kind, value in lines[1:] if kind in "ab" and not value.startswith("control:")
        ),
        control=next(
            (value[8:].strip(" \t") for kind, value in lines if kind == "a" and value.startswith("control:")), ""
        ),
    )


def _attribute(lines: list[tuple[str, str]], name: str, payload_type: int) -> str:
    start = f"{name}:{payload_type} "
    return next((value[len(name) + 1 :] for kind, value in lines if kind == "a" and value.startswith(start)), "")


def control_of(index: int) -> str:
    """The control that readers see for a track (RFC 2326 appendix C.1.1); relative to Content-Base."""
    return f"trackID={index}"


def render_description(description: Description) -> str:
    """For readers: under our own controls."""
    head = ("v=0", "o=- 0 0 IN IP4 127.0.0.1", f"s={description.name}", "c=IN IP4 0.0.0.0", "t=0 0")
    parts = (_render_media(media, control_of(index)) for index, media in enumerate(description.medias))
    return "".join(f"{line}\r\n" for line in itertools.chain(head, *parts))


def _render_media(media: Media, control: str) -> Iterator[str]:
    yield f"m={media.kind} 0 RTP/AVP {' '.join(map(str, media.payload_types))}"
    yield from media.lines
    yield f"a=control:{control}"
