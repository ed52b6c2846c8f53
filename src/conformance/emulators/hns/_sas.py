"""Shared access signatures: of the account, of a service, and by a user delegation key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from conformance.emulators.hns._clock import http_date
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._permissions import needed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._permissions import Need
    from conformance.emulators.hns._state import State

OVERRIDES = {
    "rscc": "Cache-Control",
    "rscd": "Content-Disposition",
    "rsce": "Content-Encoding",
    "rscl": "Content-Language",
    "rsct": "Content-Type",
}
PEER = "127.0.0.1"
"""Where requests come from: what carries an account out listens on loopback."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account lets in by.

    Attributes:
        name: Of the account.
        key: Of the account, in base64.
        allows_tokens: Whether bearer tokens are accepted, whichever they are.
    """

    name: str
    key: str
    allows_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request was let in with.

    Attributes:
        owner: The object id of who makes what it makes; None for that of the account's key.
        user: Whose rights the request has; empty for those of the account.
        is_bound: Whether those are the user's by ACLs, and not by a role.
        overrides: Headers that the answer to a read gets instead of those of the blob.
    """

    owner: str | None = None
    user: str = ""
    is_bound: bool = False
    overrides: dict[str, str] = field(default_factory=dict)


def sign(key: str, text: str) -> str:
    """Return the HMAC-SHA256 of a text by a key in base64, in base64."""
    return base64.b64encode(hmac.digest(base64.b64decode(key), text.encode(), hashlib.sha256)).decode()


def is_signature(given: str, *, key: str, text: str) -> bool:
    """Return whether it is the signature of a text."""
    return hmac.compare_digest(given.encode(), sign(key, text).encode())


def user_delegation_key(key: str, fields: Mapping[str, str]) -> str:
    """Return the value of a user delegation key, in base64.

    It follows from the account's key and from what signatures repeat of it, so that none needs to be kept.

    Args:
        key: Of the account.
        fields: By the parameters of a SAS: ``skoid``, ``sktid``, ``skt``, ``ske``, ``sks``, ``skv``, ``skdutid``.
    """
    names = ("skoid", "sktid", "skt", "ske", "sks", "skv", "skdutid")
    return sign(key, "\n".join(["user delegation key", *(fields.get(name, "") for name in names)]))


def denied(detail: str) -> ServiceError:
    """Return AuthenticationFailed with what the service says of it."""
    return ServiceError("AuthenticationFailed", {"AuthenticationErrorDetail": detail})


def check_sas(call: Call, credentials: Credentials, *, state: State, now: datetime) -> Grant:
    """Let a request in by the signature in its query.

    Args:
        call: The request; its query has ``sig``.
        credentials: Of the account.
        state: Has the stored access policies, and what is there already.
        now: The time that the signature must be valid at.

    Raises:
        ServiceError: AuthenticationFailed, or one of the Authorization… codes.
    """
    query, need = call.query, needed(call, state)
    is_account_sas = "ss" in query
    name, key = credentials.name, credentials.key
    text = _account_text(query, name) if is_account_sas else _service_text(call, name)
    if not is_account_sas and "skoid" in query:
        key = user_delegation_key(key, query)
        _check_times(query.get("skt"), query.get("ske"), now, what="Key")
    if not is_signature(query["sig"], key=key, text=text):
        raise denied(f"Signature did not match. String to sign used was {text}")
    said = dict(query) if is_account_sas or "si" not in query else _with_policy(call, state)
    _check_times(said.get("st"), said.get("se"), now, what="Signature")
    _check_way(call)
    if is_account_sas:
        _check_account_scope(query, need)
    elif need.level == "s" or (need.level == "c" and need.any_of not in ("l", "f")):
        raise ServiceError("AuthorizationFailure")
    if not need.is_met(said.get("sp", "")):
        raise ServiceError("AuthorizationPermissionMismatch")
    if query.get("ses") and call.method in ("PUT", "PATCH"):
        call.headers.setdefault("x-ms-encryption-scope", query["ses"])
    overrides = {header: query[short] for short, header in OVERRIDES.items() if query.get(short)}
    is_read = call.method in ("GET", "HEAD") and need.level == "o" and not query.get("comp")
    user = "" if query.get("saoid") else query.get("suoid", "")
    owner = query.get("saoid") or user or None
    return Grant(owner, user, is_bound=bool(user), overrides=overrides if is_read else {})


def _account_text(query: Mapping[str, str], name: str) -> str:
    """Return what an account SAS signs (REST reference, "Create an account SAS")."""
    fields = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"]
    if query.get("sv", "") >= "2020-12-06":
        fields.append("ses")
    return "".join(f"{value}\n" for value in [name, *(query.get(short, "") for short in fields)])


def _service_text(call: Call, name: str) -> str:
    """Return what a service SAS or a user delegation SAS signs (REST reference, "Create a service SAS" and its kin)."""
    query, version = call.query, call.query.get("sv", "")
    said = [query.get(short, "") for short in ("sp", "st", "se")] + [_resource(call, name, version)]
    shorts = ["si"]
    if "skoid" in query:
        shorts = ["skoid", "sktid", "skt", "ske", "sks", "skv"]
        shorts += ["saoid", "suoid", "scid"] if version >= "2020-02-10" else []
        shorts += ["skdutid", "sduoid"] if version >= "2025-07-05" else []
    shorts += ["sip", "spr"] if version >= "2015-04-05" else []
    said += [query.get(short, "") for short in [*shorts, "sv"]]
    if version >= "2018-11-09":
        times = {"bs": "snapshot", "bv": "versionid"}
        said += [query.get("sr", ""), query.get(times.get(query.get("sr", ""), ""), "")]
    said += [query.get("ses", "")] if version >= "2020-12-06" else []
    if "skoid" in query and version >= "2026-04-06":
        said += [_signed_headers(call), _signed_parameters(call)]
    said += [query.get(short, "") for short in OVERRIDES] if version >= "2013-08-15" else []
    return "\n".join(said)


def _signed_headers(call: Call) -> str:
    names = [name for name in call.query.get("srh", "").split(",") if name]
    return "".join(f"{name}:{call.headers.get(name.lower(), '')}\n" for name in names)


def _signed_parameters(call: Call) -> str:
    names = [name for name in call.query.get("srq", "").split(",") if name]
    return "".join(f"\n{name}:{call.query.get(name.lower(), '')}" for name in names)


def _resource(call: Call, name: str, version: str) -> str:
    """Return the resource that a request is about, as a signature of its kind (``sr``) names it."""
    kind, parts = call.query.get("sr", ""), [name, call.container]
    path = call.path or call.query.get("directory" if not call.is_blob else "prefix", "")
    if kind == "d":
        depth = call.query.get("sdd", "")
        segments = [segment for segment in path.split("/") if segment]
        if not depth.isdigit() or int(depth) > len(segments):
            raise denied("Signature fields not well formed.")
        parts += segments[: int(depth)]
    elif kind != "c":
        parts.append(call.path)
    return ("/blob/" if version >= "2015-02-21" else "/") + "/".join(parts)


def _with_policy(call: Call, state: State) -> dict[str, str]:
    """Return the query with what its stored access policy says.

    Raises:
        ServiceError: There is no such policy, or both say the same thing.
    """
    container = state.containers.get(call.container)
    policies = read_policies(container.policies) if container is not None else {}
    policy = policies.get(call.query["si"])
    if policy is None:
        raise denied("SAS identifier cannot be found for specified signed identifier")
    if any(call.query.get(short) for short in policy):
        raise denied("Access policy fields can be associated with signature or SAS identifier but not both")
    return dict(call.query) | policy


def read_policies(xml: bytes) -> dict[str, dict[str, str]]:
    """Return what stored access policies say, by id: ``st``, ``se`` and ``sp``, as far as each is there."""
    if not xml:
        return {}
    read = {}
    for item in ET.fromstring(xml).iter("SignedIdentifier"):  # noqa: S314  (it was parsed when it was set)
        words = {"st": "AccessPolicy/Start", "se": "AccessPolicy/Expiry", "sp": "AccessPolicy/Permission"}
        found = {short: item.findtext(place) or "" for short, place in words.items()}
        read[item.findtext("Id") or ""] = {short: value for short, value in found.items() if value}
    return read


def _check_times(start: str | None, end: str | None, now: datetime, *, what: str) -> None:
    try:
        begins = _time(start) if start else None
        ends = _time(end or "")
    except ValueError as error:
        raise denied(f"{what} fields not well formed.") from error
    if begins is not None and ends <= begins:
        raise denied(f"Signed expiry time [{http_date(ends)}] must be after signed start time [{http_date(begins)}]")
    if now > ends or (begins is not None and now < begins):
        span = f"Start [{http_date(begins or now)}] - Expiry [{http_date(ends)}] - Current [{http_date(now)}]"
        raise denied(f"{what} not valid in the specified time frame: {span}")


def _time(text: str) -> datetime:
    """Return a time of ISO 8601, in UTC where it says nothing else."""
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _check_way(call: Call) -> None:
    """Check the protocol and the address that a request came by."""
    allowed = call.query.get("spr", "")
    if allowed and urlsplit(call.request.uri).scheme not in allowed.split(","):
        raise ServiceError("AuthorizationProtocolMismatch")
    first, _, last = call.query.get("sip", "").partition("-")
    try:
        if first and not _address(first) <= _address(PEER) <= _address(last or first):
            raise ServiceError("AuthorizationSourceIPMismatch", ip=PEER)
    except ValueError as error:
        raise denied("Signature fields not well formed.") from error


def _address(text: str) -> int:
    return int(ipaddress.ip_address(text))


def _check_account_scope(query: Mapping[str, str], need: Need) -> None:
    if "b" not in query["ss"]:
        raise ServiceError("AuthorizationServiceMismatch")
    if need.level not in query.get("srt", ""):
        raise ServiceError("AuthorizationResourceTypeMismatch")
    if not need.any_of:
        raise ServiceError("AuthorizationFailure")
