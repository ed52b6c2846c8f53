"""A rule that touches more than it declares is found."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from conformance.cassette import (
    BlankBody,
    BodyPlace,
    DropHeaders,
    FormPlace,
    HeaderPlace,
    Interaction,
    JsonPlace,
    KeepHeaders,
    NamedSecret,
    PartPlace,
    QueryPlace,
    Replace,
    ReplaceValue,
    Request,
    Response,
    Rule,
    Scrubber,
    ShapedSecret,
    StripSigned,
    UrlPlace,
    XmlPlace,
)
from conformance.cassette.scrubbing import number_query
from tests.cassette.formats.reach import check_reach, is_same_outside, readable
from tests.cassette.formats.reach_forms import named_spans, value_spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Place

ITEM = Interaction(
    Request(
        "PUT",
        "https://box.blob.test/box/a?blockid=QQ%3D%3D&comp=block&sig=c2VzYW1lMQ%3D%3D",
        (("Date", "now"), ("Content-Length", "40"), ("X-Source", "https://box.test/b"), ("X-Key", "Key sesame12")),
        b"QQ== box. password=opensesame&id=ID-1234.",
    ),
    Response(
        200,
        "OK",
        (("Date", "then"), ("X-Id", "12"), ("Content-Length", "33")),
        b"RequestId:12 12 https://b/?a=1&sig=2 .",
        (10, 5),
    ),
)
RULES: list[Rule] = [
    DropHeaders("drop", frozenset({"date"})),
    KeepHeaders("keep", frozenset({"content-*", "x-*"})),
    ReplaceValue("live", "box", "standin"),
    BlankBody("blank", re.compile(rb"RequestId:([0-9]+)")),
    number_query("number", "blockid"),
    NamedSecret("named", ("pass word", "sig"), is_lasting=False),
    ShapedSecret("shaped", (b"id-",), re.compile(rb"ID-[0-9]{4}")),
    StripSigned("signed", ("x-signature", "sig")),
    Replace("header", HeaderPlace("x-k*", re.compile(r"^\w+ (.*)$"))),
    Replace("dropped header", HeaderPlace("x-key"), is_dropped=True),
    Replace("parameter", QueryPlace("sig")),
    Replace("address", UrlPlace(re.compile(r"sig=([^&]*)"))),
    Replace("body", BodyPlace(re.compile(rb"ID-[0-9]{4}"))),
]


def scrubbed(rule: Rule, item: Interaction = ITEM) -> Interaction:
    return Scrubber([rule]).interaction(item)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_keeps_to_its_declaration_passes(rule: Rule) -> None:
    stored = scrubbed(rule)
    changed = (ITEM.request != stored.request) + (ITEM.response != stored.response)
    assert changed > 0
    assert check_reach([rule], [ITEM], [stored]) == changed


def without(item: Interaction, header: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in item.request.headers if pair[0] != header)


CHANGES: dict[str, Callable[[Interaction], Interaction]] = {
    "method": lambda item: replace(item, request=replace(item.request, method="POST")),
    "uri": lambda item: replace(item, request=replace(item.request, uri=item.request.uri.replace("/a?", "/b?"))),
    "request header": lambda item: replace(
        item, request=replace(item.request, headers=without(item, "Content-Length"))
    ),
    "request body": lambda item: replace(item, request=replace(item.request, body=item.request.body[:-1])),
    "status": lambda item: replace(item, response=replace(item.response, status=201)),
    "reason": lambda item: replace(item, response=replace(item.response, reason="")),
    "unrecorded": lambda item: replace(item, response=replace(item.response, unrecorded=frozenset({"body"}))),
    "response header": lambda item: replace(
        item, response=replace(item.response, headers=(*item.response.headers, ("X-New", "1")))
    ),
    "value": lambda item: replace(
        item,
        response=replace(item.response, headers=tuple((name, value + "1") for name, value in item.response.headers)),
    ),
    "response body": lambda item: replace(item, response=replace(item.response, body=item.response.body[:-1] + b"3")),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("part", CHANGES)
def test_a_rule_that_touches_more_is_found(rule: Rule, part: str) -> None:
    with pytest.raises(AssertionError):
        check_reach([rule], [ITEM], [CHANGES[part](scrubbed(rule))])


def test_a_rule_of_an_unknown_kind_has_to_say_what_it_may_touch() -> None:
    @dataclass(frozen=True)
    class Novel:
        name: str = "novel"

        def request(self, request: Request) -> Request:
            return request

        def response(self, response: Response) -> Response:
            return response

    with pytest.raises(AssertionError, match="say in REACH what Novel"):
        check_reach([Novel()], [ITEM], [ITEM])


@pytest.mark.parametrize(
    ("old", "new", "spans", "is_same"),
    [
        (b"abc", b"abc", [], True),
        (b"abc", b"abd", [], False),
        (b"abc", b"aXXc", [(1, 2)], True),
        (b"abc", b"ac", [(1, 2)], True),
        (b"abc", b"aXXd", [(1, 2)], False),
        (b"abcba", b"a-c-a", [(1, 2), (3, 4)], True),
        (b"abcba", b"a-d-a", [(1, 2), (3, 4)], False),
        (b"aba", b"a", [(1, 2)], False),
    ],
)
def test_what_stands_between_the_spans_stays(
    old: bytes, new: bytes, spans: list[tuple[int, int]], is_same: bool
) -> None:
    assert is_same_outside(old, new, spans=spans) is is_same


def test_spans_that_overlap_are_one() -> None:
    assert is_same_outside(b"abcde", b"aXe", spans=[(2, 4), (1, 3)])
    assert not is_same_outside(b"abcde", b"aXd", spans=[(2, 4), (1, 3)])


VALUE = 'box/7 "&\u00e9.x'
JSON = json.dumps(VALUE)[1:-1]
FORMS = {
    "raw": VALUE.encode(),
    "upper": VALUE.upper().encode(),
    "percent": quote(VALUE, safe="").encode(),
    "percent twice": quote(quote(VALUE, safe=""), safe="").encode(),
    "plus": VALUE.replace(" ", "+").encode(),
    "json": JSON.encode(),
    "json in json": json.dumps(JSON)[1:-1].encode(),
    "json solidus": JSON.replace("/", "\\/").encode(),
    "json in percent": quote(JSON, safe="").encode(),
    "xml": html.escape(VALUE).encode(),
    "xml in xml": html.escape(html.escape(VALUE)).encode(),
    "numbers": "".join(f"&#{ord(letter)};" for letter in VALUE).encode(),
    "hexadecimal numbers": "".join(f"&#x{ord(letter):X};" for letter in VALUE).encode(),
    "all percent": "".join(f"%{byte:02x}" for byte in VALUE.encode()).encode(),
    "all units": "".join(f"\\u{ord(letter):04x}" for letter in VALUE).encode(),
    "hexadecimal": VALUE.encode().hex().encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_value_is_within_its_reach_and_nothing_around_it(form: str) -> None:
    text = b"- " + FORMS[form] + b" -"
    assert value_spans(VALUE, text) == [(2, len(text) - 2)]
    assert value_spans(VALUE, text.replace(b"7", b"8").replace(b"37", b"38").replace(b"55", b"56")) == []


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_value_within_base64_is_in_its_reach_from_its_own_group_on(
    before: str, encode: Callable[[bytes], bytes]
) -> None:
    text = b"- " + encode(f"{before * 4}{VALUE}>>".encode()) + b" -"
    [(start, end)] = value_spans(VALUE, text)
    assert len(before) * 4 * 8 // 6 - 2 <= start <= 2 + -(-len(before) * 4 * 8 // 6)
    assert end == len(text) - 2


@pytest.mark.parametrize(
    "text",
    [
        '{"accessToken": "<>"}',
        '{"a": "{\\"access_token\\":\\"<>\\"}"}',
        '{"access.token": <>}'.replace("<>", "<1234>"),
        "<a:AccessToken b='1'><></a:AccessToken>",
        "<AccessToken><![CDATA[<>]]></AccessToken>",
        "<a access-token='<>'/>",
        "grant=1&access_token=<>&b=2",
        "?a%3D1%26access_token%3D<>%26b",
        "Access-Token: <>\r\nb: 2",
        "X-Access-Token: Bearer <>",
        '--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n<>\r\n--b',
    ],
)
def test_what_a_text_gives_to_a_name_is_in_its_reach(text: str) -> None:
    head, _, tail = text.partition("<>") if "<>" in text else text.partition("<1234>")
    value = "opensesame" if "<>" in text else "1234"
    whole = head + value + tail
    [(start, end)] = named_spans(("access token",), whole.encode(), is_suffix=False)
    assert whole[start:end].removeprefix("Bearer ") == value


def test_a_name_that_only_ends_so_is_one_where_the_rule_says_that() -> None:
    text = b"db_password=opensesame password_hint=dog"
    assert named_spans(("password",), text, is_suffix=False) == []
    assert [text[slice(*span)] for span in named_spans(("password",), text, is_suffix=True)] == [b"opensesame"]


BODIES: list[tuple[Place, str, bytes, bytes]] = [
    (JsonPlace("$.a[*].b"), "application/json", b'{"b": "no", "a": [{"b": "', b'"}, {"c": {"b": "no"}}]}'),
    (JsonPlace("$..b"), "application/json", b'{"a": [1, {"b": ["', b'"]}], "c": "no"}'),
    (XmlPlace("//a/b"), "application/xml", b"<r><b>no</b><a><b>", b"</b><c/></a></r>"),
    (XmlPlace("/r/@d"), "application/xml", b"<r c='no' d='", b"'><b d='no'/></r>"),
    (FormPlace("a b"), "application/x-www-form-urlencoded", b"c=no&a+b=", b"&d=no"),
    (
        PartPlace("a"),
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
        b"\r\n--x--\r\n",
    ),
]


@pytest.mark.parametrize(("place", "content_type", "head", "tail"), BODIES)
def test_a_place_in_a_body_is_its_reach(place: Place, content_type: str, head: bytes, tail: bytes) -> None:
    rule = Replace("place", place)
    request = Request("PUT", "https://b.test/", (("Content-Type", content_type),), head + b"opensesame" + tail)
    item = replace(ITEM, request=request)
    stored = scrubbed(rule, item)
    assert stored.request.body == head + b"REDACTED" + tail
    assert check_reach([rule], [item], [stored]) == 1
    for wrong in (head[:-1], head + b"REDACTED" + tail[:-1], head.replace(b"no", b"on") + b"REDACTED" + tail + b"-"):
        with pytest.raises(AssertionError, match="body"):
            check_reach([rule], [item], [replace(stored, request=replace(request, body=wrong))])


def answer(body: bytes, *headers: tuple[str, str]) -> Interaction:
    return Interaction(Request("GET", "https://b.test/"), Response(200, "OK", headers, body))


@pytest.mark.parametrize("is_lasting", [True, False])
def test_what_a_rule_removed_may_be_removed_elsewhere_from_then_on(is_lasting: bool) -> None:
    rule = NamedSecret("named", ("password",), is_lasting=is_lasting)
    told, first = answer(b"password=open-sesame1;"), answer(b"is open-sesame1")
    gone, without = answer(b"password=REDACTED;"), answer(b"is REDACTED")
    within = answer(b"password=open-sesame1; is open-sesame1"), answer(b"password=REDACTED; is REDACTED")
    assert check_reach([rule], [within[0]], [within[1]]) == 1
    with pytest.raises(AssertionError, match="body"):
        check_reach([rule], [first, told], [without, gone])
    if is_lasting:
        assert check_reach([rule], [told, first], [gone, without]) == 2
    else:
        with pytest.raises(AssertionError, match="body"):
            check_reach([rule], [told, first], [gone, without])


def test_headers_that_tell_of_a_body_change_with_it_and_only_to_what_is_true() -> None:
    rule = ReplaceValue("live", "box", "standin")

    def told(body: bytes, *, of: bytes) -> Interaction:
        md5 = base64.b64encode(hashlib.md5(of, usedforsecurity=False).digest()).decode()
        return answer(body, ("Content-Length", str(len(of))), ("Content-MD5", md5))

    old = told(b"a box", of=b"a box")
    stored = scrubbed(rule, old)
    assert stored == told(b"a standin", of=b"a standin")
    assert check_reach([rule], [old], [stored]) == 1
    with pytest.raises(AssertionError, match="Content-Length"):
        check_reach([rule], [old], [told(b"a standin", of=b"another")])
    with pytest.raises(AssertionError, match="Content-MD5"):
        check_reach([rule], [old], [told(b"a standin", of=b"a Standin")])
    lying = told(b"a box", of=b"box")
    with pytest.raises(AssertionError, match="Content-Length"):
        check_reach([rule], [lying], [told(b"a standin", of=b"a standin")])


def test_a_body_is_compared_as_it_reads() -> None:
    message = answer(gzip.compress("box".encode("utf-16"))).response
    assert readable(message).body == b"box"
