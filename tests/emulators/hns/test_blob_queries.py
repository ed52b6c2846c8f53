"""Queries of the content of blobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns._avro import KINDS, SYNC_BYTES, _long
from tests.emulators.hns.blob_client import BlobClient, code, header

CSV = b'name,size\r\n"a,b",1\r\nc,20\r\nd\r\n"say ""so""",300\r\n'
JSON = b'{"name": "a", "size": 1}\n{"size": 20}{"name": "c", "size": 300}'
DELIMITED = (
    "<Format><Type>delimited</Type><DelimitedTextConfiguration><ColumnSeparator>{column}</ColumnSeparator>"
    '<FieldQuote>"</FieldQuote><RecordSeparator>{record}</RecordSeparator><EscapeChar>{escape}</EscapeChar>'
    "<HasHeaders>{headers}</HasHeaders></DelimitedTextConfiguration></Format>"
)
HEADED = DELIMITED.format(column=",", record="\n", escape="", headers="true")
SEMICOLONS = DELIMITED.format(column=";", record="|", escape="", headers="false")
AS_JSON = (
    "<Format><Type>json</Type><JsonTextConfiguration><RecordSeparator>\n</RecordSeparator></JsonTextConfiguration>"
    "</Format>"
)


def number(body: bytes, at: int) -> tuple[int, int]:
    """Return a zigzag number, and where it ends."""
    value = shift = 0
    while True:
        value |= (body[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not body[at - 1] & 0x80:
            return (value >> 1) ^ -(value & 1), at


def records(body: bytes) -> list[tuple[str, bytes]]:
    """Return the kinds of the records of an Avro file, and their bytes."""
    at, found = body.index(b"\0", body.index(b"]")) + 1 + SYNC_BYTES, []
    while at < len(body):
        _, at = number(body, at)
        size, at = number(body, at)
        kind, inner = number(body, at)
        found.append((KINDS[kind], body[inner : at + size]))
        at += size + SYNC_BYTES
    return found


def ask(content: bytes, expression: str, source: str = "", target: str = "") -> tuple[list[str], str]:
    """Return the kinds of the records that a query answers, and the data of the first."""
    client = BlobClient()
    client.put("f", content)
    formats = f"<InputSerialization>{source}</InputSerialization>" if source else ""
    formats += f"<OutputSerialization>{target}</OutputSerialization>" if target else ""
    said = expression.replace("<", "&lt;")
    body = f"<QueryRequest><QueryType>SQL</QueryType><Expression>{said}</Expression>{formats}</QueryRequest>"
    answer = client.send("POST", "box/f?comp=query", body=body.encode())
    if answer.status != 200:
        return [header(answer, "x-ms-error-code")], ""
    found = records(answer.body)
    size, at = number(found[0][1], 0)
    assert len(found[0][1]) == at + size
    return [kind for kind, _ in found], found[0][1][at:].decode()


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    assert number(_long(value), 0)[0] == value


@pytest.mark.parametrize(
    ("content", "expression", "source", "target", "data"),
    [
        (CSV, "SELECT * from BlobStorage", "", "", 'name,size\n"a,b",1\nc,20\nd\n"say ""so""",300\n'),
        (CSV, "select _1 FROM BlobStorage", HEADED, "", '"a,b"\nc\nd\n"say ""so"""\n'),
        (CSV, "SELECT * FROM BlobStorage LIMIT 2;", HEADED, SEMICOLONS, "a,b;1|c;20|"),
        (CSV, "SELECT name FROM BlobStorage WHERE size > 1", HEADED, "", 'c\n"say ""so"""\n'),
        (CSV, "SELECT name FROM BlobStorage WHERE size >= 1 AND size < 20 OR name = 'c'", HEADED, "", '"a,b"\nc\n'),
        (CSV, "SELECT name FROM BlobStorage WHERE name > 1", HEADED, "", ""),
        (b"a|b", "SELECT * FROM BlobStorage", SEMICOLONS, AS_JSON, '{"_1":"a"}\n{"_1":"b"}\n'),
        (JSON, "SELECT name FROM BlobStorage", AS_JSON, "", '{"name":"a"}\n{}\n{"name":"c"}\n'),
        (JSON, "SELECT * FROM BlobStorage[*] WHERE size <> 20", AS_JSON, SEMICOLONS, "a;1|c;300|"),
        (b"1 [2]", "SELECT * FROM BlobStorage", AS_JSON, "", '{"_1":1}\n{"_1":[2]}\n'),
        (
            b"a\\,b,c",
            "SELECT _1 FROM BlobStorage",
            DELIMITED.format(column=",", record="\n", escape="\\", headers="false"),
            SEMICOLONS,
            "a,b|",
        ),
    ],
)
def test_a_query_answers_what_it_asks_for(content: bytes, expression: str, source: str, target: str, data: str) -> None:
    assert ask(content, expression, source, target) == (["resultData", "progress", "end"], data)


def test_a_row_without_the_column_is_left_out_and_told() -> None:
    said = ask(CSV, "SELECT size FROM BlobStorage", HEADED)
    assert said == (["resultData", "error", "progress", "end"], "1\n20\n300\n")


def test_content_that_is_no_json_ends_the_query() -> None:
    assert ask(b"{name: 1}", "SELECT * FROM BlobStorage", AS_JSON) == (["resultData", "error", "progress", "end"], "")


@pytest.mark.parametrize(
    ("expression", "source", "said"),
    [
        ("DELETE FROM BlobStorage", "", "NotImplemented"),
        ("SELECT COUNT(*) FROM BlobStorage", "", "NotImplemented"),
        ("SELECT * FROM BlobStorage WHERE LOWER(a) = 'a'", "", "NotImplemented"),
        ("SELECT * FROM BlobStorage", "<Format><Type>parquet</Type></Format>", "NotImplemented"),
    ],
)
def test_what_is_not_known_of_the_language_is_refused(expression: str, source: str, said: str) -> None:
    assert ask(b"a", expression, source) == ([said], "")


def test_a_query_is_a_query() -> None:
    client = BlobClient("2019-12-12")
    client.put("f", b"a")
    assert code(client.send("POST", "box/f?comp=query", body=b"<Query />")) == (400, "InvalidXmlDocument")
    body = b"<QueryRequest><Expression>SELECT * FROM BlobStorage</Expression></QueryRequest>"
    answer = client.send("POST", "box/f?comp=query", body=body)
    assert (header(answer, "content-type"), header(answer, "x-ms-server-encrypted")) == ("avro/binary", "")
