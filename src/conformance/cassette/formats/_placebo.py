"""The recordings of placebo (``SERVICE.OPERATION_1.json``), one file a call. They are read, never written.

Source: ``placebo/pill.py`` and ``placebo/serializer.py`` of the package. A file has ``status_code`` and ``data``, what
botocore returned: parsed, with dates and streams as objects that name their ``__class__``. There is no request; the
name of the file tells the operation, and stands where the URI would. ``ResponseMetadata.HTTPHeaders``, which older
files have not, are the headers; the rest of ``data``, as JSON, stands where the body would.

Not carried, and noted: what else ``ResponseMetadata`` has (ids of the request, RetryAttempts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette.formats._answers import parsed_answer
from conformance.cassette.formats._json import load_json

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette._interaction import Interaction
    from conformance.cassette.formats._json import Notes


def is_placebo(value: object) -> bool:
    """Whether a document has ``status_code`` and ``data``, and nothing else."""
    return isinstance(value, dict) and set(value) == {"status_code", "data"}


def parse(data: bytes, *, path: Path, notes: Notes) -> tuple[Interaction, ...]:
    """Return the one interaction of a file.

    Raises:
        FormatFault: It is damaged.
    """
    document = load_json(data)
    document.note_rest(("status_code", "data"), notes)
    status = document["status_code"].status()
    return (parsed_answer(path.name.removesuffix(".json"), document["data"], status=status, notes=notes),)
