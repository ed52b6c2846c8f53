"""A small account with a hierarchical namespace, in memory: enough of the blob and dfs REST for the tests of drivers.

It answers what recordings of the real service show; one address serves both services.
"""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

MODIFIED = "Sat, 31 Jan 2026 12:00:00 GMT"


@dataclass
class Node:
    """A file or a directory."""

    is_directory: bool
    metadata: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    pending: dict[int, bytes] = field(default_factory=dict)


class Refusal(Exception):
    """An error of the service."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(code)


Tree = dict[str, Node]
Answer = tuple[int, dict[str, str], bytes]


class Account:
    """The filesystems of an account."""

    def __init__(self) -> None:
        self.trees: dict[str, Tree] = {}

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        name, _, path = unquote(parts.path).lstrip("/").partition("/")
        path = path.rstrip("/")
        if query.get("restype") == "container":
            return self._container(method, name)
        if name not in self.trees:
            raise Refusal(404, "FilesystemNotFound")
        tree = self.trees[name]
        if query.get("resource") == "filesystem":
            return _listed(tree, query)
        if method in ("HEAD", "GET"):
            return _read(tree, path, headers)
        if method == "DELETE":
            return _deleted(tree, path, query)
        if method == "PATCH":
            return _patched(tree, path, query, body)
        return _put(tree, path, query, headers)

    def _container(self, method: str, name: str) -> Answer:
        if method == "PUT":
            self.trees[name] = {}
            return 201, {}, b""
        if name not in self.trees:
            raise Refusal(404, "ContainerNotFound")
        if method == "DELETE":
            del self.trees[name]
            return 202, {}, b""
        return 200, {}, b""


def _found(tree: Tree, path: str, code: str = "PathNotFound") -> Node:
    if path not in tree:
        raise Refusal(404, code)
    return tree[path]


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _below(tree: Tree, path: str) -> list[str]:
    return [each for each in tree if each.startswith(f"{path}/")]


def _put(tree: Tree, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
    if query.get("comp") == "metadata":
        _found(tree, path).metadata = {key[10:]: value for key, value in headers.items() if key[:10] == "x-ms-meta-"}
        return 200, {}, b""
    source = headers.get("x-ms-rename-source", "")
    if any(each in tree and not tree[each].is_directory for each in _above(path)):
        raise Refusal(409, "InvalidSourceOrDestinationResourceType" if source else "PathConflict")
    if path in tree and headers.get("if-none-match") == "*":
        raise Refusal(409, "PathAlreadyExists")
    if source:
        old = unquote(source).lstrip("/").partition("/")[2]
        _found(tree, old, "SourcePathNotFound")
        if any(each not in tree for each in _above(path)):
            raise Refusal(404, "RenameDestinationParentPathNotFound")
        for each in [old, *_below(tree, old)]:
            tree[path + each.removeprefix(old)] = tree.pop(each)
        return 201, {}, b""
    is_directory = query["resource"] == "directory"
    if path in tree and tree[path].is_directory != is_directory:
        raise Refusal(409, "PathConflict")
    for each in _above(path):
        tree.setdefault(each, Node(is_directory=True))
    pairs = [pair.split("=", 1) for pair in headers.get("x-ms-properties", "").split(",") if pair]
    tree[path] = Node(is_directory, {key: base64.b64decode(value).decode() for key, value in pairs})
    return 201, {"ETag": '"1"', "Last-Modified": MODIFIED}, b""


def _patched(tree: Tree, path: str, query: dict[str, str], body: bytes) -> Answer:
    node = _found(tree, path)
    position = int(query["position"])
    if query["action"] == "append":
        node.pending[position] = body
        return 202, {}, b""
    data = node.data + b"".join(node.pending[at] for at in sorted(node.pending))
    if position != len(data):
        raise Refusal(400, "InvalidFlushPosition")
    node.data, node.pending = data, {}
    return 200, {"ETag": '"1"', "Last-Modified": MODIFIED}, b""


def _read(tree: Tree, path: str, headers: dict[str, str]) -> Answer:
    node = _found(tree, path, "BlobNotFound")
    told = {f"x-ms-meta-{name}": value for name, value in node.metadata.items()}
    told |= {"x-ms-meta-hdi_isfolder": "true"} if node.is_directory else {}
    told |= {"ETag": '"1"', "Last-Modified": MODIFIED, "x-ms-blob-type": "BlockBlob"}
    wanted = headers.get("x-ms-range", "")
    if not wanted:
        return 200, told, node.data
    first, last = wanted.removeprefix("bytes=").split("-")
    start, end = int(first), min(int(last or len(node.data)), len(node.data) - 1)
    if start >= len(node.data):
        raise Refusal(416, "InvalidRange")
    return 206, told | {"Content-Range": f"bytes {start}-{end}/{len(node.data)}"}, node.data[start : end + 1]


def _deleted(tree: Tree, path: str, query: dict[str, str]) -> Answer:
    _found(tree, path)
    below = _below(tree, path)
    if below and "recursive" not in query:
        raise Refusal(400, "MissingRequiredQueryParameter")
    if below and query["recursive"] != "true":
        raise Refusal(409, "DirectoryNotEmpty")
    for each in [path, *below]:
        del tree[each]
    return 200, {}, b""


def _listed(tree: Tree, query: dict[str, str]) -> Answer:
    directory = query.get("directory", "").strip("/")
    if directory:
        _found(tree, directory)
    start = f"{directory}/" if directory else ""
    names = [each for each in sorted(tree) if each.startswith(start)]
    if query["recursive"] == "false":
        names = [each for each in names if "/" not in each.removeprefix(start)]
    rows: list[dict[str, Any]] = [
        {"name": each, "contentLength": str(len(tree[each].data)), "lastModified": MODIFIED}
        | ({"isDirectory": "true"} if tree[each].is_directory else {})
        for each in names
    ]
    return 200, {"Content-Type": "application/json"}, json.dumps({"paths": rows}).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers requests for an account, on connections that are kept."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one write: the head by itself would wait for an acknowledgement
    account: ClassVar[Account]

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            status, told, data = self.account.answer(self.command, self.path, headers, body)
        except Refusal as refusal:
            error = {"error": {"code": refusal.code, "message": refusal.code}}
            status, told, data = refusal.status, {"x-ms-error-code": refusal.code}, json.dumps(error).encode()
            told["Content-Type"] = "application/json"
        self.send_response(status)
        for name, value in {**told, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815  (http.server's names)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def hierarchical_account() -> Iterator[tuple[Account, str]]:
    """Run an account; yield it, and its address."""
    account = Account()
    handler = type("Bound", (Handler,), {"account": account})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield account, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
