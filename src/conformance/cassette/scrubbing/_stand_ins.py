"""What stands in a recording for what was removed: of the same form, and of nothing else of the value."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import string

REDACTED = "REDACTED"  # text, a path segment, a form value and base64 all at once
ALPHABET = string.ascii_letters + string.digits
HEXADECIMAL = re.compile(r"[0-9A-Fa-f-]+")
NO_UUID = "00000000-0000-0000-0000-000000000000"
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
DIGEST = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
KEY_BYTES = frozenset({16, 20, 32, 64})  # digests and keys; anything else that is base64 may be of any size
JWT = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
NO_JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJSRURBQ1RFRCIsImV4cCI6NDA3MDkwODc5OX0.UkVEQUNURUQ"


def stand_in_of(value: str) -> str:
    """Return the stand-in of a secret: one for each form, so that another secret of that form has the same.

    A UUID becomes zeros, a hexadecimal digest zeros, base64 of the size of a key or digest base64 of that many zeros, a
    JSON Web Token another that expires in 2099, anything else ``REDACTED``. The stand-in of a stand-in is itself.
    """
    if UUID.fullmatch(value):
        return NO_UUID
    if DIGEST.fullmatch(value):
        return "0" * len(value)
    if JWT.fullmatch(value):
        return NO_JWT
    size = _key_size(value)
    return base64.b64encode(bytes(size)).decode() if size else REDACTED


def _key_size(value: str) -> int:
    """Return how many bytes a base64 key or digest has; 0 for any other text."""
    if len(value) % 4 or not BASE64.fullmatch(value):
        return 0
    try:
        size = len(base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True))
    except binascii.Error:
        return 0
    return size if size in KEY_BYTES else 0


def shaped_like(value: str, *, seed: str) -> str:
    """Return a stand-in of the same length and alphabet that depends on nothing else of the value.

    Hexadecimal stays hexadecimal with its hyphens (a UUID stays a UUID in form), digits stay digits, anything else
    becomes letters and digits, which are also base64; padding stays, and the bits below it are zero.
    """
    stream = hashlib.shake_256(seed.encode()).digest(len(value))
    if value.isdecimal() and value.isascii():
        return "".join(str(byte % 10) for byte in stream)
    if HEXADECIMAL.fullmatch(value):
        return "".join(old if old == "-" else f"{byte % 16:x}" for old, byte in zip(value, stream, strict=True))
    core = value.rstrip("=")
    padding = len(value) - len(core)
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in stream[: len(core)])
    letters = letters[:-1] + "A" if padding and core else letters
    is_other = core and HEXADECIMAL.fullmatch(letters)  # what is no hexadecimal has a stand-in that is none
    return ("z" + letters[1:] if is_other else letters) + "=" * padding
