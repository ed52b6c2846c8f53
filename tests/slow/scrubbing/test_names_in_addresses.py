"""A name is one behind an escape too, and what it is given is no secret where it is a yes or no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import NamedSecret, Request, Response

RULE = NamedSecret("named", ("sig", "upn"))
ESCAPES = ["%26", "%2526", "%252526", "%3B", "%3f", "\\u0026", "\\\\u0026", "\\u003F", "\\n", "\\r\\n", "\\t", "&amp;"]


def removed(text: str) -> str:
    return RULE.response(Response(200, "", (), text.encode())).body.decode()


@given(escape=st.sampled_from(ESCAPES), before=st.from_regex(r"([a-z]{1,4}=[a-z0-9%3D]{0,4})?", fullmatch=True))
def test_a_name_is_found_behind_an_escape(escape: str, before: str) -> None:
    assert removed(f"{before}{escape}sig=opensesame") == f"{before}{escape}sig=REDACTED"


@pytest.mark.parametrize("text", ["design=opensesame", "26sig=opensesame", "u0026sig=opensesame", "nsig=opensesame"])
def test_what_only_looks_like_an_escape_is_a_part_of_the_name(text: str) -> None:
    assert removed(text) == text


@pytest.mark.parametrize("value", ["true", "false", "True", "FALSE", "null", "none"])
@pytest.mark.parametrize("text", ["?upn={}&b=1", "upn: {}", '{{"upn": "{}"}}', "<upn>{}</upn>", "a%3D1%26upn%3D{}"])
def test_a_yes_or_no_is_no_secret(text: str, value: str) -> None:
    assert removed(text.format(value)) == text.format(value)
    assert removed(text.format("opensesame")) == text.format("REDACTED")


def test_requests_that_say_yes_and_no_stay_apart() -> None:
    uris = [f"https://b.test/a?action=getAccessControl&upn={value}" for value in ("true", "false")]
    assert [RULE.request(Request("HEAD", uri)).uri for uri in uris] == uris


@pytest.mark.parametrize("space", ["\n  ", " ", "\r\n\t"])
def test_white_space_before_an_element_within_is_no_secret(space: str) -> None:
    text = f"<sig>{space}<a>1</a></sig>"
    assert removed(text) == text
