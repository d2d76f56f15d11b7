"""Asking a release server: over proxies and redirects, with time-outs, again when it stumbles, never for ever.

Blocks; for the verbs of the command line alone. The standard library brings what is needed: proxies from the
environment (``https_proxy``, ``no_proxy``), own certificates by ``SSL_CERT_FILE``.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, TypeVar

from audio_rtsp import __version__
from audio_rtsp.facts.clock import is_clock_set, render_date
from audio_rtsp.server.mediamtx.errors import ClockNotSet, ReleaseServerAway

T = TypeVar("T")
MOST_TEXT = 1_000_000
"""Bytes of a list; the one of GitHub has some ten thousand."""


class Stumbled(Exception):
    """A failure that may be over at the next try."""


class BeyondTheEnd(Stumbled):
    """A part was asked for that the file does not have (416); *size* is the file's, where the server says it."""

    def __init__(self, size: int | None) -> None:
        super().__init__("it has less of the file than is here")
        self.size = size


class NotThere(Exception):
    """The server has no such file (404, 410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds without a byte until a try ends, and the pauses between tries."""

    timeout: float = 30.0
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How the net is asked; *sleep* and *now* (seconds since 1970) are the machine's."""

    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    tell: Callable[[str], None] = lambda text: None

    def text(self, url: str) -> str | None:
        """The content of a small file; None where there is none. Raises ReleaseServerAway, ClockNotSet."""

        def attempt() -> str:
            with self.open(url) as answer:
                return answer.read(MOST_TEXT).decode(errors="replace")

        with contextlib.suppress(NotThere):
            return self.again_and_again(url, attempt)
        return None

    def has(self, url: str) -> bool:
        """Whether a file is there, by its first byte (not every server knows HEAD). Raises as :meth:`text`."""

        def attempt() -> bool:
            with self.open(url, headers={"Range": "bytes=0-0"}):
                return True

        with contextlib.suppress(NotThere):
            return self.again_and_again(url, attempt)
        return False

    def again_and_again(self, url: str, attempt: Callable[[], T], *, got_on: Callable[[], bool] = lambda: False) -> T:
        """Try until it works or the pauses are used up; a try that *got_on* begins them anew."""
        self._need_a_clock(url)
        pauses = list(self.patience.pauses)
        while True:
            try:
                return attempt()
            except Stumbled as why:
                if got_on():
                    pauses = list(self.patience.pauses)
                if not pauses:
                    raise ReleaseServerAway(_host(url), str(why)) from None
                self.tell(f"{_host(url)}: {why}; again in {pauses[0]:g} s")
            self.sleep(pauses.pop(0))

    @contextlib.contextmanager
    def open(self, url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[http.client.HTTPResponse]:
        """One request. Raises NotThere, Stumbled, ReleaseServerAway."""
        whole = {"User-Agent": f"audio-rtsp/{__version__}", **(headers or {})}
        request = urllib.request.Request(url, headers=whole)
        try:
            with urllib.request.build_opener(_StaysSecure).open(request, timeout=self.patience.timeout) as answer:
                yield answer
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(url, error) from None
        except urllib.error.URLError as error:
            raise self._failure(url, error.reason) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._failure(url, error) from None

    def _refusal(self, url: str, error: urllib.error.HTTPError) -> Exception:
        code = error.code
        if code in (404, 410):
            return NotThere(url)
        if code == 429 or (code == 403 and _is_limited(error.headers)):
            return ReleaseServerAway(_host(url), f"it limits how often it may be asked{self._when(error.headers)}")
        if code == 416:
            size = error.headers.get("Content-Range", "").removeprefix("bytes */")
            return BeyondTheEnd(int(size) if size.isdigit() else None)
        if code == 408 or code >= 500:
            return Stumbled(f"it answers {code} {error.reason}")
        return ReleaseServerAway(_host(url), f"it answers {code} {error.reason}")

    def _when(self, headers: Message) -> str:
        """When it may be asked again, by Retry-After or by GitHub's own header."""
        after, reset = headers.get("Retry-After", ""), headers.get("X-RateLimit-Reset", "")
        seconds = int(after) if after.isdigit() else int(reset) - self.now() if reset.isdigit() else 0
        return f"; again in {max(1, round(seconds / 60))} min" if seconds > 0 else ""

    def _failure(self, url: str, reason: object) -> Exception:
        if isinstance(reason, ssl.SSLCertVerificationError):
            why = f"its certificate is not accepted: {reason.verify_message}"
            return ReleaseServerAway(_host(url), f"{why} (this machine's date: {render_date(self.now())})")
        if isinstance(reason, TimeoutError):
            return Stumbled(f"no byte came for {self.patience.timeout:g} s")
        return Stumbled(getattr(reason, "strerror", None) or str(reason) or type(reason).__name__)

    def _need_a_clock(self, url: str) -> None:
        if url.startswith("https:") and not is_clock_set(self.now()):
            raise ClockNotSet(render_date(self.now()))


class _StaysSecure(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but none that leaves HTTPS."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse what would go over an open line or to another protocol."""
        allowed = ("https:",) if req.type == "https" else ("https:", "http:")
        if not newurl.lower().startswith(allowed):
            fp.close()
            raise ReleaseServerAway(_host(req.full_url), f"it points to an insecure address: {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _is_limited(headers: Message) -> bool:
    return headers.get("X-RateLimit-Remaining") == "0" or headers.get("Retry-After") is not None


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") >= 2 else url
