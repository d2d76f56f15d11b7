"""What older servers called it: ``readUser`` and ``readPass`` beside a path, and a bare ``no``.

MediaMTX v1.12.2 to v1.20.1 end on these words when ``authInternalUsers`` stands beside them; here they become rules
that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from audio_rtsp.server.mediamtx.document import Document
from audio_rtsp.server.mediamtx.remark import Refused, Remark
from audio_rtsp.server.mediamtx.users import Access, Rule

READ_WORDS = ("readUser", "readPass", "readIPs")
OLD_WORD = "readUser is an old word; the server gets authInternalUsers for it"
PUBLISH_WORDS = ("publishUser", "publishPass", "publishIPs")
CATCH_ALL = ("all_others", "all", "~^.*$")
"""Names of one and the same entry: every path that has none of its own."""
MERGE = "<<"
NO_OR_TEXT = ("rtspEncryption", "rtmpEncryption")
"""Keys that take the text "no", which YAML 1.1 reads as a switch."""


FALSE = ("no", "false", "off")


def take_read_rules(document: Document) -> tuple[list[Rule], list[Remark]]:
    """Take the old words out of *document* and tell what they mean; raises Refused for what cannot be said."""
    rules, remarks = [], []
    for place in _places(document):
        _refuse_publishers(document, place)
        if any(document.has(*place, word) for word in READ_WORDS):
            line = min(filter(None, (document.line(*place, word) for word in READ_WORDS)))
            rule = _rule(document, place, line)
            if rule:
                rules.append(rule)
                remarks.append(Remark(line, OLD_WORD))
    if rules:
        _refuse_merges(document)
    return _without_second_rest(rules), remarks


def quote_no(document: Document) -> list[Remark]:
    """Make the bare word ``no`` the text that the server takes."""
    bare = [key for key in NO_OR_TEXT if document.is_bare(key)]
    found = [key for key in bare if document.text(key).lower() in FALSE]
    for key in found:
        document.set("no", key)
    return [Remark(document.line(key), f'{key}: "no" is meant, with quotes; the server gets it so') for key in found]


def _places(document: Document) -> Iterator[tuple[str, ...]]:
    """Where the words may stand; the paths first, so that the rest of them comes last."""
    paths = document.get("paths")
    names = [name for name in paths if isinstance(paths[name], Mapping)] if isinstance(paths, Mapping) else []
    yield from (("paths", name) for name in sorted(names, key=lambda name: name in CATCH_ALL))
    yield ("pathDefaults",)


def _rule(document: Document, place: tuple[str, ...], line: int) -> Rule | None:
    user, password, ips = (document.get(*place, word) for word in READ_WORDS)
    for word in READ_WORDS:
        document.remove(*place, word)
    if not user and not ips:
        return None
    name = place[-1]
    is_rest = name in (*CATCH_ALL, "pathDefaults")
    if name.startswith("~") and not is_rest:
        raise Refused(line, f"{READ_WORDS[0]} cannot be used for the pattern {name}; write a path's name instead")
    return Rule(
        access=Access(user=str(user or ""), password=str(password or "")),
        names=() if is_rest else (name,),
        ips=tuple(ips) if isinstance(ips, list) else (),
        is_rest=is_rest,
    )


def _refuse_publishers(document: Document, place: tuple[str, ...]) -> None:
    word = next((word for word in PUBLISH_WORDS if document.get(*place, word)), "")
    if word:
        raise Refused(document.line(*place, word), f"{word} is an old word; name the publisher in authInternalUsers")


def _refuse_merges(document: Document) -> None:
    """A path that takes a password over from another would be left without one."""
    for place in _places(document):
        if document.has(*place, MERGE):
            says = f"{MERGE} cannot be used beside {READ_WORDS[0]}; write the users into authInternalUsers"
            raise Refused(document.line(*place, MERGE), says)


def _without_second_rest(rules: list[Rule]) -> list[Rule]:
    """A path's own word wins over pathDefaults', which holds for all others."""
    rest = [rule for rule in rules if rule.is_rest]
    return [rule for rule in rules if not rule.is_rest] + rest[:1]
