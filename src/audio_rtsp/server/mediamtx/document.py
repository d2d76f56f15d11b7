"""The owner's ``mediamtx.yml``: read, edited and written with every comment, order and quote kept.

No word is given a type: ``no``, ``0123`` and ``12:30`` stay what the owner wrote, and the server reads them itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString
from ruamel.yaml.tag import Tag
from ruamel.yaml.util import load_yaml_guess_indent

from audio_rtsp.server.mediamtx.remark import Refused

Value: TypeAlias = "bool | int | str | Sequence[Value] | Mapping[str, Value]"

TEXT = "tag:yaml.org,2002:str"
NEVER_WRAP = 1 << 20


class _Untyped(VersionedResolver):
    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0]:
            return Tag(suffix=TEXT)
        return super().resolve(kind, value, implicit)


class Document:
    """A mapping with its comments; keys are addressed by their path, as in ``("paths", "secure")``."""

    def __init__(self, text: str) -> None:
        """Raises Refused for what is no YAML mapping."""
        self._yaml = _dialect(text)
        self._text = text
        self._is_changed = False
        self._has_crlf = "\r\n" in text
        try:
            whole = self._yaml.load(text)
        except MarkedYAMLError as error:
            raise Refused(_line_of(error), _said(error)) from None
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise Refused(line, "a character stands here that is no text") from None
        except RecursionError:
            raise Refused(0, "it is nested too deep") from None
        except (YAMLError, ValueError) as error:
            raise Refused(0, " ".join(str(error).split())) from None
        if whole is None:
            whole = CommentedMap()
            self._head = text
        elif not isinstance(whole, CommentedMap):
            raise Refused(1, "it does not consist of lines such as 'rtsp: true'")
        else:
            self._head = ""
        self._whole = whole

    def get(self, *keys: str) -> Any:
        """What stands there: text, mapping or list; None when nothing does."""
        found: Any = self._whole
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def has(self, *keys: str) -> bool:
        """Whether the last of *keys* stands there, even without a value."""
        above = self.get(*keys[:-1])
        return isinstance(above, Mapping) and keys[-1] in above

    def text(self, *keys: str) -> str:
        """The scalar that stands there, as it is written; empty when none does."""
        found = self.get(*keys)
        return found if isinstance(found, str) else ""

    def is_bare(self, *keys: str) -> bool:
        """Whether a scalar stands there without quotes, so that the server gives it a type."""
        found = self.get(*keys)
        return isinstance(found, str) and not _is_quoted(found)

    def line(self, *keys: str) -> int:
        """The line of the last of *keys*, from 1; 0 when it does not stand there."""
        above = self.get(*keys[:-1])
        return next(iter(_own_line(above, keys[-1])), 0)

    def own_keys(self, *keys: str) -> tuple[str, ...]:
        """What stands below *keys* in lines of its own, without what it takes over from elsewhere (``<<``)."""
        there = self.get(*keys)
        return tuple(there.lc.data or ()) if isinstance(there, CommentedMap) else ()

    def set(self, value: Value, *keys: str) -> None:
        """Write *value* there; mappings on the way are made. What stands there already stays as it is written."""
        above = self._whole
        for key in keys[:-1]:
            if not isinstance(above.get(key), CommentedMap):
                above[key] = CommentedMap()
            above = above[key]
        written, there = _node(value), above.get(keys[-1])
        if there != written or _is_quoted(there) != _is_quoted(written):
            above[keys[-1]] = written
            self._is_changed = True

    def remove(self, *keys: str) -> None:
        """Take the last of *keys* away; nothing when it does not stand there."""
        above = self.get(*keys[:-1])
        if isinstance(above, CommentedMap) and keys[-1] in above:
            del above[keys[-1]]
            self._is_changed = True

    def render(self) -> str:
        """The text of the whole file, the very same when nothing was changed; once, since writing comments uses them
        up.
        """
        if not self._is_changed:
            return self._text
        if not self._whole:
            return self._head
        out = io.StringIO()
        self._yaml.dump(self._whole, out)
        text = self._head + out.getvalue()
        return text.replace("\n", "\r\n") if self._has_crlf else text


def _dialect(text: str) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _Untyped
    yaml.preserve_quotes = True
    yaml.width = NEVER_WRAP
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    _, sequence, offset = _guess(text)
    yaml.indent(sequence=sequence or 2, offset=offset or 0)
    return yaml


def _guess(text: str) -> tuple[Any, int | None, int | None]:
    """How far the owner indents lists."""
    try:
        whole, sequence, offset = load_yaml_guess_indent(text)
    except (YAMLError, ValueError, RecursionError, IndexError):  # the last of a dash that stands alone on its line
        return None, None, None
    return whole, sequence, offset


def _is_quoted(node: Any) -> bool:
    return isinstance(node, ScalarString)


def _node(value: Value) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return DoubleQuotedScalarString(value)
        case Mapping():
            return CommentedMap((key, _node(one)) for key, one in value.items())
    flow = CommentedSeq(_node(one) for one in value)
    if all(isinstance(one, str) for one in value):
        flow.fa.set_flow_style()
    return flow


NO_COLON = "could not find expected ':'"
NO_START = re.compile(r"found character '(.+)' that cannot start any token")
IN_PLAIN_WORDS = {
    NO_COLON: "a ':' with a blank behind it is missing",
    "mapping values are not allowed here": "a ': ' too many on this line, or a blank too many or too few before it",
}


def _line_of(error: MarkedYAMLError) -> int:
    """From 1; that a colon is missing is seen on the next line only."""
    marks = (error.problem_mark, error.context_mark)
    mark = next(filter(None, reversed(marks) if error.problem == NO_COLON else marks), None)
    return mark.line + 1 if mark else 0


def _said(error: MarkedYAMLError) -> str:
    """What is wrong; a value may be a password and is never repeated."""
    problem = " ".join((error.problem or "it cannot be read").split()).partition(" with value")[0]
    if found := NO_START.fullmatch(problem):
        is_tab = found[1] == r"\t"
        return "a tab stands here; write blanks" if is_tab else f"nothing begins with {found[1]} here; put it in quotes"
    return IN_PLAIN_WORDS.get(problem, problem)


def _own_line(node: Any, word: str) -> list[int]:
    is_there = isinstance(node, CommentedMap) and word in (node.lc.data or ())
    return [node.lc.key(word)[0] + 1] if is_there else []
