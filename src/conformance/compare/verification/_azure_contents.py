"""What was in containers of Azure Storage before a recording began, as far as it shows."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

from conformance.cassette import Request, decoded_body
from conformance.compare.verification._azure_addresses import SECONDARY
from conformance.compare.verification._azure_clearing import DEFAULT_VERSION, version_of
from conformance.compare.verification._dates import read_http_date
from conformance.compare.verification._dialect import Place
from conformance.compare.verification._leaves import keyed_leaves, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from conformance.cassette import Interaction, Response

LARGEST_BYTES = 1 << 26
PAGE_BYTES = 512
FEW_BYTES = 1 << 22
SETTINGS = ("cache-control", "content-disposition", "content-encoding", "content-language", "content-type")
GONE = ("BlobNotFound", "PathNotFound", "ResourceNotFound", "FilesystemNotFound", "ContainerNotFound")
APPENDED_AT = "x-ms-blob-append-offset"
THERE = ("BlobAlreadyExists", "PathAlreadyExists", "ResourceTypeMismatch")
OTHERS = frozenset({"snapshot", "versionid", "deletionid"})
NEEDING = frozenset({"metadata", "properties", "lease", "snapshot", "tier", "tags", "appendblock", "page", "expiry"})
UNCHANGING = frozenset({"lease", "snapshot", "tags"})
CONTENT_RANGE = re.compile(r"bytes (\d+)-")
KIND_OF = {"appendblock": "AppendBlob", "page": "PageBlob"}


@dataclass(slots=True)
class _Blob:
    """What is known of a blob, a file or a directory that was there before.

    A directory that is implied was made with what is in it, and has no content type.
    """

    place: Place
    like: Request
    kind: str = "BlockBlob"
    is_directory: bool = False
    is_implied: bool = False
    size_bytes: int = 0
    body: bytes | None = None
    parts: dict[int, bytes] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    md5: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    tier: str = ""
    modified: datetime | None = None

    def assembled(self) -> bytes:
        """Return the body as far as parts of it were read; zeros for the rest."""
        body = bytearray(self.size_bytes)
        for start, part in self.parts.items():
            body[start : start + len(part)] = part
        return bytes(body)


class ContentsBefore:
    """Finds out what was in containers; for one recording. Not safe across threads.

    Args:
        place_of: What a request is about.
        sources_of: What a copy or a rename reads.
        creates: The container that a request creates, if it is such a request.
        error_code: Of an answer.
    """

    def __init__(
        self,
        *,
        place_of: Callable[[Request], Place],
        sources_of: Callable[[Request], Iterable[Place]],
        creates: Callable[[Request], Place | None],
        error_code: Callable[[Response], str],
    ) -> None:
        """Know of nothing yet."""
        self._place_of, self._sources_of, self._creates, self._error_code = place_of, sources_of, creates, error_code
        self._found: dict[Place, _Blob] = {}
        self._made: set[Place] = set()
        self._implied: set[Place] = set()

    def blobs(self, interactions: Iterable[Interaction]) -> list[_Blob]:
        """Return what a recording finds and has not made: directories, then blobs, the oldest first.

        What is in a container that the recording has made is its own. A blob that it never reads is an empty one.
        """
        for item in interactions:
            place, query = self._place(item.request), _query(item.request)
            created, code, status = self._creates(item.request), self._error_code(item.response), item.response.status
            if (created is not None and code != "ContainerAlreadyExists") or code in GONE[3:]:
                self._made.add(Place(place.account, place.container))
            if status < 300:  # noqa: PLR2004
                for source in self._sources_of(item.request):
                    known = self._note(Place(place.account, source.container, source.path), item.request)
                    if known is not None and not known.md5:
                        told = {name.lower(): value for name, value in item.response.headers}
                        known.md5 = told.get("content-md5", "")
            if place.level == "container" and status == 200:  # noqa: PLR2004
                self._note_listing(item, place)
            elif place.level == "path" and not OTHERS & query.keys():
                self._note_path(item, place, query)
        found = [each for each in self._found.values() if each.size_bytes <= LARGEST_BYTES and not self._comes(each)]
        return sorted(
            found, key=lambda each: (not each.is_directory, each.modified.timestamp() if each.modified else 0.0)
        )

    def _comes(self, blob: _Blob) -> bool:
        """Return whether a directory came, and comes again, with what is in it."""
        start = f"{blob.place.path}/"
        return blob.is_implied and any(
            replace(each, path=blob.place.path) == blob.place for each in self._found if each.path.startswith(start)
        )

    def _place(self, request: Request) -> Place:
        place = self._place_of(request)
        return Place(place.account.removesuffix(SECONDARY), place.container, place.path.rstrip("/"))

    def _note(self, place: Place, like: Request) -> _Blob | None:
        """Return what is known of a place that was there before; None where the recording has made or removed it."""
        above = [Place(place.account, place.container, path) for path in ("", *_above(place.path), place.path)]
        if not place.path or place in self._implied or any(each in self._made for each in above):
            return None
        return self._found.setdefault(place, _Blob(place, like))

    def _note_path(self, item: Interaction, place: Place, query: Mapping[str, str]) -> None:
        method, comp, status = item.request.method.upper(), query.get("comp", ""), item.response.status
        code = self._error_code(item.response)
        is_read, is_good = method in ("GET", "HEAD"), status < 300 or status == 304  # noqa: PLR2004
        is_needing = is_read or method in ("DELETE", "PATCH") or comp in NEEDING
        if (is_good and is_needing) or code in THERE:
            known = self._note(place, item.request)
            if known is not None and is_read and status in (200, 206):
                _read(known, item.response, has_body=method == "GET" and not comp and "action" not in query)
            if known is not None and comp in KIND_OF:
                known.kind = KIND_OF[comp]
                offsets = [value for name, value in item.response.headers if name.lower() == APPENDED_AT]
                known.size_bytes = int(offsets[0]) if offsets and not known.settings else known.size_bytes
        if code in GONE or (is_good and not is_read and comp not in UNCHANGING):
            self._made.add(place)
            self._implied |= {Place(place.account, place.container, path) for path in _above(place.path)}

    def _note_listing(self, item: Interaction, place: Place) -> None:
        for row in _rows(item.response):
            path = row.get("Name", "").rstrip("/")
            is_other = row.get("Deleted") == "true" or "Snapshot" in row or row.get("IsCurrentVersion") == "false"
            known = None if is_other else self._note(Place(place.account, place.container, path), item.request)
            if known is None or known.modified is not None:
                continue
            told = {name.lower(): value for name, value in row.items()}
            _describe(known, told)
            known.is_directory = row.get("ResourceType") == "directory" or "hdi_isfolder" in known.metadata


def puts(blob: _Blob, bodies: Mapping[str, bytes], base: str) -> Iterator[Request]:
    """Yield the requests that put a blob.

    Args:
        blob: What is known of it. A body that no answer shows is as many zeros as it has bytes.
        bodies: Bodies of the recording by their MD5, in base64.
        base: The URL of the blob service, up to the container.
    """
    uri = f"{base}/{quote(blob.place.container)}/{quote(blob.place.path)}"
    version = ("x-ms-version", version_of(blob.like.headers) or DEFAULT_VERSION)
    if blob.is_directory:
        yield Request("PUT", f"{uri.replace('.blob.', '.dfs.', 1)}?resource=directory", (version,))
        return
    body = blob.body if blob.body is not None else bodies.get(blob.md5) or blob.assembled()
    said = {f"x-ms-blob-{name}": value for name, value in blob.settings.items()}
    said |= {f"x-ms-meta-{name}": value for name, value in blob.metadata.items()}
    said |= {"x-ms-blob-content-md5": blob.md5} if blob.md5 else {}
    tier = {"x-ms-access-tier": blob.tier} if blob.tier else {}
    if blob.kind == "AppendBlob":
        yield Request("PUT", uri, (version, ("x-ms-blob-type", blob.kind), *said.items()))
        if body:
            yield Request("PUT", f"{uri}?comp=appendblock", (version,), body)
    elif blob.kind == "PageBlob":
        size = ("x-ms-blob-content-length", str(-(-len(body) // PAGE_BYTES) * PAGE_BYTES))
        yield Request("PUT", uri, (version, ("x-ms-blob-type", blob.kind), size, *said.items()))
        if body.strip(b"\0") and len(body) <= FEW_BYTES:
            pages = (("x-ms-page-write", "update"), ("x-ms-range", f"bytes=0-{len(body) - 1}"))
            yield Request("PUT", f"{uri}?comp=page", (version, *pages), body)
    elif blob.md5 and blob.md5 == _md5(body):
        yield Request("PUT", uri, (version, ("x-ms-blob-type", blob.kind), *said.items(), *tier.items()), body)
    else:
        name = base64.b64encode(b"block-000001").decode()
        if body:
            yield Request("PUT", f"{uri}?comp=block&blockid={quote(name, safe='')}", (version,), body)
        listed = f"<BlockList>{f'<Latest>{name}</Latest>' if body else ''}</BlockList>".encode()
        yield Request("PUT", f"{uri}?comp=blocklist", (version, *said.items(), *tier.items()), listed)


def bodies_by_md5(interactions: Iterable[Interaction]) -> dict[str, bytes]:
    """Return all bodies of a recording by their MD5, in base64."""
    return {_md5(body): body for item in interactions for body in (item.request.body, item.response.body)}


def _above(path: str) -> list[str]:
    """Return the directories above a path, which are made with it where there are any."""
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names))]


def _read(known: _Blob, response: Response, *, has_body: bool) -> None:
    """Take what an answer to a GET or a HEAD tells of a blob, if it is the first that tells anything."""
    headers = {name.lower(): value for name, value in response.headers}
    total = headers.get("content-range", "").rpartition("/")[2] or headers.get("content-length", "")
    is_whole = has_body and len(response.body) == int(total if total.isdigit() else "-1")
    if is_whole and known.body is None:
        known.body = decoded_body(response.body, response.headers) if "content-encoding" in headers else response.body
    start = CONTENT_RANGE.match(headers.get("content-range", ""))
    if has_body and start is not None:
        known.parts[int(start[1])] = response.body
    if "last-modified" not in headers or known.settings:
        return
    if response.status == 206:  # noqa: PLR2004  (the MD5 is that of the part)
        headers["content-md5"] = headers.get("x-ms-blob-content-md5", "")
    headers["content-length"] = total
    headers["blobtype"] = headers.get("x-ms-blob-type", "")
    if headers.get("x-ms-access-tier-inferred") != "true":
        headers["accesstier"] = headers.get("x-ms-access-tier", "")
    for name, value in headers.items():
        if name.startswith("x-ms-meta-"):
            known.metadata[name.removeprefix("x-ms-meta-")] = value
    for pair in headers.get("x-ms-properties", "").split(","):
        name, _, value = pair.partition("=")
        if name:
            known.metadata[name] = base64.b64decode(value).decode("utf-8", "replace")
    is_directory = "hdi_isfolder" in known.metadata or headers.get("x-ms-resource-type") == "directory"
    known.is_directory = is_directory
    _describe(known, headers)


def _describe(known: _Blob, told: Mapping[str, str]) -> None:
    """Take what a row of a listing or an answer tells, by lower-case names of elements."""
    known.settings = {name: told[name] for name in SETTINGS if told.get(name)}
    known.md5 = told.get("content-md5", "")
    known.kind = told.get("blobtype") or known.kind
    known.is_implied = told.get("content-type") == ""
    size = told.get("content-length", "")
    known.size_bytes = int(size) if size.isdigit() else 0
    known.modified = read_http_date(told.get("last-modified", ""))
    is_inferred = told.get("accesstierinferred") == "true"
    known.tier = "" if is_inferred or known.kind != "BlockBlob" else told.get("accesstier", "")
    known.metadata |= {name[9:]: value for name, value in told.items() if name.startswith("metadata/")}


def _rows(response: Response) -> Iterator[dict[str, str]]:
    """Yield the entries of a listing of the blob or the dfs endpoint, by the names of their leaves."""
    found: dict[str, dict[str, str]] = {}
    for path, leaf in keyed_leaves(response, {}) or ():
        row = re.match(r"(/EnumerationResults/Blobs/Blob(?:\[\d+\])?|\$\.paths\[\d+\])[/.](.*)", path)
        if row is not None:
            name = re.sub(r"^Properties/", "", row[2])
            found.setdefault(row[1], {})[name] = plain_value(leaf)
    for told in found.values():
        yield _of_dfs(told) if "name" in told else told


def _of_dfs(row: Mapping[str, str]) -> dict[str, str]:
    names = {"name": "Name", "contentLength": "Content-Length", "lastModified": "Last-Modified"}
    told = {names[name]: value for name, value in row.items() if name in names}
    return {**told, "ResourceType": "directory" if row.get("isDirectory") == "true" else "file"}


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
