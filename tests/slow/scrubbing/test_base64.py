"""Values within base64."""

from __future__ import annotations

import base64
import string
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.cassette import Response, Scrubber
from conformance.cassette.scrubbing import ReplaceValue, _base64
from tests.slow.scrubbing.forms import AROUND, GUIDS, KEYS, NAMES, ODD, STAND_IN, is_apart

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = st.text(string.ascii_lowercase, min_size=4, max_size=6).filter(lambda text: len(set(text)) > 3)
VALUES = SHORT | (KEYS | NAMES | GUIDS | ODD).filter(lambda text: len(set(text[:16])) > 5)
TEXT = AROUND.map(str.encode)
WAYS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "raw": (str, str),
    "quoted": (lambda text: quote(text, safe=""), unquote),
    "quoted in lower case": (lambda text: quote(text, safe="").replace("%2B", "%2b").replace("%2F", "%2f"), unquote),
    "quoted twice": (lambda text: quote(quote(text, safe=""), safe=""), lambda text: unquote(unquote(text))),
    "json": (lambda text: text.replace("/", "\\/"), lambda text: text.replace("\\/", "/")),
    "json of .NET": (lambda text: text.replace("+", "\\u002B"), lambda text: text.replace("\\u002B", "+")),
}


def is_text(data: bytes) -> bool:
    """Return whether a path looks, decoded, as what a text in base64 goes on with."""
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False


def scrubbed(data: bytes, *values: str) -> bytes:
    """Return a body without values."""
    rules = [ReplaceValue(f"box.{number}", value, STAND_IN) for number, value in enumerate(values)]
    return Scrubber(rules).response(Response(200, "", (), data)).body


def decoded(text: str) -> bytes:
    text = text.rstrip("=")
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def within(found: bytes, before: str, behind: str) -> str:
    """Return what stands between two texts, which are as they were."""
    text = found.decode()
    assert text.startswith(before)
    assert text.endswith(behind)
    return text[len(before) : len(text) - len(behind)]


@given(
    VALUES, TEXT, TEXT, st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]), st.sampled_from(sorted(WAYS)),
    AROUND, AROUND,
)  # fmt: skip
@example("abcd", b"1", b"", base64.b64encode, "raw", "", "")
@example("abcd", b"22", b"", base64.b64encode, "raw", "", "")
def test_a_value_in_base64_is_replaced_and_the_text_around_it_stays(  # noqa: PLR0913, PLR0917
    value: str, before: bytes, behind: bytes, encode: Callable[[bytes], bytes], way: str, outer: str, rest: str
) -> None:
    write, read = WAYS[way]
    encoded = encode(before + value.encode() + behind).decode()
    assume(is_apart(value, before.decode(), behind.decode(), encoded, outer, rest))
    found = scrubbed(f"{outer}<{write(encoded)}>{rest}".encode(), value)
    assert decoded(read(within(found, f"{outer}<", f">{rest}"))) == before + STAND_IN.encode() + behind
    assert scrubbed(found, value) == found


@given(VALUES, st.binary(max_size=80), st.binary(max_size=80), st.booleans())
def test_a_value_in_base64_of_binary_data_is_replaced(
    value: str, before: bytes, behind: bytes, is_padded: bool
) -> None:
    encoded = base64.b64encode(before + value.encode() + behind).decode()
    assume(value.lower().encode() not in (before + behind).lower() and is_apart(value, encoded))
    assume(all(base64.b64encode(piece)[:4] not in value.encode() for piece in (before, behind) if piece))
    encoded = encoded if is_padded else encoded.rstrip("=")
    found = decoded(within(scrubbed(f"<{encoded}>".encode(), value), "<", ">"))
    assert value.encode() not in found
    if encoded.endswith("="):
        assert found == before + STAND_IN.encode() + behind
    else:
        assert found.startswith(before + STAND_IN.encode())


@given(
    VALUES, st.binary(max_size=200), st.binary(max_size=200), st.sampled_from([64, 76]),
    st.sampled_from(["\n", "\r\n", "\\n", "\\r\\n"]),
)  # fmt: skip
def test_a_value_in_lines_of_base64_is_replaced_and_they_are_wrapped_again(
    value: str, before: bytes, behind: bytes, width: int, mark: str
) -> None:
    def wrapped(data: bytes) -> str:
        text = base64.b64encode(data).decode()
        return mark.join(text[at : at + width] for at in range(0, len(text), width))

    assume(value.lower().encode() not in (before + behind).lower())
    with suppress(ValueError):  # a key may stand there by its bytes
        assume(base64.b64decode(value, validate=True) not in before + behind)
    assume("AAAA" not in value)  # which stands around it, and is what zeros are base64 of
    before = b"\0" * width + before
    text = wrapped(before + value.encode() + behind)
    assume(is_apart(value, text))
    found = scrubbed(f'key: "{text}"'.encode(), value)
    assert within(found, 'key: "', '"') == wrapped(before + STAND_IN.encode() + behind)


@given(SHORT | NAMES, st.text(string.ascii_letters + string.digits + "/", min_size=1, max_size=20))
def test_a_path_behind_base64_stays(value: str, path: str) -> None:
    segment = base64.b64encode(value.encode()).decode().rstrip("=")
    assume(is_apart(value, path, segment))
    whole = base64.b64decode((segment + "/" + path)[: (len(segment) + 1 + len(path)) // 4 * 4] + "====")
    assume(not is_text(whole[len(value) :]))
    assert scrubbed(f"/{segment}/{path}".encode(), value).endswith(b"/" + path.encode())


@given(VALUES, VALUES, st.permutations([0, 1]))
def test_two_values_in_one_run_are_both_replaced(one: str, other: str, order: list[int]) -> None:
    assume(is_apart(one, other, STAND_IN) and is_apart(other, one, STAND_IN))
    encoded = base64.b64encode(f"{one}:{other}".encode())
    assume(is_apart(one, encoded.decode()) and is_apart(other, encoded.decode()))
    found = scrubbed(b"Basic <" + encoded + b">", *[(one, other)[at] for at in order])
    assert decoded(within(found, "Basic <", ">")) == f"{STAND_IN}:{STAND_IN}".encode()


@pytest.mark.parametrize("between", [b" and ", b"\xff\x00\xfe"])
def test_a_run_is_decoded_once_however_often_it_holds_a_value(between: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(whole: bytes, missing: int) -> object:
        sizes.append(len(whole))
        return decode(whole, missing)

    decode = _base64._decoded
    monkeypatch.setattr(_base64, "_decoded", counted)
    encoded = base64.b64encode((b"some-name-of-it" + between) * 10_000)
    found = scrubbed(b'"' + encoded + b'"', "some-name-of-it")
    is_whole = decoded(found[1:-1].decode()) == (STAND_IN.encode() + between) * 10_000
    assert is_whole
    assert sum(sizes) < 2 * len(encoded)


def test_pieces_of_base64_in_another_case_are_no_base64() -> None:
    encoded = base64.b64encode(b"some-name-of-it").swapcase()
    assert scrubbed(encoded, "some-name-of-it") == encoded
