"""What every driver of ``file_system`` is asked in its tests: operations, and one call with one outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.contract import Call


def done(call: Call, op: str, **args: Any) -> Any:
    """Return the fields of an operation that succeeds."""
    outcome = call(op, args)
    assert outcome.is_ok, (op, args, outcome)
    return outcome.value


def error_of(call: Call, op: str, **args: Any) -> str:
    """Return the kind of the error that an operation ends in."""
    return call(op, args).error


def paths(call: Call, path: str = "", **args: Any) -> list[str]:
    """Return the paths of a listing, those of directories with a slash."""
    entries = done(call, "list", path=path, **args)["entries"]
    return [entry["path"] + "/" * (entry["type"] == "directory") for entry in entries]
