"""What a body means."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import meaning_of
from conformance.cassette._meaning import decoded_body

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = "application/json; charset=utf-8"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
TYPES = [JSON, "application/problem+json", XML, "image/svg+xml", FORM, "multipart/mixed; boundary=b", "multipart/x", ""]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
PIECES = st.sampled_from(
    ["<a>", "</a>", "<a", " b='1'", "/>", " ", "x", "&lt;", "<!DOCTYPE a>", "<?xml version='1.0'?>"]
)
SCRAPS = st.one_of(
    st.binary(max_size=60),
    st.lists(PIECES).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(["--b", "\r\n", "--", "a: b", "x", " "])).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(list('[]{}",:0-.eE1 aNnI'))).map(lambda parts: "".join(parts).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
)


def shuffled(value: Any, order: Callable[[list[Any]], list[Any]]) -> Any:
    """Return a value of JSON with the members of its objects in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], order) for key in order(list(value))}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@given(SCRAPS, st.sampled_from(TYPES) | st.text(max_size=40))
def test_anything_has_a_meaning_and_what_cannot_be_read_is_its_bytes(body: bytes, content_type: str) -> None:
    meaning = meaning_of(body, content_type)
    assert meaning == body or (isinstance(meaning, str) and meaning.encode())
    assert meaning_of(body, content_type, ()) == body


@given(VALUES, st.integers(0, 4))
def test_json_means_the_same_in_any_order_of_members_and_any_spacing(value: Any, indent: int) -> None:
    one = json.dumps(value, indent=indent or None)
    other = json.dumps(shuffled(value, lambda keys: keys[::-1]), ensure_ascii=False).encode("utf-8", "replace")
    if b"?" not in other:
        assert meaning_of(one.encode(), JSON) == meaning_of(other, JSON)


@given(VALUES, VALUES)
def test_json_of_two_values_means_two_things(one: Any, other: Any) -> None:
    texts = [json.dumps(value, sort_keys=True) for value in (one, other)]
    meanings = [meaning_of(text.encode(), JSON) for text in texts]
    assert (meanings[0] == meanings[1]) == (texts[0] == texts[1])


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("1", "1.0", False),
        ("0", "-0", False),
        ("0.0", "-0.0", False),
        ("1.0", "1.00", True),
        ("1e2", "100.0", True),
        ("1e400", "1e401", False),
        ("1e400", "10e399", True),
        ("1e-400", "0.0", False),
        ("0.1", "0.10000000000000001", False),
        ("9" * 5000, "9" * 4999 + "8", False),
        ('"é"', '"\\u00e9"', True),
        ('"\\ud800"', '"\\\\ud800"', False),
        ('{"a.b": 1}', '{"a": {"b": 1}}', False),
        ("[]", "{}", False),
        ('"[]"', "[]", False),
        ('"1"', "1", False),
    ],
)
def test_two_texts_of_json_mean_the_same_or_not(one: str, other: str, *, is_same: bool) -> None:
    meanings = [meaning_of(text.encode(), JSON) for text in (one, other)]
    assert all(isinstance(meaning, str) for meaning in meanings)
    assert (meanings[0] == meanings[1]) is is_same


@pytest.mark.parametrize(
    "body",
    [
        '{"a": 1, "a": 1}',
        "NaN",
        "[-Infinity]",
        "[" * 200 + "]" * 200,
        "[" * 99999,
        "1e99999999999999999999",
        "",
        "{",
        '"\xff',
    ],
)
def test_json_that_has_no_one_meaning_is_its_bytes(body: str) -> None:
    assert meaning_of(body.encode("latin-1"), JSON) == body.encode("latin-1")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("<a><b>1</b><c/></a>", "<?xml version='1.0'?>\n<a>\n  <b>1</b>\n  <c></c>\n</a>", True),
        ("<a x='1' y='2'/>", '<a y="2"   x="1"></a>', True),
        ("<a><b/><c/></a>", "<a><c/><b/></a>", False),
        ("<a><b>1</b><b>2</b></a>", "<a><b>2</b><b>1</b></a>", False),
        ("<a><b/><c/><b/></a>", "<a><b/><b/><c/></a>", False),
        ("<a> </a>", "<a></a>", False),
        ("<a>x<b/>y</a>", "<a>xy<b/></a>", False),
        ("<a xmlns='u'><b/></a>", "<n:a xmlns:n='u'><n:b/></n:a>", True),
        ("<a xmlns='u'><b/></a>", "<n:a xmlns:n='u'><b/></n:a>", False),
        ("<a><b/></a>", "<a/>", False),
        ("<a>&lt;</a>", "<a><![CDATA[<]]></a>", True),
        ("<a><b/><!-- c --></a>", "<a><b/></a>", True),
    ],
)
def test_two_texts_of_xml_mean_the_same_or_not(one: str, other: str, *, is_same: bool) -> None:
    meanings = [meaning_of(text.encode(), XML) for text in (one, other)]
    assert all(isinstance(meaning, str) for meaning in meanings)
    assert (meanings[0] == meanings[1]) is is_same


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<!DOCTYPE a SYSTEM 'http://box.test/a.dtd'><a/>",
        "<a>&b;</a>",
        "<a>" * 200 + "</a>" * 200,
        "<a><b></a>",
        "<?xml version='1.0' encoding='no-such'?><a/>",
        "",
    ],
)
def test_xml_that_expands_or_cannot_be_read_is_its_bytes(body: str) -> None:
    assert meaning_of(body.encode(), XML) == body.encode()


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5))))
def test_a_form_means_its_pairs_however_they_are_encoded(pairs: list[tuple[str, str]]) -> None:
    encoded = urlencode(pairs, errors="surrogatepass").encode()
    assert meaning_of(encoded, FORM) == meaning_of(encoded.replace(b"+", b"%20"), FORM)
    by_name = sorted(pairs, key=lambda pair: pair[0])
    assert meaning_of(encoded, FORM) == meaning_of(urlencode(by_name, errors="surrogatepass").encode(), FORM)
    if pairs:
        assert meaning_of(encoded, FORM) != meaning_of(encoded + b"x", FORM)


def multipart(boundary: str, *parts: str) -> tuple[bytes, str]:
    text = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return text.encode(), f'multipart/form-data; boundary="{boundary}"'


@given(st.from_regex(r"[a-z]{8,20}", fullmatch=True), st.from_regex(r"[a-z]{8,20}", fullmatch=True))
def test_multipart_means_its_parts_and_not_its_boundary(one: str, other: str) -> None:
    parts = ['A: b\r\nContent-Type: application/json\r\n\r\n{"x": 1}', "\r\nplain\r\ntext"]
    assert meaning_of(*multipart(one, *parts)) == meaning_of(*multipart(other, *parts))
    for changed in (parts[::-1], parts[:1], [parts[0], parts[1] + "!"], [parts[0].replace("b", "c", 1), parts[1]]):
        assert meaning_of(*multipart(one, *parts)) != meaning_of(*multipart(one, *changed))


def test_multipart_within_multipart_has_no_boundary_either() -> None:
    def nested(outer: str, inner: str) -> tuple[bytes, str]:
        body, content_type = multipart(inner, "A: 1\r\n\r\nx")
        return multipart(outer, f"Content-Type: {content_type}\r\n\r\n{body.decode()}")

    assert meaning_of(*nested("one", "two")) == meaning_of(*nested("three", "four"))


@pytest.mark.parametrize(
    "body", [b"--b\r\n\r\nx", b"", b"x", b"--b\r\nno header\r\n\r\nx\r\n--b--", b"--b\n\nx\n--b--"]
)
def test_multipart_that_is_not_whole_is_its_bytes(body: bytes) -> None:
    assert meaning_of(body, "multipart/mixed; boundary=b") == body


@given(st.binary(max_size=200))
def test_a_body_is_decoded_from_its_codings_and_else_left(body: bytes) -> None:
    raw = zlib.compressobj(wbits=-15)
    encoded = {
        "gzip": gzip.compress(body, mtime=0) + gzip.compress(body),
        "deflate": zlib.compress(body),
        "Deflate": raw.compress(body) + raw.flush(),
        "gzip, deflate": zlib.compress(gzip.compress(body, mtime=0)),
    }
    decoded = {coding: decoded_body(data, (("content-encoding", coding),)) for coding, data in encoded.items()}
    assert decoded == {"gzip": body * 2, "deflate": body, "Deflate": body, "gzip, deflate": body}
    for coding in ("gzip", "br", "identity"):
        cut = gzip.compress(body, mtime=0)[:-1]
        assert decoded_body(cut, (("Content-Encoding", coding),)) == cut


def test_a_body_that_would_fill_the_memory_is_left_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.cassette._meaning.LARGEST_BYTES", 1000)
    for size in (1000, 1001):
        bomb = gzip.compress(bytes(size))
        assert (decoded_body(bomb, (("Content-Encoding", "gzip"),)) == bomb) is (size > 1000)
