"""A request as an operation sees it: which endpoint, account, container and path, with which parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from conformance.cassette import Request

Endpoint = Literal["blob", "dfs"]
OLDEST = "2009-09-19"
"""The version of a request that names none (REST reference, "Versioning for Azure Storage")."""
DFS_PARAMETERS = frozenset({"resource", "action", "recursive", "mode", "position"})
BLOB_PARAMETERS = frozenset({"restype", "comp", "snapshot", "versionid"})
RENAME = "x-ms-rename-source"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart.

    Attributes:
        method: Upper case.
        endpoint: Which of the two services it is for.
        account: The account that it names.
        container: Decoded; empty where the request is for the account.
        path: Decoded, without the slash before it; empty where the request is for the account or the container.
            ``/`` is the root directory of a container.
        resource: The path of the URL as sent, without the account that stands in front of it in path style.
        query: Decoded, names in lower case; of a name that comes twice, the first.
        headers: Names in lower case; of a name that comes twice, all values with commas between.
        body: As sent.
        version: Of ``x-ms-version``, else of a SAS (``sv``), else the oldest.
        request: As it came.
    """

    method: str
    endpoint: Endpoint
    account: str
    container: str
    path: str
    resource: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    version: str
    request: Request = field(repr=False)

    @property
    def is_blob(self) -> bool:
        """Whether it came to the blob endpoint."""
        return self.endpoint == "blob"

    def metadata(self) -> dict[str, str]:
        """Return the metadata of its headers; names as they are spelt in the request."""
        prefix = "x-ms-meta-"
        return {name[len(prefix) :]: value for name, value in self.request.headers if name.lower().startswith(prefix)}


def parse_call(request: Request, *, account: str) -> Call:
    """Take a request apart.

    Args:
        request: With an absolute URI. Its host says endpoint and account where it is ``ACCOUNT.blob.…`` or
            ``ACCOUNT.dfs.…``; otherwise the account stands in front of the path, and the endpoint is told by what
            only one of the two has: parameters, the rename header, and at last the type that the client accepts.
        account: The name that the account in front of a path must have.

    Raises:
        ServiceError: InvalidUri, ResourceNotFound.
    """
    uri = urlsplit(request.uri)
    headers: dict[str, str] = {}
    for name, value in request.headers:
        lower = name.lower()
        headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
    query: dict[str, str] = {}
    for name, value in parse_qsl(uri.query, keep_blank_values=True):
        query.setdefault(name.lower(), value)
    labels = uri.netloc.split(".")
    resource = uri.path or "/"
    if len(labels) > 1 and labels[1] in ("blob", "dfs"):
        endpoint: Endpoint = "dfs" if labels[1] == "dfs" else "blob"
        named = labels[0]
    else:
        endpoint = _told_endpoint(query, headers)
        named, _, rest = resource[1:].partition("/")
        resource = "/" + rest
    if named not in (account, f"{account}-secondary"):
        raise ServiceError("ResourceNotFound")
    container, _, path = unquote(resource[1:]).partition("/")
    if endpoint == "blob" and container and not path and _is_in_root(resource, query):
        container, path = "$root", container
    version = headers.get("x-ms-version") or query.get("sv") or OLDEST
    return Call(
        request.method.upper(), endpoint, named, container, path, resource, query, headers, request.body, version,
        request,
    )  # fmt: skip


def _told_endpoint(query: dict[str, str], headers: dict[str, str]) -> Endpoint:
    if not DFS_PARAMETERS.isdisjoint(query) or RENAME in headers:
        return "dfs"
    if not BLOB_PARAMETERS.isdisjoint(query) or "x-ms-blob-type" in headers or "x-ms-copy-source" in headers:
        return "blob"
    return "dfs" if "json" in headers.get("accept", "") else "blob"


def _is_in_root(resource: str, query: dict[str, str]) -> bool:
    """Whether one segment names a blob of the root container (REST reference, "Working with the root container")."""
    return "restype" not in query and query.get("comp") != "list" and not resource.endswith("/")
