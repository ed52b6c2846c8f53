"""The rule for temporary names: the random digits go, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Request
from tests.backends.temporary_names import numbered_alike

DIGITS = st.text("0123456789abcdef", min_size=8, max_size=8)
URL = "http://127.0.0.1:10000/account/box/d/"


def sent(name: str, *, query: str = "?resource=file") -> Request:
    return Request("PUT", f"{URL}{name}{query}", (("X-Ms-Rename-Source", f"/box/d/{name}"), ("If-Match", name)), b"")


@given(st.text("ab.", min_size=1), DIGITS, DIGITS, st.sampled_from(["~", "%7E"]), st.sampled_from(["", "?mode=legacy"]))
def test_two_names_of_one_file_are_alike_and_those_of_two_are_not(
    base: str, one: str, other: str, tilde: str, query: str
) -> None:
    names = [f".{tilde}tmp.{each}" for each in (f"{base}.{one}", f"{base}.{other}", f"{base}x.{one}")]
    first, second, third = (numbered_alike(sent(name, query=query)) for name in names)
    assert first.uri == second.uri != third.uri
    assert first.headers[0] == second.headers[0] != third.headers[0]
    assert first.headers[1] == ("If-Match", names[0])
    assert numbered_alike(first) == first


@given(st.sampled_from(["a.0123abcd", ".~tmp.a.0123abcde", ".~tmp.0123abcd", ".~tmp.a.0123abcd.other"]))
def test_every_other_name_stays(name: str) -> None:
    assert numbered_alike(sent(name)) == sent(name)
