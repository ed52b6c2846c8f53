"""A rule of a field finds it however its name is escaped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import FormPlace, JsonPlace, Replace, Request, Scrubber

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "client_Secret9"
FORMS = ("application/x-www-form-urlencoded", FormPlace(NAME), "%{:02X}", lambda name: f"{name}=hidden&b=1")
JSON = (
    "application/json",
    JsonPlace(f"$..{NAME}"),
    "\\u{:04X}",
    lambda name: json.dumps({"a": [{"N": "hidden"}]}).replace("N", name),
)


@pytest.mark.parametrize(("content_type", "place", "escape", "write"), [FORMS, JSON], ids=["form", "json"])
@given(escaped=st.sets(st.integers(0, len(NAME) - 1)))
def test_a_field_is_found_however_its_name_is_escaped(
    content_type: str, place: FormPlace | JsonPlace, escape: str, write: Callable[[str], str], escaped: set[int]
) -> None:
    name = "".join(escape.format(ord(letter)) if at in escaped else letter for at, letter in enumerate(NAME))
    request = Request("POST", "https://box.test/", (("Content-Type", content_type),), write(name).encode())
    found = Scrubber([Replace("box.secret", place, "STAND-IN")]).request(request)
    assert found.body == request.body.replace(b"hidden", b"STAND-IN")
