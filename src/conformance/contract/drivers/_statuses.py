"""What the status of an answer says of an error, in the words of the contracts."""

from __future__ import annotations

FIRST_SERVER_ERROR = 500  # RFC 9110 §15.6

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
