"""What a body means: its leaves, each with its path, whatever the bytes that say so.

A body of a sort that is declared by its content type is read into leaves; one that cannot be read, or could be read in
two ways, is its bytes. JSON has no order of keys (RFC 8259 section 4), but ``1`` is not ``1.0``, nor ``-0`` ``0``; XML
keeps the order of its elements and none of its attributes (XML 1.0 section 3.1); a form keeps the order of the
values of one name; multipart has no boundary (RFC 2046 section 5.1.1). Nothing expands: a document type, and with it
every entity, makes an XML body its bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NoReturn, get_args
from urllib.parse import parse_qsl
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from conformance.cassette._interaction import Headers

Sort = Literal["json", "xml", "form", "multipart"]
Leaf = tuple[str, str]

SORTS: frozenset[Sort] = frozenset(get_args(Sort))
DEEPEST = 100
LARGEST_BYTES = 256 * 1024 * 1024
BOUNDARY = re.compile(r';\s*boundary=(?:"([^"\\]+)"|([^;"\s]+))', re.IGNORECASE)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def meaning_of(body: bytes, content_type: str, sorts: Collection[Sort] = SORTS) -> bytes | str:
    """Return the canonical form of a body, equal for two bodies that mean the same; never raises.

    Args:
        body: Not compressed.
        content_type: The value of the header; empty where there is none.
        sorts: Which sorts are read; a body of another is its bytes.

    Returns:
        Text, one leaf a line behind the name of the sort; the bytes themselves where the body is of no such sort, or
        is not what its type says.
    """
    leaves = leaves_of(body, content_type, sorts)
    if leaves is None:
        return body
    return "\n".join([f"{sort_of(content_type)}", *(f"{path} = {value}" for path, value in leaves)])


def leaves_of(body: bytes, content_type: str, sorts: Collection[Sort] = SORTS) -> list[Leaf] | None:
    """Return the leaves of a body, each with its path; values as JSON. None where it is to be taken as its bytes."""
    sort = sort_of(content_type)
    if sort is None or sort not in sorts:
        return None
    try:
        return READERS[sort](body, content_type)
    except (ValueError, ArithmeticError, LookupError, RecursionError, expat.ExpatError):
        return None


def sort_of(content_type: str) -> Sort | None:
    """Return the sort of content that a content type declares; None for any other."""
    media = content_type.partition(";")[0].strip().lower()
    if media in {"application/json", "text/json"} or media.endswith("+json"):
        return "json"
    if media in {"application/xml", "text/xml"} or media.endswith("+xml"):
        return "xml"
    if media == "application/x-www-form-urlencoded":
        return "form"
    return "multipart" if media.startswith("multipart/") else None


def decoded_body(body: bytes, headers: Headers) -> bytes:
    """Return a body without its content codings (gzip, deflate); as it is where they are others, or do not hold.

    What would grow beyond 256 MiB stays as it is.
    """
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding").split(",")
    decoded = body
    try:
        for coding in reversed([word.strip().lower() for word in codings if word.strip()]):
            decoded = _without(coding, decoded)
    except (ValueError, zlib.error):
        return body
    return decoded


def _without(coding: str, body: bytes) -> bytes:
    if coding == "identity" or not body:
        return body
    if coding in {"gzip", "x-gzip"}:
        return inflated(body, 31)
    if coding != "deflate":
        message = f"the content coding {coding} is not known"
        raise ValueError(message)
    try:
        return inflated(body, 15)
    except zlib.error:
        return inflated(body, -15)  # what some servers take deflate for


def inflated(body: bytes, window: int) -> bytes:
    """Return what zlib inflates of every member; no more than 256 MiB."""
    found, size = [], 0
    while body:
        inflater = zlib.decompressobj(window)
        found.append(inflater.decompress(body, LARGEST_BYTES - size + 1))
        size += len(found[-1])
        if not inflater.eof or size > LARGEST_BYTES:
            message = "a compressed body that is cut, or too large"
            raise ValueError(message)
        body = inflater.unused_data
    return b"".join(found)


def told(text: str) -> str:
    """Return a string as JSON, on one line, readable, and of no surrogates."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _json(body: bytes, _content_type: str) -> list[Leaf]:
    value = json.loads(
        body.decode("utf-8-sig"),
        object_pairs_hook=_members,
        parse_float=_fraction,
        parse_int=_Number,
        parse_constant=_refused,
    )
    return list(_json_leaves(value, "$", DEEPEST))


class _Number(str):
    """The canonical text of a number."""

    __slots__ = ()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refused("two members of one name")
    return members


def _refused(what: str) -> NoReturn:
    message = f"{what} has no one meaning"
    raise ValueError(message)


def _fraction(text: str) -> _Number:
    """Return the text of a number with a fraction or an exponent: equal for equal values, however large or small."""
    value = Decimal(text)
    if not value.is_finite():
        _refused(text)
    near = Decimal(repr(float(text)))
    if near.is_finite() and near == value:
        return _Number(repr(float(text)))
    sign, digits, exponent = value.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return _Number(f"{'-' * sign}{kept or 0}e{int(exponent) + len(digits) - len(kept)}")


def _json_leaves(value: Any, path: str, depth: int) -> Iterator[Leaf]:
    if not depth:
        _refused("what is nested this deep")
    if isinstance(value, dict) and value:
        for key in sorted(value):
            step = f".{key}" if WORD.fullmatch(key) else f"[{told(key)}]"
            yield from _json_leaves(value[key], path + step, depth - 1)
    elif isinstance(value, list) and value:
        for at, item in enumerate(value):
            yield from _json_leaves(item, f"{path}[{at}]", depth - 1)
    elif isinstance(value, str) and not isinstance(value, _Number):
        yield path, told(value)
    else:
        yield path, value if isinstance(value, _Number) else json.dumps(value)


def _xml(body: bytes, _content_type: str) -> list[Leaf]:
    reader = _XmlReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartDoctypeDeclHandler = lambda *_: _refused("a document type")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(body, True)  # noqa: FBT003  (expat takes it by position)
    return _numbered(reader.leaves)


class _XmlReader:
    """Collects the leaves of one document.

    An element that holds no other is a leaf. White space is text where it is all that an element holds, and nothing
    between elements. A namespace is told where it begins; its prefix means nothing.
    """

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self._open = [_Element("", "")]

    def start(self, name: str, attributes: list[str]) -> None:
        if len(self._open) > DEEPEST:
            _refused("what is nested this deep")
        parent = self._open[-1]
        self._settle(parent)
        parent.is_leaf = False
        namespace, _, local = name.rpartition(" ")
        parent.names[name] += 1
        index = f"[{parent.names[name]}]" if parent.names[name] > 1 else ""
        element = _Element(f"{parent.path}/{local}{index}", namespace)
        if namespace != parent.namespace:
            self.leaves.append((f"{element.path}/@xmlns", told(namespace)))
        pairs = sorted(zip(attributes[::2], attributes[1::2], strict=True))
        self.leaves += [(f"{element.path}/@{_braced(key)}", told(value)) for key, value in pairs]
        self._open.append(element)

    def end(self, _name: str) -> None:
        element = self._open.pop()
        if element.is_leaf:
            self.leaves.append((element.path, told(element.text)))
        else:
            self._settle(element)

    def text(self, text: str) -> None:
        self._open[-1].text += text

    def _settle(self, element: _Element) -> None:
        """Keep the text between two elements, if it is more than white space."""
        if element.text.strip(" \t\r\n"):
            self.leaves.append((f"{element.path}/text()", told(element.text)))
        element.text = ""


class _Element:
    """An element that is being read."""

    def __init__(self, path: str, namespace: str) -> None:
        self.path = path
        self.namespace = namespace
        self.names: Counter[str] = Counter()
        self.text = ""
        self.is_leaf = True


def _braced(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return f"{{{namespace}}}{local}" if namespace else local


def _form(body: bytes, _content_type: str) -> list[Leaf]:
    return parameters_of(body.decode("ascii"))


def parameters_of(text: str) -> list[Leaf]:
    """Return the parameters of a query or a form by name, decoded; those of one name in their order."""
    pairs = sorted(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"), key=lambda pair: pair[0])
    return _numbered([(name if WORD.fullmatch(name) else told(name), told(value)) for name, value in pairs])


def _numbered(leaves: list[Leaf]) -> list[Leaf]:
    """Put its number behind each path that was there before."""
    seen: Counter[str] = Counter()
    numbered = []
    for path, value in leaves:
        seen[path] += 1
        numbered.append((f"{path}[{seen[path]}]" if seen[path] > 1 else path, value))
    return numbered


def _multipart(body: bytes, content_type: str, depth: int = 3) -> list[Leaf]:
    boundary = BOUNDARY.search(content_type)
    if boundary is None or not depth:
        _refused("multipart without a boundary")
    delimiter = re.escape((boundary[1] or boundary[2]).encode("latin-1"))
    _preamble, *parts = re.split(rb"(?:\A|\r\n)--" + delimiter + rb"(--)?[ \t]*(?=\r\n|\Z)", body)
    if not parts or b"--" not in parts[::2]:
        _refused("multipart without an end")
    leaves: list[Leaf] = []
    for number, (end, part) in enumerate(zip(parts[::2], parts[1::2], strict=True), start=1):
        if end is not None:
            break
        leaves += [(f"part {number}{path}", value) for path, value in _part_leaves(part[2:], depth)]
    return leaves


def _part_leaves(part: bytes, depth: int) -> list[Leaf]:
    head, gap, body = (b"\r\n" + part).partition(b"\r\n\r\n")
    if not gap:
        _refused("a part without an end of its headers")
    pairs = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]]
    if not all(colon and name.strip() == name for name, colon, _ in pairs):
        _refused("a part with a header that is none")
    headers = sorted((name.lower(), value.strip()) for name, _, value in pairs)
    content_type = next((value for name, value in headers if name == "content-type"), "")
    leaves = _numbered([(f" header {name}", told(without_boundary(value))) for name, value in headers])
    if sort_of(content_type) == "multipart":
        inner: list[Leaf] | None = _multipart(body, content_type, depth - 1)
    else:
        inner = leaves_of(body, content_type)
    if inner is None:
        return [*leaves, (" body", _text_or_digest(body))]
    return [*leaves, *((f" body {path}", value) for path, value in inner)]


def without_boundary(value: str) -> str:
    """Return a content type without the boundary, if it is one of multipart."""
    return BOUNDARY.sub("", value) if sort_of(value) == "multipart" else value


def _text_or_digest(body: bytes) -> str:
    try:
        return told(body.decode())
    except UnicodeDecodeError:
        return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"


READERS: dict[Sort, Callable[[bytes, str], list[Leaf]]] = {
    "json": _json,
    "xml": _xml,
    "form": _form,
    "multipart": _multipart,
}
