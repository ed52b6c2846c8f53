"""Page blobs: Put Page, which writes or clears, and Get Page Ranges."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer, xml
from conformance.emulators.hns._blob_writes import bad_header
from conformance.emulators.hns._checksums import check_body
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import end_by_write, required
from conformance.emulators.hns._nodes import changed_node, container_of, path_of, read_node
from conformance.emulators.hns._properties import state_headers, write_headers
from conformance.emulators.hns._ranges import parse_range
from conformance.emulators.hns._state import PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

CONDITIONS = {
    "x-ms-if-sequence-number-le": int.__le__,
    "x-ms-if-sequence-number-lt": int.__lt__,
    "x-ms-if-sequence-number-eq": int.__eq__,
}


def put_page(call: Call, state: State) -> Answer:
    """Write pages, or take away what was written."""
    action = required(call, "x-ms-page-write").lower()
    if action not in ("update", "clear"):
        raise bad_header(call, "x-ms-page-write")
    headers = check_body(call) if action == "update" else {}
    return write_pages(call, state, call.body if action == "update" else None, headers)


def write_pages(call: Call, state: State, content: bytes | None, headers: dict[str, str]) -> Answer:
    """Write content into the pages that a request names, or clear them where it is None."""
    node = changed_node(call, state, container_of(call, state))
    if node.kind != "PageBlob":
        raise ServiceError("InvalidBlobType")
    _check_sequence(call, node)
    asked = parse_range(call)
    if asked is None:
        raise ServiceError("MissingRequiredHeader", {"HeaderName": "x-ms-range"})
    first, last = asked
    if last is None or first % PAGE_BYTES or (last + 1) % PAGE_BYTES or last >= node.length:
        raise ServiceError("InvalidPageRange")
    if content is not None and len(content) != last + 1 - first:
        raise bad_header(call, "content-length")
    for page in range(first // PAGE_BYTES, (last + 1) // PAGE_BYTES):
        at = page * PAGE_BYTES - first
        node.pages[page] = b"" if content is None else content[at : at + PAGE_BYTES]
    end_by_write(node.lease, state.clock)
    state.touch(node)
    said = write_headers(call, node) if content is not None else state_headers(node)
    return Answer(201, said | headers | {"x-ms-blob-sequence-number": node.extras.get("sequence", "0")})


def _check_sequence(call: Call, node: Node) -> None:
    for name, holds in CONDITIONS.items():
        wanted = call.headers.get(name)
        if wanted:
            if not wanted.isdigit():
                raise bad_header(call, name)
            if not holds(int(node.extras.get("sequence", "0")), int(wanted)):
                raise ServiceError("SequenceNumberConditionNotMet")


def get_page_ranges(call: Call, state: State) -> Answer:
    """Return the ranges that are written, or what changed since a snapshot."""
    try:
        node = read_node(call, state, container_of(call, state))
    except ServiceError as error:
        if error.status == HTTPStatus.NOT_MODIFIED:  # the one answer of its kind that was recorded with a type
            error.headers["Content-Type"] = "application/xml"
        raise
    if node.kind != "PageBlob":
        raise ServiceError("InvalidBlobType")
    first, last = parse_range(call) or (0, None)
    from_page = first // PAGE_BYTES
    to_page = node.length // PAGE_BYTES if last is None else min(last // PAGE_BYTES + 1, node.length // PAGE_BYTES)
    if "prevsnapshot" in call.query:
        before = _previous(call, state).pages
        changed = {page: text for page, text in node.pages.items() if before.get(page) != text}
        changed |= {page: b"" for page in before if page not in node.pages}
    else:
        changed = {page: text for page, text in node.pages.items() if text}
    pages = sorted(
        (page, "PageRange" if text else "ClearRange") for page, text in changed.items() if from_page <= page < to_page
    )
    inner = "".join(
        f"<{kind}><Start>{start * PAGE_BYTES}</Start><End>{end * PAGE_BYTES - 1}</End></{kind}>"
        for start, end, kind in _joined(pages)
    )
    headers = state_headers(node) | {"x-ms-blob-content-length": str(node.length)}
    return xml(f"<PageList>{inner}</PageList>" if inner else "<PageList />", headers)


def _previous(call: Call, state: State) -> Node:
    container = container_of(call, state)
    snapshot = container.nodes[path_of(call, container)].snapshots.get(call.query["prevsnapshot"])
    if snapshot is None:
        raise ServiceError("PreviousSnapshotNotFound")
    return snapshot


def _joined(pages: Iterable[tuple[int, str]]) -> list[tuple[int, int, str]]:
    """Return runs of pages of one kind: first page, the one after the last, kind."""
    runs: list[tuple[int, int, str]] = []
    for page, kind in pages:
        if runs and runs[-1][1:] == (page, kind):
            runs[-1] = (runs[-1][0], page + 1, kind)
        else:
            runs.append((page, page + 1, kind))
    return runs
