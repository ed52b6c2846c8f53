"""Copies: Copy Blob, which is done when it answers, and the operations that take content from a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette import Request
from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._blob_appends import append
from conformance.emulators.hns._blob_blocks import stage
from conformance.emulators.hns._blob_pages import write_pages
from conformance.emulators.hns._blob_writes import ask_tier, new_blob, place
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._checksums import check_md5, checksum, crc64_text, md5
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import check_lease, required
from conformance.emulators.hns._nodes import container_of, node_of, path_of, placed_over
from conformance.emulators.hns._properties import encryption_headers, state_headers, write_headers
from conformance.emulators.hns._ranges import cut_range, parse_range
from conformance.emulators.hns._tags import set_tags, tags_of
from conformance.emulators.hns._versions import begin_version, version_headers

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Container, Node, State

SOURCE = "x-ms-copy-source"


def copy_blob(call: Call, state: State) -> Answer:
    """Copy a blob; the copy has ended when the answer goes out."""
    container = container_of(call, state)
    path = path_of(call, container)
    before = placed_over(call, state, container)
    source = _source(call, state)
    if source.is_directory:
        # Not calibrated: no recording copies a directory.
        raise ServiceError("InvalidSourceBlobType")
    if before is not None and before.kind != source.kind:
        raise ServiceError("InvalidBlobType")
    made = _copy_of(call, state, container, before, source)
    if before is source:
        begin_version(state, container, path, before, before)
        before.etag, before.modified, before.metadata = made.etag, made.modified, made.metadata
        before.copied, made = made.copied, before
    else:
        place(state, container, path, made, before)
    headers = (
        state_headers(made)
        | version_headers(call, made)
        | {name: made.copied[name] for name in ("x-ms-copy-id", "x-ms-copy-status")}
    )
    if call.headers.get("x-ms-requires-sync", "").lower() == "true":
        # Not calibrated: after the reference, "Copy Blob From URL".
        headers |= encryption_headers(call, made) | checksum(call, made.read())
    return Answer(202, headers)


def _copy_of(call: Call, state: State, container: Container, before: Node | None, source: Node) -> Node:
    made = new_blob(call, state, container, before, is_content=False)
    made.kind, made.content, made.blocks = source.kind, bytes(source.content), list(source.blocks)
    made.pages, made.length = dict(source.pages), source.length
    ask_tier(call, state, made)
    made.settings = dict(source.settings)
    made.extras |= {name: value for name, value in source.extras.items() if name in ("sealed", "sequence")}
    made.metadata = made.metadata or dict(source.metadata)
    if call.headers.get("x-ms-copy-source-tag-option", "").upper() == "COPY":
        set_tags(made, tags_of(source))
    if seals := call.headers.get("x-ms-seal-blob"):
        made.extras |= {"sealed": "true"}
        if seals.lower() == "false":
            del made.extras["sealed"]
    made.copied = {
        "x-ms-copy-id": state.clock.uuid(),
        "x-ms-copy-source": call.headers[SOURCE],
        "x-ms-copy-status": "success",
        "x-ms-copy-progress": f"{made.size}/{made.size}",
        "x-ms-copy-completion-time": http_date(state.clock.now()),
    }
    return made


def abort_copy(call: Call, state: State) -> Answer:
    """Stop a copy; none is ever under way."""
    if not call.query.get("copyid"):
        raise ServiceError("MissingRequiredQueryParameter", {"QueryParameterName": "copyid"})
    node = node_of(call, state, container_of(call, state))
    check_lease(call, node.lease, state.clock)
    raise ServiceError("NoPendingCopyOperation")


def put_blob_from_url(call: Call, state: State) -> Answer:
    """Make a block blob with the content of another."""
    container = container_of(call, state)
    before = placed_over(call, state, container)
    source = _source(call, state, is_content=True)
    if call.headers["x-ms-blob-type"] != "BlockBlob":
        raise ServiceError("InvalidBlobType")
    content = source.read()
    headers = _checked(call, content)
    made = new_blob(call, state, container, before, is_content=False)
    made.content = content
    ask_tier(call, state, made)
    if call.headers.get("x-ms-copy-source-blob-properties", "true").lower() == "true":
        made.settings = source.settings | {name: made.settings[name] for name in made.settings if _is_asked(call, name)}
    made.metadata = made.metadata or dict(source.metadata)
    made.settings["content-md5"] = md5(content)
    place(state, container, path_of(call, container), made, before)
    headers |= version_headers(call, made)
    return Answer(201, write_headers(call, made) | {"Content-MD5": md5(content)} | headers)


def _is_asked(call: Call, name: str) -> bool:
    return f"x-ms-blob-{name}" in call.headers


def put_block_from_url(call: Call, state: State) -> Answer:
    """Keep a block with the content, or a range of it, of another blob."""
    container_of(call, state)
    content = _source_content(call, state)
    headers = _checked(call, content)
    stage(call, state, content)
    return Answer(201, headers | encryption_headers(call, None))


def append_block_from_url(call: Call, state: State) -> Answer:
    """Put the content, or a range of it, of another blob at the end of an append blob."""
    content = _source_content(call, state)
    return append(call, state, content, _checked(call, content))


def put_page_from_url(call: Call, state: State) -> Answer:
    """Write pages with a range of another blob."""
    required(call, "x-ms-source-range")
    content = _source_content(call, state)
    return write_pages(call, state, content, _checked(call, content))


def _source(call: Call, state: State, *, is_content: bool = False) -> Node:
    """Return the blob or snapshot that a copy is of, when its conditions hold.

    Args:
        call: Its header with the URL counts, and those that begin with ``x-ms-source-``.
        state: Where it is; of another account nothing can be read.
        is_content: Whether the operation reads it as a client does, and has an error of its own for what is not there.

    Raises:
        ServiceError: CannotVerifyCopySource, BlobNotFound, SourceConditionNotMet, the errors of leases.
    """
    try:
        source = parse_call(Request("GET", required(call, SOURCE), (), b""), account=call.account)
        node = node_of(source, state, container_of(source, state))
    except ServiceError as error:
        if is_content or error.code not in ("BlobNotFound", "ContainerNotFound"):
            raise ServiceError("CannotVerifyCopySource") from error
        raise
    check_conditions(call, node, prefix="x-ms-source-", code="SourceConditionNotMet")
    if call.headers.get("x-ms-source-lease-id"):
        check_lease(call, node.lease, state.clock, is_write=False, header="x-ms-source-lease-id")
    return node


def _source_content(call: Call, state: State) -> bytes:
    node = _source(call, state, is_content=True)
    asked = parse_range(call, "x-ms-source-range")
    return node.read() if asked is None else node.read(*cut_range(asked, node.size))


def _checked(call: Call, content: bytes) -> dict[str, str]:
    """Hold the checksums of the source against its content; return the one that the answer gives."""
    if given := call.headers.get("x-ms-source-content-md5"):
        check_md5(given, content)
        return {"Content-MD5": given}
    given = call.headers.get("x-ms-source-content-crc64")
    if given and given != crc64_text(content):
        raise ServiceError("Crc64Mismatch")
    return checksum(call, content)
