"""Traces on disk: read whole, written whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import Fault, TraceError
from conformance.trace._parsing import parse_trace
from conformance.trace._rendering import render_trace

if TYPE_CHECKING:
    from conformance.trace._trace import Trace


def load_trace(path: Path) -> Trace:
    """Read and check a trace.

    Raises:
        TraceError: The file cannot be read, is newer than this version, or is wrong in one or more places.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = Fault(f"cannot be read: {error.strerror}.", "Name a file that is there.", "unreadable-trace", path)
        raise TraceError([fault]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TraceError([Fault("is not UTF-8.", "Save it as UTF-8.", "unreadable-trace", path, line)]) from error
    return parse_trace(text, path=path)


def load_traces(folder: Path) -> list[Trace]:
    """Read every trace in a folder and the folders below it, sorted by path; none where there is no such folder.

    Raises:
        TraceError: One or more are wrong; it has the faults of all.
    """
    traces: list[Trace] = []
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*.toml")):
        try:
            traces.append(load_trace(path))
        except TraceError as error:
            faults += error.faults
    if faults:
        raise TraceError(faults)
    return traces


def write_trace(path: Path, trace: Trace) -> None:
    """Put a trace in its place by one rename; folders are made.

    Raises:
        UsageError: It holds a value that is no plain data.
    """
    text = render_trace(trace)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
