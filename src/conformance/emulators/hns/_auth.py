"""Who is let in: by the account's key, by a shared access signature, by a token, or as anybody."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._permissions import needed
from conformance.emulators.hns._sas import Grant, check_sas, denied, is_signature

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._sas import Credentials
    from conformance.emulators.hns._state import State

SKEW = timedelta(minutes=15)
NOBODY = "00000000-0000-0000-0000-000000000000"
SIGNED_HEADERS = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
WEIGHTS = {sign: weight for weight, sign in enumerate("!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz")}
"""How the service orders the characters of header names; a hyphen only decides between names that are else alike."""
CHALLENGE = (
    f"Bearer authorization_uri=https://login.microsoftonline.com/{NOBODY}/oauth2/authorize "
    "resource_id=https://storage.azure.com"
)
FIRST_WITH_CHALLENGE = "2019-12-12"
"""From this version on a request without credentials is answered with 401 and a challenge."""


def authorize(call: Call, credentials: Credentials, *, state: State, now: datetime) -> Grant:
    """Return what a request is let in with.

    Args:
        call: The request.
        credentials: Of the account.
        state: Has what containers allow.
        now: The time.

    Raises:
        ServiceError: It is not let in.
    """
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not credentials.allows_tokens:
            raise ServiceError("InvalidAuthenticationInfo", status=401, headers={"WWW-Authenticate": CHALLENGE})
        if "sig" not in call.query:
            user = token_claims(call).get("oid", "")
            return Grant(user or None, user)
    elif call.query.get("comp", "").lower() == "userdelegationkey" and not call.container:
        raise denied("Only authentication scheme Bearer is supported")
    elif scheme in ("SharedKey", "SharedKeyLite"):
        _check_key(call, given, credentials, now=now)
        return Grant()
    elif scheme:
        detail = {"AuthenticationErrorDetail": f"Authentication scheme {scheme} is not supported."}
        raise ServiceError("InvalidAuthenticationInfo", detail)
    if "sig" in call.query:
        return _by_sas(call, credentials, state=state, now=now)
    _check_public(call, state)
    return Grant()


def token_claims(call: Call) -> dict[str, str]:
    """Return what the token of a request says, where it is a JWT: ``oid``, ``tid`` and whatever else is text."""
    parts = call.headers.get("authorization", "").partition(" ")[2].split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "==="))
        return {name: value for name, value in claims.items() if isinstance(value, str)}
    except (AttributeError, IndexError, ValueError):
        return {}


# --- The account's key


def string_to_sign(call: Call, name: str) -> str:
    """Return what a request signs with the account's key (REST reference, "Authorize with Shared Key")."""
    headers = dict(call.headers)
    if "x-ms-date" in headers:
        headers["date"] = ""
    if headers.get("content-length") == "0" and call.version >= "2015-02-21":
        headers["content-length"] = ""
    is_lite = headers.get("authorization", "").startswith("SharedKeyLite ")
    said = ("content-md5", "content-type", "date") if is_lite else SIGNED_HEADERS
    lines = [call.method, *(headers.get(header, "") for header in said)]
    own = sorted((header for header in headers if header.startswith("x-ms-")), key=_weight)
    lines += [f"{header}:{headers[header].strip()}" for header in own]
    return "\n".join([*lines, _canonicalized_resource(call, name, is_lite=is_lite)])


def _weight(header: str) -> tuple[list[int], list[bool]]:
    return [WEIGHTS[sign] for sign in header if sign in WEIGHTS], [sign == "-" for sign in header]


def _canonicalized_resource(call: Call, name: str, *, is_lite: bool) -> str:
    uri = urlsplit(call.request.uri)
    resource = f"/{name}{uri.path or '/'}"
    if is_lite:
        return resource + (f"?comp={call.query['comp']}" if "comp" in call.query else "")
    values: dict[str, list[str]] = {}
    for part in uri.query.split("&") if uri.query else ():
        parameter, _, value = part.partition("=")
        values.setdefault(unquote(parameter).lower(), []).append(unquote(value))
    return resource + "".join(f"\n{parameter}:{','.join(sorted(values[parameter]))}" for parameter in sorted(values))


def _check_key(call: Call, given: str, credentials: Credentials, *, now: datetime) -> None:
    account, colon, signature = given.partition(":")
    if not colon:
        raise ServiceError("InvalidAuthenticationInfo")
    said = call.headers.get("x-ms-date") or call.headers.get("date", "")
    try:
        sent = parsedate_to_datetime(said)
        is_near = abs(now - sent) <= SKEW
    except (TypeError, ValueError) as error:  # not calibrated
        raise denied("Request date header not specified") from error
    if not is_near:
        raise denied(f"Request date header too old: '{said}'")
    text = string_to_sign(call, credentials.name)
    if account != credentials.name or not is_signature(signature, key=credentials.key, text=text):
        raise denied(
            f"The MAC signature found in the HTTP request '{signature}' is not the same as any computed signature. "
            f"Server used following string to sign: '{text}'."
        )


# --- Everybody else


def _by_sas(call: Call, credentials: Credentials, *, state: State, now: datetime) -> Grant:
    grant = check_sas(call, credentials, state=state, now=now)
    delegated = call.query.get("sduoid")
    if delegated and token_claims(call).get("oid") != delegated:
        raise denied("The user of the token is not the one that the signature is for.")
    return grant


def _check_public(call: Call, state: State) -> None:
    """Let in who only reads what a container shows to everybody (REST reference, "Set Container ACL").

    Raises:
        ServiceError: The container does not; a version that knows no challenge is told that there is nothing.
    """
    container, need = state.containers.get(call.container), needed(call, state)
    is_read = call.is_blob and call.method in ("GET", "HEAD") and set(need.any_of) & set("rl")
    shown = {"container": "co", "blob": "o"}.get((container and container.access) or "", "")
    if is_read and need.level in shown:
        return
    if call.version >= FIRST_WITH_CHALLENGE:
        raise ServiceError("NoAuthenticationInformation", headers={"WWW-Authenticate": CHALLENGE})
    if not call.is_blob:  # not calibrated
        raise ServiceError("AuthenticationFailed")
    raise ServiceError("ResourceNotFound", headers={"x-ms-error-code": ""})
