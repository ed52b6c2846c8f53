"""What remote-store raises, in the words of the contract ``file_system``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remote_store import (
    AlreadyExists,
    BackendUnavailable,
    CapabilityNotSupported,
    DirectoryNotEmpty,
    NotFound,
    PermissionDenied,
    RemoteStoreError,
    ResourceLocked,
)

from conformance.contract import NotOffered, Refused, Unreachable
from conformance.contract.drivers._statuses import OUTAGE_STATUSES, kind_of_status, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Mapping[type[RemoteStoreError], str] = {
    AlreadyExists: "already_exists",
    DirectoryNotEmpty: "not_empty",
    NotFound: "not_found",
    PermissionDenied: "access_denied",
    ResourceLocked: "conflict",
}


def refusal_of(error: RemoteStoreError, *, standing: str = "") -> Exception:
    """Return what a driver raises for an error; the error itself where it is none that is known, so that it leaks.

    Args:
        error: What the client raised.
        standing: The kind of an InvalidPath, by what stands at the path: the client has one error for a path that is
            no path, and for one where a thing of the other type stands.
    """
    kind = standing or KINDS.get(type(error), "")
    if kind:
        return Refused(kind, code=type(error).__name__, detail=str(error))
    if isinstance(error, CapabilityNotSupported):
        return NotOffered(str(error))
    if isinstance(error, BackendUnavailable):
        status = status_of(error)  # the client calls every 5xx so, an answer or an outage
        is_answer = status is not None and status not in OUTAGE_STATUSES
        answer = Refused(kind_of_status(status), status=status, code=type(error).__name__, detail=str(error))
        return answer if is_answer else Unreachable(str(error))
    return error


def ancestors_of(path: str) -> list[str]:
    """Return the folders that a path lies in, the outermost first, without the root."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
