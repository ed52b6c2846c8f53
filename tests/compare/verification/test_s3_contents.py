"""What was in a bucket before a recording is put there again, as far as the recording shows it."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.compare.verification import S3, Place

S3_HERE = S3()
HOST = "https://bucket.s3.amazonaws.com"
XML = ("Content-Type", "application/xml")
TEXT = ("Content-Type", "text/plain; charset=utf-8")
SORTS = st.sampled_from(["PUT", "DELETE", "GET", "HEAD", "missing"])


def asked(
    method: str, path: str, answer: Response, headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> Interaction:
    return Interaction(Request(method, f"{HOST}/{path}", headers, body), answer)


def listed(*entries: tuple[str, bytes], query: str = "?list-type=2") -> Interaction:
    told = "".join(
        f"<Contents><Key>{key}</Key><ETag>&quot;{_md5(body)}&quot;</ETag><Size>{len(body)}</Size></Contents>"
        for key, body in entries
    )
    return asked("GET", query, Response(200, "", (XML,), f"<ListBucketResult>{told}</ListBucketResult>".encode()))


def shown(body: bytes) -> Response:
    headers = (TEXT, ("ETag", f'"{_md5(body)}"'), ("x-amz-meta-a", "b"), ("Date", "now"))
    return Response(200, "", headers, body)


def put_before(*items: Interaction) -> dict[str, bytes]:
    return {S3_HERE.place(request).path: request.body for request in S3_HERE.contents(items)}


def test_what_is_read_before_it_was_written_was_there() -> None:
    first = S3_HERE.contents(
        [asked("GET", "a%20b", shown(b"body")), asked("PUT", "c", Response(200)), asked("GET", "c", shown(b"c"))]
    )
    assert first == [Request("PUT", f"{HOST}/a%20b", (TEXT, ("x-amz-meta-a", "b")), b"body")]


def test_what_is_listed_is_there_with_the_body_that_another_answer_shows() -> None:
    items = [listed(("known", b"hello"), ("/unknown", b"12345")), asked("PUT", "other", Response(200), (), b"hello")]
    assert put_before(*items) == {"known": b"hello", "/unknown": bytes(5)}
    assert [request.uri for request in S3_HERE.contents(items)] == [f"{HOST}/known", f"{HOST}//unknown"]


def test_a_range_and_a_head_tell_the_size_of_the_whole() -> None:
    part = Response(206, "", (("Content-Range", "bytes 0-0/7"),), b"a")
    assert put_before(asked("GET", "part", part)) == {"part": bytes(7)}
    assert put_before(asked("HEAD", "head", Response(200, "", (("Content-Length", "3"),)))) == {"head": bytes(3)}
    assert put_before(asked("GET", "part", part), asked("GET", "part", shown(b"abcdefg"))) == {"part": b"abcdefg"}


def test_what_was_missing_written_or_removed_was_not_read_before() -> None:
    for method, answer in (
        ("PUT", Response(200)),
        ("DELETE", Response(204)),
        ("GET", Response(404)),
        ("HEAD", Response(404)),
    ):
        assert put_before(asked(method, "a", answer), asked("GET", "a", shown(b"body"))) == {}
        assert put_before(asked(method, "a", answer), listed(("a", b"body"))) == {}


def test_nothing_was_in_a_bucket_that_was_created() -> None:
    assert put_before(asked("PUT", "", Response(200)), asked("GET", "a", shown(b"body"))) == {}


def test_the_source_of_a_copy_was_there() -> None:
    copied = asked("PUT", "copy", Response(200), (("x-amz-copy-source", "bucket/source"),))
    assert put_before(copied) == {"source": b""}
    assert put_before(copied, asked("GET", "source", shown(b"body"))) == {"source": b"body"}
    refused = asked("PUT", "copy", Response(404), (("x-amz-copy-source", "bucket/source"),))
    assert put_before(refused) == {}


def test_another_list_or_subresource_shows_no_object() -> None:
    assert put_before(listed(("a", b"body"), query="?versions"), asked("GET", "a?acl", shown(b"<Acl/>"))) == {}


def test_what_is_too_big_to_be_made_up_is_not_put() -> None:
    huge = Response(200, "", (("Content-Length", str(1 << 40)),))
    assert put_before(asked("HEAD", "huge", huge)) == {}


@given(st.lists(st.tuples(st.sampled_from("ab"), SORTS), max_size=8))
def test_an_object_is_put_if_and_only_if_its_first_sight_is_a_reading(steps: list[tuple[str, str]]) -> None:
    answers = {
        "PUT": Response(200),
        "DELETE": Response(204),
        "GET": shown(b"x"),
        "HEAD": shown(b""),
        "missing": Response(404),
    }
    items = [asked("GET" if sort == "missing" else sort, key, answers[sort]) for key, sort in steps]
    first = {key: next(sort for name, sort in steps if name == key) for key, _ in steps}
    assert set(put_before(*items)) == {key for key, sort in first.items() if sort in {"GET", "HEAD"}}


def test_a_content_type_is_made_whole_by_the_answer_that_shows_it() -> None:
    bare = (("Content-Type", "text/plain"),)
    items = [
        asked("PUT", "a", Response(200), bare),
        asked("PUT", "b", Response(200), bare),
        asked("GET", "a", shown(b"")),
        asked("PUT", "a", Response(200), bare),
        asked("PUT", "c", Response(200), (("Content-Type", "text/html"),)),
        asked("HEAD", "c", shown(b"")),
    ]
    whole = S3_HERE.completed(items)
    types = [dict(item.request.headers).get("Content-Type") for item in whole]
    assert types == ["text/plain; charset=utf-8", "text/plain", None, "text/plain", "text/html", None]
    assert [item.response for item in whole] == [item.response for item in items]
    assert S3_HERE.completed(whole) == whole
    twice = [items[0], items[0], items[2]]
    assert S3_HERE.completed(twice)[0] == items[0], "what was replaced may have been of another type"


def test_places_are_those_of_the_service() -> None:
    assert S3_HERE.place(S3_HERE.contents([listed(("a", b"x"))])[0]) == Place("", "bucket", "a")


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
