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
WIDTHS = st.sampled_from([64, 76])
MARKS = st.sampled_from(["\n", "\r\n", "\\n", "\\r\\n"])
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
        return data.translate(None, b"\t\r\n").decode().isprintable()
    except UnicodeDecodeError:
        return False


def scrubbed(data: bytes, *values: str, stand_in: str = STAND_IN) -> bytes:
    """Return a body without values."""
    rules = [ReplaceValue(f"box.{number}", value, stand_in) for number, value in enumerate(values)]
    return Scrubber(rules).response(Response(200, "", (), data)).body


def decoded(text: str) -> bytes:
    text = text.rstrip("=")
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def wrapped(data: bytes, width: int, mark: str) -> str:
    text = base64.b64encode(data).decode()
    return mark.join(text[at : at + width] for at in range(0, len(text), width))


def is_read_by_itself(value: str, behind: bytes) -> bool:
    r"""Return whether a value takes nothing of what follows it: ``\\`` says ``\`` too."""
    return not behind or value[-1] not in "\\%&"


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
    assume(is_read_by_itself(value, behind))
    found = scrubbed(f"{outer}<{write(encoded)}>{rest}".encode(), value)
    assert decoded(read(within(found, f"{outer}<", f">{rest}"))) == before + STAND_IN.encode() + behind
    assert scrubbed(found, value) == found


@given(VALUES, st.binary(max_size=80), st.binary(max_size=80), st.booleans())
@example("AAAAAAAAAAABCQEDAAAAAAAAAQ==", bytes(2), b"\x03\xf0\0\0", False)  # noqa: FBT003
def test_a_value_in_base64_of_binary_data_is_replaced(
    value: str, before: bytes, behind: bytes, is_padded: bool
) -> None:
    encoded = base64.b64encode(before + value.encode() + behind).decode()
    assume(value.lower().encode() not in (before + behind).lower() and is_apart(value, encoded))
    assume(all(base64.b64encode(piece)[:4] not in value.encode() for piece in (before, behind) if piece))
    encoded = encoded if is_padded else encoded.rstrip("=")
    may_end = any(letter == "/" and at % 4 != 1 for at, letter in enumerate(encoded))
    assume(encoded.endswith("=") or not may_end)
    assume(is_read_by_itself(value, behind))
    found = decoded(within(scrubbed(f"<{encoded}>".encode(), value), "<", ">"))
    assert value.encode() not in found
    if encoded.endswith("="):
        assert found == before + STAND_IN.encode() + behind
    else:
        assert found.startswith(before + STAND_IN.encode())


@given(
    VALUES, st.binary(max_size=200), st.binary(max_size=200), WIDTHS, MARKS
)  # fmt: skip
@example("012345", bytes(33), b"", 76, "\n")
@example("abcd", bytes(29), b"", 64, "\n")
def test_a_value_in_lines_of_base64_is_replaced_and_they_are_wrapped_again(
    value: str, before: bytes, behind: bytes, width: int, mark: str
) -> None:
    assume(value.lower().encode() not in (before + behind).lower())
    with suppress(ValueError):  # a key may stand there by its bytes
        assume(base64.b64decode(value, validate=True) not in before + behind)
    assume(is_read_by_itself(value, behind))
    assume("AAAA" not in value)  # which stands around it, and is what zeros are base64 of
    before = b"\0" * width + before
    text = wrapped(before + value.encode() + behind, width, mark)
    assume(is_apart(value, text))
    found = scrubbed(f'key: "{text}"'.encode(), value)
    assert within(found, 'key: "', '"') == wrapped(before + STAND_IN.encode() + behind, width, mark)


@given(SHORT | VALUES, WIDTHS, MARKS, st.sampled_from(["", "\n", "{mark}", "\nkey: ", "{mark}a b: "]), AROUND)
@example("abcd", 64, "\n", "", "")
@example("~~~~~~", 76, "\\n", "", "")
@example("some-secret-name", 76, "\n", "\nkey: ", "")
def test_a_value_is_replaced_wherever_a_line_of_base64_ends_in_it(
    value: str, width: int, mark: str, outer: str, rest: str
) -> None:
    before, behind = f"{rest}<{outer.format(mark=mark)}", f"<{rest}"
    assume(is_apart(value, before, behind))
    line = width // 4 * 3
    for size in range(max(0, line - len(value.encode())), line + 1):
        text = wrapped(b"\1" * size + value.encode() + bytes(90), width, mark)
        assume(is_apart(value, text))
        found = scrubbed(f"{before}{text}{behind}".encode(), value)
        assert within(found, before, behind) == wrapped(b"\1" * size + STAND_IN.encode() + bytes(90), width, mark)


@given(VALUES, WIDTHS, MARKS, st.integers(0, 60), st.sampled_from(["", "fop", "foo bar", "food bar", "fool="]))
@example("abcdef", 76, "\n", 20, "foo bar")
@example("abcdef", 76, "\n", 20, "food bar")
def test_a_line_of_text_behind_lines_of_base64_stays(value: str, width: int, mark: str, size: int, rest: str) -> None:
    line = width // 4 * 3
    data = b"\1" * size + value.encode()
    data += b"\2" * (-len(data) % line)
    text = wrapped(data, width, mark)
    assume(is_apart(value, text, rest) and len(data) > size + len(value.encode()))
    found = scrubbed(f"<{text}{mark}{rest}>".encode(), value)
    assert value.encode() not in decoded(within(found, "<", f"{rest}>").replace(mark, ""))


@given(VALUES, st.integers(30, 60), WIDTHS, MARKS)
@example("abcdef", 20, 76, "\n")
def test_lines_of_base64_without_padding_stay_so(value: str, size: int, width: int, mark: str) -> None:
    text = wrapped(b"\1" * size + value.encode() + b"\2" * 32, width, mark).rstrip("=")
    assume(is_apart(value, text))
    expected = wrapped(b"\1" * size + STAND_IN.encode() + b"\2" * 32, width, mark)
    assert scrubbed(f"<{text}>".encode(), value).decode().replace("=", "") == f"<{expected}>".replace("=", "")


@given(st.binary(min_size=16, max_size=40), st.binary(max_size=60), st.binary(max_size=60), WIDTHS, MARKS)
@example(bytes(range(100, 116)), b"", b"zzzz", 76, "\n")
@example(bytes(range(100, 116)), bytes(45), b"zzzz", 76, "\n")
def test_the_bytes_of_a_key_are_replaced_in_base64_of_more(
    key: bytes, before: bytes, behind: bytes, width: int, mark: str
) -> None:
    assume(len(set(key)) > 8)
    value = base64.b64encode(key).decode()
    text = wrapped(before + key + behind, width, mark)
    assume("/" not in text)  # before which it may end
    stand_in = base64.b64encode(b"another-key!").decode()
    found = scrubbed(f"<{text}>".encode(), value, stand_in=stand_in)
    assert key not in decoded(found[1:-1].decode().replace(mark, ""))


@given(SHORT | NAMES, st.text(string.ascii_letters + string.digits + "/", min_size=1, max_size=20))
@example("aabcd", "Ig00")
@example("abcd", "3D")
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
