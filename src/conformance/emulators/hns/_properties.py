"""What requests say of a file, directory or blob besides its content, and what answers say of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl

from conformance.emulators.hns._acl import permissions
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import lease_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._clock import Clock
    from conformance.emulators.hns._state import Container, Node

Reading = Literal["head", "get", "range"]
SETTINGS = {
    "cache-control": "Cache-Control",
    "content-disposition": "Content-Disposition",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "content-md5": "Content-MD5",
    "content-type": "Content-Type",
}
"""The headers that a client sets and gets back, by their names in lower case."""
KEPT_EMPTY = "content-disposition"
"""The one that an empty value sets, by the recordings; of the others it takes away."""
DEFAULT_TYPE = "application/octet-stream"

# The version that each came with: of the reference where no recording is of the version before it.
SINCE_ENCRYPTED = "2015-12-11"
SINCE_TIER = "2017-04-17"
SINCE_CREATED = "2017-11-09"
SINCE_TAGS = "2019-12-12"
SINCE_ACCESSED = "2020-02-10"
SINCE_OWNER = "2020-06-12"
SINCE_TYPE = "2020-10-02"
SINCE_ACL = "2023-11-03"
SINCE_TIER_OF_READS = "2026-02-06"
"""Not calibrated: the reference of 2025-11-05 does not know it for reads, answers of 2026-04-06 have it."""

PREMIUM_SIZES = {
    f"P{number}": size << 30 for number, size in ((10, 128), (20, 512), (30, 1024), (40, 2048), (50, 4096))
}
"""How large a page blob may be, in bytes, for the tiers of premium accounts (REST reference, "Set Blob Tier")."""


def asked_settings(call: Call, *, is_content: bool) -> dict[str, str]:
    """Return the settings that a request asks for.

    Args:
        call: Its ``x-ms-blob-…`` headers count.
        is_content: Whether its plain headers are about the blob too, where it has none of the others.
    """
    settings = {}
    for name in SETTINGS:
        value = call.headers.get(f"x-ms-blob-{name}")
        if value is None and is_content and name != "content-md5":
            value = call.headers.get(name)
        if value or (value is not None and name == KEPT_EMPTY):
            settings[name] = value
    settings.setdefault("content-type", DEFAULT_TYPE)
    return settings


def state_headers(changed: Node | Container) -> dict[str, str]:
    """Return ETag and date, as every answer about something that is there has them."""
    return {"ETag": changed.etag, "Last-Modified": http_date(changed.modified)}


def encryption_headers(call: Call, node: Node | None) -> dict[str, str]:
    """Return what the answer to a write says of the encryption."""
    if call.version < SINCE_ENCRYPTED:
        return {}
    headers = {"x-ms-request-server-encrypted": "true"}
    key = node.key_sha256 if node else call.headers.get("x-ms-encryption-key-sha256")
    scope = node.scope if node else call.headers.get("x-ms-encryption-scope")
    if key:
        headers["x-ms-encryption-key-sha256"] = key
    if scope:
        headers["x-ms-encryption-scope"] = scope
    return headers


def write_headers(call: Call, node: Node) -> dict[str, str]:
    """Return what the answer to every write of a blob says."""
    return state_headers(node) | encryption_headers(call, node)


def metadata_headers(metadata: dict[str, str]) -> dict[str, str]:
    """Return metadata as headers."""
    return {f"x-ms-meta-{name}": value for name, value in metadata.items()}


def node_headers(  # noqa: PLR0913  (the node, its place, and what is asked)
    call: Call, node: Node, clock: Clock, *, is_hierarchical: bool, is_snapshot: bool = False, reading: Reading = "head"
) -> dict[str, str]:
    """Return what a read says of a node.

    Args:
        call: Its version says which headers there are.
        node: What is read.
        clock: For the state of its lease.
        is_hierarchical: Whether the account is; else nothing is said of owner and permissions.
        is_snapshot: Whether it is one, of which no lease can be held.
        reading: All or a range of it, or only this.
    """
    headers = state_headers(node) | {"Accept-Ranges": "bytes"}
    headers |= {SETTINGS[name]: value for name, value in node.settings.items()}
    if reading == "range" and "Content-MD5" in headers:
        headers["x-ms-blob-content-md5"] = headers.pop("Content-MD5")
    headers |= metadata_headers(node.metadata)
    if node.is_directory:
        headers["x-ms-meta-hdi_isfolder"] = "true"
    headers["x-ms-blob-type"] = node.kind
    if not is_snapshot:
        headers |= lease_headers(node.lease, clock.now())
    if call.version >= SINCE_CREATED:
        headers["x-ms-creation-time"] = http_date(node.created)
    if call.version >= SINCE_ENCRYPTED:
        headers["x-ms-server-encrypted"] = "true"
    if node.key_sha256:
        headers["x-ms-encryption-key-sha256"] = node.key_sha256
    if node.scope:
        headers["x-ms-encryption-scope"] = node.scope
    headers |= _kind_headers(call, node) | node.copied | _tier_headers(call, node, is_head=reading == "head")
    headers |= _occasional_headers(call, node)
    return headers | (_owner_headers(call, node) if is_hierarchical else {})


def _occasional_headers(call: Call, node: Node) -> dict[str, str]:
    headers: dict[str, str] = {}
    if node.expires is not None:
        headers["x-ms-expiry-time"] = http_date(node.expires)
    if node.accessed is not None and call.version >= SINCE_ACCESSED:
        headers["x-ms-last-access-time"] = http_date(node.accessed)
    if "tags" in node.extras and call.version >= SINCE_TAGS:
        headers["x-ms-tag-count"] = str(len(parse_qsl(node.extras["tags"], keep_blank_values=True)))
    return headers


def _kind_headers(call: Call, node: Node) -> dict[str, str]:
    if node.kind == "PageBlob":
        return {"x-ms-blob-sequence-number": node.extras.get("sequence", "0")}
    if node.kind == "AppendBlob":
        headers = {"x-ms-blob-committed-block-count": str(len(node.blocks))}
        if "sealed" in node.extras and call.version >= SINCE_TAGS:
            headers["x-ms-blob-sealed"] = "true"
        return headers
    return {}


def _tier_headers(call: Call, node: Node, *, is_head: bool) -> dict[str, str]:
    if (node.kind != "BlockBlob" and node.tier is None) or call.version < (
        SINCE_TIER if is_head else SINCE_TIER_OF_READS
    ):
        return {}
    if node.tier is None:
        return {"x-ms-access-tier": "Hot", "x-ms-access-tier-inferred": "true"}
    said = {"x-ms-access-tier": node.tier}
    if node.kind == "BlockBlob":
        said["x-ms-access-tier-change-time"] = node.extras["tiered"]
    if "rehydrates" in node.extras:
        said["x-ms-archive-status"] = node.extras["rehydrates"]
        said["x-ms-rehydrate-priority"] = node.extras["priority"]
    return said


def premium_tier(size_bytes: int) -> str:
    """Return the tier that follows from the size of a page blob in a premium account; the least was recorded."""
    return next((tier for tier, most in PREMIUM_SIZES.items() if size_bytes <= most), "P80")


def _owner_headers(call: Call, node: Node) -> dict[str, str]:
    headers: dict[str, str] = {}
    if call.version >= SINCE_OWNER:
        letters = permissions(node.acl, is_sticky="sticky" in node.extras)
        headers |= {"x-ms-owner": node.owner, "x-ms-group": node.group, "x-ms-permissions": letters}
    if call.version >= SINCE_TYPE:
        headers["x-ms-resource-type"] = "directory" if node.is_directory else "file"
    if call.version >= SINCE_ACL:
        headers["x-ms-acl"] = node.acl
    if call.version >= SINCE_TYPE and "encryption-context" in node.extras:  # not calibrated from which version on
        headers["x-ms-encryption-context"] = node.extras["encryption-context"]
    return headers


def check_key(call: Call, node: Node, *, is_write: bool = False) -> None:
    """Hold the key, and for a write the encryption scope, that a request names against those of a blob.

    Raises:
        ServiceError: They differ.
    """
    given, scope = call.headers.get("x-ms-encryption-key-sha256"), call.headers.get("x-ms-encryption-scope")
    if given and node.key_sha256 is None:
        raise ServiceError("BlobDoesNotUseCustomerSpecifiedEncryption", status=HTTPStatus.CONFLICT)
    if (given or None) != node.key_sha256 or (is_write and (scope or None) != node.scope):
        raise ServiceError("BlobUsesCustomerSpecifiedEncryption")
