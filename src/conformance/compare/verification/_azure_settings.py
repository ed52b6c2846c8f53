"""How an account of Azure Storage was set before a recording began, as far as it shows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from conformance.cassette import Request, decoded_body
from conformance.compare.verification._azure_clearing import DEFAULT_VERSION, version_of
from conformance.compare.verification._dates import read_http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.cassette import Interaction

SERVICE = {"restype": "service", "comp": "properties"}
POLICY = b"<DeleteRetentionPolicy>"
KEPT = re.compile(rb"<Expiry-Time>([^<]+)</Expiry-Time>.*?<DeletedTime>([^<]+)</DeletedTime>", re.DOTALL)
REMAINING = re.compile(rb"<RemainingRetentionDays>(\d+)</RemainingRetentionDays>")
REPLICATION = re.compile(rb"<GeoReplication><Status>([^<]+)</Status>")
DAY = timedelta(days=1)
USUAL_DAYS = 7
IS_VERSIONED, KEEPS_CONTAINERS, TRACKS_ACCESS = "is_versioned", "keeps_containers", "tracks_access"
PREMIUM_SKU = "Premium_LRS"
INFERRED_PREMIUM = re.compile(rb"<AccessTier>P\d+</AccessTier><AccessTierInferred>")
STATIC = {"x-ms-sku-name": "sku", "x-ms-account-kind": "kind"}
GOOD, CREATED = 200, 201


def properties_before(interactions: Iterable[Interaction], *, base_of: Callable[[Request], str]) -> Iterator[Request]:
    """Yield the requests that set the properties of the service as a recording shows them to have been.

    They are those of the first answer that tells them; of what the recording had set before that, nothing is known, and
    it sets it again. That what is deleted can be restored is told by deletions as well.
    """
    items = list(interactions)
    told = next((item for item in items if _is_service(item, "GET") and item.response.status == GOOD), None)
    if told is not None:
        body = decoded_body(told.response.body, told.response.headers).removeprefix(b"\xef\xbb\xbf")
        yield _set(told.request, base_of, body)
    kept = next(_retaining(items), None)
    if kept is not None:
        policy = f"<Enabled>true</Enabled><Days>{_days(items)}</Days>"
        body = f"<DeleteRetentionPolicy>{policy}</DeleteRetentionPolicy>".encode()
        yield _set(kept.request, base_of, b"<StorageServiceProperties>" + body + b"</StorageServiceProperties>")


def settings_before(interactions: Iterable[Interaction]) -> dict[str, str]:
    """Return what only the management of an account sets: ``is_versioned``, ``keeps_containers``, ``sku``, ...

    ``tracks_access`` says that the account keeps when blobs were read,
    ``keeps_containers`` says that deleted containers can be restored, ``kind`` and ``sku`` what the account is, and
    ``replication`` the status of its copy elsewhere.
    """
    found: dict[str, str] = {}
    for item in interactions:
        headers = {name.lower(): value for name, value in item.response.headers}
        query = _query(item.request)
        if "x-ms-version-id" in headers or b"<IsCurrentVersion>" in item.response.body:
            found[IS_VERSIONED] = "true"
        if "x-ms-last-access-time" in headers or b"<LastAccessTime>" in item.response.body:
            found[TRACKS_ACCESS] = "true"
        is_premium = "x-ms-access-tier-inferred" in headers and headers.get("x-ms-access-tier", "").startswith("P")
        if is_premium or INFERRED_PREMIUM.search(item.response.body):
            found.setdefault("sku", PREMIUM_SKU)
        is_undelete = query.get("comp") == "undelete" and query.get("restype") == "container"
        if is_undelete and item.response.status == CREATED:
            found[KEEPS_CONTAINERS] = "true"
        replication = REPLICATION.search(item.response.body) if query.get("comp") == "stats" else None
        if replication is not None:
            found["replication"] = replication[1].decode()
        found |= {STATIC[name]: value for name, value in headers.items() if name in STATIC}
    return found


def _retaining(items: Iterable[Interaction]) -> Iterator[Interaction]:
    """Yield the interactions that show that what is deleted is kept, before the recording says anything of that."""
    for item in items:
        is_said = _is_service(item, "GET") or (_is_service(item, "PUT") and POLICY in item.request.body)
        if is_said and item.response.status < 300:  # noqa: PLR2004
            return
        headers = {name.lower(): value for name, value in item.response.headers}
        query = _query(item.request)
        is_back = query.get("comp") == "undelete" and "restype" not in query and item.response.status == GOOD
        if is_back or headers.get("x-ms-delete-type-permanent") == "false" or "x-ms-deletion-id" in headers:
            yield item


def _days(items: Iterable[Interaction]) -> int:
    """Return for how many days: by the dates of what was deleted, else by the days that are left, begun ones whole."""
    spans: list[int] = []
    left: list[int] = []
    for item in items:
        for entry in item.response.body.split(b"</Blob>"):
            for texts in KEPT.findall(entry):
                end, start = (read_http_date(text.decode()) for text in texts)
                spans += [round((end - start) / DAY)] if end and start else []
            left += [int(days) + 1 for days in REMAINING.findall(entry)]
    return max(1, *spans) if spans else max(left, default=USUAL_DAYS)


def _set(like: Request, base_of: Callable[[Request], str], body: bytes) -> Request:
    headers = (("x-ms-version", version_of(like.headers) or DEFAULT_VERSION), ("Content-Type", "application/xml"))
    return Request("PUT", f"{base_of(like)}/?restype=service&comp=properties", headers, body)


def _is_service(item: Interaction, method: str) -> bool:
    query = _query(item.request)
    return item.request.method.upper() == method and all(query.get(name) == value for name, value in SERVICE.items())


def _query(request: Request) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))
