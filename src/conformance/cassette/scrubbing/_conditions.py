"""Where a rule holds: for which requests, and for which answers."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from conformance.cassette._interaction import Request, Response


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so of an interaction; what is empty holds for any.

    Attributes:
        method: In upper case.
        host: A pattern of the host, in lower case; ``*`` stands for anything.
        path: A pattern of the decoded path.
        status: Statuses of the answer.
        content_type: A pattern of the content type of the message, in lower case, without its parameters.
    """

    method: str = ""
    host: str = ""
    path: str = ""
    status: frozenset[int] = frozenset()
    content_type: str = ""

    def holds_for(self, request: Request) -> bool:
        """Return whether a request is one of those that it names."""
        url = urlsplit(request.uri)
        return (
            (not self.method or request.method.upper() == self.method)
            and (not self.host or fnmatchcase((url.hostname or "").lower(), self.host))
            and (not self.path or fnmatchcase(unquote(url.path), self.path))
        )

    def holds_for_content(self, message: Request | Response) -> bool:
        """Return whether a message has the content type that it names."""
        if not self.content_type:
            return True
        declared = next((value for name, value in message.headers if name.lower() == "content-type"), "")
        return fnmatchcase(declared.partition(";")[0].strip().lower(), self.content_type)

    def holds_for_status(self, response: Response) -> bool:
        """Return whether a response has a status that it names."""
        return not self.status or response.status in self.status
