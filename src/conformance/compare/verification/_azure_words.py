"""What of the headers and bodies of Azure Storage means nothing, and what the service chose."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

CHOSEN_HEADERS = frozenset(
    {
        "etag",
        "last-modified",
        "x-ms-continuation",
        "x-ms-copy-id",
        "x-ms-creation-time",
        "x-ms-deletion-id",
        "x-ms-lease-id",
        "x-ms-request-id",
        "x-ms-snapshot",
        "x-ms-version-id",
    }
)
CHOSEN_LEAVES = frozenset(
    {
        "CopyId",
        "DeletionId",
        "Etag",
        "Last-Modified",
        "NextMarker",
        "Snapshot",
        "Version",
        "VersionId",
        "deletionId",
        "etag",
        "lastModified",
    }
)
VOLATILE_HEADERS: Collection[str] = frozenset(
    {
        "access-control-allow-origin",
        "access-control-expose-headers",
        "connection",
        "date",
        "keep-alive",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-ms-client-request-id",
        "x-ms-original-request-ids",
        "x-ms-request-id",
        "x-ms-version",
    }
)
VOLATILE_LEAVES: Collection[str] = frozenset(
    {
        "AuthenticationErrorDetail",
        "CopyId",
        "DeletionId",
        "Marker",
        "NextMarker",
        "Snapshot",
        "Version",
        "VersionId",
        "creationTime",
        "deletionId",
        "x-ms-continuation",
        "x-ms-copy-id",
        "x-ms-deletion-id",
        "x-ms-lease-time",
        "x-ms-snapshot",
        "x-ms-version-id",
    }
)
DATE_HEADERS: Collection[str] = frozenset(
    {
        "if-modified-since",
        "if-unmodified-since",
        "x-ms-expiry-time",
        "x-ms-source-if-modified-since",
        "x-ms-source-if-unmodified-since",
    }
)
LIST_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "Blob": "Name",
        "BlobPrefix": "Name",
        "Block": "Name",
        "Container": "Name",
        "SignedIdentifier": "Id",
        "Tag": "Key",
        "failedEntries": "name",
        "filesystems": "name",
        "paths": "name",
    }
)
ORDERED_LISTS: Collection[str] = ("Blob", "BlobPrefix", "Block", "Container", "filesystems", "paths")
