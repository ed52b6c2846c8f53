"""What volatile values look like, and the pattern that finds another of the same look."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CLOCK = r"\d\d:\d\d:\d\d"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
HTTP_DATE = rf"{_DAY}, \d\d {_MONTH} \d{{4}} {_CLOCK} GMT"
ISO_DATE = r"(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d{8}T\d{6}Z)"
SEPARATE = re.compile(r"[\w.~+/=-]+")
SMALLEST_HEX = 8
SMALLEST_BASE64 = 8
LARGEST_PORT = 65535
SECONDS = range(1_000_000_000, 4_000_000_000)  # 2001 to 2096


@dataclass(frozen=True, slots=True)
class Shape:
    """The look that all the values of one place have in common.

    Attributes:
        name: In words: ``uuid``, ``hex of 16``, ``base64 of 24 bytes``, ``date (RFC 1123)``, ``date (ISO 8601)``,
            ``epoch seconds``, ``epoch milliseconds``, ``port``, ``integer`` or ``opaque text``.
        pattern: A regular expression of one value; None where nothing but its surroundings bounds it.
        is_clock: Whether it is read off a clock, so that two may be equal by chance.
        stand_in: What may stand for all of them, of the same shape, so that a client can still read it.
    """

    name: str
    pattern: str | None = None
    is_clock: bool = False
    stand_in: str = "REDACTED"


OPAQUE = Shape("opaque text")


def shape_of(values: Sequence[str], *, is_port: bool = False) -> Shape:
    """Return the shape that all values have; ``opaque text`` where they have none, or there are none.

    Args:
        values: As they stand, decoded.
        is_port: Whether they stand where a port does.
    """
    whole: list[tuple[str, Shape]] = [
        (UUID, Shape("uuid", UUID, stand_in="00000000-0000-0000-0000-000000000000")),
        (HTTP_DATE, Shape("date (RFC 1123)", HTTP_DATE, is_clock=True, stand_in="Thu, 01 Jan 1970 00:00:00 GMT")),
        (ISO_DATE, Shape("date (ISO 8601)", ISO_DATE, is_clock=True, stand_in=_first_day(values))),
    ]
    if not values:
        return OPAQUE
    for pattern, shape in whole:
        if all(re.fullmatch(pattern, value) for value in values):
            return shape
    for found in (_number(values, is_port=is_port), _sized("hex of", values, _hex_size), _base64(values)):
        if found is not None:
            return found
    return OPAQUE


def words_of(value: str) -> frozenset[str]:
    """Return the words of a value, by which it is known again where it stands among others."""
    return frozenset(re.findall(r"[0-9A-Za-z]+", value))


def pattern_between(values: Sequence[str], shape: Shape, *, otherwise: str) -> str:
    """Return a regular expression of one value: of its shape, else of the letters that such values have.

    Args:
        values: As they stand, decoded.
        shape: That of the values.
        otherwise: What is taken for values that are no separate word.
    """
    if shape.pattern is not None:
        return shape.pattern
    return SEPARATE.pattern if all(SEPARATE.fullmatch(value) for value in values) else otherwise


def _first_day(values: Sequence[str]) -> str:
    if all("-" not in value[:5] for value in values):
        return "19700101T000000Z"
    return "1970-01-01" if all(len(value) == len("1970-01-01") for value in values) else "1970-01-01T00:00:00Z"


def _number(values: Sequence[str], *, is_port: bool) -> Shape | None:
    if not all(re.fullmatch(r"-?\d{1,18}", value) for value in values):
        return None
    numbers = [int(value) for value in values]
    if is_port and all(0 < number <= LARGEST_PORT for number in numbers):
        return Shape("port", r"\d{1,5}", stand_in="1")
    for name, unit in (("epoch seconds", 1), ("epoch milliseconds", 1000)):
        if all(number // unit in SECONDS for number in numbers):
            return Shape(name, rf"\d{{{len(values[0])}}}", is_clock=True, stand_in=str(unit))
    if len({len(value) for value in values}) == 1 and len(values[0]) >= 2 * SMALLEST_HEX:
        return None  # as many digits are rather a hexadecimal that has no letter by chance
    return Shape("integer", r"-?\d+", stand_in="0")


def _sized(name: str, values: Sequence[str], size_of: Callable[[str], int | None]) -> Shape | None:
    sizes = {size_of(value) for value in values}
    size = sizes.pop()
    if size is None or sizes:
        return None
    return Shape(f"{name} {size}", rf"[0-9A-Fa-f]{{{size}}}", stand_in="0" * size)


def _hex_size(value: str) -> int | None:
    is_hex = len(value) >= SMALLEST_HEX and re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", value)
    return len(value) if is_hex else None


def _base64(values: Sequence[str]) -> Shape | None:
    """Return base64 (RFC 4648 sections 4 and 5) of one size; letters of one case alone are rather a word."""
    sizes = {_base64_size(value) for value in values}
    letters = "".join(values)
    is_mixed = all(re.search(sort, letters) for sort in ("[0-9]", "[a-z]", "[A-Z]")) or letters.endswith("=")
    if None in sizes or len(sizes) != 1 or not is_mixed:
        return None
    size = sizes.pop() or 0
    pattern = rf"[0-9A-Za-z+/_-]{{{len(values[0].rstrip('='))}}}={{0,2}}"
    return Shape(f"base64 of {size} bytes", pattern, stand_in=base64.b64encode(bytes(size)).decode())


def _base64_size(value: str) -> int | None:
    if len(value) < SMALLEST_BASE64 or len(value) % 4 or not re.fullmatch(r"[0-9A-Za-z+/_-]+={0,2}", value):
        return None
    try:
        return len(base64.b64decode(value, altchars=b"-_" if set(value) & set("-_") else None, validate=True))
    except (binascii.Error, ValueError):
        return None
