"""A key-value service over HTTP: spaces of keys, each key with some bytes and a version. It has one bug.

``GET``, ``PUT``, ``DELETE`` and ``POST`` of ``/space/key`` read, store, delete and increment a key: the body of a POST
is added to the number that is there, or to 0. ``GET /space?prefix=a`` lists the keys as JSON, in order. The version is
the ETag; ``If-Match`` stores only over that version, ``If-None-Match: *`` only where no key is.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, unquote_plus

Answer = tuple[int, bytes, str]  # status, body and version
Method = Callable[["Handler", str], Answer]
SPACES: dict[str, dict[str, tuple[bytes, str]]] = defaultdict(dict)
REQUESTS: dict[str, int] = Counter()
LOCK = threading.Lock()


def answering(method: Method) -> Callable[[Handler], None]:
    def answer(self: Handler) -> None:
        path, _, prefix = self.path.partition("?prefix=")
        space, _, key = path.removeprefix("/").partition("/")
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with LOCK:
            REQUESTS[space] += 1
            self.items, self.prefix, self.new_version = SPACES[space], unquote_plus(prefix), f'"{REQUESTS[space]}"'
            status, body, version = method(self, unquote(key))
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        if version:
            self.send_header("ETag", version)
        self.end_headers()
        self.wfile.write(body)

    return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent in one piece

    @answering
    def do_GET(self, key: str) -> Answer:
        if not key:
            return 200, json.dumps(sorted(each for each in self.items if each.startswith(self.prefix))).encode(), ""
        return (200, *self.items[key]) if key in self.items else (404, b"", "")

    @answering
    def do_PUT(self, key: str) -> Answer:
        _, version = self.items.get(key, (b"", ""))
        if self.headers.get("If-Match", version) != version or (version and "If-None-Match" in self.headers):
            return 412, b"", ""
        self.items[key] = self.body, self.new_version
        return 200, b"", self.new_version

    @answering
    def do_DELETE(self, key: str) -> Answer:
        return (200 if self.items.pop(key, None) else 404), b"", ""

    @answering
    def do_POST(self, key: str) -> Answer:
        number, version = self.items.get(key, (b"0", self.new_version))
        if not number.removeprefix(b"-").isdigit():
            return 409, b"", ""
        self.items[key] = b"%d" % (int(number) + int(self.body)), version
        return 200, self.items[key][0], ""


@contextmanager
def key_value() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"  # what the driver gets as opening.service
        server.shutdown()
