"""A rule that touches more than it declares is found."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import BlankBody, DropHeaders, Interaction, ReplaceValue, Request, Response, Rule
from conformance.cassette.scrubbing import number_query
from tests.cassette.formats.reach import check_reach, is_same_outside

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = Interaction(
    Request(
        "PUT",
        "https://box.blob.test/box/a?blockid=QQ%3D%3D&comp=block",
        (("Date", "now"), ("Content-Length", "9"), ("X-Source", "https://box.test/b")),
        b"QQ== box.",
    ),
    Response(200, "OK", (("Date", "then"), ("X-Id", "12"), ("Content-Length", "15")), b"RequestId:12 12", (10, 5)),
)
RULES: list[Rule] = [
    DropHeaders("drop", frozenset({"date"})),
    ReplaceValue("live", "box", "standin"),
    BlankBody("blank", re.compile(rb"RequestId:([0-9]+)")),
    number_query("number", "blockid"),
]


def scrubbed(rule: Rule, item: Interaction = ITEM) -> Interaction:
    return Interaction(rule.request(item.request), rule.response(item.response))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_keeps_to_its_declaration_passes(rule: Rule) -> None:
    changed = (ITEM.request != rule.request(ITEM.request)) + (ITEM.response != rule.response(ITEM.response))
    assert changed > 0
    assert check_reach(rule, [ITEM], [scrubbed(rule)]) == changed


CHANGES: dict[str, Callable[[Interaction], Interaction]] = {
    "method": lambda item: replace(item, request=replace(item.request, method="POST")),
    "uri": lambda item: replace(item, request=replace(item.request, uri=item.request.uri.replace("comp", "cmp"))),
    "request header": lambda item: replace(item, request=replace(item.request, headers=item.request.headers[:-1])),
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
        check_reach(rule, [ITEM], [CHANGES[part](scrubbed(rule))])


def test_a_rule_of_an_unknown_kind_has_to_say_what_it_may_touch() -> None:
    @dataclass(frozen=True)
    class Novel:
        name: str = "novel"

        def request(self, request: Request) -> Request:
            return request

        def response(self, response: Response) -> Response:
            return response

    with pytest.raises(AssertionError, match="say in REACH what Novel"):
        check_reach(Novel(), [ITEM], [ITEM])


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
