"""Operations that make a blob as a whole, delete it, or change what is said of it."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._checksums import check_body, check_md5, crc64_text, md5
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import change_lease, check_lease, check_lease_request, end_by_write, required
from conformance.emulators.hns._nodes import changed_node, container_of, find, node_of, path_of, placed_over
from conformance.emulators.hns._properties import (
    SETTINGS,
    asked_settings,
    state_headers,
    write_headers,
)
from conformance.emulators.hns._state import PAGE_BYTES
from conformance.emulators.hns._tags import check_tags, parse_tags, set_tags, tag_blob
from conformance.emulators.hns._trash import keep, restore_blob, restore_path, take_away
from conformance.emulators.hns._versions import begin_version, delete_version, end_version, version_headers

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

TIERS = ("Hot", "Cool", "Cold", "Archive")
PREMIUM_TIERS = ("P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50", "P60", "P70", "P80")
LARGEST_PAGE_BLOB = 8 * 1024**4


def put_blob(call: Call, state: State) -> Answer:
    """Make a block blob with content, or an empty append blob or page blob."""
    kind = required(call, "x-ms-blob-type")
    container = container_of(call, state)
    if kind not in ("BlockBlob", "AppendBlob", "PageBlob"):
        raise bad_header(call, "x-ms-blob-type")
    length = _page_blob_length(call) if kind == "PageBlob" else 0
    if kind != "BlockBlob" and call.body:
        raise ServiceError("InvalidBlobType", status=HTTPStatus.BAD_REQUEST)
    before = placed_over(call, state, container)
    checksums = check_body(call)
    node = new_blob(call, state, container, before)
    node.kind, node.content, node.length = kind, call.body, length
    if kind == "BlockBlob":
        if given := call.headers.get("x-ms-blob-content-md5"):
            check_md5(given, call.body)
        checksums.setdefault("Content-MD5", md5(call.body))
        node.settings.setdefault("content-md5", checksums["Content-MD5"])
        ask_tier(call, state, node)
    if kind == "PageBlob":
        ask_tier(call, state, node)
        node.extras["sequence"] = call.headers.get("x-ms-blob-sequence-number") or "0"
    place(state, container, path_of(call, container), node, before)
    headers = write_headers(call, node) | version_headers(call, node)
    if kind == "BlockBlob":
        headers |= checksums
        if call.version >= "2019-02-02":
            headers["x-ms-content-crc64"] = checksums.get("x-ms-content-crc64") or crc64_text(call.body)
    return Answer(201, headers)


def new_blob(call: Call, state: State, container: Container, before: Node | None, *, is_content: bool = True) -> Node:
    """Return a blob with what the headers of a request say of it, not yet in its place.

    Args:
        call: Its settings, metadata, tags, key and scope count.
        state: For ETag and date.
        container: Its default scope counts.
        before: What it takes the place of, which keeps its date of creation, its lease and its snapshots.
        is_content: See `asked_settings`.
    """
    node = state.node()
    node.settings, node.metadata = asked_settings(call, is_content=is_content), call.metadata()
    node.key_sha256 = call.headers.get("x-ms-encryption-key-sha256") or None
    node.scope = call.headers.get("x-ms-encryption-scope") or container.settings.get("x-ms-default-encryption-scope")
    tag_blob(call, node)
    if before is not None:
        node.lease, node.snapshots = before.lease, before.snapshots
        if container.is_hierarchical:
            node.owner, node.group, node.acl = before.owner, before.group, before.acl
    return node


def place(state: State, container: Container, path: str, node: Node, before: Node | None) -> None:
    """Put a blob in its place, over what is there; its blocks that are not committed go with that."""
    if before is not None:
        keep_overwritten(state, container, path, before)
    begin_version(state, container, path, node, before)
    state.make_ancestors(container, path)
    container.add(path, node)


def keep_overwritten(state: State, container: Container, path: str, before: Node) -> None:
    """Keep what is overwritten as a snapshot that was deleted, where retention is on (not with a hierarchy).

    Where versions are kept, it is one of those.
    """
    if not container.is_hierarchical and not state.told.is_versioned:
        keep(state, container, path, before, snapshot=state.snapshot_time())


def _page_blob_length(call: Call) -> int:
    value = required(call, "x-ms-blob-content-length")
    if not value.isdigit() or int(value) % PAGE_BYTES or int(value) > LARGEST_PAGE_BLOB:
        raise bad_header(call, "x-ms-blob-content-length")
    return int(value)


def ask_tier(call: Call, state: State, node: Node) -> None:
    """Give a blob the access tier that a request asks for, where it does not leave it to the account."""
    tier = call.headers.get("x-ms-access-tier") or None
    if tier is None:
        return
    if tier not in TIERS + PREMIUM_TIERS:
        raise bad_header(call, "x-ms-access-tier")
    node.tier, node.extras["tiered"] = tier, http_date(state.clock.now())


def bad_header(call: Call, name: str) -> ServiceError:
    """Return the error of a header whose value is of no use."""
    return ServiceError("InvalidHeaderValue", {"HeaderName": name, "HeaderValue": call.headers.get(name, "")})


def delete_blob(call: Call, state: State) -> Answer:
    """Delete a blob, a file, an empty directory, or snapshots."""
    container = container_of(call, state)
    path = path_of(call, container)
    if container.is_hierarchical and container.file_above(path) is not None:
        raise ServiceError("OperationNotAllowedInCurrentState")
    node = changed_node(call, state, container, has_key=False)
    if "snapshot" in call.query:
        time = call.query["snapshot"]
        del container.nodes[path].snapshots[time]
        return Answer(202, keep(state, container, path, node, snapshot=time))
    if "versionid" in call.query:
        return Answer(202, delete_version(state, container, path, node))
    if container.is_hierarchical and node.is_directory and container.below(path):
        raise ServiceError("DirectoryIsNotEmpty")
    wanted = call.headers.get("x-ms-delete-snapshots", "").lower()
    if wanted not in ("", "include", "only"):
        raise bad_header(call, "x-ms-delete-snapshots")
    if wanted == "only":
        snapshots, node.snapshots = node.snapshots, {}
        headers = {"x-ms-delete-type-permanent": "true"}
        for time, snapshot in snapshots.items():
            headers = keep(state, container, path, snapshot, snapshot=time)
        return Answer(202, headers)
    if node.snapshots and not wanted:
        raise ServiceError("SnapshotsPresent")
    end = end_version if state.told.is_versioned else take_away
    return Answer(202, end(state, container, path))


def undelete_blob(call: Call, state: State) -> Answer:
    """Restore what was deleted: with a hierarchy one deletion of a path, without one all that was of the blob."""
    container = container_of(call, state)
    path = path_of(call, container)
    if not container.is_hierarchical:
        if not restore_blob(state, container, path):
            raise ServiceError("BlobNotFound")
        return Answer(200)
    source, _, query = required(call, "x-ms-undelete-source").partition("?")
    deletion = dict(parse_qsl(query)).get("deletionid", "")
    if path in container.nodes:
        raise ServiceError("BlobAlreadyExists")
    node = restore_path(state, container, unquote(source).strip("/"), deletion, path)
    if node is None:
        raise ServiceError("BlobNotFound")
    kind = "directory" if node.is_directory else "file"
    return Answer(200, {"x-ms-creation-time": http_date(node.created), "x-ms-resource-type": kind})


def set_metadata(call: Call, state: State) -> Answer:
    """Put the metadata of a request in place of what there is."""
    container = container_of(call, state)
    node = changed_node(call, state, container)
    begin_version(state, container, path_of(call, container), node, node)
    end_by_write(node.lease, state.clock)
    state.touch(node)
    node.metadata = {name: value for name, value in call.metadata().items() if name.lower() != "hdi_isfolder"}
    return Answer(200, write_headers(call, node) | version_headers(call, node))


def set_properties(call: Call, state: State) -> Answer:
    """Put the HTTP headers of a request in place of those that there are; resize or number a page blob."""
    node = changed_node(call, state, container_of(call, state), has_key=False)
    changes_pages = {"x-ms-blob-content-length", "x-ms-sequence-number-action"} & call.headers.keys()
    if changes_pages and node.kind == "PageBlob":
        if "x-ms-blob-content-length" in call.headers:
            node.length = _page_blob_length(call)
            node.pages = {page: text for page, text in node.pages.items() if page * PAGE_BYTES < node.length}
        if "x-ms-sequence-number-action" in call.headers:
            node.extras["sequence"] = _next_sequence(call, int(node.extras.get("sequence", "0")))
    elif changes_pages:
        raise ServiceError("InvalidBlobType")
    if not changes_pages or any(f"x-ms-blob-{name}" in call.headers for name in SETTINGS):
        node.settings = asked_settings(call, is_content=False)
        if "x-ms-blob-content-type" not in call.headers:
            del node.settings["content-type"]
    end_by_write(node.lease, state.clock)
    state.touch(node)
    sequence = {"x-ms-blob-sequence-number": node.extras["sequence"]} if node.kind == "PageBlob" else {}
    return Answer(200, state_headers(node) | sequence)


def _next_sequence(call: Call, sequence: int) -> str:
    action, given = call.headers["x-ms-sequence-number-action"].lower(), call.headers.get("x-ms-blob-sequence-number")
    if action == "increment" and given is None:
        return str(sequence + 1)
    if action not in ("max", "update") or given is None or not given.isdigit():
        raise bad_header(call, "x-ms-sequence-number-action")
    return str(max(sequence, int(given))) if action == "max" else given


def set_blob_tags(call: Call, state: State) -> Answer:
    """Put the tags of a request in place of those that there are."""
    node = node_of(call, state, container_of(call, state))
    check_lease(call, node.lease, state.clock)
    check_tags(call, node)
    set_tags(node, parse_tags(call.body))
    return Answer(204)


def set_tier(call: Call, state: State) -> Answer:
    """Give a blob another access tier, at once; one out of the archive stays there for hours, here for good."""
    required(call, "x-ms-access-tier")
    node = node_of(call, state, container_of(call, state))
    check_lease(call, node.lease, state.clock, is_write=False)
    check_tags(call, node)
    allowed = PREMIUM_TIERS if node.kind == "PageBlob" else TIERS
    if call.headers["x-ms-access-tier"] not in allowed or node.is_directory or node.kind == "AppendBlob":
        raise ServiceError("InvalidBlobTier")
    if node.tier == "Archive" and call.headers["x-ms-access-tier"] != "Archive":
        node.extras["rehydrates"] = f"rehydrate-pending-to-{call.headers['x-ms-access-tier'].lower()}"
        node.extras["priority"] = call.headers.get("x-ms-rehydrate-priority") or "Standard"
        return Answer(202)
    ask_tier(call, state, node)
    return Answer(200)


def set_expiry(call: Call, state: State) -> Answer:
    """Say when a file goes by itself (only with a hierarchy)."""
    container = container_of(call, state)
    if not container.is_hierarchical:
        raise ServiceError("FeatureNotSupportedForAccount")
    option = required(call, "x-ms-expiry-option")
    node = node_of(call, state, container)
    if node.is_directory:
        raise ServiceError("ExpiryNotSupportedForDirectory")
    check_lease(call, node.lease, state.clock)
    node.expires = _expiry(call, node, option, state.clock.now())
    return Answer(200, state_headers(node))


def _expiry(call: Call, node: Node, option: str, now: datetime) -> datetime | None:
    """Return when a file is to go; None for never."""
    if option == "NeverExpire":
        return None
    if option not in ("RelativeToNow", "RelativeToCreation", "Absolute"):
        raise bad_header(call, "x-ms-expiry-option")
    value = required(call, "x-ms-expiry-time")
    try:
        if option == "Absolute":
            expires = parsedate_to_datetime(value).astimezone(UTC)
        else:
            expires = (now if option == "RelativeToNow" else node.created) + timedelta(milliseconds=int(value))
    except (ValueError, OverflowError) as error:
        raise bad_header(call, "x-ms-expiry-time") from error
    if expires <= now:
        raise bad_header(call, "x-ms-expiry-time")
    return expires


def lease_blob(call: Call, state: State) -> Answer:
    """Carry out an action on the lease of a blob, a file or a directory."""
    check_lease_request(call)
    container = container_of(call, state)
    node = find(call, state, container)
    if node is None or "snapshot" in call.query:
        raise ServiceError("BlobNotFound")
    check_conditions(call, node)
    check_tags(call, node)
    status, headers = change_lease(call, node, state.clock, kind="blob")
    return Answer(status, state_headers(node) | headers)


def snapshot_blob(call: Call, state: State) -> Answer:
    """Keep what a blob is now, to be read by the time of the snapshot."""
    container = container_of(call, state)
    node = node_of(call, state, container)
    check_lease(call, node.lease, state.clock, is_write=False)
    check_conditions(call, node)
    check_tags(call, node)
    if (call.headers.get("x-ms-encryption-scope") or None) != node.scope:
        raise ServiceError("BlobUsesCustomerSpecifiedEncryption")
    time, metadata = state.snapshot_time(), call.metadata()
    node.snapshots[time] = taken = state.snapshot(node)
    taken.version = ""
    begin_version(state, container, path_of(call, container), node, node)  # not calibrated
    if metadata:
        taken.metadata = metadata
        state.touch(taken)
    encrypted = {"x-ms-request-server-encrypted": "true" if metadata else "false"}
    return Answer(201, state_headers(taken) | {"x-ms-snapshot": time} | encrypted | version_headers(call, node))
