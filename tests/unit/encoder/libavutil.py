"""How ffmpeg itself unquotes: the functions of this machine's libavutil."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

IMPLICIT_KEY = 1
"""AV_OPT_FLAG_IMPLICIT_KEY (libavutil/opt.h)."""


@cache
def library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("avutil")
    if name is None:
        return None
    found = ctypes.CDLL(name)
    found.av_get_token.restype = ctypes.c_void_p
    return found


def get_token(text: bytes, ends: bytes) -> tuple[bytes, bytes]:
    """``av_get_token``: the token, and what is left."""
    lib = library()
    assert lib is not None
    buffer = ctypes.create_string_buffer(text)
    place = ctypes.c_void_p(ctypes.addressof(buffer))
    pointer = lib.av_get_token(ctypes.byref(place), ends)
    token = ctypes.string_at(pointer)
    lib.av_free(ctypes.c_void_p(pointer))
    return token, ctypes.string_at(place.value or 0)


def get_key_value(text: bytes) -> tuple[bytes | None, bytes, bytes]:
    """``av_opt_get_key_value`` with ``=`` and ``:``: key (None where there is none), value, and what is left."""
    lib = library()
    assert lib is not None
    buffer = ctypes.create_string_buffer(text)
    place = ctypes.c_void_p(ctypes.addressof(buffer))
    key, value = ctypes.c_void_p(), ctypes.c_void_p()
    arguments = (ctypes.byref(place), b"=", b":", IMPLICIT_KEY, ctypes.byref(key), ctypes.byref(value))
    assert lib.av_opt_get_key_value(*arguments) == 0
    found = (ctypes.string_at(key) if key.value else None, ctypes.string_at(value), ctypes.string_at(place.value or 0))
    for pointer in (key, value):
        lib.av_free(pointer)
    return found


def parse_chain(text: bytes) -> list[tuple[bytes, list[tuple[bytes, bytes]]]] | None:
    """The loop of libavfilter/graphparser.c around them; None where it would stop with an error."""
    found = []
    rest = text
    while True:
        name, rest = get_token(rest, b"=,;[")
        arguments = b""
        if rest.startswith(b"="):
            arguments, rest = get_token(rest[1:], b"[],;")
        found.append((name.partition(b"@")[0], _pairs(arguments)))
        rest = rest.lstrip(b" \n\t\r")
        if not rest:
            return found
        if not rest.startswith(b","):
            return None
        rest = rest[1:]


def _pairs(arguments: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while arguments:
        key, value, rest = get_key_value(arguments)
        found.append((key or b"", value))
        arguments = rest[1:]
    return found
