"""What keeps a blob from being changed: immutability policies and legal holds (REST reference, of these names).

Not calibrated: no recording has any.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import Answer
from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._leases import required
from conformance.emulators.hns._nodes import container_of, node_of

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import Node, State

UNTIL, MODE = "x-ms-immutability-policy-until-date", "x-ms-immutability-policy-mode"
HOLD = "x-ms-legal-hold"
MODES = ("unlocked", "locked")


def set_policy(call: Call, state: State) -> Answer:
    """Let a blob stay as it is until a date; a policy that is locked is only ever made longer."""
    required(call, UNTIL)
    node = node_of(call, state, container_of(call, state))
    if node.extras.get(MODE) == "locked" and _date(call.headers[UNTIL]) < _date(node.extras[UNTIL]):
        raise ServiceError("BlobImmutableDueToPolicy")
    take_holds(call, node)
    return Answer(200, {UNTIL: node.extras[UNTIL], MODE: node.extras[MODE]})


def take_holds(call: Call, node: Node) -> None:
    """Keep the policy and the hold that the headers of a request give.

    Raises:
        ServiceError: InvalidHeaderValue.
    """
    if call.headers.get(UNTIL):
        mode = call.headers.get(MODE, "unlocked").lower()
        if mode not in MODES:
            raise ServiceError("InvalidHeaderValue", {"HeaderName": MODE, "HeaderValue": mode})
        _date(call.headers[UNTIL])
        node.extras |= {UNTIL: call.headers[UNTIL], MODE: mode}
    if call.headers.get(HOLD):
        node.extras[HOLD] = call.headers[HOLD].lower()


def _date(text: str) -> str:
    """Return a date as it is compared.

    Raises:
        ServiceError: InvalidHeaderValue, for what is none.
    """
    try:
        return parsedate_to_datetime(text).isoformat()
    except ValueError as error:
        raise ServiceError("InvalidHeaderValue", {"HeaderName": UNTIL, "HeaderValue": text}) from error


def delete_policy(call: Call, state: State) -> Answer:
    """Take a policy away that is not locked."""
    node = node_of(call, state, container_of(call, state))
    if node.extras.get(MODE) == "locked":
        raise ServiceError("BlobImmutableDueToPolicy")
    for name in (UNTIL, MODE):
        node.extras.pop(name, None)
    return Answer(200)


def set_hold(call: Call, state: State) -> Answer:
    """Begin or end a legal hold."""
    required(call, HOLD)
    node = node_of(call, state, container_of(call, state))
    take_holds(call, node)
    return Answer(200, {HOLD: node.extras[HOLD]})


def hold_headers(node: Node) -> dict[str, str]:
    """Return what a read says of a policy and a hold."""
    return {name: node.extras[name] for name in (UNTIL, MODE, HOLD) if name in node.extras}


def check_holds(state: State, node: Node) -> None:
    """Raise BlobImmutableDueToPolicy where a policy or a hold keeps a blob as it is."""
    until = node.extras.get(UNTIL)
    is_kept = until is not None and _date(until) > _date(http_date(state.clock.now()))
    if is_kept or node.extras.get(HOLD) == "true":
        raise ServiceError("BlobImmutableDueToPolicy")
