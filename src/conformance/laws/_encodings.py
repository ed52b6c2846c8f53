"""The ways in which a secret is written before it is put somewhere, and how each is read back."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote_to_bytes
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

Family = Literal["raw", "percent", "base64", "hex", "json", "xml", "case"]

QUOTES = {'"': "&quot;", "'": "&apos;"}
NEIGHBOURS = ("", "u", "u:")  # the text before a secret that gives it each of the three alignments in base64
TAIL = ":end"
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way to write a secret.

    Attributes:
        name: What it is called in reports, and what ``Planted.pairs`` names it by.
        family: What undoes it; a place whose own notation is of that family takes it as it is.
        write: Returns the written form of a secret, with the neighbours that it is encoded together with.
        read: Returns what a written form says, without the neighbours; raises ValueError where it is none.
        is_case_free: Whether it is for secrets whose case says nothing: account names and GUIDs.
    """

    name: str
    family: Family
    write: Callable[[str], str]
    read: Callable[[str], str]
    is_case_free: bool = False


def percent_all(text: str) -> str:
    """Return a text with every byte of its UTF-8 form percent-encoded."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def percent_reserved(text: str) -> str:
    """Return a text with every byte percent-encoded that is not unreserved (RFC 3986 section 2.3)."""
    return quote(text, safe="")


def xml_escaped(text: str) -> str:
    """Return a text as it stands in XML, in an element as well as in an attribute."""
    return escape(text, QUOTES)


def json_escaped(text: str) -> str:
    """Return a text as it stands between the quotes of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def unescaped_xml(text: str) -> str:
    """Return a text with its character references and the five named entities resolved."""
    return ENTITY.sub(_character, text)


def percent_decoded(text: str) -> str:
    """Return a text percent-decoded until there is nothing left to decode."""
    while "%" in text:
        decoded = unquote_to_bytes(text).decode("utf-8", "surrogateescape")
        if decoded == text:
            break
        text = decoded
    return text


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    return NAMED[name] if name else chr(int(hexadecimal, 16) if hexadecimal else int(decimal))


def _lower_digits(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), percent_reserved(text))


def _utf16(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _read_json(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _read_hex(text: str) -> str:
    return bytes.fromhex(text).decode("utf-8", "surrogateescape")


def _base64(alignment: int, *, is_url: bool) -> Encoding:
    """Return base64 with the secret at an alignment, of a length that shows whether it is padded; base64url is not."""
    before = NEIGHBOURS[alignment]

    def write(secret: str) -> str:
        data = f"{before}{secret}{TAIL}".encode()
        data += b"." * ((1 - len(data)) % 3)
        return base64.urlsafe_b64encode(data).decode().rstrip("=") if is_url else base64.b64encode(data).decode()

    def read(text: str) -> str:
        if is_url:
            text += "=" * (-len(text) % 4)
        data = base64.b64decode(text, altchars=b"-_" if is_url else None, validate=True)
        decoded = data.decode("utf-8", "surrogateescape")
        return decoded.removeprefix(before).rstrip(".").removesuffix(TAIL)

    return Encoding(f"{'base64url' if is_url else 'base64'} at {alignment}", "base64", write, read)


_ALL = (
    Encoding("raw", "raw", str, str),
    Encoding("percent", "percent", percent_reserved, percent_decoded),
    Encoding("percent, lower digits", "percent", _lower_digits, percent_decoded),
    Encoding("percent, all", "percent", percent_all, percent_decoded),
    Encoding("percent twice", "percent", lambda text: percent_reserved(percent_reserved(text)), percent_decoded),
    Encoding("percent twice, all", "percent", lambda text: percent_all(percent_all(text)), percent_decoded),
    *(_base64(alignment, is_url=is_url) for is_url in (False, True) for alignment in range(3)),
    Encoding("hex", "hex", lambda text: text.encode().hex(), _read_hex),
    Encoding("hex, upper", "hex", lambda text: text.encode().hex().upper(), _read_hex),
    Encoding("json", "json", lambda text: json.dumps(text)[1:-1], _read_json),
    Encoding("json, slashes", "json", lambda text: json.dumps(text)[1:-1].replace("/", "\\/"), _read_json),
    Encoding("json, all", "json", _utf16, _read_json),
    Encoding("xml", "xml", xml_escaped, unescaped_xml),
    Encoding("xml, decimal", "xml", lambda text: "".join(f"&#{ord(letter)};" for letter in text), unescaped_xml),
    Encoding("xml, hex", "xml", lambda text: "".join(f"&#x{ord(letter):X};" for letter in text), unescaped_xml),
    Encoding("lower case", "case", str.lower, str.lower, is_case_free=True),
    Encoding("upper case", "case", str.upper, str.lower, is_case_free=True),
)

ENCODINGS: dict[str, Encoding] = {encoding.name: encoding for encoding in _ALL}
