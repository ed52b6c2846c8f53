"""What the status of an answer says of an error, in the words of the contracts."""

from __future__ import annotations

FIRST_SERVER_ERROR = 500  # RFC 9110 §15.6

OUTAGE_STATUSES = frozenset({502, 503, 504})  # RFC 9110 §15.6: not the service itself, or not now

KINDS = {
    304: "not_modified",
    400: "invalid_argument",
    403: "access_denied",
    404: "not_found",
    405: "unsupported",
    409: "conflict",
    411: "invalid_argument",
    412: "precondition_failed",
    413: "too_large",
    416: "invalid_range",
    501: "unsupported",
}


def kind_of_status(status: int | None) -> str:
    """Return the kind of an error by its status (RFC 9110 §15); empty where that tells nothing."""
    if status is None:
        return ""
    return KINDS.get(status, "server_error" if status >= FIRST_SERVER_ERROR else "")


def status_of(error: BaseException) -> int | None:
    """Return the status of the answer that an error comes from, where a client left it on an error of the chain."""
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in seen:
        seen.append(each)
        response = getattr(each, "response", None)
        told = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
        status = told or getattr(each, "status_code", None)
        if isinstance(status, int):
            return status
        each = each.__cause__ or each.__context__
    return None
