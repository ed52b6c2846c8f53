r"""Values as TOML writes them: plain where TOML has them, and else a table of one or two known keys, a form.

::

    { step = 1, field = "etag" }        what an earlier step gave (``Ref``)
    "$1"                                what the subject chose (``Chosen``); any other text that begins with $: "$$..."
    { bytes = "hi" }                    bytes that are readable UTF-8
    { hex = "00ff" }                    other bytes
    { pattern = 8388608 }               bytes that ``pattern(8388608)`` returns
    { sha256 = "9f86..", size = 4096 }  bytes of an outcome too large to write out, by their digest (``Digest``)
    { escaped = 'a\ud800' }              text with a lone surrogate, which TOML cannot hold; a backslash is doubled
    { pairs = [["bytes", 1]] }          a mapping that would be taken for a form, or has a key that TOML cannot hold
    { none = true }                     None, which TOML does not have
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from conformance.trace._values import Chosen, Digest, Ref, Value, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMS = (
    frozenset({"step", "field"}),
    frozenset({"bytes"}),
    frozenset({"hex"}),
    frozenset({"pattern"}),
    frozenset({"sha256", "size"}),
    frozenset({"escaped"}),
    frozenset({"pairs"}),
    frozenset({"none"}),
)
SHORTEST_PATTERN = 65
LONGEST_WRITTEN = 1024
CHOSEN = re.compile(r"\$[1-9][0-9]*")
SURROGATE = re.compile("[\ud800-\udfff]")
BARE = re.compile(r"[A-Za-z0-9_-]+")
SPACES = "\t\n\r"


class UnwritableError(TypeError):
    """A value that no form stands for."""


def render_value(value: Value, *, is_outcome: bool) -> str:
    """Return a value as TOML, on one line.

    Args:
        value: The value.
        is_outcome: Whether large bytes may be written by their digest.

    Raises:
        UnwritableError: It is, or holds, what no form stands for.
    """
    if isinstance(value, (bytes, Digest)):
        return _bytes(value, is_outcome=is_outcome)
    if isinstance(value, Mapping):
        return _mapping(value, is_outcome=is_outcome)
    if isinstance(value, (list, tuple)):
        return render_list(render_value(each, is_outcome=is_outcome) for each in value)
    return _scalar(value)


def _scalar(value: Value) -> str:
    match value:
        case None:
            return "{ none = true }"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return _text(f"${value}" if value.startswith("$") else value)
        case Chosen(text) if CHOSEN.fullmatch(text):
            return _text(text)
        case Ref(step, field):
            return f"{{ step = {step}, field = {render_text(field)} }}"
        case _:
            raise UnwritableError(f"{type(value).__name__} {value!r}")


def render_table(pairs: Mapping[str, str]) -> str:
    """Return an inline table of what is rendered already."""
    return f"{{ {', '.join(f'{render_key(name)} = {each}' for name, each in pairs.items())} }}" if pairs else "{}"


def render_list(items: Iterable[str]) -> str:
    """Return a list of what is rendered already."""
    return f"[{', '.join(items)}]"


def render_key(name: str) -> str:
    """Return a key, in quotes only where it needs them."""
    return name if BARE.fullmatch(name) else render_text(name)


def render_text(text: str) -> str:
    """Return a string of TOML.

    Raises:
        UnwritableError: It holds a lone surrogate.
    """
    if SURROGATE.search(text):
        raise UnwritableError(f"str {text!r}")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(text: str) -> str:
    if not SURROGATE.search(text):
        return render_text(text)
    escaped = re.sub(r"[\\\ud800-\udfff]", _escape, text)
    return f"{{ escaped = {render_text(escaped)} }}"


def _escape(found: re.Match[str]) -> str:
    return "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):x}"


def _bytes(value: bytes | Digest, *, is_outcome: bool) -> str:
    if isinstance(value, Digest):
        return f'{{ sha256 = "{value.sha256}", size = {value.size} }}'
    if len(value) >= SHORTEST_PATTERN and value == pattern(len(value)):
        return f"{{ pattern = {len(value)} }}"
    if is_outcome and len(value) > LONGEST_WRITTEN:
        return _bytes(Digest(hashlib.sha256(value).hexdigest(), len(value)), is_outcome=True)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    if text.translate(dict.fromkeys(map(ord, SPACES))).isprintable():
        return f"{{ bytes = {render_text(text)} }}"
    return f'{{ hex = "{value.hex()}" }}'


def _mapping(value: Mapping[str, Value], *, is_outcome: bool) -> str:
    for name in value:
        if not isinstance(name, str):
            raise UnwritableError(f"{type(name).__name__} {name!r} as a key")
    rendered = {name: render_value(each, is_outcome=is_outcome) for name, each in value.items()}
    if value.keys() in FORMS or any(SURROGATE.search(name) for name in value):
        return f"{{ pairs = {render_list(render_list([_scalar(name), each]) for name, each in rendered.items())} }}"
    return render_table(rendered)
