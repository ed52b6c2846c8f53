"""Secrets by the names that a text gives them."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, quote, urlencode
from xml.etree import ElementTree as ET  # the documents are of this module
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.cassette import Response, Scrubber
from conformance.cassette.scrubbing import NamedSecret
from conformance.cassette.scrubbing._escapes import views

SECRET = "s3cr3tValue99"
RULES = [
    NamedSecret("box.password", ("password",), is_suffix=True, stand_in="STAND-IN"),
    NamedSecret("box.token", ("access token", "auth token"), stand_in="STAND-IN"),
]
NAMES = st.sampled_from(["password", "Password", "db_password", "access_token", "accessToken", "ACCESS-TOKEN"])
SETTLED = "STAND-IN"
NOTHING = {SETTLED.lower(), "true", "false", "null", "none"}
FORMS = {
    "JSON": '{"password": "%s"}',
    "JSON in lines": '{\n  "password" : "%s"\n}',
    "single quotes": "{'password': '%s'}",
    "JSON in JSON": '{"a": "{\\"password\\": \\"%s\\"}"}',
    "JSON in JSON in JSON": '"{\\"a\\": \\"{\\\\\\"password\\\\\\": \\\\\\"%s\\\\\\"}\\"}"',
    "JSON with escaped quotes": "{\\u0022password\\u0022:\\u0022%s\\u0022}",
    "JSON in XML": "<a>{&quot;password&quot;: &quot;%s&quot;}</a>",
    "JSON in a query": "a=%%7B%%22password%%22%%3A%%22%s%%22%%7D&b=1",
    "element": "<a><password>%s</password></a>",
    "element with a namespace": '<n:password xmlns:n="x" y="1">%s</n:password>',
    "CDATA": "<password><![CDATA[%s]]></password>",
    "attribute": '<a password="%s" b="1"/>',
    "form": "a=1&password=%s&b=2",
    "form in a query": "a=password%%3D%s%%26b%%3D2",
    "connection string": "Server=x;Password=%s;Uid=1",
    "part": '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n%s\r\n--b--',
    "header": "X: y\r\nX-Auth-Token: %s\r\nZ: 1",
    "YAML": "a:\n  password: %s\n  b: 1",
    "YAML with quotes": 'a:\n  password: "%s"\n  b: 1',
    "shell": "export DB_PASSWORD='%s'; run",
}


def is_secret(text: str) -> bool:
    """Return whether a text says something when no character of it is escaped any more."""
    data = text.encode()
    said = list(views(data, 0, len(data)))[-1].text.decode("utf-8", "replace")
    return bool(text.strip() and said.strip()) and not {text.lower(), said.lower()} & NOTHING


SECRETS = st.text(min_size=1, max_size=20).filter(is_secret)


def scrubbed(text: str) -> str:
    return Scrubber(RULES).response(Response(200, "", (), text.encode())).body.decode()


@pytest.mark.parametrize("form", FORMS)
def test_the_value_of_a_name_is_replaced_and_nothing_else_is(form: str) -> None:
    assert scrubbed(FORMS[form] % SECRET) == FORMS[form] % "STAND-IN"


@given(NAMES, SECRETS, st.integers(0, 3), st.sampled_from([None, 1]), st.booleans())
def test_json_stays_json_at_any_depth(name: str, secret: str, depth: int, indent: int | None, is_ascii: bool) -> None:
    document: object = {"a": [1, {name: secret, "b": "c"}]}
    expected: object = {"a": [1, {name: SETTLED, "b": "c"}]}
    for _ in range(depth):
        document, expected = {"x": json.dumps(document, indent=indent)}, {"x": expected}
    found: object = json.loads(scrubbed(json.dumps(document, ensure_ascii=is_ascii)))
    assert unpacked(found) == expected


def unpacked(value: object) -> object:
    if isinstance(value, dict) and isinstance(value.get("x"), str):
        return {"x": unpacked(json.loads(value["x"]))}
    return value


@given(
    NAMES, st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF, categories=("L", "N", "P", "S")), min_size=1)
)
def test_xml_stays_xml(name: str, secret: str) -> None:
    assume(is_secret(secret))
    text = f"<r><{name}>{escape(secret)}</{name}><b {name}={quoteattr(secret)} c='1'>x</b></r>"
    root = ET.fromstring(scrubbed(text))  # noqa: S314  (made here)
    assert [root[0].text, root[1].get(name), root[1].get("c"), root[1].text] == [SETTLED, SETTLED, "1", "x"]


@given(NAMES, SECRETS, st.lists(st.tuples(st.sampled_from(["a", "b"]), st.text(max_size=8)), max_size=3), st.booleans())
def test_a_form_stays_a_form(name: str, secret: str, rest: list[tuple[str, str]], is_inner: bool) -> None:
    assume(not any("=" in value or ":" in value or secret in value for _, value in rest))
    pairs = [*rest, (name, secret), *rest]
    expected = [*rest, (name, SETTLED), *rest]
    body = urlencode(pairs)
    found = scrubbed(f"u={quote(body, safe='')}&z=1" if is_inner else body)
    if is_inner:
        (_, found), last = parse_qsl(found, keep_blank_values=True)
        assert last == ("z", "1")
    assert parse_qsl(found, keep_blank_values=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"NextAccessTokens": "abc1234567"}', '{"password": ""}', '{"password": null}', '{"password": true}',
        '{"password": {"a": "b"}}', '{"password": 0}', "password=", "password=&a=1", 'password="" b="x"',
        "passwords: 1", "<password>%20</password>",
        "<password></password><b>x</b>", "<password/><b>x</b>", "<password>\n<b>1</b></password>", "the password is",
        "password:\r\nnext: abc", "password:\n  next: value", "password\n: x",
        "xaccess_token=1",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_name_is_left_alone(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize("form", FORMS)
def test_no_cut_makes_it_fail(form: str) -> None:
    text = FORMS[form] % SECRET
    for end in range(len(text)):
        found = scrubbed(text[:end])
        assert scrubbed(found) == found


def test_a_number_becomes_0() -> None:
    assert scrubbed('{"password": -12.5e3, "b": 1}') == '{"password": 0, "b": 1}'
