"""Signatures of Azure Storage: the shared key of an account, and shared access signatures in a URL.

After "Authorize with Shared Key" (Blob service, 2009-09-19 and later), "Create a service SAS" and "Create an account
SAS" of the service's documentation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

if TYPE_CHECKING:
    from conformance.cassette import Request

STANDARD_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
# The order in which the service sorts names of headers: punctuation, digits, letters.
LETTERS = "-!#$%&*.^_|~+\"'(),/`0123456789abcdefghijklmnopqrstuvwxyz"
OVERRIDES = ("rscc", "rscd", "rsce", "rscl", "rsct")


def shared_key(request: Request, account: str, key: str) -> str:
    """Return the value of Authorization for a request that has all its other headers, x-ms-date among them."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), []).append(value.strip())
    told = {name: ",".join(values) for name, values in headers.items()}
    standard = [told.get(name, "") for name in STANDARD_HEADERS]
    standard[2] = "" if standard[2] == "0" else standard[2]
    standard[5] = "" if "x-ms-date" in told else standard[5]
    names = sorted((name for name in told if name.startswith("x-ms-")), key=lambda name: list(map(LETTERS.find, name)))
    own = [f"{name}:{told[name]}" for name in names]
    text = "\n".join([request.method, *standard, *own, _resource(request.uri, account)])
    return f"SharedKey {account}:{_signature(text, key)}"


def is_sas(uri: str) -> bool:
    """Return whether a URL is signed, or was before its signature was taken out."""
    names = {name for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    return "sig" in names or ("sv" in names and bool(names & {"sr", "ss"}) and bool(names & {"sp", "si"}))


def with_sas(uri: str, account: str, key: str, *, resource: str) -> str:
    """Return a URL whose shared access signature is made anew, of the parameters that it has.

    Args:
        uri: The URL.
        account: The account.
        key: Its key.
        resource: The container and the path in it, decoded, with a slash in front.
    """
    head, _, query = uri.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("sig=")]
    given = dict(parse_qsl("&".join(kept), keep_blank_values=True))
    text = _account_text(given, account) if "ss" in given else _service_text(given, account, resource)
    return f"{head}?{'&'.join([*kept, f'sig={quote(_signature(text, key), safe=str())}'])}"


def _resource(uri: str, account: str) -> str:
    parts = urlsplit(uri)
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        values.setdefault(name.lower(), []).append(value)
    told = [f"\n{name}:{','.join(sorted(values[name]))}" for name in sorted(values)]
    return f"/{account}{parts.path or '/'}{''.join(told)}"


def _account_text(given: dict[str, str], account: str) -> str:
    names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"] + (
        ["ses"] if given.get("sv", "") >= "2020-12-06" else []
    )
    return "".join(f"{word}\n" for word in [account, *(given.get(name, "") for name in names)])


def _service_text(given: dict[str, str], account: str, resource: str) -> str:
    version, sort = given.get("sv", ""), given.get("sr", "b")
    container, _, path = resource.lstrip("/").partition("/")
    if sort == "d":
        path = "/".join(path.split("/")[: int(given.get("sdd", "0"))])
    within = f"/{account}/{container}" + (f"/{path}" if path and sort != "c" else "")
    names = ["sp", "st", "se", None, "si"]
    if version >= "2015-04-05":
        names += ["sip", "spr"]
    names += ["sv"]
    if version >= "2018-11-09":
        names += ["sr", "snapshot"]
    if version >= "2020-12-06":
        names += ["ses"]
    if version >= "2013-08-15":
        names += OVERRIDES
    resource_text = f"/blob{within}" if version >= "2015-02-21" else within
    return "\n".join(resource_text if name is None else given.get(name, "") for name in names)


def _signature(text: str, key: str) -> str:
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
