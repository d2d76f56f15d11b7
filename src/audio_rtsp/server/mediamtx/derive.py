"""The copy that the server runs on, made of the owner's file and our settings; the owner's own words stay.

What is ours in it: the API for our watch, the RTSP port of our settings, who may read, and an entry for paths that
nobody has listed, so that a new microphone needs no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.listeners import Listener, parse_listeners, split_address
from audio_rtsp.server.mediamtx.old_words import CATCH_ALL, quote_no, take_read_rules
from audio_rtsp.server.mediamtx.remark import Refused, Remark
from audio_rtsp.server.mediamtx.users import LOOPBACK, Access, Rule, User, hashed, is_same, lets_us, render_users

EVERYWHERE = ("", "0.0.0.0", "::", "127.0.0.1", "localhost")
ANY = "any"
OURS = {"publish": "publish", "api": "ask the API"}
"""What a list of the owner's own must leave to us."""
SHIPPED_USERS: tuple[User, ...] = (
    {"user": ANY, "permissions": [{"action": action} for action in ("publish", "read", "playback")]},
    {"user": ANY, "ips": LOOPBACK, "permissions": [{"action": action} for action in ("api", "metrics", "pprof")]},
)
"""What MediaMTX's own file says: nobody's decision, and everybody may publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What our settings ask of the server; *takes_hashes* = its version knows hashed passwords over RTSP."""

    rtsp_port: int
    api_port: int
    access: Access = field(default_factory=Access)
    takes_hashes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """The copy, what it opens, and what was understood otherwise than it is written."""

    text: str
    trial_text: str
    listeners: tuple[Listener, ...]
    remarks: tuple[Remark, ...]


def derive(owner_text: str, wanted: Wanted) -> Derived:
    """Make the copy; raises Refused for what cannot work or would end all streams."""
    document = Document(owner_text)
    remarks = [*quote_no(document), *_settle_users(document, wanted)]
    _let_us_publish(document, wanted.rtsp_port)
    _let_us_watch(document, wanted.api_port)
    listeners = parse_listeners(document)
    text = document.render()
    return Derived(text=text, trial_text=_for_trial(Document(text)), listeners=listeners, remarks=tuple(remarks))


def _settle_users(document: Document, wanted: Wanted) -> list[Remark]:
    rules, remarks = take_read_rules(document)
    access = wanted.access
    line = document.line("authInternalUsers") or document.line("authMethod")
    if document.text("authMethod") not in ("", "internal") or not _users_are_ours(document):
        _refuse_to_be_shut_out(document, line)
        return [*remarks, *_for_owners_users(line, access, rules)]
    if wanted.takes_hashes and "digest" not in (document.get("rtspAuthMethods") or ()):
        access, rules = hashed(access), [replace(rule, access=hashed(rule.access)) for rule in rules]
    document.set(render_users(access, rules), "authInternalUsers")
    return remarks


def _users_are_ours(document: Document) -> bool:
    users = document.get("authInternalUsers")
    return users is None or any(is_same(users, known) for known in (render_users(Access()), SHIPPED_USERS))


def _refuse_to_be_shut_out(document: Document, line: int) -> None:
    if document.text("authMethod") not in ("", "internal"):
        return
    for action in OURS:
        if not lets_us(document.get("authInternalUsers"), action):
            says = f"none of these users lets this machine {OURS[action]} without a password: add a user any for it"
            raise Refused(line, says)


def _for_owners_users(line: int, access: Access, rules: list[Rule]) -> list[Remark]:
    if rules:
        raise Refused(line, "users are listed here, so readUser has no place; write that user into authInternalUsers")
    return [Remark(line, "users are listed here, so RTSP_READ_USER has no effect")] if access.user else []


def _let_us_publish(document: Document, port: int) -> None:
    document.set(True, "rtsp")
    transports = document.get("rtspTransports") or document.get("protocols")
    if isinstance(transports, list) and "tcp" not in transports:
        key = "rtspTransports" if document.has("rtspTransports") else "protocols"
        raise Refused(document.line(key), f"{key}: without tcp no microphone could be published; add tcp")
    if document.text("rtspEncryption") == "strict":
        line = document.line("rtspEncryption")
        raise Refused(line, 'rtspEncryption: with strict no microphone could be published; "optional" works')
    set_port(document, "rtspAddress", port)
    host = split_address(document.text("rtspAddress"))[0]
    if host not in EVERYWHERE:
        line = document.line("rtspAddress")
        raise Refused(line, f"rtspAddress: at {host} alone no microphone could be published; write :{port}")
    paths = document.get("paths")
    if paths and not isinstance(paths, Mapping):
        raise Refused(document.line("paths"), "paths: the name of each path needs a line of its own, such as '  desk:'")
    if not (paths and any(name in paths for name in CATCH_ALL)):
        document.set({"source": "publisher"}, "paths", CATCH_ALL[0])


def _let_us_watch(document: Document, port: int) -> None:
    document.set(True, "api")
    document.set(f"127.0.0.1:{port}", "apiAddress")
    if document.has("apiEncryption"):
        document.set(False, "apiEncryption")


def set_port(document: Document, key: str, port: int, default_host: str = "") -> None:
    """Change the port of an address and keep its host; an address that is none is replaced."""
    try:
        before = split_address(document.text(key))
    except ValueError:
        before = ("", 0)
    host = before[0] or default_host
    if (host, port) != before:
        document.set(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", key)


def _for_trial(document: Document) -> str:
    """The same for a look at it: no program is started, no source is opened."""
    paths = document.get("paths")
    for name in list(paths) if isinstance(paths, Mapping) else []:
        document.remove("paths", name, "runOnInit")
        if document.text("paths", name, "source") not in ("", "publisher", "redirect"):
            document.set(True, "paths", name, "sourceOnDemand")
    document.remove("pathDefaults", "runOnInit")
    return document.render()
