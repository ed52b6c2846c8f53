"""What a credential looks like in a recording, whatever the rules are: a sweep of its own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from conformance.cassette import Interaction, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENCODED = rb"(?:=|%(?:25)*3[Dd])"
GUID = rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
SHAPES = {
    "shared key": rb"(?i:sharedkey(?:lite)?) [^:\s\"\\]+:([A-Za-z0-9+/=]+)",
    "sas": rb"(?<![A-Za-z0-9])sig" + ENCODED + rb"([^&\s\"'<>\\]+)",
    "aws signature": rb"(?i:signature)" + ENCODED + rb"([0-9a-f]{64})",
    "aws key id": rb"A[KS]IA[A-Z0-9]{16}",
    "refused signature": rb"<(?:SignatureProvided|StringToSign(?:Bytes)?|CanonicalRequest(?:Bytes)?)>([^<]+)",
    "token": rb"eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
    "bearer": rb"(?i:authorization: bearer) ([^\s\"\\]+)",
    "access token": rb"\"(?:access|refresh|id)_token\\*\"\s*:\s*\\*\"([^\"\\]+)",
    "client secret": rb"(?:client_secret|client_assertion|refresh_token)=([^&\s]+)",
    "cookie": rb"(?m)^(?:set-)?cookie: [^=]+=([^;\s]+)",
    "account key": rb"(?i:accountkey=)([^;\"&\\<\s]+)",
    "listed key": rb"\"keyName\"\s*:\s*\"[^\"]*\"\s*,\s*\"value\"\s*:\s*\"([^\"]+)",
    "delegation key": rb"(?s)<UserDelegationKey>.*?<Value>([^<]+)<",
    "delegated to": rb"<Signed[OT]id>([^<]+)",
    "tenant": rb"login\.[a-z.]+/(" + GUID + rb")",
    "credential scope": rb"(?i:x-amz-credential)" + ENCODED + rb"([^&\s\"'<>]+)/",
}
VOLATILE = {
    "request id": rb"(?:RequestId[:>])([0-9A-Fa-f-]{16,})",
    "error time": rb"(?:\n|\\n)Time:(20[^<\"\s]+)",
    "call id": rb"(?m)^(?:x-ms-)?(?:original-|client-)?request-ids?: ([^\r\n]+)",
    "part date": rb"\r\nx-ms-date: ([^\r\n]+)",
}
STAND_INS = re.compile(
    rb"REDACTED|[0A]{16,}=*|[0-]{16,}|AKIAIOSFODNN7EXAMPLE|eyJhbGciOiJub25lIn0\.[\w.-]+|Thu, 01 Jan 1970 00:00:00 GMT"
)
CODES = re.compile(rb"<Code>([^<]*)</Code>|\"[cC]ode\"\s*:\s*\"([^\"]*)\"")


def texts_of(message: Any) -> Iterator[bytes]:
    """Yield the address, each header in a line of its own, and the body."""
    if isinstance(message, Request):
        yield message.uri.encode()
    yield from (f"{name.lower()}: {value}".encode("utf-8", "surrogateescape") for name, value in message.headers)
    yield message.body


def sweep(tape: Iterable[Interaction], shapes: dict[str, bytes]) -> Counter[str]:
    """Count what has the shape of a credential and is no stand-in, by shape."""
    found = Counter[str]()
    for message in (each for item in tape for each in (item.request, item.response)):
        for text in texts_of(message):
            for name, shape in shapes.items():
                for match in re.finditer(shape, text):
                    value = match[match.lastindex or 0]
                    found[name] += STAND_INS.fullmatch(value) is None
    return found


def codes_of(tape: Iterable[Interaction]) -> Counter[bytes]:
    """Count the codes that tell a client what went wrong."""
    found = Counter[bytes]()
    for item in tape:
        found.update(match[match.lastindex or 0] for match in CODES.finditer(item.response.body))
        found.update(value.encode() for name, value in item.response.headers if name.lower() == "x-ms-error-code")
    return found


def planted(item: Interaction, seed: str) -> tuple[Interaction, set[str]]:
    """Return an interaction with a credential of its form for everything of that shape, stand-ins too, and those."""
    secrets: set[str] = set()

    def sown(text: bytes) -> bytes:
        for shape, pattern in SHAPES.items():
            for match in reversed(list(re.finditer(pattern, text))):
                start, end = match.span(match.lastindex or 0)
                secret = _credential(shape, f"{seed} {shape} {start}")
                secrets.add(unquote(secret))
                text = text[:start] + secret.encode() + text[end:]
        return text

    def message(old: Any) -> Any:
        lines = [sown(f"{name.lower()}: {value}".encode("utf-8", "surrogateescape")) for name, value in old.headers]
        values = [line.decode("utf-8", "surrogateescape").partition(": ")[2] for line in lines]
        pairs = tuple((name, value) for (name, _), value in zip(old.headers, values, strict=True))
        address = {"uri": sown(old.uri.encode()).decode()} if isinstance(old, Request) else {}
        return replace(old, headers=pairs, body=sown(old.body), **address)

    return Interaction(message(item.request), message(item.response)), secrets


def _credential(shape: str, seed: str) -> str:
    data = hashlib.sha512(seed.encode()).digest()
    digits = data.hex()
    if shape in {"shared key", "delegation key", "sas"}:
        text = base64.b64encode(data[:32]).decode()
        return quote(text, safe="") if shape == "sas" else text
    if shape in {"account key", "listed key"}:
        return base64.b64encode(data).decode()
    if shape in {"delegated to", "tenant"}:
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
    if shape in {"token", "bearer", "access token"}:
        return "eyJ" + ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (data, data[9:], data))
    key_id = "AKIA" + base64.b32encode(data).decode()[:16]
    if shape == "credential scope":
        return f"{key_id}%2F20260131%2Fus-west-1%2Fs3"
    return key_id if shape == "aws key id" else digits[:64]


def left_of(secrets: set[str], tape: Iterable[Interaction]) -> set[str]:
    """Return those of some secrets that stand in a recording, as they are or percent-encoded."""
    texts = [
        text.decode("utf-8", "replace")
        for item in tape
        for side in (item.request, item.response)
        for text in texts_of(side)
    ]
    whole = "\n".join((*texts, *map(unquote, texts)))
    return {secret for secret in secrets if secret in whole}
