"""What a recording of S3 tells beside what was recorded: objects that were there before, and whole content types."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from conformance.cassette import Request
from conformance.compare.verification._dialect import Place
from conformance.compare.verification._leaves import keyed_leaves, name_of, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from conformance.cassette import Headers, Interaction, Response

STORED = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires")
STORED_STARTS = ("x-amz-meta-", "x-amz-storage-class")
LARGEST_BYTES = 1 << 26
GOOD, PARTIAL, MISSING = 200, 206, 404
LISTS = frozenset(
    {
        *(
            "continuation-token",
            "delimiter",
            "encoding-type",
            "fetch-owner",
            "list-type",
            "marker",
            "max-keys",
            "prefix",
        ),
        *("start-after", "x-id"),
    }
)


@dataclass(slots=True)
class _Object:
    """What is known of an object that was there before."""

    uri: str
    size_bytes: int = 0
    etag: str = ""
    headers: Headers = ()
    body: bytes | None = None


def entries_of(response: Response, names: Collection[str]) -> Iterator[dict[str, str]]:
    """Yield the entries of a listing by the names of their leaves; keys and prefixes decoded if they were encoded."""
    found: dict[str, dict[str, str]] = {}
    for path, leaf in keyed_leaves(response, {}) or ():
        parent, _, name = path.rpartition("/")
        found.setdefault(parent, {})[name] = plain_value(leaf)
    is_encoded = any(entry.get("EncodingType") == "url" for entry in found.values())
    for parent, entry in found.items():
        if name_of(parent) in names:
            yield {**entry, "Key": unquote_plus(entry["Key"])} if is_encoded and "Key" in entry else entry


def uris_of_entries(response: Response, tells: str, uri: str) -> Iterator[str]:
    """Yield the URIs of what a listing has: its versions, objects or uploads."""
    for entry in entries_of(response, {"Version", "DeleteMarker", "Contents", "Upload"}):
        selected = {"VersionId": "versionId", "UploadId": "uploadId"}[tells]
        query = f"?{selected}={quote(entry[tells], safe='')}" if tells in entry else ""
        yield f"{uri}/{quote(entry.get('Key', ''))}{query}"


def objects_before(
    interactions: Iterable[Interaction],
    *,
    place_of: Callable[[Request], Place],
    sources_of: Callable[[Request], Iterable[Place]],
    base_of: Callable[[Request], str],
) -> list[Request]:
    """Return the requests that put what a recording reads or lists before it has written it, in order of first sight.

    A body that no answer shows is one that the recording has elsewhere, if the ETag is its MD5; else it is as many
    zeros as the object has bytes.
    """
    items = list(interactions)
    bodies = {_md5(body): body for item in items for body in (item.request.body, item.response.body)}
    found: dict[Place, _Object] = {}
    settled: set[Place] = set()
    for item in items:
        place, method = place_of(item.request), item.request.method.upper()
        if item.response.status < 300:  # noqa: PLR2004
            for source in sources_of(item.request):
                if source not in settled:
                    base = base_of(item.request) if source.container == place.container else ""
                    found.setdefault(source, _Object(f"{base}/{quote(source.path)}" if base else ""))
        if not place.path:
            _note_listing(item, found, settled, base_of(item.request))
        elif method in ("GET", "HEAD") and not _parameters(item.request) - LISTS - SIGNATURE:
            _note_read(item, place, found, settled)
        elif method not in ("GET", "HEAD"):
            settled.add(place)
    return [_put(each, bodies) for each in found.values() if each.uri and each.size_bytes <= LARGEST_BYTES]


def with_whole_types(interactions: Iterable[Interaction], *, place_of: Callable[[Request], Place]) -> list[Interaction]:
    """Return interactions in which a content type has the parameters that a later answer shows it to have had.

    Some recorders keep no more of it than the media type (https://pkg.go.dev/mime#ParseMediaType).
    """
    told: dict[Place, str] = {}
    whole: list[Interaction] = []
    for item in reversed(list(interactions)):
        place, method = place_of(item.request), item.request.method.upper()
        if method in ("GET", "HEAD") and item.response.status in (GOOD, PARTIAL):
            told[place] = _header(item.response.headers, "content-type")
        kept = item
        if method in ("PUT", "POST", "DELETE"):
            seen = told.pop(place, "")
            headers = tuple(
                (name, seen if name.lower() == "content-type" and _is_whole(value, seen) else value)
                for name, value in item.request.headers
            )
            kept = replace(item, request=replace(item.request, headers=headers))
        whole.append(kept)
    return whole[::-1]


SIGNATURE = frozenset(
    f"X-Amz-{name}" for name in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
)


def _note_listing(item: Interaction, found: dict[Place, _Object], settled: set[Place], base: str) -> None:
    if item.request.method.upper() != "GET" or item.response.status != GOOD or _parameters(item.request) - LISTS:
        return
    bucket = urlsplit(base).path.strip("/") or (urlsplit(base).hostname or "").partition(".s3")[0]
    for entry in entries_of(item.response, {"Contents"}):
        place = Place("", bucket, entry.get("Key", ""))
        if place.path and place not in settled:
            size, etag = int(entry.get("Size", "0")), entry.get("ETag", "").strip('"')
            known = found.setdefault(place, _Object(f"{base}/{quote(place.path)}"))
            known.size_bytes, known.etag = size, etag


def _note_read(item: Interaction, place: Place, found: dict[Place, _Object], settled: set[Place]) -> None:
    response = item.response
    if place in settled:
        return
    if response.status == MISSING and place not in found:
        settled.add(place)
    if response.status not in (GOOD, PARTIAL):
        return
    known = found.setdefault(place, _Object(item.request.uri.partition("?")[0]))
    known.etag = _header(response.headers, "etag").strip('"')
    known.headers = tuple(
        (name, value)
        for name, value in response.headers
        if name.lower() in STORED or name.lower().startswith(STORED_STARTS)
    )
    total = _header(response.headers, "content-range").rpartition("/")[2] or _header(response.headers, "content-length")
    known.size_bytes = int(total) if total.isdigit() else len(response.body)
    if response.status == GOOD and item.request.method.upper() == "GET":
        known.body = response.body


def _put(known: _Object, bodies: dict[str, bytes]) -> Request:
    body = known.body if known.body is not None else bodies.get(known.etag, bytes(known.size_bytes))
    return Request("PUT", known.uri, known.headers, body)


def _parameters(request: Request) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(request.uri).query, keep_blank_values=True)}


def _header(headers: Headers, name: str) -> str:
    return next((value for each, value in headers if each.lower() == name), "")


def _is_whole(value: str, seen: str) -> bool:
    return ";" in seen and seen.partition(";")[0].strip().lower() == value.strip().lower()


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
