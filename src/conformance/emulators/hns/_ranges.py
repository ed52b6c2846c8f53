"""The range headers of reads and of page writes (REST reference, "Specifying the range header")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call

FORM = re.compile(r"bytes=(\d+)-(\d*)$")


def parse_range(call: Call, *names: str) -> tuple[int, int | None] | None:
    """Return first and last byte of a range, the last None where it is left out; None for no range.

    A header that is no range of bytes with a beginning is passed over, as the service does for those of RFC 9110.

    Args:
        call: Of its headers, the first that is there counts.
        names: In lower case; ``x-ms-range`` and ``range`` where there are none.
    """
    value = next((call.headers[name] for name in names or ("x-ms-range", "range") if call.headers.get(name)), "")
    found = FORM.match(value.strip())
    if found is None:
        return None
    first, last = int(found[1]), int(found[2]) if found[2] else None
    return None if last is not None and last < first else (first, last)


def cut_range(found: tuple[int, int | None], size: int) -> tuple[int, int]:
    """Return the first byte of a range and the one after its last, within what there is.

    Raises:
        ServiceError: InvalidRange, when it begins where nothing is.
    """
    first, last = found
    if first >= size:
        raise ServiceError("InvalidRange", headers={"Content-Range": f"bytes */{size}"})
    return first, size if last is None else min(last + 1, size)
