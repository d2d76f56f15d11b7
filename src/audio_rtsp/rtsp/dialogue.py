"""Requests and answers of one connection (RFC 2326 section 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from .admission import Admission
from .hub import Hub
from .message import Headers, Request, Response
from .outlet import Wire
from .path import Path
from .publisher import Publisher
from .reader import Reader
from .sdp import BadDescription, Description, control_of, parse_description, render_description
from .session import Refused, Session
from .target import Target, find_track, is_path_name, parse_target
from .transport import Lower, Transport, parse_transports, render_transport

SERVER_NAME = "audio-rtsp"


@dataclass(frozen=True, slots=True)
class Later:
    """No answer yet: ask again when that path has its publisher back, or when the time is up."""

    path: Path


class Dialogue:
    """Knows one session at a time; a request may name another one of the same client, if that travels by UDP."""

    def __init__(self, hub: Hub, wire: Wire) -> None:
        self._hub, self._wire = hub, wire
        self.session: Session | None = None
        self.is_over = False
        self._admission = Admission(hub, wire)

    @property
    def has_session(self) -> bool:
        return self.session is not None and not self.session.is_closed

    def answer(self, request: Request, *, is_last_try: bool = False) -> Response | Later:
        """Every request gets an answer, with its CSeq; ``is_over`` says to hang up after it."""
        try:
            answer = self._decide(request, is_last_try)
        except Refused as refusal:
            answer = Response(status=refusal.status, headers=refusal.headers)
        return answer if isinstance(answer, Later) else self._sign(request, answer)

    def _decide(self, request: Request, is_last_try: bool) -> Response | Later:
        self._check(request)
        self._find_session(request)
        if self.session is not None:
            self.session.touch(self._hub.loop.time())
        if request.method == "DESCRIBE":
            return self._describe(request, is_last_try)
        verb = _VERBS.get(request.method)
        return verb(self, request) if verb else Response(status=501, headers=_PUBLIC)

    def _check(self, request: Request) -> None:
        if request.version != "RTSP/1.0":
            self.is_over = True
            raise Refused(505)
        if not request.sequence:
            raise Refused(400)
        if options := request.header("Require") or request.header("Proxy-Require"):
            raise Refused(551, (("Unsupported", options),))

    def _sign(self, request: Request, response: Response) -> Response:
        self.is_over = self.is_over or self._admission.is_exhausted
        head = [("CSeq", request.sequence)] if request.sequence else []
        head.append(("Server", SERVER_NAME))
        return Response(status=response.status, headers=(*head, *response.headers), body=response.body)

    def _find_session(self, request: Request) -> None:
        """A missing Session header means this connection's own; a wrong one is an error."""
        named = request.header("Session").partition(";")[0].strip()
        if self.session is not None and self.session.is_closed:
            self.session = None
        if not named or (self.session is not None and self.session.id == named):
            return
        other = self._hub.sessions.get(named)
        if (
            self.session is not None
            or other is None
            or other.lower is not Lower.UDP
            or other.address != self._wire.address
        ):
            raise Refused(454)
        self.session, other.wire = other, self._wire

    def _session_header(self) -> Headers:
        return (("Session", f"{self.session.id};timeout={self._hub.limits.idle_seconds:.0f}"),) if self.session else ()

    def _target(self, request: Request) -> Target:
        target = parse_target(request.uri)
        if target is None:
            raise Refused(400)
        return target

    # any time

    def _options(self, _: Request) -> Response:
        return Response(status=200, headers=(*_PUBLIC, *self._session_header()))

    def _stay(self, _: Request) -> Response:
        """A sign of life; there are no parameters."""
        return Response(status=200, headers=self._session_header())

    def _teardown(self, _: Request) -> Response:
        if self.session is None:
            raise Refused(454)
        headers = self._session_header()
        self.session.close()
        self.session = None
        return Response(status=200, headers=headers)

    # publishers

    def _announce(self, request: Request) -> Response:
        """The media are checked now, the path is taken at RECORD."""
        self._admission.check_publisher()
        target = self._target(request)
        if self.session is not None:
            raise Refused(455)
        if not is_path_name(target.path):
            raise Refused(400)
        self._check_room(target.path)
        self._begin(self._make_publisher(request, target))
        return Response(status=200, headers=self._session_header())

    def _check_room(self, name: str) -> None:
        if not self._hub.directory.has_room(name, self._hub.limits.paths):
            raise Refused(503)

    def _make_publisher(self, request: Request, target: Target) -> Publisher:
        hub, now = self._hub, self._hub.loop.time()
        return Publisher(
            wire=self._wire,
            target=target,
            agent=request.header("User-Agent"),
            heard=now,
            created=hub.wall(),
            udp=hub.udp,
            description=_read_description(request),
            clock=hub.loop.time,
        )

    def _begin(self, session: Session) -> None:
        if not self._hub.enter(session):
            raise Refused(503)
        self.session = session

    def _record(self, _: Request) -> Response:
        self._admission.check_publisher()
        if not isinstance(self.session, Publisher):
            raise Refused(455 if self.session else 454)
        self._check_room(self.session.target.path)
        self.session.record(self._hub.directory, self._hub.wall())
        return Response(status=200, headers=self._session_header())

    # readers

    def _describe(self, request: Request, is_last_try: bool) -> Response | Later:
        self._admission.check_reader(request)
        target = self._target(request)
        path = self._hub.directory.find(target.path)
        if path is None or (not path.is_online and is_last_try):
            raise Refused(404)
        if not path.is_online:
            return Later(path)
        text = render_description(path.description)
        headers = (("Content-Base", target.base), ("Content-Type", "application/sdp"))
        return Response(status=200, headers=headers, body=text.encode())

    def _setup(self, request: Request) -> Response:
        target = self._target(request)
        offers = parse_transports(request.header("Transport"))
        if isinstance(self.session, Publisher):
            chosen = self._setup_publisher(self.session, target, offers)
        else:
            self._admission.check_reader(request)
            chosen = self._setup_reader(request, target, offers)
        return Response(status=200, headers=(("Transport", render_transport(chosen)), *self._session_header()))

    def _setup_publisher(self, session: Publisher, target: Target, offers: tuple[Transport, ...]) -> Transport:
        index = find_track(target, session.target.path, session.controls)
        if index is None:
            raise Refused(404)
        return session.setup(index, offers)

    def _setup_reader(self, request: Request, target: Target, offers: tuple[Transport, ...]) -> Transport:
        path, index = self._find_path(target)
        self._forget_as_its_client_did(request, index)
        if isinstance(self.session, Reader):
            return self.session.setup(path, index, offers)
        session = self._make_reader(request, target)
        if not offers:
            raise Refused(461)
        self._begin(session)
        try:
            return session.setup(path, index, offers)
        except Refused:
            session.close()
            self.session = None
            raise

    def _forget_as_its_client_did(self, request: Request, index: int) -> None:
        """ffmpeg that hears nothing by UDP pauses, forgets its session and asks for TCP (libavformat/rtspdec.c)."""
        session, is_named = self.session, bool(request.header("Session"))
        if isinstance(session, Reader) and not is_named and not session.is_playing and index in session.outlets:
            session.close()
            self.session = None

    def _find_path(self, target: Target) -> tuple[Path, int]:
        """The path itself, or a path and one of its tracks."""
        for name in (target.path, target.path.rpartition("/")[0]):
            path = self._hub.directory.find(name)
            index = find_track(target, name, tuple(map(control_of, range(len(path.tracks))))) if path else None
            if path and index is not None:
                return path, index
        raise Refused(404)

    def _make_reader(self, request: Request, target: Target) -> Reader:
        hub, agent = self._hub, request.header("User-Agent")
        return Reader(
            wire=self._wire, target=target, agent=agent, heard=hub.loop.time(), created=hub.wall(), udp=hub.udp
        )

    def _play(self, request: Request) -> Response:
        self._admission.check_reader(request)
        if not isinstance(self.session, Reader):
            raise Refused(455 if self.session else 454)
        self._count(self.session)
        self._widen_queue(self.session)
        self.session.play()
        self._hub.loop.call_later(0, partial(self._report, self.session))  # behind the answer
        return Response(status=200, headers=self._session_header())

    def _report(self, session: Reader) -> None:
        session.report(self._hub.wall_clock, self._hub.loop.time())

    def _count(self, session: Reader) -> None:
        """A reader counts from its first PLAY until it leaves."""
        if session.is_counted:
            return
        if not self._hub.reader_census.enter(session.address):
            raise Refused(503)
        session.is_counted = True

    def _widen_queue(self, session: Reader) -> None:
        """Uncompressed sound of a few seconds is more than the usual queue; with many readers memory comes first."""
        limits, readers = self._hub.limits, self._hub.reader_census.total
        if session.is_raw and readers <= limits.raw_queues:
            self._wire.limit_queue(limits.raw_queue_bytes)

    # both

    def _pause(self, _: Request) -> Response:
        if not isinstance(self.session, Reader | Publisher):
            raise Refused(454)
        self.session.pause()
        return Response(status=200, headers=self._session_header())


def _read_description(request: Request) -> Description:
    if request.header("Content-Type").partition(";")[0].strip().lower() != "application/sdp":
        raise Refused(415)
    try:
        return parse_description(request.body.decode("utf-8"))
    except (BadDescription, UnicodeDecodeError) as error:
        raise Refused(400) from error


_VERBS: Mapping[str, Callable[[Dialogue, Request], Response]] = {
    "OPTIONS": Dialogue._options,
    "ANNOUNCE": Dialogue._announce,
    "SETUP": Dialogue._setup,
    "RECORD": Dialogue._record,
    "PLAY": Dialogue._play,
    "PAUSE": Dialogue._pause,
    "GET_PARAMETER": Dialogue._stay,
    "SET_PARAMETER": Dialogue._stay,
    "TEARDOWN": Dialogue._teardown,
}
_PUBLIC: Headers = (("Public", ", ".join((*_VERBS, "DESCRIBE"))),)
