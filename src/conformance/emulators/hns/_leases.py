"""Leases of blobs, paths and containers (REST reference, "Lease Blob", "Lease Container")."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._clock import Clock
    from conformance.emulators.hns._state import Container, Lease, Node

Kind = Literal["blob", "container"]
LeaseState = Literal["available", "leased", "breaking", "broken", "expired"]
LEASE_ID = "x-ms-lease-id"
SHORTEST_S, LONGEST_S, ENDLESS_S = 15, 60, -1


def lease_state(lease: Lease, now: datetime) -> LeaseState:
    """Return the state that a lease is in."""
    if lease.id is None:
        return "available"
    if lease.breaks is not None:
        return "breaking" if now < lease.breaks else "broken"
    return "expired" if lease.ends is not None and now >= lease.ends else "leased"


def is_held(lease: Lease, clock: Clock) -> bool:
    """Whether a lease keeps others away: one that is being broken still does."""
    return lease_state(lease, clock.now()) in ("leased", "breaking")


def lease_headers(lease: Lease, now: datetime) -> dict[str, str]:
    """Return what the properties of a resource say of its lease."""
    state = lease_state(lease, now)
    is_locked = state in ("leased", "breaking")
    headers = {"x-ms-lease-status": "locked" if is_locked else "unlocked", "x-ms-lease-state": state}
    if state == "leased":
        headers["x-ms-lease-duration"] = "infinite" if lease.duration_s == ENDLESS_S else "fixed"
    return headers


def check_lease(  # noqa: PLR0913  (two of the call, the rest of the kind of operation)
    call: Call, lease: Lease, clock: Clock, *, kind: Kind = "blob", is_write: bool = True, header: str = LEASE_ID
) -> None:
    """Hold the lease id of a request against the lease of what it is about.

    Args:
        call: An empty id counts as none, as some clients send it.
        lease: Of the blob, path or container.
        clock: Tells whether it has ended.
        kind: What is leased; on the dfs endpoint all are resources.
        is_write: Whether the operation needs the id while the lease is held; a read may leave it out.
        header: The one with the id.

    Raises:
        ServiceError: The id is missing, another one, or of a lease that is no more.
    """
    given = _id(call, header) if call.headers.get(header) else ""
    state = lease_state(lease, clock.now())
    if state in ("leased", "breaking"):
        if not given:
            if is_write:
                raise ServiceError("LeaseIdMissing", kind=kind if call.is_blob else "resource")
        elif given != lease.id:
            raise ServiceError(_code(call, "LeaseIdMismatch", kind))
    elif given:
        if state == "available":
            raise ServiceError(_code(call, "LeaseNotPresent", kind))
        if given != lease.id:
            raise ServiceError(_code(call, "LeaseIdMismatch", kind))
        raise ServiceError("LeaseLost", kind=kind if call.is_blob else "resource")


def _code(call: Call, code: str, kind: Kind) -> str:
    return f"{code}With{kind.title()}Operation" if call.is_blob else code


def end_by_write(lease: Lease, clock: Clock) -> None:
    """Forget a lease that has ended: a write to what was leased makes it available (ibid., "Remarks")."""
    if lease_state(lease, clock.now()) in ("broken", "expired"):
        lease.id = lease.duration_s = lease.ends = lease.breaks = None


def change_lease(
    call: Call, leased: Node | Container, clock: Clock, *, kind: Kind, action: str | None = None
) -> tuple[int, dict[str, str]]:
    """Carry out ``x-ms-lease-action``, or the action given; return the status and what the answer says of the lease.

    Raises:
        ServiceError: A header is missing or of no use, or the state of the lease does not allow it.
    """
    action = action or required(call, "x-ms-lease-action").lower()
    if action not in ACTIONS:
        raise _bad_header("x-ms-lease-action", call.headers["x-ms-lease-action"])
    return ACTIONS[action](call, leased.lease, clock, kind)


def check_lease_request(call: Call) -> None:
    """Raise where the headers of a request for a lease are of no use, whatever it is about."""
    action = required(call, "x-ms-lease-action").lower()
    if action not in ACTIONS:
        raise _bad_header("x-ms-lease-action", call.headers["x-ms-lease-action"])
    needed = {"acquire": ["x-ms-lease-duration"], "break": [], "change": [LEASE_ID, "x-ms-proposed-lease-id"]}
    for name in needed.get(action, [LEASE_ID]):
        required(call, name)
    for name in (LEASE_ID, "x-ms-proposed-lease-id"):
        if call.headers.get(name):
            _id(call, name)


def required(call: Call, name: str) -> str:
    """Return a header that must be there, and not empty."""
    value = call.headers.get(name, "")
    if not value:
        raise ServiceError("MissingRequiredHeader", {"HeaderName": name})
    return value


def _acquire(call: Call, lease: Lease, clock: Clock, kind: Kind) -> tuple[int, dict[str, str]]:
    now, duration = clock.now(), _seconds(call, "x-ms-lease-duration", required(call, "x-ms-lease-duration"))
    if duration != ENDLESS_S and not SHORTEST_S <= duration <= LONGEST_S:
        raise _bad_header("x-ms-lease-duration", str(duration))
    proposed = _id(call, "x-ms-proposed-lease-id") if call.headers.get("x-ms-proposed-lease-id") else clock.uuid()
    state = lease_state(lease, now)
    if state == "leased" and proposed != lease.id:
        raise ServiceError("LeaseAlreadyPresent")
    if state == "breaking":
        code = "LeaseIsBreakingAndCannotBeAcquired" if proposed == lease.id else "LeaseAlreadyPresent"
        raise ServiceError(code, kind=kind)
    lease.id, lease.duration_s, lease.breaks = proposed, duration, None
    lease.ends = None if duration == ENDLESS_S else now + timedelta(seconds=duration)
    return 201, {LEASE_ID: proposed}


def _renew(call: Call, lease: Lease, clock: Clock, kind: Kind) -> tuple[int, dict[str, str]]:
    now, given = clock.now(), _held(call, lease, kind)
    if lease.breaks is not None:
        raise ServiceError("LeaseIsBrokenAndCannotBeRenewed")
    if lease.duration_s is not None and lease.duration_s != ENDLESS_S:
        lease.ends = now + timedelta(seconds=lease.duration_s)
    return 200, {LEASE_ID: given}


def _change(call: Call, lease: Lease, clock: Clock, kind: Kind) -> tuple[int, dict[str, str]]:
    proposed = _id(call, "x-ms-proposed-lease-id", required(call, "x-ms-proposed-lease-id"))
    given = _id(call, LEASE_ID, required(call, LEASE_ID))
    state = lease_state(lease, clock.now())
    if state in ("available", "broken", "expired"):
        raise ServiceError("LeaseNotPresentWithLeaseOperation", kind=kind)
    if lease.id not in (given, proposed):
        raise ServiceError("LeaseIdMismatchWithLeaseOperation", kind=kind)
    if state == "breaking":
        raise ServiceError("LeaseIsBreakingAndCannotBeChanged")
    lease.id = proposed
    return 200, {LEASE_ID: proposed}


def _release(call: Call, lease: Lease, clock: Clock, kind: Kind) -> tuple[int, dict[str, str]]:  # noqa: ARG001
    _held(call, lease, kind)
    lease.id = lease.duration_s = lease.ends = lease.breaks = None
    return 200, {}


def _break(call: Call, lease: Lease, clock: Clock, kind: Kind) -> tuple[int, dict[str, str]]:
    now, state = clock.now(), lease_state(lease, clock.now())
    asked = call.headers.get("x-ms-lease-break-period")
    period = None if not asked else _seconds(call, "x-ms-lease-break-period", asked)
    if period is not None and not 0 <= period <= LONGEST_S:
        raise _bad_header("x-ms-lease-break-period", asked or "")
    if state == "available":
        raise ServiceError("LeaseNotPresentWithLeaseOperation", kind=kind)
    left = _left(lease, now) if state in ("leased", "breaking") else 0
    wait = min(period, left) if period is not None and left is not None else period if left is None else left
    wait = wait or 0
    lease.breaks = now + timedelta(seconds=wait)
    return 202, {"x-ms-lease-time": str(wait)}


def _left(lease: Lease, now: datetime) -> int | None:
    """Return the seconds that a lease is held for; None where it does not end."""
    end = lease.breaks or lease.ends
    return None if end is None else max(0, round((end - now).total_seconds()))


def _held(call: Call, lease: Lease, kind: Kind) -> str:
    """Return the lease id of a request, when it is that of the lease."""
    given = _id(call, LEASE_ID, required(call, LEASE_ID))
    if lease.id is None or given != lease.id:
        raise ServiceError("LeaseIdMismatchWithLeaseOperation", kind=kind)
    return given


def _id(call: Call, name: str, value: str | None = None) -> str:
    """Return a lease id, a GUID of any notation, in lower case with dashes."""
    text = (value or call.headers[name]).strip('"{}()').lower()
    digits = text.replace("-", "")
    if len(digits) != 32 or not set(digits) <= set("0123456789abcdef"):  # noqa: PLR2004  (digits of a GUID)
        raise _bad_header(name, value or call.headers[name])
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _seconds(call: Call, name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise _bad_header(name, call.headers[name]) from error


def _bad_header(name: str, value: str) -> ServiceError:
    return ServiceError("InvalidHeaderValue", {"HeaderName": name, "HeaderValue": value})


ACTIONS: dict[str, Callable[[Call, Lease, Clock, Kind], tuple[int, dict[str, str]]]] = {
    "acquire": _acquire,
    "renew": _renew,
    "change": _change,
    "release": _release,
    "break": _break,
}
