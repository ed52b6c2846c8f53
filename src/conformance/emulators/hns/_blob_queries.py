"""Query Blob Contents: some of SQL over delimited text and JSON.

What is known is ``SELECT`` of all or of named columns, ``WHERE`` with comparisons linked by AND and OR, and ``LIMIT``;
everything else of the service (functions, Parquet, Arrow) is answered with 501.
"""

from __future__ import annotations

import json
import operator
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.emulators.hns._answer import CHUNKED, Answer
from conformance.emulators.hns._avro import render_avro
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._nodes import container_of, read_node
from conformance.emulators.hns._properties import node_headers
from conformance.emulators.hns._xml import children, parse_xml, text_of

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Callable, Iterator

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

EXPRESSION = re.compile(
    r"\s*SELECT\s+(?P<columns>.+?)\s+FROM\s+BlobStorage(?:\[\*\])?"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+LIMIT\s+(?P<limit>\d+))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
COLUMN = re.compile(r'\s*(?:"([^"]+)"|(\w+))\s*')
TERM = re.compile(r"""\s*(?:"([^"]+)"|(\w+))\s*(<>|!=|<=|>=|=|<|>)\s*(?:'([^']*)'|(-?[\d.]+))\s*""")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Record = tuple[str, tuple[bytes | str | bool | int, ...]]
"""A record of the answer: its kind, and its values in order."""
HEADERS = ("ETag", "Last-Modified", "Accept-Ranges", "x-ms-blob-type", "x-ms-creation-time")
SINCE_ENCRYPTED = "2020-02-10"


@dataclass(frozen=True, slots=True)
class Format:
    """How records are written: JSON, or text with separators."""

    is_json: bool = False
    column: str = ","
    quote: str = '"'
    record: str = "\n"
    escape: str = ""
    has_headers: bool = False


class _ParseError(Exception):
    """Content that is not what the request says."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


def query_blob(call: Call, state: State) -> Answer:
    """Return the records of a blob that a query asks for, in Avro."""
    container = container_of(call, state)
    node = read_node(call, state, container)
    root = parse_xml(call.body)
    if root.tag != "QueryRequest":
        raise ServiceError("InvalidXmlDocument")
    source = _format(root, "InputSerialization", Format())
    target = _format(root, "OutputSerialization", source)
    select = _parse(text_of(root, "Expression"))
    content = node.read()
    body = render_avro(
        [
            *(_as_said(call, record) for record in _result(content, source, target, select)),
            ("progress", (len(content), len(content))),
            ("end", (len(content),)),
        ],
        uuid.UUID(state.clock.uuid()).bytes,
    )
    said = node_headers(call, node, state.clock, is_hierarchical=False, reading="get")
    headers = {name: value for name, value in said.items() if name in HEADERS or name.startswith("x-ms-lease")}
    if call.version >= SINCE_ENCRYPTED:
        headers["x-ms-server-encrypted"] = "false"
    return Answer(200, CHUNKED | headers | {"Content-Type": "avro/binary"}, body)


def _as_said(call: Call, record: Record) -> Record:
    """Return a record as a version says it: the first with queries was recorded to name no place of a parse error."""
    if call.version < SINCE_ENCRYPTED and record[1][1:2] == ("ParseError",):
        return "error", (True, "InternalError", "Internal parse exception.", 0)
    return record


@dataclass(frozen=True, slots=True)
class _Select:
    """A query: the columns (None for all), which rows, and how many at most."""

    columns: list[str] | None
    where: str
    limit: int | None


def _parse(expression: str) -> _Select:
    found = EXPRESSION.fullmatch(expression)
    if found is None:
        raise ServiceError("NotImplemented")
    columns = None
    if found["columns"].strip() != "*":
        parts = [COLUMN.fullmatch(part) for part in found["columns"].split(",")]
        columns = [part[1] or part[2] for part in parts if part]
        if len(columns) < len(parts):
            raise ServiceError("NotImplemented")
    select = _Select(columns, found["where"] or "", int(found["limit"]) if found["limit"] else None)
    _holds(select.where, {})
    return select


def _holds(where: str, row: dict[str, Any]) -> bool:
    """Whether a row is one that is asked for; AND binds closer than OR."""
    is_any = not where
    for part in re.split(r"\bOR\b", where, flags=re.IGNORECASE) if where else []:
        terms = [TERM.fullmatch(term) for term in re.split(r"\bAND\b", part, flags=re.IGNORECASE)]
        if None in terms:
            raise ServiceError("NotImplemented")
        is_any = all(_compares(term, row) for term in terms if term) or is_any
    return is_any


def _compares(term: re.Match[str], row: dict[str, Any]) -> bool:
    value = row.get(term[1] or term[2])
    if value is None:
        return False
    if term[5] is None:
        return COMPARE[term[3]](str(value), term[4])
    try:
        return COMPARE[term[3]](float(value), float(term[5]))
    except ValueError:
        return False


def _format(root: ET.Element, name: str, default: Format) -> Format:
    found = next((kind for part in children(root, name) for kind in children(part, "Format")), None)
    if found is None:
        return default
    kind = text_of(found, "Type")
    if kind == "json":
        settings = children(found, "JsonTextConfiguration")
        return Format(is_json=True, record=text_of(settings[0], "RecordSeparator") or "\n" if settings else "\n")
    settings = children(found, "DelimitedTextConfiguration")
    if kind != "delimited" or not settings:
        raise ServiceError("NotImplemented")
    return Format(
        column=text_of(settings[0], "ColumnSeparator") or ",",
        quote=text_of(settings[0], "FieldQuote"),
        record=text_of(settings[0], "RecordSeparator") or "\n",
        escape=text_of(settings[0], "EscapeChar"),
        has_headers=text_of(settings[0], "HasHeaders") == "true",
    )


def _result(content: bytes, source: Format, target: Format, select: _Select) -> list[Record]:
    """Return the data, and what was wrong with the content: a row without a column that is asked for is left out."""
    out: list[str] = []
    wrong: list[Record] = []
    try:
        for at, row in _rows(content.decode(errors="replace"), source):
            if len(out) == select.limit:
                break
            if not _holds(select.where, row):
                continue
            if not source.is_json and any(column not in row for column in select.columns or ()):
                wrong.append(("error", (False, "InvalidColumnOrdinal", "Column ordinal does not exist in row.", at)))
                continue
            out.append(_render(_chosen(row, source, select), target))
    except _ParseError as error:
        wrong.append(("error", (True, "ParseError", error.description, 0)))
    return [("resultData", ("".join(out).encode(),)), *wrong]


def _chosen(row: dict[str, Any], source: Format, select: _Select) -> dict[str, Any]:
    if select.columns is None:  # the columns by number stand besides those by name
        return row if source.is_json else {name: row[name] for name in row if re.fullmatch(r"_\d+", name)}
    return {column: row[column] for column in select.columns if column in row}


def _render(row: dict[str, Any], target: Format) -> str:
    if target.is_json:
        return json.dumps(row, separators=(",", ":"), ensure_ascii=False) + target.record
    return target.column.join(_field(value, target) for value in row.values()) + target.record


def _field(value: object, target: Format) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if target.quote and any(sign in text for sign in (target.column, target.record, target.quote) if sign):
        return target.quote + text.replace(target.quote, target.quote * 2) + target.quote
    return text


def _rows(text: str, source: Format) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield where a record begins, and its columns by name; of text they have numbers too, from one."""
    if source.is_json:
        yield from _json_rows(text)
        return
    names: list[str] = []
    for at, fields in _delimited(text, source):
        if source.has_headers and not names:
            names = fields
            continue
        numbered = {f"_{number}": field for number, field in enumerate(fields, start=1)}
        yield at, dict(zip(names, fields, strict=False)) | numbered


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            row, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            sign = text[error.pos : error.pos + 1]
            raise _ParseError(f"Unexpected token '{sign}' at [byte: {error.pos}]. Expecting token '\"'. ") from error
        yield at, row if isinstance(row, dict) else {"_1": row}
        at = end


def _delimited(text: str, source: Format) -> Iterator[tuple[int, list[str]]]:
    """Yield where a record begins, and its fields; an end of line may have a carriage return before it."""
    at = start = 0
    fields: list[str] = []
    field, is_quoted = "", False
    while at < len(text):
        if source.escape and text.startswith(source.escape, at) and at + 1 < len(text):
            field, at = field + text[at + 1], at + 1
        elif source.quote and text.startswith(source.quote, at):
            is_doubled = is_quoted and text.startswith(source.quote * 2, at)
            field, at = (field + source.quote, at + 1) if is_doubled else (field, at)
            is_quoted = is_quoted if is_doubled else not is_quoted
        elif not is_quoted and text.startswith(source.column, at):
            fields, field = [*fields, field], ""
        elif not is_quoted and text.startswith(source.record, at):
            yield start, [*fields, field.removesuffix("\r") if source.record == "\n" else field]
            fields, field, start = [], "", at + len(source.record)
        else:
            field += text[at]
        at += 1
    if fields or field:
        yield start, [*fields, field]
