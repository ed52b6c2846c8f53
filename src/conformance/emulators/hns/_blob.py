"""The blob endpoint: which operation a request is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from conformance.emulators.hns import _blob_appends as appends
from conformance.emulators.hns import _blob_blocks as blocks
from conformance.emulators.hns import _blob_containers as containers
from conformance.emulators.hns import _blob_copies as copies
from conformance.emulators.hns import _blob_holds as holds
from conformance.emulators.hns import _blob_lists as lists
from conformance.emulators.hns import _blob_pages as pages
from conformance.emulators.hns import _blob_reads as reads
from conformance.emulators.hns import _blob_service as service
from conformance.emulators.hns import _blob_writes as writes
from conformance.emulators.hns._blob_batches import carry_out_batch
from conformance.emulators.hns._blob_queries import query_blob
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._service_properties import has_cors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.emulators.hns._answer import Answer
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

    Operation = Callable[[Call, State], Answer]

Key = TypeVar("Key")
BREAKING = frozenset({"rename", "seal", "undelete"})
"""The operations whose errors were recorded with a line feed behind the declaration."""
SOURCE = "x-ms-copy-source"


def carry_out_blob(call: Call, state: State) -> Answer:
    """Return what the operation answers.

    Raises:
        ServiceError: The service refuses it.
    """
    vary = {"Vary": "Origin"} if call.method in ("GET", "HEAD") and has_cors(state.properties) else {}
    try:
        answer = _operation(call)(call, state)
    except ServiceError as error:
        error.headers |= vary
        error.breaks_line = call.query.get("comp", "").lower() in BREAKING
        raise
    answer.headers |= vary
    return answer


def _batch(call: Call, state: State) -> Answer:
    return carry_out_batch(call, state, carry_out_blob)


def _operation(call: Call) -> Operation:
    kind, comp = call.query.get("restype", "").lower(), call.query.get("comp", "").lower()
    if kind == "account" and comp == "properties" and call.method in ("GET", "HEAD"):
        return service.get_account
    if not call.container:
        return _known(ACCOUNT, (call.method, kind, comp), ACCOUNT_COMPS, comp)
    if not call.path:
        if kind != "container":
            raise ServiceError("InvalidUri", {"UriPath": call.request.uri})
        return _known(CONTAINER, (call.method, comp), CONTAINER_COMPS, comp)
    if call.method == "PUT" and SOURCE in call.headers:
        if not comp:
            return copies.put_blob_from_url if "x-ms-blob-type" in call.headers else copies.copy_blob
        if comp in FROM_URL:
            return FROM_URL[comp]
    return _known(BLOB, (call.method, comp), BLOB_COMPS, comp)


def _known(operations: Mapping[Key, Operation], key: Key, comps: frozenset[str], comp: str) -> Operation:
    """Return an operation.

    Raises:
        ServiceError: There is none: because of the parameter or the verb.
    """
    if key in operations:
        return operations[key]
    if comp not in comps:
        raise ServiceError("InvalidQueryParameterValue", {"QueryParameterName": "comp", "QueryParameterValue": comp})
    raise ServiceError("UnsupportedHttpVerb")


ACCOUNT: dict[tuple[str, str, str], Operation] = {
    ("GET", "", "list"): lists.list_containers,
    ("GET", "", "blobs"): lists.find_blobs,
    ("GET", "service", "properties"): service.get_service_properties,
    ("PUT", "service", "properties"): service.set_service_properties,
    ("GET", "service", "stats"): service.get_stats,
    ("POST", "service", "userdelegationkey"): service.get_user_delegation_key,
    ("POST", "", "batch"): _batch,
}
ACCOUNT_COMPS = frozenset(key[2] for key in ACCOUNT)
CONTAINER: dict[tuple[str, str], Operation] = {
    ("PUT", ""): containers.create,
    ("GET", ""): containers.get_properties,
    ("HEAD", ""): containers.get_properties,
    ("DELETE", ""): containers.delete,
    ("GET", "metadata"): containers.get_metadata,
    ("HEAD", "metadata"): containers.get_metadata,
    ("PUT", "metadata"): containers.set_metadata,
    ("GET", "acl"): containers.get_acl,
    ("HEAD", "acl"): containers.get_acl,
    ("PUT", "acl"): containers.set_acl,
    ("PUT", "lease"): containers.lease,
    ("PUT", "rename"): containers.rename,
    ("PUT", "undelete"): containers.restore,
    ("GET", "list"): lists.list_blobs,
    ("GET", "blobs"): lists.find_blobs,
    ("POST", "batch"): _batch,
}
CONTAINER_COMPS = frozenset(key[1] for key in CONTAINER)
BLOB: dict[tuple[str, str], Operation] = {
    ("GET", ""): reads.get_blob,
    ("HEAD", ""): reads.get_properties,
    ("PUT", ""): writes.put_blob,
    ("DELETE", ""): writes.delete_blob,
    ("GET", "metadata"): reads.get_metadata,
    ("HEAD", "metadata"): reads.get_metadata,
    ("PUT", "metadata"): writes.set_metadata,
    ("PUT", "properties"): writes.set_properties,
    ("POST", "query"): query_blob,
    ("GET", "tags"): reads.get_tags,
    ("PUT", "tags"): writes.set_blob_tags,
    ("PUT", "tier"): writes.set_tier,
    ("PUT", "expiry"): writes.set_expiry,
    ("PUT", "lease"): writes.lease_blob,
    ("PUT", "snapshot"): writes.snapshot_blob,
    ("PUT", "undelete"): writes.undelete_blob,
    ("PUT", "copy"): copies.abort_copy,
    ("PUT", "incrementalcopy"): copies.copy_increment,
    ("PUT", "immutabilitypolicies"): holds.set_policy,
    ("DELETE", "immutabilitypolicies"): holds.delete_policy,
    ("PUT", "legalhold"): holds.set_hold,
    ("PUT", "block"): blocks.put_block,
    ("PUT", "blocklist"): blocks.put_block_list,
    ("GET", "blocklist"): blocks.get_block_list,
    ("PUT", "appendblock"): appends.append_block,
    ("PUT", "seal"): appends.seal,
    ("PUT", "page"): pages.put_page,
    ("GET", "pagelist"): pages.get_page_ranges,
}
BLOB_COMPS = frozenset(key[1] for key in BLOB)
FROM_URL: dict[str, Operation] = {
    "block": copies.put_block_from_url,
    "appendblock": copies.append_block_from_url,
    "page": copies.put_page_from_url,
}
