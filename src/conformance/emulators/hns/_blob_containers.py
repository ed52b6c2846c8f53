"""Containers: make, describe, delete, restore, rename, and say who may read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from conformance.emulators.hns._answer import Answer, xml
from conformance.emulators.hns._blob_writes import bad_header
from conformance.emulators.hns._conditions import check_conditions
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import change_lease, check_lease, check_lease_request, lease_headers, required
from conformance.emulators.hns._nodes import check_container_name, container_of
from conformance.emulators.hns._properties import metadata_headers, state_headers
from conformance.emulators.hns._state import Container
from conformance.emulators.hns._trash import delete_container
from conformance.emulators.hns._xml import children, element, parse_xml, text_of

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

SCOPE, DENY_OVERRIDE = SCOPES = "x-ms-default-encryption-scope", "x-ms-deny-encryption-scope-override"
ACCOUNT_SCOPE = "$account-encryption-key"
MOST_POLICIES = 5
SINCE_SCOPE, SINCE_VERSIONED = "2019-02-02", "2021-06-08"
LAST_RENAMING = "2020-10-02"
"""Up to which version containers can be renamed; not calibrated between 2020-06-12, which did it, and those of 2023."""
METADATA_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")


def create(call: Call, state: State) -> Answer:
    """Make a container."""
    check_container_name(call.container)
    if call.container in state.containers:
        raise ServiceError("ContainerAlreadyExists")
    now = state.clock.now()
    made = Container(state.clock.etag(now), now, state.is_hierarchical)
    made.metadata, made.access = call.metadata(), _asked_access(call)
    for name in SCOPES:
        if call.headers.get(name):
            made.settings[name] = call.headers[name].lower() if name == DENY_OVERRIDE else call.headers[name]
    state.containers[call.container] = made
    return Answer(201, state_headers(made))


def _asked_access(call: Call) -> str | None:
    access = call.headers.get("x-ms-blob-public-access") or None
    if access not in (None, "blob", "container"):
        raise bad_header(call, "x-ms-blob-public-access")
    return access


def get_properties(call: Call, state: State) -> Answer:
    """Return what there is to say of a container, and its metadata."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container", is_write=False)
    headers = state_headers(container) | metadata_headers(container.metadata)
    headers |= lease_headers(container.lease, state.clock.now())
    if container.access:
        headers["x-ms-blob-public-access"] = container.access
    headers |= {"x-ms-has-immutability-policy": "false", "x-ms-has-legal-hold": "false"}
    if call.version >= SINCE_VERSIONED:
        headers["x-ms-immutable-storage-with-versioning-enabled"] = "false"
    if call.version >= SINCE_SCOPE:
        headers[SCOPE] = container.settings.get(SCOPE, ACCOUNT_SCOPE)
        headers[DENY_OVERRIDE] = container.settings.get(DENY_OVERRIDE, "false")
    return Answer(200, headers)


def get_metadata(call: Call, state: State) -> Answer:
    """Return the metadata of a container."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container", is_write=False)
    return Answer(200, state_headers(container) | metadata_headers(container.metadata))


def set_metadata(call: Call, state: State) -> Answer:
    """Put the metadata of a request in place of what there is."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container", is_write=False)
    check_conditions(call, container)
    container.metadata = call.metadata()
    state.touch(container)
    return Answer(200, state_headers(container))


def delete(call: Call, state: State) -> Answer:
    """Delete a container, and keep it for a while."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container")
    check_conditions(call, container)
    delete_container(state, call.container)
    return Answer(202)


def restore(call: Call, state: State) -> Answer:
    """Restore a deleted container, under this or another name."""
    check_container_name(call.container)
    deleted = required(call, "x-ms-deleted-container-name"), required(call, "x-ms-deleted-container-version")
    if deleted not in state.deleted:
        raise ServiceError("ContainerNotFound")
    if call.container in state.containers:
        raise ServiceError("ContainerAlreadyExists")
    container = state.deleted.pop(deleted)
    container.deleted = None
    state.touch(container)
    state.containers[call.container] = container
    return Answer(201)


def rename(call: Call, state: State) -> Answer:
    """Give a container another name, which no version can that came after those that were recorded to."""
    if call.version > LAST_RENAMING:
        raise ServiceError(
            "InvalidQueryParameterValue", {"QueryParameterName": "comp", "QueryParameterValue": "rename"}
        )
    check_container_name(call.container)
    name = required(call, "x-ms-source-container-name")
    lease_id = call.headers.get("x-ms-source-lease-id", "")
    if call.container in state.containers:
        raise ServiceError("ContainerAlreadyExists")
    if name not in state.containers:
        raise ServiceError("ContainerNotFound")
    source = state.containers[name]
    check_lease(call, source.lease, state.clock, kind="container", header="x-ms-source-lease-id")
    del state.containers[name]
    if lease_id:
        source.lease.id = source.lease.duration_s = source.lease.ends = source.lease.breaks = None
    state.touch(source)
    state.containers[call.container] = source
    return Answer(200)


def lease(call: Call, state: State) -> Answer:
    """Carry out an action on the lease of a container."""
    check_lease_request(call)
    container = container_of(call, state)
    check_conditions(call, container)
    status, headers = change_lease(call, container, state.clock, kind="container")
    return Answer(status, state_headers(container) | headers)


def get_acl(call: Call, state: State) -> Answer:
    """Return public access and stored access policies."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container", is_write=False)
    headers = state_headers(container)
    if container.access:
        headers["x-ms-blob-public-access"] = container.access
    return xml(container.policies.decode() or "<SignedIdentifiers />", headers)


def set_acl(call: Call, state: State) -> Answer:
    """Set public access and stored access policies."""
    container = container_of(call, state)
    check_lease(call, container.lease, state.clock, kind="container", is_write=False)
    check_conditions(call, container)
    access = _asked_access(call)
    container.policies = _policies(call.body).encode() if call.body else b""
    container.access = access
    state.touch(container)
    return Answer(200, state_headers(container))


def _policies(body: bytes) -> str:
    """Return stored access policies as answers have them: dates with seven digits of a second."""
    root = parse_xml(body)
    found = children(root, "SignedIdentifier")
    if root.tag != "SignedIdentifiers" or len(found) > MOST_POLICIES:
        raise ServiceError("InvalidXmlDocument")
    inner = "".join(
        f"<SignedIdentifier><Id>{escape(text_of(one, 'Id'))}</Id>{_policy(one)}</SignedIdentifier>" for one in found
    )
    return f"<SignedIdentifiers>{inner}</SignedIdentifiers>" if inner else ""


def _policy(identifier: ET.Element) -> str:
    policy = children(identifier, "AccessPolicy")
    if not policy:
        return "<AccessPolicy />"
    parts = {name: text_of(policy[0], name) for name in ("Start", "Expiry", "Permission")}
    inner = "".join(
        element(name, text if name == "Permission" else _date(text)) for name, text in parts.items() if text
    )
    return f"<AccessPolicy>{inner}</AccessPolicy>" if inner else "<AccessPolicy />"


def _date(text: str) -> str:
    whole, _, digits = text.removesuffix("Z").partition(".")
    if len(whole) == len("2026-01-01"):
        whole += "T00:00:00"
    elif len(whole) == len("2026-01-01T00:00"):
        whole += ":00"
    return f"{whole}.{digits[:7]:0<7}Z"
