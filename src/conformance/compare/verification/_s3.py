"""S3: AWS's addresses of it, and what its requests and answers mean."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.cassette import Request, with_body
from conformance.compare.verification._dialect import Account, Behaviour, Place
from conformance.compare.verification._leaves import keyed_leaves, name_of, plain_value
from conformance.compare.verification._s3_addresses import (
    FIRST_REGION,
    HOST,
    bucket_and_path,
    is_host_style,
    region_of_host,
    region_of_scope,
    renamed_source,
    uri_of_bucket,
)
from conformance.compare.verification._s3_contents import objects_before, uris_of_entries, with_whole_types
from conformance.compare.verification._s3_words import (
    BADLY_SIGNED,
    CHOSEN_HEADERS,
    CHOSEN_LEAVES,
    CLEARED,
    CODE,
    CONDITIONS,
    DETAILS,
    EXPIRED,
    LISTING,
    MISSING,
    OF_A_COPY,
    OF_CHUNKS,
    OF_THE_CLIENT,
    OTHER_BODY,
    REFUSED,
    ROUNDS,
    SAYS_NOTHING,
    SELECTING,
    SKEWED,
    UNKNOWN_KEY,
)
from conformance.compare.verification._sigv4 import (
    OF_A_SIGNATURE,
    STAMP,
    STREAMING,
    UNSIGNED,
    Credential,
    chunks_of,
    decoded_chunks,
    with_authorization,
    with_query,
    without_query,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from conformance.cassette import Interaction, Response


class S3:
    """The ``Dialect`` of S3.

    Recordings have the bucket in the host (``BUCKET.s3.REGION.amazonaws.com``) or in the path; it is sent in the path.
    """

    name = "s3"
    endpoints: Collection[str] = ("s3",)
    volatile_headers: Collection[str] = frozenset(
        {
            *(
                "access-control-allow-origin",
                "access-control-expose-headers",
                "vary",
                "connection",
                "date",
                "keep-alive",
                "server",
                "strict-transport-security",
                "transfer-encoding",
                "via",
            ),
            *("x-amz-cf-id", "x-amz-cf-pop", "x-amz-id-2", "x-amz-request-id", "x-amzn-requestid"),
        }
    )
    volatile_leaves: Collection[str] = frozenset(
        {
            *(
                "ContinuationToken",
                "DisplayName",
                "ID",
                "NextContinuationToken",
                "NextUploadIdMarker",
                "NextVersionIdMarker",
            )
        }
    )
    date_headers: Collection[str] = frozenset({*CONDITIONS[2:], *(f"{OF_A_COPY}-{name}" for name in CONDITIONS[2:])})
    list_keys: Mapping[str, str] = {
        "Bucket": "Name",
        "CommonPrefixes": "Prefix",
        "Contents": "Key",
        "DeleteMarker": "Key",
        "Deleted": "Key",
        "Part": "PartNumber",
        "Rule": "ID",
        "Tag": "Key",
        "Upload": "Key",
        "Version": "Key",
    }
    ordered_lists: Collection[str] = (
        *("Bucket", "CommonPrefixes", "Contents", "DeleteMarker", "Part"),
        "Upload",
        "Version",
    )
    emulator_account: Account = Account("conformance", "conformance")
    environment: tuple[str, str] = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

    def __init__(self, hosts: Collection[str] = ()) -> None:
        """Know which hosts are S3 too, with the port where they have one; the bucket is in the path there."""
        self._hosts = frozenset(hosts)

    def applies(self, uri: str) -> bool:
        """Return whether the host is S3 at AWS, but no website of it, or one that was told."""
        parts = urlsplit(uri)
        return HOST.fullmatch(parts.hostname or "") is not None or parts.netloc in self._hosts

    def obstacle(self, interaction: Interaction) -> str:
        """Return that it was signed in a way that is not known here."""
        request = interaction.request
        told, names = _headers(request), _query(request.uri)
        if "Signature" in names and "AWSAccessKeyId" in names:
            return "presigned by version 2 of the signature"
        if told.get("content-type", "").startswith("multipart/form-data"):
            return "a form, whose policy is signed within"
        is_asymmetric = "ECDSA" in told.get("x-amz-content-sha256", "") + names.get("X-Amz-Algorithm", "")
        return "signed for many regions" if is_asymmetric else ""

    def place(self, request: Request) -> Place:
        """Return bucket and key; no account is named anywhere."""
        bucket, path = bucket_and_path(request.uri)
        return Place("", bucket, unquote(path[1:], errors="surrogateescape"))

    def sources(self, request: Request) -> Iterator[Place]:
        """Return what a copy reads; a version of it is the same place."""
        source = _headers(request).get(OF_A_COPY)
        if source:
            bucket, _, key = unquote(source.partition("?versionId=")[0]).removeprefix("/").partition("/")
            yield Place("", bucket, key)

    def behaviour(self, request: Request, response: Response) -> Behaviour:
        """Return the subresource, what narrows a listing, and whether there is a copy, a range or a condition."""
        query, told = _query(request.uri), _headers(request)
        words = [f"list-type={query[name]}" if name == "list-type" else name for name in SELECTING if name in query]
        words += [name for name in LISTING if name in query]
        words += ["COPY"] * (OF_A_COPY in told) + ["RANGE"] * ("range" in told)
        words += [name for name in CONDITIONS if name in told]
        code = self.error_code(response)
        return Behaviour(
            request.method.upper(), "s3", self.place(request).level, " ".join(words), response.status, code
        )

    def error_code(self, response: Response) -> str:
        """Return ``<Error><Code>``, which an answer with status 200 may have too; answers to HEAD have none."""
        if response.status < 300 and any(name.lower() == "etag" for name, _ in response.headers):  # noqa: PLR2004
            return ""
        found = CODE.search(response.body)
        return found[1].decode("utf-8", "replace") if found else ""

    def chosen(self, response: Response) -> Iterator[tuple[str, str]]:
        """Return ETags, dates, ids of versions and uploads, and tokens; a marker is a key, which the client chose."""
        for name, value in response.headers:
            if name.lower() in CHOSEN_HEADERS:
                yield f"header {name.lower()}", value.strip('"')
        for path, leaf in keyed_leaves(response, self.list_keys) or ():
            if name_of(path) in CHOSEN_LEAVES:
                yield f"body {path}", plain_value(leaf).strip('"')

    def plain(self, response: Response) -> Response:
        """Return an error without the ids of the request and what was signed."""
        return replace(response, body=DETAILS.sub(b"", response.body)) if self.error_code(response) else response

    def addressed(self, request: Request, base: str, account: str) -> Request:  # noqa: ARG002  (S3 has no account there)
        """Return a request to a server that has the bucket in the path; ``Authorization`` keeps the region alone."""
        bucket, path = bucket_and_path(request.uri)
        query = request.uri.partition("?")[2]
        uri = base.rstrip("/") + (f"/{bucket}" if bucket else "") + (path if path != "/" or not bucket else "")
        told = _told(
            request, region_of_host(base) or region_of_scope(request) or region_of_host(request.uri) or FIRST_REGION
        )
        kept = tuple(pair for pair in request.headers if pair[0].lower() != "authorization")
        return replace(request, uri=uri + (f"?{query}" if query else ""), headers=(*kept, ("Authorization", told)))

    def public_base(self, account: Account) -> str:  # noqa: ARG002  (whoever sends)
        """Return the service of the region that ``AWS_REGION`` or ``AWS_DEFAULT_REGION`` names, else of the first."""
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or FIRST_REGION
        return f"https://s3.{region}.amazonaws.com"

    def base_of(self, request: Request) -> str:
        """Return the URL of the bucket, as the host or the path has it; that of the service where there is none."""
        scheme, _, rest = request.uri.partition("://")
        netloc = re.split(r"[/?]", rest, maxsplit=1)[0]
        bucket, _ = bucket_and_path(request.uri)
        return f"{scheme}://{netloc}" + (f"/{bucket}" if bucket and not is_host_style(request.uri) else "")

    def settled(self, request: Request, response: Response, *, shift_s: float, is_secure: bool) -> Request:  # noqa: ARG002
        """Return a request without what its recorder had cleared, and with the date of a presigned URL shifted."""
        head, mark, query = request.uri.partition("?")
        pairs = [_shifted(pair, shift_s) for pair in query.split("&")] if mark else []
        kept = tuple(pair for pair in request.headers if pair[1] != CLEARED)
        return replace(request, uri=f"{head}{mark}{'&'.join(pair for pair in pairs if pair)}", headers=kept)

    def signed(self, request: Request, account: Account, response: Response, *, now: datetime) -> Request:
        """Return a request with a signature in its URL where it had one there, else in its headers.

        It is unsigned where the recorded one bears no trace of a signature and was refused, badly signed or expired
        where the answer says that of it.
        """
        code, region, was_signed = self.error_code(response), *_what_was_told(request)
        is_presigned = _is_presigned(request.uri)
        request = replace(
            request, headers=tuple(each for each in request.headers if each[0].lower() not in OF_THE_CLIENT)
        )
        if not account.key or (response.status == REFUSED and code in ("AccessDenied", "") and not was_signed):
            return replace(_with_plain_body(request), uri=without_query(request.uri))
        key = account.key[::-1] + "-" if code == BADLY_SIGNED else account.key
        name = f"{account.name}-unknown"[-16:] if code == UNKNOWN_KEY else account.name
        when = now - timedelta(hours=1) if code == SKEWED else now
        if is_presigned:
            return with_query(request, Credential(name, key, region, _signed_at(request.uri, when, response)))
        payload = _headers(request).get("x-amz-content-sha256", "")
        if payload.startswith(STREAMING) and chunks_of(request.body) is None:
            request, payload = _with_plain_body(request), ""
        if payload != UNSIGNED and not payload.startswith(STREAMING) and (code != OTHER_BODY or not payload):
            payload = hashlib.sha256(request.body).hexdigest()
        request = replace(request, headers=_without(request, {"x-amz-content-sha256"}))
        return with_authorization(request, Credential(name, key, region, when), payload)

    def renamed(self, request: Request, names: Mapping[str, str]) -> Request:
        """Return a request with other names of buckets in its host or path, in the source of a copy and in ARNs."""
        bucket, _ = bucket_and_path(request.uri)
        uri = request.uri
        if bucket in names:
            sign = "://" if is_host_style(uri) else urlsplit(uri).netloc + "/"
            uri = uri.replace(f"{sign}{bucket}", f"{sign}{names[bucket]}", 1)
        headers = tuple(
            (name, renamed_source(value, names)) if name.lower() == OF_A_COPY else (name, value)
            for name, value in request.headers
        )
        body = request.body
        for old, new in names.items():
            named = rb"(arn:aws[\w-]*:s3:::)%s(?![\w.-])" % re.escape(old.encode())
            body = re.sub(named, rb"\g<1>" + new.encode(), body)
        return with_body(replace(request, uri=uri, headers=headers), body)

    def presupposed(self, interactions: Iterable[Interaction]) -> list[Place]:
        """Return the buckets of which the first answer that says so says that they are there."""
        known: dict[str, bool] = {}
        for item in interactions:
            place, code, status = self.place(item.request), self.error_code(item.response), item.response.status
            is_silent = status in SAYS_NOTHING or (status == 404 and not code and place.level != "container")  # noqa: PLR2004
            if status < 300 and self.creates(item.request) is not None:  # noqa: PLR2004
                known.setdefault(place.container, False)
            elif place.container and not is_silent:
                is_missing = code == MISSING or (status == 404 and not code)  # noqa: PLR2004
                known.setdefault(place.container, not is_missing)
            if status < 300:  # noqa: PLR2004
                for source in self.sources(item.request):
                    known.setdefault(source.container, True)
        return [Place("", name) for name, is_there in known.items() if is_there]

    def completed(self, interactions: Iterable[Interaction]) -> list[Interaction]:
        """Return interactions with whole content types."""
        return with_whole_types(interactions, place_of=self.place)

    def contents(self, interactions: Iterable[Interaction]) -> list[Request]:
        """Return the requests that put the objects that were there; of a bucket that was created, none was."""
        items = list(interactions)
        there = {place.container for place in self.presupposed(items)}
        found = objects_before(items, place_of=self.place, sources_of=self.sources, base_of=self.base_of)
        return [request for request in found if self.place(request).container in there]

    def properties(self, interactions: Iterable[Interaction]) -> list[Request]:  # noqa: ARG002
        """Return nothing: an account has no properties."""
        return []

    def settings(self, interactions: Iterable[Interaction]) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: what a bucket is, requests set."""
        return {}

    def creates(self, request: Request) -> Place | None:
        """Return the bucket of a PUT on it without a subresource."""
        return self._bucket(request, "PUT")

    def removes(self, request: Request) -> Place | None:
        """Return the bucket of a DELETE on it without a subresource."""
        return self._bucket(request, "DELETE")

    def creation(self, place: Place, like: Request) -> Request:
        """Return a CreateBucket; every region but the first is named."""
        region = region_of_scope(like) or region_of_host(like.uri) or FIRST_REGION
        told = f"<LocationConstraint>{region}</LocationConstraint>"
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        body = f'<CreateBucketConfiguration xmlns="{space}">{told}</CreateBucketConfiguration>'
        return Request("PUT", uri_of_bucket(place, like), (), b"" if region == FIRST_REGION else body.encode())

    def removal(self, place: Place, like: Request, send: Callable[[Request], Response]) -> Response:
        """Remove all versions, else all objects, and all uploads of a bucket, and the bucket."""
        uri = uri_of_bucket(place, like)
        lists = (("versions", "VersionId"), ("list-type=2", "VersionId"), ("uploads", "UploadId"))
        for asked, tells in lists:
            seen: list[str] = []
            for _ in range(ROUNDS):
                found = list(uris_of_entries(send(Request("GET", f"{uri}?{asked}&encoding-type=url")), tells, uri))
                if not found or found == seen:
                    break
                for each in found:
                    send(Request("DELETE", each))
                seen = found
        return send(Request("DELETE", uri))

    def _bucket(self, request: Request, method: str) -> Place | None:
        place, query = self.place(request), _query(request.uri)
        is_one = request.method.upper() == method and place.level == "container"
        return None if not is_one or any(name in query for name in SELECTING) else place


def _headers(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}


def _query(uri: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(uri).query, keep_blank_values=True))


def _without(request: Request, names: Collection[str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in request.headers if pair[0].lower() not in names)


def _is_presigned(uri: str) -> bool:
    return any(name in _query(uri) for name in OF_A_SIGNATURE)


def _told(request: Request, region: str) -> str:
    """Return what stands as ``Authorization`` until a request is signed: its region, and if it was signed."""
    told = _headers(request)
    was_signed = _is_presigned(request.uri) or bool({"authorization", "x-amz-date", "x-amz-content-sha256"} & set(told))
    return f"{region}{' signed' if was_signed else ''}"


def _what_was_told(request: Request) -> tuple[str, bool]:
    region, _, word = _headers(request).get("authorization", FIRST_REGION).partition(" ")
    return region, bool(word)


def _shifted(pair: str, shift_s: float) -> str:
    """Return a parameter of a URL later by some seconds if it is the date of a signature; empty if it was cleared."""
    name, _, value = pair.partition("=")
    if value == CLEARED:
        return f"{name}=" if name not in OF_A_SIGNATURE else ""
    if name != "X-Amz-Date":
        return pair
    try:
        read = datetime.strptime(value, STAMP).replace(tzinfo=UTC)
        return f"{name}={(read + timedelta(seconds=round(shift_s))).strftime(STAMP)}"
    except (ValueError, OverflowError):
        return ""


def _signed_at(uri: str, now: datetime, response: Response) -> datetime:
    """Return when a URL was presigned; where that is not told, now, or so long ago that it has expired."""
    query = _query(uri)
    if "X-Amz-Date" in query:
        return datetime.strptime(query["X-Amz-Date"], STAMP).replace(tzinfo=UTC)
    lifetime_s = int(query.get("X-Amz-Expires", "3600")) if query.get("X-Amz-Expires", "0").isdigit() else 0
    return now - timedelta(seconds=lifetime_s + 60) if EXPIRED in response.body else now


def _with_plain_body(request: Request) -> Request:
    """Return a request whose body is not in chunks, whether its recorder kept them or not."""
    if not _headers(request).get("x-amz-content-sha256", "").startswith(STREAMING):
        return request
    body = decoded_chunks(request.body)
    kept = []
    for name, value in _without(request, {*OF_CHUNKS, "x-amz-content-sha256", "content-length"}):
        words = [word.strip() for word in value.split(",") if word.strip().lower() != "aws-chunked"]
        told = ", ".join(words) if name.lower() == "content-encoding" else value
        kept += [(name, told)] if told else []
    return replace(request, headers=(*kept, ("Content-Length", str(len(body)))), body=body)
