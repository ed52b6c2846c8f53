"""List Containers, List Blobs, and Find Blobs by Tags."""

from __future__ import annotations

import base64
import binascii
import heapq
import itertools
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.emulators.hns._answer import xml
from conformance.emulators.hns._blob_containers import ACCOUNT_SCOPE, DENY_OVERRIDE, SCOPE, SINCE_SCOPE, SINCE_VERSIONED
from conformance.emulators.hns._blob_rows import Row, render_deleted, render_metadata, render_prefix, render_row
from conformance.emulators.hns._clock import http_date, precise
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import lease_headers
from conformance.emulators.hns._nodes import container_of
from conformance.emulators.hns._tags import matches, render_tags, tags_of
from conformance.emulators.hns._trash import deleted_paths
from conformance.emulators.hns._xml import element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.emulators.hns._answer import Answer
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Deleted, Node, State

MOST = 5000
Place = tuple[str, str]
"""A path, and the time of the snapshot or of the deletion that a row is about; of a blob itself the last of all."""
LAST = "9999-12-31T23:59:59.9999999Z"
KEPT_DAYS = 7
"""How long a deleted container can be restored; what a new account has in the portal."""


def list_containers(call: Call, state: State) -> Answer:
    """Return the containers by name; the marker is the one that the next page begins with."""
    included, prefix, marker = _included(call), call.query.get("prefix", ""), call.query.get("marker", "")
    most, begin = _most(call), ""
    if marker:
        if not marker.startswith(f"/{call.account}/"):
            raise ServiceError("OutOfRangeInput")
        begin = marker[len(f"/{call.account}/") :]
    rows = [(name, "", container) for name, container in state.containers.items() if not name.startswith("$")]
    if "system" in included:
        rows += [(name, "", container) for name, container in state.containers.items() if name.startswith("$")]
    if "deleted" in included:
        rows += [(name, version, container) for (name, version), container in state.deleted.items()]
    found = sorted(row[:2] for row in rows if row[0].startswith(prefix) and row[0] >= begin)
    inner = "".join(
        _container(call, state, name, version, has_metadata="metadata" in included) for name, version in found[:most]
    )
    following = f"/{call.account}/{found[most][0]}" if len(found) > most else ""
    return xml(
        f'<EnumerationResults ServiceEndpoint="{_service(call)}">'
        + _asked(call, "prefix", "marker", "maxresults")
        + (f"<Containers>{inner}</Containers>" if inner else "<Containers />")
        + element("NextMarker", following)
        + "</EnumerationResults>"
    )


def _container(call: Call, state: State, name: str, version: str, *, has_metadata: bool) -> str:
    container = state.deleted[name, version] if version else state.containers[name]
    properties = element("Last-Modified", http_date(container.modified)) + element("Etag", container.etag)
    lease = lease_headers(container.lease, state.clock.now())
    if version:
        lease["x-ms-lease-state"] = "expired"
    properties += element("LeaseStatus", lease["x-ms-lease-status"]) + element("LeaseState", lease["x-ms-lease-state"])
    if "x-ms-lease-duration" in lease:
        properties += element("LeaseDuration", lease["x-ms-lease-duration"])
    if container.access:
        properties += element("PublicAccess", container.access)
    if call.version >= SINCE_SCOPE:
        properties += element("DefaultEncryptionScope", container.settings.get(SCOPE, ACCOUNT_SCOPE))
        properties += element("DenyEncryptionScopeOverride", container.settings.get(DENY_OVERRIDE, "false"))
    properties += "<HasImmutabilityPolicy>false</HasImmutabilityPolicy><HasLegalHold>false</HasLegalHold>"
    if call.version >= SINCE_VERSIONED:
        properties += element("ImmutableStorageWithVersioningEnabled", "false")
    if container.deleted is not None:
        left = KEPT_DAYS - (state.clock.now() - container.deleted).days
        properties += element("DeletedTime", http_date(container.deleted))
        properties += element("RemainingRetentionDays", str(max(left, 0)))
    said = f"<Deleted>true</Deleted><Version>{version}</Version>" if version else ""
    metadata = render_metadata(container.metadata) if has_metadata else ""
    return f"<Container>{element('Name', name)}{said}<Properties>{properties}</Properties>{metadata}</Container>"


def list_blobs(call: Call, state: State) -> Answer:
    """Return a page of the blobs, or with a delimiter of the names up to it."""
    container = container_of(call, state)
    included, most = _included(call), _most(call)
    begin = _begin(call)
    rows: list[str] = []
    following = ""
    for place, row in _rows(call, state, container, included, begin):
        if len(rows) == most:
            following = _marker(place)
            break
        rows.append(row)
    inner = "".join(rows)
    return xml(
        f'<EnumerationResults ServiceEndpoint="{_service(call)}" ContainerName="{call.container}">'
        + _asked(call, "prefix", "marker", "maxresults", "delimiter")
        + (f"<Blobs>{inner}</Blobs>" if inner else "<Blobs />")
        + element("NextMarker", following)
        + "</EnumerationResults>"
    )


def _rows(
    call: Call, state: State, container: Container, included: set[str], begin: Place
) -> Iterator[tuple[Place, str]]:
    """Yield the rows of a listing from a place on: the place, and the XML."""
    prefix, delimiter = call.query.get("prefix", ""), call.query.get("delimiter", "")
    show = call.query.get("showonly", "").lower()
    trash = _trash(state, container, prefix, included) if show == "deleted" or "deleted" in included else {}
    with_versions = bool({"versions", "deletedwithversions"} & included)
    extra = set(trash) | {path for path in container.versions if with_versions and path.startswith(prefix)}
    names, last_prefix = _names(container, prefix, begin[0], extra, is_trash=show == "deleted"), None
    while (name := next(names, None)) is not None:
        node = None if show == "deleted" else container.nodes.get(name)
        cut = _cut(container, name, node, prefix, delimiter)
        if cut is not None:
            if cut != last_prefix and show != "files":
                yield (name, LAST), render_prefix(call, container, cut)
            last_prefix = cut
            if not extra:
                names = container.with_prefix(prefix, beyond=cut)
            continue
        rows = [
            (one.snapshot or one.version or precise(one.at), render_deleted(call, container, one, state.clock.now()))
            for one in trash.get(name, [])
        ]
        rows += [
            (row.version, render_row(call, state, container, row, included))
            for row in _versions_of(container, name, node, included)
        ]
        if node is not None and show in ("", "directories" if node.is_directory else "files"):
            rows += [
                (row.snapshot or LAST, render_row(call, state, container, row, included))
                for row in _rows_of(name, node, included)
            ]
        for time, row in sorted(rows):
            if (name, time) >= begin or name != begin[0]:
                yield (name, time), row


def _trash(state: State, container: Container, prefix: str, included: set[str]) -> dict[str, list[Deleted]]:
    """Return what was deleted, and belongs into a listing, by path."""
    trash: dict[str, list[Deleted]] = {}
    for one in deleted_paths(state, container):
        is_wanted = (one.snapshot is None or "snapshots" in included) and (not one.version or "versions" in included)
        if one.path.startswith(prefix) and is_wanted:
            trash.setdefault(one.path, []).append(one)
    return trash


def _rows_of(name: str, node: Node, included: set[str]) -> Iterator[Row]:
    """Yield what has a row of its own: the snapshots of a blob where they are wanted, and the blob."""
    if "snapshots" in included:
        for time, snapshot in node.snapshots.items():
            yield Row(name, snapshot, time)
    if node.is_committed or "uncommittedblobs" in included:
        yield Row(name, node)


def _versions_of(container: Container, name: str, node: Node | None, included: set[str]) -> Iterator[Row]:
    """Yield the previous versions where they are wanted; else the last one stands for a blob that has only these."""
    versions = container.versions.get(name, {})
    if "versions" in included:
        for version, one in versions.items():
            yield Row(name, one, version=version)
    elif "deletedwithversions" in included and node is None and versions:
        version, one = list(versions.items())[-1]
        yield Row(name, one, version=version, has_versions_only=True)


def _cut(container: Container, name: str, node: Node | None, prefix: str, delimiter: str) -> str | None:
    """Return the name up to the delimiter, that stands for all that begin with it; None for a row of its own."""
    if not delimiter:
        return None
    at = name.find(delimiter, len(prefix))
    if at >= 0:
        return name[: at + len(delimiter)]
    is_directory = container.is_hierarchical and node is not None and node.is_directory
    return name + delimiter if is_directory and delimiter == "/" else None


def _names(container: Container, prefix: str, begin: str, extra: set[str], *, is_trash: bool) -> Iterator[str]:
    """Yield the paths from one on, in the order of listings, those of what is not there any more among them."""
    there = () if is_trash else container.with_prefix(prefix, begin=begin)
    deleted = sorted(container.key(path) for path in extra if container.key(path) >= container.key(begin))
    if not deleted:
        yield from there
        return
    merged = heapq.merge((container.key(path) for path in there), deleted)
    for key, _ in itertools.groupby(merged):
        yield container.path(key)


def find_blobs(call: Call, state: State) -> Answer:
    """Return the blobs of the account or the container whose tags are as an expression says."""
    where = call.query.get("where")
    if not where:
        raise ServiceError("MissingRequiredQueryParameter", {"QueryParameterName": "where"})
    begin, most = _begin(call), _most(call)
    containers = {call.container: container_of(call, state)} if call.container else state.containers
    found = [
        (f"{name}/{path}", name, path, tags_of(node))
        for name, container in sorted(containers.items())
        for path, node in container.nodes.items()
        if node.is_committed and "tags" in node.extras
    ]
    rows = sorted(
        row for row in found if row[0] >= begin[0] and matches(where, row[3], {"container": row[1]}, name="where")
    )
    inner = "".join(
        f"<Blob>{element('Name', path)}{element('ContainerName', name)}{render_tags(tags)}</Blob>"
        for _, name, path, tags in rows[:most]
    )
    return xml(
        f'<EnumerationResults ServiceEndpoint="{_service(call)}">{element("Where", where)}'
        + _asked(call, "maxresults")
        + (f"<Blobs>{inner}</Blobs>" if inner else "<Blobs />")
        + element("NextMarker", _marker((rows[most][0], LAST)) if len(rows) > most else "")
        + "</EnumerationResults>"
    )


def _included(call: Call) -> set[str]:
    return set(call.query.get("include", "").lower().split(","))


def _most(call: Call) -> int:
    text = call.query.get("maxresults") or str(MOST)
    if not text.isdigit():
        values = {"QueryParameterName": "maxresults", "QueryParameterValue": text}
        raise ServiceError("InvalidQueryParameterValue", values)
    if int(text) == 0:
        values = {
            "QueryParameterName": "maxresults",
            "QueryParameterValue": text,
            "MinimumAllowed": "1",
            "MaximumAllowed": "2147483647",
        }
        raise ServiceError("OutOfRangeQueryParameterValue", values)
    return min(int(text), MOST)


def _marker(place: Place) -> str:
    """Return the marker of a page that begins at a place, wrapped as the service does."""
    path, time = place
    inner = f"{len(path.encode()):06}!{path}!{len(time):06}!{time}!"
    text = base64.b64encode(inner.encode()).decode().replace("=", "-").replace("/", "*")
    return f"2!{len(text)}!{text}"


def _begin(call: Call) -> Place:
    """Return the place that a page begins with; the first of all without a marker."""
    marker = call.query.get("marker", "")
    if not marker:
        return "", ""
    try:
        _, _, text = marker.split("!", 2)
        inner = base64.b64decode(text.replace("-", "=").replace("*", "/"), validate=True)
        size, _, rest = inner.partition(b"!")
        path, time = rest[: int(size)], rest[int(size) :].split(b"!")[2]
        return path.decode(), time.decode()
    except (ValueError, IndexError, binascii.Error) as error:
        raise ServiceError("OutOfRangeInput") from error


def _service(call: Call) -> str:
    """Return the URL of the service as a client has it, with the account where it is a part of the path."""
    uri = urlsplit(call.request.uri)
    is_in_host = uri.netloc.split(".")[0] == call.account
    return f"{uri.scheme}://{uri.netloc}/" + ("" if is_in_host else f"{call.account}/")


def _asked(call: Call, *names: str) -> str:
    """Return the elements that repeat what a listing was asked for."""
    written = {"prefix": "Prefix", "marker": "Marker", "maxresults": "MaxResults", "delimiter": "Delimiter"}
    return "".join(element(written[name], call.query[name]) for name in names if call.query.get(name))
