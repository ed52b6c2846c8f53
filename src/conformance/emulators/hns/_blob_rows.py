"""The rows of List Blobs: what stands there of a blob, of a directory, and of what was deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import permissions
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._leases import lease_headers
from conformance.emulators.hns._properties import (
    SINCE_ACCESSED,
    SINCE_ACL,
    SINCE_CREATED,
    SINCE_OWNER,
    SINCE_TYPE,
    premium_tier,
)
from conformance.emulators.hns._tags import render_tags, tags_of
from conformance.emulators.hns._versions import SINCE_VERSIONS
from conformance.emulators.hns._xml import element

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Deleted, Node, State

SINCE_REPLICATION = "2020-02-10"
SETTINGS = {
    "content-type": "Content-Type",
    "content-encoding": "Content-Encoding",
    "content-language": "Content-Language",
    "content-crc64": "Content-CRC64",
    "content-md5": "Content-MD5",
    "cache-control": "Cache-Control",
    "content-disposition": "Content-Disposition",
}
COPIED = {
    "x-ms-copy-id": "CopyId",
    "x-ms-copy-status": "CopyStatus",
    "x-ms-copy-source": "CopySource",
    "x-ms-copy-progress": "CopyProgress",
    "x-ms-copy-completion-time": "CopyCompletionTime",
}
AFTER_RECORDINGS = "2026-06-06"
"""Not calibrated: from this version on, later than any recording, a row of a flat account has no empty element for the
metadata of a blob without any, as with Azurite: clients make None of one."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row is about: the path, the node, and of a snapshot its time, of a previous version its id."""

    name: str
    node: Node
    snapshot: str = ""
    version: str = ""
    has_versions_only: bool = False


def render_row(call: Call, state: State, container: Container, row: Row, included: set[str]) -> str:
    """Return the row of a blob, a directory or a snapshot."""
    node = row.node
    lease = {} if row.snapshot or row.version else lease_headers(node.lease, state.clock.now())
    names = {"status": "LeaseStatus", "state": "LeaseState", "duration": "LeaseDuration"}
    leased = "".join(
        element(names[part], lease[f"x-ms-lease-{part}"]) for part in names if f"x-ms-lease-{part}" in lease
    )
    copied = "".join(element(COPIED[name], node.copied[name]) for name in COPIED if name in node.copied)
    owner = _owner(call, node, is_wanted="permissions" in included) if container.is_hierarchical else ""
    is_premium = state.told.sku.startswith("Premium") and node.kind == "PageBlob"
    properties = (
        _first(call, node, owner=owner, is_premium=is_premium)
        + leased
        + (copied if "copy" in included else "")
        + _last(node)
    )
    told = (element("Snapshot", row.snapshot) if row.snapshot else "") + _version(call, row)
    is_told = bool(node.metadata) or container.is_hierarchical or call.version < AFTER_RECORDINGS
    metadata = _metadata_of(node) if "metadata" in included and is_told else ""
    tags = render_tags(tags_of(node)) if "tags" in included and "tags" in node.extras else ""
    replication = "<OrMetadata />" if call.version >= SINCE_REPLICATION else ""
    return (
        f"<Blob>{element('Name', row.name)}{told}<Properties>{properties}</Properties>"
        f"{metadata}{tags}{replication}</Blob>"
    )


def _version(call: Call, row: Row) -> str:
    if not row.node.version or call.version < SINCE_VERSIONS:
        return ""
    is_current = not row.version and not row.snapshot
    told = element("VersionId", row.node.version) + ("<IsCurrentVersion>true</IsCurrentVersion>" if is_current else "")
    return told + ("<HasVersionsOnly>true</HasVersionsOnly>" if row.has_versions_only else "")


def render_deleted(call: Call, container: Container, deleted: Deleted, now: datetime) -> str:
    """Return the row of what was deleted and can be restored."""
    node, left = deleted.node, element("RemainingRetentionDays", str((deleted.until - now).days))
    properties = _first(call, node, expires=deleted.until if container.is_hierarchical else None)
    properties += "" if container.is_hierarchical or deleted.snapshot or deleted.version else "<LeaseStatus />"
    properties += _last(node) + element("DeletedTime", http_date(deleted.at)) + left
    said = element("Snapshot", deleted.snapshot) if deleted.snapshot else ""
    said += element("VersionId", deleted.version) if deleted.version else ""
    said += element("DeletionId", deleted.id) if container.is_hierarchical else ""
    replication = "<OrMetadata />" if call.version >= SINCE_REPLICATION else ""
    return (
        f"<Blob>{element('Name', deleted.path)}{said}<Deleted>true</Deleted>"
        f"<Properties>{properties}</Properties>{replication}</Blob>"
    )


def render_prefix(call: Call, container: Container, prefix: str) -> str:
    """Return the row that stands for all names with a prefix; with a hierarchy it says what the directory is.

    The properties are not calibrated: clients of the service are known to get them, but no recording shows which.
    """
    node = container.nodes.get(prefix[:-1]) if container.is_hierarchical else None
    properties = ""
    if node is not None and call.version >= SINCE_TYPE:
        properties = f"<Properties>{_first(call, node, owner=_owner(call, node))}{_last(node)}</Properties>"
    return f"<BlobPrefix>{element('Name', prefix)}{properties}</BlobPrefix>"


def render_metadata(metadata: dict[str, str]) -> str:
    """Return metadata as elements."""
    inner = "".join(element(name, value) for name, value in metadata.items())
    return f"<Metadata>{inner}</Metadata>" if inner else "<Metadata />"


def _metadata_of(node: Node) -> str:
    return render_metadata(node.metadata | ({"hdi_isfolder": "true"} if node.is_directory else {}))


def _first(
    call: Call, node: Node, *, expires: datetime | None = None, owner: str = "", is_premium: bool = False
) -> str:
    """Return the properties of a row that stand before those of leases and copies.

    Page blobs of premium accounts were recorded to have a tier by their size, and no element for a checksum.
    """
    parts = element("Creation-Time", http_date(node.created)) if call.version >= SINCE_CREATED else ""
    parts += element("Last-Modified", http_date(node.modified))
    if expires or node.expires:
        parts += element("Expiry-Time", http_date(expires or node.expires or node.modified))
    parts += element("Etag", node.etag.strip('"')) + owner + element("Content-Length", str(node.size))
    told = node.settings | {"content-crc64": node.extras.get("crc64", "")}
    names = [name for name in SETTINGS if not is_premium or name != "content-crc64"]
    parts += "".join(element(SETTINGS[name], told.get(name, "")) for name in names)
    if node.accessed is not None and call.version >= SINCE_ACCESSED:
        parts += element("LastAccessTime", http_date(node.accessed))
    if node.kind == "PageBlob":
        parts += element("x-ms-blob-sequence-number", node.extras.get("sequence", "0"))
    parts += element("BlobType", node.kind)
    if node.tier is not None:
        parts += element("AccessTier", node.tier)
        if node.kind == "BlockBlob":
            parts += element("AccessTierChangeTime", node.extras["tiered"])
        if "rehydrates" in node.extras:
            parts += element("ArchiveStatus", node.extras["rehydrates"])
            parts += element("RehydratePriority", node.extras["priority"])
    elif is_premium:
        parts += f"<AccessTier>{premium_tier(node.length)}</AccessTier><AccessTierInferred>true</AccessTierInferred>"
    elif node.kind == "BlockBlob":
        parts += "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
    return parts


def _last(node: Node) -> str:
    """Return the properties of a row that stand behind those of leases and copies."""
    parts = element("ServerEncrypted", "true")
    if node.key_sha256:
        parts += element("CustomerProvidedKeySha256", node.key_sha256)
    if node.scope:
        parts += element("EncryptionScope", node.scope)
    if "sealed" in node.extras:
        parts += element("Sealed", "true")
    if "tags" in node.extras:
        parts += element("TagCount", str(len(tags_of(node))))
    return parts


def _owner(call: Call, node: Node, *, is_wanted: bool = False) -> str:
    """Return whose a file or directory is and what it is; in the place of the reference, as no recording has it."""
    parts = ""
    if is_wanted and call.version >= SINCE_OWNER:
        letters = permissions(node.acl, is_sticky="sticky" in node.extras)
        parts += element("Owner", node.owner) + element("Group", node.group) + element("Permissions", letters)
        if call.version >= SINCE_ACL:
            parts += element("Acl", node.acl)
    if call.version >= SINCE_TYPE:
        parts += element("ResourceType", "directory" if node.is_directory else "file")
    return parts
