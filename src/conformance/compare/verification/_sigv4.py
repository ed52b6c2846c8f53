"""Signature version 4 of AWS as S3 has it: in a header, in a URL, and in each chunk of a body.

What is signed is botocore's, by the parts of its signer; here is only what it has no parts for: a given time, a URL
that keeps the order of its parameters, and chunks. After "Authenticating Requests (AWS Signature Version 4)" of the
API reference of S3.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, unquote_plus

from conformance.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.cassette import Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
STREAMING = "STREAMING-"
STAMP = "%Y%m%dT%H%M%SZ"
OF_A_SIGNATURE = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
)
NOT_SIGNED = frozenset({"accept-encoding", "authorization", "connection", "keep-alive", "user-agent"})
CHUNK = re.compile(rb"([0-9A-Fa-f]+)(;chunk-signature=[0-9a-f]+)?\r\n")
TRAILER_SIGNATURE = re.compile(rb"x-amz-trailer-signature:[0-9a-f]+\r\n", re.IGNORECASE)
EMPTY = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Credential:
    """Whom a request is signed as, for which region, and when."""

    access_key: str
    secret_key: str
    region: str
    when: datetime

    @property
    def stamp(self) -> str:
        """The time as ``X-Amz-Date`` has it."""
        return self.when.astimezone(UTC).strftime(STAMP)

    @property
    def scope(self) -> str:
        """The day, the region and the service."""
        return f"{self.stamp[:8]}/{self.region}/s3/aws4_request"


def with_authorization(request: Request, credential: Credential, payload: str) -> Request:
    """Return a request with ``Authorization``; every header that it has is signed, but for a proxy's.

    Args:
        request: It has no header of another signature. Host is taken of its URI.
        credential: Whom it is signed as.
        payload: What ``x-amz-content-sha256`` says. For a body whose chunks are signed, they are signed anew.

    Raises:
        Unavailable: botocore is not installed.
    """
    told = (("x-amz-content-sha256", payload), ("x-amz-date", credential.stamp))
    request = replace(request, headers=(*request.headers, *told))
    kept = [pair for pair in request.headers if pair[0].lower() not in NOT_SIGNED]
    names, signature = _signature(request, kept, credential, payload)
    scope = f"{credential.access_key}/{credential.scope}"
    proof = f"{ALGORITHM} Credential={scope}, SignedHeaders={names}, Signature={signature}"
    body = request.body
    if payload.startswith(f"{STREAMING}{ALGORITHM}"):
        body = _with_chunk_signatures(body, credential, signature)
    return replace(request, headers=(*request.headers, ("Authorization", proof)), body=body)


def with_query(request: Request, credential: Credential) -> Request:
    """Return a request presigned anew: the parameters that it has stay where they are, what it lacks follows.

    A header that ``X-Amz-SignedHeaders`` names, and the request does not have, is signed as empty.

    Raises:
        Unavailable: botocore is not installed.
    """
    head, _, query = request.uri.partition("?")
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    found = dict(pairs)
    told = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": quote(f"{credential.access_key}/{credential.scope}", safe=""),
        "X-Amz-Date": credential.stamp,
        "X-Amz-Expires": found.get("X-Amz-Expires", "3600"),
        "X-Amz-SignedHeaders": found.get("X-Amz-SignedHeaders", "host"),
    }
    kept = [(name, told.pop(name, value)) for name, value in pairs if name not in OF_A_SIGNATURE[-2:]]
    uri = head + "?" + "&".join(f"{name}={value}" for name, value in [*kept, *told.items()])
    names = unquote(found.get("X-Amz-SignedHeaders", "host")).lower().split(";")
    sent = [pair for pair in request.headers if pair[0].lower() in names]
    lacking = set(names) - {name.lower() for name, _ in sent} - {"host"}
    request = replace(request, uri=uri)
    payload = next((value for name, value in sent if name.lower() == "x-amz-content-sha256"), UNSIGNED)
    _, signature = _signature(request, [*sent, *((name, "") for name in lacking)], credential, payload)
    return replace(request, uri=f"{uri}&X-Amz-Signature={signature}")


def without_query(uri: str, names: Collection[str] = OF_A_SIGNATURE) -> str:
    """Return a URI without the parameters of a signature."""
    head, _, query = uri.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in names]
    return head + ("?" + "&".join(kept) if kept else "")


def chunks_of(body: bytes) -> tuple[list[bytes], bytes] | None:
    """Return the chunks of a body in ``aws-chunked``, the last one empty, and its trailer; None of any other."""
    chunks, at = [], 0
    while found := CHUNK.match(body, at):
        end = found.end() + int(found[1], 16)
        chunks.append(body[found.end() : end])
        at = end + 2
        if end == found.end():
            return chunks, body[end:]
        if body[end:at] != b"\r\n":
            return None
    return None


def decoded_chunks(body: bytes) -> bytes:
    """Return what a body in ``aws-chunked`` holds; any other as it is."""
    found = chunks_of(body)
    return b"".join(found[0]) if found else body


def _with_chunk_signatures(body: bytes, credential: Credential, seed: str) -> bytes:
    found = chunks_of(body)
    if found is None:
        return body
    chunks, trailer = found
    signer, context = _signer(credential), _context(credential)
    parts, last = [], seed
    for chunk in chunks:
        lines = [
            f"{ALGORITHM}-PAYLOAD",
            credential.stamp,
            credential.scope,
            last,
            EMPTY,
            hashlib.sha256(chunk).hexdigest(),
        ]
        last = signer.signature("\n".join(lines), context)
        end = b"\r\n" if chunk else b""
        parts.append(b"%x;chunk-signature=%s\r\n%s%s" % (len(chunk), last.encode(), chunk, end))
    if TRAILER_SIGNATURE.search(trailer):
        told = TRAILER_SIGNATURE.sub(b"", trailer).rstrip(b"\r\n").replace(b"\r\n", b"\n") + b"\n"
        lines = [f"{ALGORITHM}-TRAILER", credential.stamp, credential.scope, last, hashlib.sha256(told).hexdigest()]
        signature = signer.signature("\n".join(lines), context).encode()
        trailer = TRAILER_SIGNATURE.sub(b"x-amz-trailer-signature:%s\r\n" % signature, trailer)
    return b"".join(parts) + trailer


def _signature(
    request: Request, headers: Collection[tuple[str, str]], credential: Credential, payload: str
) -> tuple[str, str]:
    """Return the names of what is signed, and the signature."""
    signer = _signer(credential)
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415  (slow, and in an extra)

    asked = AWSRequest(method=request.method, url=_canonical_uri(request.uri))
    asked.context["timestamp"] = credential.stamp
    for name, value in headers:
        asked.headers[name] = value
    lines = signer.canonical_request(asked).split("\n")
    text = signer.string_to_sign(asked, "\n".join([*lines[:-1], payload]))
    return lines[-2], signer.signature(text, asked)


def _canonical_uri(uri: str) -> str:
    """Return a URI in the one encoding that is signed: that of RFC 3986, and a slash in a path as it is."""
    head, _, query = uri.partition("?")
    scheme, _, rest = head.partition("://")
    host, _, path = rest.partition("/")
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    told = "&".join("=".join(quote(_plain(text, unquote_plus), safe="-_.~") for text in pair) for pair in pairs)
    return f"{scheme}://{host}/{quote(_plain(path, unquote), safe='/-_.~')}" + (f"?{told}" if told else "")


def _plain(text: str, decode: Any) -> bytes:
    return str(decode(text, errors="surrogateescape")).encode("utf-8", "surrogateescape")


def _signer(credential: Credential) -> Any:
    try:
        from botocore.auth import S3SigV4Auth  # noqa: PLC0415
        from botocore.credentials import Credentials  # noqa: PLC0415
    except ImportError as error:
        cure = "Install it: `pip install 'conformance[s3]'`."
        raise Unavailable("botocore, which signs requests to S3", cure=cure) from error
    return S3SigV4Auth(Credentials(credential.access_key, credential.secret_key), "s3", credential.region)


def _context(credential: Credential) -> Any:
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415

    asked = AWSRequest()
    asked.context["timestamp"] = credential.stamp
    return asked
