"""Operations on the account: its properties, its statistics, what kind it is, and keys for signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer, xml
from conformance.emulators.hns._auth import token_claims
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._sas import user_delegation_key
from conformance.emulators.hns._service_properties import render_properties, set_properties
from conformance.emulators.hns._xml import element, parse_xml, text_of

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State

SINCE_HIERARCHY = "2019-07-07"
OBJECT, TENANT = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
"""Who a key for signatures is for, where the token does not say it."""


def get_service_properties(call: Call, state: State) -> Answer:
    """Return logging, metrics, rules for other origins, retention and website."""
    return xml(render_properties(state.properties, call.version))


def set_service_properties(call: Call, state: State) -> Answer:
    """Set those of them that the request names."""
    state.properties = set_properties(state.properties, call.body)
    return Answer(202)


def get_stats(call: Call, state: State) -> Answer:
    """Return how the copy elsewhere is, which only the secondary endpoint says: there is none, unless it was told."""
    if not call.account.endswith("-secondary"):
        raise ServiceError("InvalidQueryParameterValue", {"QueryParameterName": "comp", "QueryParameterValue": "stats"})
    return xml(
        f"<StorageServiceStats><GeoReplication><Status>{state.told.replication}</Status><LastSyncTime></LastSyncTime>"
        "</GeoReplication></StorageServiceStats>"
    )


def get_account(call: Call, state: State) -> Answer:
    """Return of what kind the account is."""
    headers = {"x-ms-sku-name": state.told.sku, "x-ms-account-kind": state.told.kind}
    if call.version >= SINCE_HIERARCHY:
        headers["x-ms-is-hns-enabled"] = "true" if state.is_hierarchical else "false"
    return Answer(200, headers)


def get_user_delegation_key(call: Call, state: State) -> Answer:
    """Return a key by which the user of the token signs, for the span that the request names."""
    root, user = parse_xml(call.body), token_claims(call)
    start, expiry = text_of(root, "Start"), text_of(root, "Expiry")
    if root.tag != "KeyInfo" or not expiry:
        raise ServiceError("InvalidXmlDocument")
    said = {
        "SignedOid": ("skoid", user.get("oid", OBJECT)),
        "SignedTid": ("sktid", user.get("tid", TENANT)),
        "SignedStart": ("skt", start),
        "SignedExpiry": ("ske", expiry),
        "SignedService": ("sks", "b"),
        "SignedVersion": ("skv", call.version),
        "SignedDelegatedUserTid": ("skdutid", text_of(root, "DelegatedUserTid")),
    }
    value = user_delegation_key(state.key, dict(said.values()))
    inner = "".join(element(name, text) for name, (_, text) in said.items() if text) + element("Value", value)
    return xml(f"<UserDelegationKey>{inner}</UserDelegationKey>")
