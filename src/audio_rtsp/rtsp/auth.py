"""Who may read: Basic and Digest (RFC 7617, RFC 2617 section 3.2 without qop, as RTSP clients speak it)."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error

from .message import Headers

_REALM = "audio-rtsp"
_PARAMETER = re.compile(r'\b(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


class Gate:
    """One user and password; neither is ever part of a text. Comparisons take the same time, right or wrong."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password

    @property
    def is_open(self) -> bool:
        """Nothing is asked when no user is set, as with MediaMTX; the password is set first."""
        return not self._user

    def challenge(self, nonce: str) -> Headers:
        """What a 401 says; the nonce is the connection's own."""
        return (
            ("WWW-Authenticate", f'Digest realm="{_REALM}", nonce="{nonce}", algorithm=MD5'),
            ("WWW-Authenticate", f'Basic realm="{_REALM}"'),
        )

    def admits(self, authorization: str, method: str, nonce: str) -> bool:
        """Whether this Authorization header opens the gate for that method."""
        scheme, _, rest = authorization.strip().partition(" ")
        match scheme.lower():
            case "basic":
                return self._admits_basic(rest.strip())
            case "digest":
                return self._admits_digest(
                    {key.lower(): a or b for key, a, b in _PARAMETER.findall(rest)}, method, nonce
                )
        return False

    def _admits_basic(self, encoded: str) -> bool:
        try:
            given = b64decode(encoded, validate=True)
        except (Base64Error, ValueError):
            return False
        return hmac.compare_digest(given, f"{self._user}:{self._password}".encode())

    def _admits_digest(self, given: dict[str, str], method: str, nonce: str) -> bool:
        secret = _md5(f"{self._user}:{_REALM}:{self._password}")
        resource = _md5(f"{method}:{given.get('uri', '')}")
        wanted = ":".join((self._user, nonce, _md5(f"{secret}:{nonce}:{resource}")))
        told = ":".join((given.get("username", ""), given.get("nonce", ""), given.get("response", "").lower()))
        return hmac.compare_digest(told.encode("utf-8", "surrogateescape"), wanted.encode())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
