"""Paths of a filesystem of an Azure account with a hierarchical namespace, and what its clients tell of them."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions

from conformance.contract import NotOffered, Refused
from conformance.contract.drivers._azure import OF_FILES
from conformance.contract.drivers._azure_core import mapped as mapped_by

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER_MARK = "hdi_isfolder"  # how the blob service tells a directory from an empty blob
NO_FOLDER_ABOVE = re.compile("[^/]+")


@contextmanager
def mapped() -> Iterator[None]:
    """Raise what the contract calls an error."""
    with mapped_by(OF_FILES):
        yield


def named(client: Any, what: str, path: str) -> Any:
    """Return the client of a file or directory (``what``) in a filesystem.

    Raises:
        Refused: The path is the root, of which the clients have none.
    """
    try:
        return getattr(client, f"get_{what}_client")(path)
    except ValueError as error:
        raise Refused("invalid_path", code=type(error).__name__, detail=str(error)) from error


def if_missing(*, is_asked: bool) -> dict[str, Any]:
    """Return the condition that nothing stands at a path, where it is asked for."""
    return {"match_condition": MatchConditions.IfMissing} if is_asked else {}


def refuse_making_one(path: str, *, parents: bool) -> None:
    """Raise where a directory is to be made only in one that there is.

    Raises:
        NotOffered: The service makes all that is missing above.
    """
    if not parents and not NO_FOLDER_ABOVE.fullmatch(path):
        raise NotOffered("a directory is made with those that it lies in")


def stat_of(properties: Any) -> dict[str, Any]:
    """Return what the properties of a path tell of it."""
    if FOLDER_MARK in properties.metadata:
        return {"type": "directory"}
    return {"type": "file", "size": properties.size}


def metadata_of(properties: Any) -> dict[str, Any]:
    """Return the metadata of a path, without the mark of directories."""
    return {"metadata": {name: value for name, value in properties.metadata.items() if name != FOLDER_MARK}}


def probe_of(kind: str) -> dict[str, Any]:
    """Return what stands at a path, by its type; empty for nothing."""
    return {"exists": bool(kind), "is_file": kind == "file", "is_directory": kind == "directory"}


def entries_of(found: list[Any], own: str) -> dict[str, Any]:
    """Return a listing, by path from the subject's root."""
    entries: list[dict[str, Any]] = []
    for each in found:
        path = each.name.removeprefix(own)
        size = {} if each.is_directory else {"size": each.content_length}
        entries.append({"path": path, "type": "directory" if each.is_directory else "file", **size})
    return {"entries": sorted(entries, key=lambda entry: str(entry["path"]))}
