"""A recording of S3 is sent to a server that holds what was there, and what it leaves is removed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import pytest

from conformance.cassette import Folding, Interaction, Request, Response
from conformance.compare.verification import DIALECTS, S3, Account, Recording, Server, compare_answers, verify_server

AWS = "https://bucket.s3.eu-west-1.amazonaws.com"
KEY = Account("key", "secret")
XML = (("Content-Type", "application/xml"),)
ERROR = "<Error><Code>{}</Code></Error>"


@dataclass
class Store:
    """A small S3: buckets, objects and flat lists of them."""

    buckets: dict[str, dict[str, Request]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        bucket, _, key = unquote(urlsplit(request.uri).path[1:]).partition("/")
        if not key and request.method == "PUT":
            self.buckets[bucket] = {}
            return Response(200)
        held = self.buckets.get(bucket)
        if held is None:
            return refused(404, "NoSuchBucket")
        return self.of_object(held, key, request) if key else self.of_bucket(held, bucket, request)

    def of_bucket(self, held: dict[str, Request], bucket: str, request: Request) -> Response:
        if request.method == "DELETE":
            return self.removed(bucket)
        query = urlsplit(request.uri).query
        return listed({} if "uploads" in query or "versions" in query else held)

    def of_object(self, held: dict[str, Request], key: str, request: Request) -> Response:
        if request.method == "PUT":
            held[key] = request
            return Response(200, "", (("ETag", tag(request.body)),))
        if request.method == "DELETE":
            held.pop(key, None)
            return Response(204)
        return shown(held[key]) if key in held else refused(404, "NoSuchKey")

    def removed(self, bucket: str) -> Response:
        if self.buckets[bucket]:
            return refused(409, "BucketNotEmpty")
        del self.buckets[bucket]
        return Response(204)


def refused(status: int, code: str) -> Response:
    return Response(status, "", XML, ERROR.format(code).encode())


def tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def shown(stored: Request) -> Response:
    kept = tuple(pair for pair in stored.headers if pair[0].lower() == "content-type")
    return Response(200, "", (*kept, ("ETag", tag(stored.body))), stored.body)


def listed(held: dict[str, Request]) -> Response:
    told = "".join(
        f"<Contents><Key>{key}</Key><ETag>{tag(each.body)}</ETag><Size>{len(each.body)}</Size></Contents>"
        for key, each in sorted(held.items())
    )
    return Response(200, "", XML, f"<ListBucketResult>{told}</ListBucketResult>".encode())


def recorded(method: str, path: str, answer: Response, body: bytes = b"", media_type: str = "") -> Interaction:
    headers = (("X-Amz-Date", "CLEARED"), *((("Content-Type", media_type),) if media_type else ()))
    return Interaction(Request(method, f"{AWS}/{path}", headers, body), answer)


def stored(body: bytes, media_type: str) -> Response:
    return shown(Request("PUT", AWS, (("Content-Type", media_type),), body))


def test_what_was_there_is_there_again_and_nothing_is_left() -> None:
    before = Request("PUT", AWS, (), b"before")
    items = (
        recorded("GET", "?list-type=2", listed({"old": before})),
        recorded("GET", "old", stored(b"before", "text/html; charset=utf-8")),
        recorded("PUT", "new", Response(200, "", (("ETag", tag(b"new")),)), b"new", "text/plain"),
        recorded("GET", "new", stored(b"new", "text/plain; charset=utf-8")),
        recorded("GET", "nothing", refused(404, "NoSuchKey")),
    )
    store = Store()
    found = verify_server([Recording("tape", items)], Server(store.send, "http://127.0.0.1:1", [KEY]))
    assert [each.differences for each in found.checked] == [()] * len(items)
    assert found.files[0].failures == ()
    assert store.buckets == {}
    assert store.asked[0].uri == "http://127.0.0.1:1/bucket"
    assert b"<LocationConstraint>eu-west-1<" in store.asked[0].body
    assert all(dict(request.headers)["Authorization"].startswith("AWS4-HMAC-SHA256") for request in store.asked)


def test_each_bucket_is_created_in_its_region() -> None:
    hosts = [f"{name}.s3.{region}.amazonaws.com" for name, region in (("one", "eu-west-1"), ("two", "eu-west-2"))]
    items = tuple(Interaction(Request("GET", f"https://{host}/?acl"), Response(200)) for host in hosts)
    store = Store()
    verify_server([Recording("tape", items)], Server(store.send, "http://127.0.0.1:1", [KEY]), keeps=True)
    made = {request.uri.rpartition("/")[2]: request.body for request in store.asked if request.method == "PUT"}
    assert [region in made[name] for name, region in (("one", b"eu-west-1"), ("two", b"eu-west-2"))] == [True, True]


def test_what_cannot_be_put_beforehand_is_told() -> None:
    def send(request: Request) -> Response:
        return refused(400, "InvalidRequest") if request.uri.endswith("/old") else Response(200)

    items = (recorded("GET", "old", stored(b"before", "text/html")),)
    found = verify_server([Recording("tape", items)], Server(send, "http://127.0.0.1:1", [KEY]), keeps=True)
    assert found.files[0].failures == ("old could not be put beforehand: 400",)


@pytest.mark.parametrize(("status", "failures"), [(404, ()), (409, ("bucket could not be removed: 409",))])
def test_a_bucket_that_is_gone_is_removed(status: int, failures: tuple[str, ...]) -> None:
    def send(request: Request) -> Response:
        return Response(status) if request.method == "DELETE" else Response(200)

    items = (recorded("GET", "?acl", Response(200)),)
    found = verify_server([Recording("tape", items)], Server(send, "http://127.0.0.1:1", [KEY]))
    assert found.files[0].failures == failures


def test_a_recording_of_a_server_that_is_told_is_sent_and_of_another_is_not() -> None:
    items = (
        Interaction(
            Request("PUT", "http://box.test:1/bucket/key", (), b"body"), Response(200, "", (("ETag", tag(b"body")),))
        ),
    )
    server = Server(Store().send, "http://127.0.0.1:1", [KEY])
    found = verify_server([Recording("tape", items)], server, dialects=(*DIALECTS, S3(["box.test:1"])))
    assert [each.differences for each in found.checked] == [()]
    assert verify_server([Recording("tape", items)], server, dialects=(S3(["box.test:2"]),)).checked == []


def test_the_type_of_no_body_and_the_size_of_a_failed_head_say_nothing() -> None:
    html, bare, sized = (("Content-Type", "text/html"),), (), (("Content-Length", "9"),)

    def differs(method: str, status: int, old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> bool:
        pair = Response(status, "", old), Response(status, "", new)
        return bool(compare_answers(*pair, S3(), Folding(), method=method))

    assert not differs("PUT", 200, bare, html)
    assert differs("GET", 200, bare, html)
    assert differs("HEAD", 404, bare, html)
    assert not differs("HEAD", 404, bare, sized)
    assert differs("HEAD", 200, bare, sized)
