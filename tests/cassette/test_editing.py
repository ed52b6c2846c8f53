"""An edit changes what it names in one response, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response, edited
from conformance.errors import UsageError
from tests.cassette.strategies import INTERACTIONS, TOKEN

EDITS = st.fixed_dictionaries(
    {"at": st.integers(1, 3)},
    optional={
        "status": st.integers(200, 599),
        "headers": st.dictionaries(TOKEN, st.text("ab", max_size=2), min_size=1, max_size=2),
        "body": st.fixed_dictionaries(
            {"find": st.text("abc", min_size=1, max_size=1), "put": st.text("xyz", max_size=2)}
        ),
    },
).filter(lambda edit: len(edit) > 1)


@given(st.lists(INTERACTIONS, max_size=3), EDITS)
@settings(deadline=None)
def test_an_edit_changes_one_response_or_nothing(tape: list[Interaction], edit: dict[str, Any]) -> None:
    changed = edited(tape, edit)
    if changed is None:
        return
    at = edit["at"] - 1
    assert [each for each, old in zip(changed, tape, strict=True) if each != old] == [changed[at]]
    assert changed[at].request == tape[at].request
    assert changed[at].response.status == edit.get("status", tape[at].response.status)
    if "body" not in edit:
        assert changed[at].response.body == tape[at].response.body
    assert edited(changed, {key: value for key, value in edit.items() if key != "body"} | {"at": 1000}) is None
    if "body" not in edit:
        assert edited(changed, edit) is None


SERVED = Interaction(
    Request("GET", "http://box.test/a"),
    Response(200, "OK", (("Content-Length", "2"), ("ETag", "one"), ("etag", "two")), b"hi", (1, 1)),
)


@pytest.mark.parametrize(
    ("edit", "response"),
    [
        ({"status": 500}, replace(SERVED.response, status=500, reason="")),
        ({"status": 200}, None),
        ({"headers": {"ETAG": ""}}, replace(SERVED.response, headers=(("Content-Length", "2"),))),
        ({"headers": {"etag": "x"}}, replace(SERVED.response, headers=(("Content-Length", "2"), ("etag", "x")))),
        ({"headers": {"content-length": "2", "x": ""}}, None),
        ({"body": {"find": "h", "put": "oh"}},
         Response(200, "OK", (("Content-Length", "3"), ("ETag", "one"), ("etag", "two")), b"ohi")),
        ({"body": {"find": "x", "put": "y"}}, None),
    ],
)  # fmt: skip
def test_what_an_edit_puts_there(edit: dict[str, Any], response: Response | None) -> None:
    assert edited([SERVED], {"at": 1, **edit}) == (response and (replace(SERVED, response=response),))
    assert edited([SERVED], {"at": 2, **edit}) is None


@pytest.mark.parametrize(
    "edit",
    [
        {},
        {"at": 1},
        {"status": 500},
        {"at": 0, "status": 500},
        {"at": "1", "status": 500},
        {"at": True, "status": 500},
        {"at": 1, "status": 99},
        {"at": 1, "status": 700},
        {"at": 1, "headers": ["etag"]},
        {"at": 1, "headers": {"etag": 1}},
        {"at": 1, "body": "x"},
        {"at": 1, "body": {"find": "", "put": "x"}},
        {"at": 1, "body": {"find": "x", "put": 1}},
        {"at": 1, "body": {"find": "x"}},
        {"at": 1, "delay": 2},
    ],
)
def test_what_is_no_edit_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        edited([SERVED], edit)
    assert caught.value.fault.slug == "bad-edit"
