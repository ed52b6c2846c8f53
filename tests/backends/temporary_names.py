"""The names of remote-store's temporary files, which end in random digits, as rules of this repository's fixtures."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.cassette import Request

TEMPORARY = re.compile(r"(\.(?:~|%7[Ee])tmp\.[^/?]*\.)[0-9a-f]{8}(?=\?|$)")


def numbered_alike(request: Request) -> Request:
    """Return a request whose temporary files, in its address and as the source of a rename, end in zeros."""
    headers = tuple((name, _plain(value) if name.lower() == SOURCE else value) for name, value in request.headers)
    return replace(request, uri=_plain(request.uri), headers=headers)


SOURCE = "x-ms-rename-source"


def _plain(text: str) -> str:
    return TEMPORARY.sub(r"\g<1>00000000", text)
