"""Who may publish and who may read, as MediaMTX's ``authInternalUsers`` (any entry that fits allows).

Only this machine publishes, asks the API and reads the metrics. The local network reads, or whoever has the password.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audio_rtsp.server.mediamtx.name_pattern import all_but

LOOPBACK = ("127.0.0.1", "::1")
LAN = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
"""Private and link-local addresses: RFC 1918, RFC 3927, RFC 4193, RFC 4291."""
OWN_ACTIONS = ("publish", "api", "metrics", "pprof")
READ_ACTIONS = ("read", "playback")
HASHES = ("sha256:", "argon2:")

User = Mapping[str, Any]
"""user, pass, ips and permissions, as the server takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Whom readers must name themselves; an empty user lets the local network read. The password is in no text."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who reads: the paths of these *names*, or with ``is_rest`` all paths without a rule of their own."""

    access: Access
    names: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    is_rest: bool = False


def render_users(access: Access, rules: Iterable[Rule] = ()) -> list[User]:
    """This machine's rights, then who reads what; a rule for the rest stands in the place of *access*."""
    rules = tuple(rules)
    rest = next((rule for rule in rules if rule.is_rest), Rule(access=access, is_rest=True))
    named = [rule for rule in rules if not rule.is_rest]
    elsewhere = {name for rule in named for name in rule.names}
    paths = [f"~{all_but(elsewhere)}"] if elsewhere else [""]
    here = _user(Access(), LOOPBACK, [_permission(action) for action in OWN_ACTIONS])
    return [here, _reader(rest, paths), *(_reader(rule, rule.names) for rule in named)]


def hashed(access: Access) -> Access:
    """The same without the password in clear; one that is hashed already stays (sha256:BASE64, argon2:TEXT)."""
    if not access.password or access.password.startswith(HASHES):
        return access
    digest = hashlib.sha256(access.password.encode()).digest()
    return replace(access, password=f"{HASHES[0]}{base64.b64encode(digest).decode()}")


def lets_us(users: object, action: str) -> bool:
    """Whether some entry lets this machine do that without a password; a limit to some paths is the owner's affair."""
    return any(
        user.get("user") == "any" and _reaches_us(user) and action in _actions(user)
        for user in (users if isinstance(users, Sequence) else ())
        if isinstance(user, Mapping)
    )


def is_same(users: object, others: Sequence[User]) -> bool:
    """Whether both lists say the same, whatever is left out or spelt otherwise in a file."""
    return _plain(users) == _plain(others)


def _reader(rule: Rule, paths: Iterable[str]) -> User:
    may = [_permission(action, path) for path in paths for action in READ_ACTIONS]
    open_to = () if rule.access.user else (*LOOPBACK, *LAN)
    return _user(rule.access, rule.ips or open_to, may)


def _user(access: Access, ips: Iterable[str], permissions: list[dict[str, str]]) -> User:
    password = access.password if access.user else ""
    return {"user": access.user or "any", "pass": password, "ips": list(ips), "permissions": permissions}


def _permission(action: str, path: str = "") -> dict[str, str]:
    return {"action": action, "path": path} if path else {"action": action}


def _reaches_us(user: User) -> bool:
    ips = user.get("ips") or ()
    return not ips or any(_has_this_host(str(ip)) for ip in ips)


def _has_this_host(network: str) -> bool:
    try:
        return ipaddress.ip_address(LOOPBACK[0]) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _actions(user: User) -> list[object]:
    return [one.get("action") for one in user.get("permissions") or () if isinstance(one, Mapping)]


def _plain(users: object) -> object:
    if not isinstance(users, Sequence) or isinstance(users, str):
        return None
    return [_plain_user(user) for user in users]


def _plain_user(user: object) -> object:
    if not isinstance(user, Mapping):
        return None
    permissions = user.get("permissions") or ()
    may = sorted((str(one.get("action")), one.get("path") or "") for one in permissions if isinstance(one, Mapping))
    return (user.get("user"), user.get("pass") or "", tuple(user.get("ips") or ()), may)
