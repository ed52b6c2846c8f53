"""What is known of S3: its behaviours are those of the corpus, and a request says elsewhere what it said."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.cassette.formats import read_any
from conformance.compare.verification import DIALECTS, S3, Account, Place
from tests.cassette.formats.corpus import CORPUS, NOT_HERE

S3_HERE = S3()
ACCOUNT = Account("KEY", "secret")
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
GOOD = Response(200)
BASE = "http://127.0.0.1:8333"
AWS = "https://bucket.s3.eu-west-1.amazonaws.com"
BUCKETS = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]", fullmatch=True).filter(lambda name: ".." not in name)
LETTERS = st.sampled_from("ab+/ %é!'()*&=~") | st.characters(exclude_categories=["Cs"])
KEYS = st.text(LETTERS, max_size=12)
HOSTS = (
    "s3.amazonaws.com",
    "s3.eu-west-1.amazonaws.com",
    "s3-us-west-2.amazonaws.com",
    "s3.dualstack.us-east-2.amazonaws.com",
)
SIGNED = (("X-Amz-Date", "CLEARED"), ("X-Amz-Content-Sha256", "e3b0"))
PRESIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=CLEARED&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
IDS = "<VersionId>1+</VersionId><UploadId>2</UploadId>"
CHUNKED = (("Content-Encoding", "aws-chunked, gzip"), ("x-amz-decoded-content-length", "1"))


def refused(code: str, status: int = 403) -> Response:
    return Response(status, "", (("Content-Type", "application/xml"),), f"<Error><Code>{code}</Code></Error>".encode())


def sent(request: Request, answer: Response = GOOD, account: Account = ACCOUNT) -> Request:
    """A request on its way to a server: addressed, settled and signed."""
    moved = S3_HERE.addressed(request, BASE, account.name)
    return S3_HERE.signed(S3_HERE.settled(moved, answer, shift_s=60, is_secure=False), account, answer, now=NOW)


def header(request: Request, name: str) -> str | None:
    return next((value for each, value in request.headers if each.lower() == name), None)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
def test_behaviours_are_those_that_the_checklist_of_the_corpus_names() -> None:
    with (CORPUS / "s3-tuples.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    levels = {"bucket": "container", "object": "path", "service": "account"}
    held = 0
    for row in rows:
        source, _, place = row["example"].partition(":")
        name, _, at = place.rpartition("#")
        if (CORPUS / source / name).exists():
            item = read_any(CORPUS / source / name).interactions[int(at)]
            told = S3_HERE.behaviour(item.request, item.response)
            words = [row["method"], "s3", levels[row["level"]], row["params"], "->", row["status"], row["error"]]
            assert str(told) == " ".join(word for word in words if word)
            held += 1
    assert held > 10


def test_the_hosts_of_aws_are_known_but_not_those_of_websites() -> None:
    assert all(S3_HERE.applies(f"https://{host}/b") and S3_HERE.applies(f"https://a.b.{host}/") for host in HOSTS)
    others = (
        "bucket.s3-website-us-east-1.amazonaws.com",
        "sts.amazonaws.com",
        "s3.amazonaws.com.evil.test",
        "127.0.0.1:9000",
    )
    assert not any(S3_HERE.applies(f"https://{host}/") for host in others)
    assert S3(["127.0.0.1:9000"]).applies("http://127.0.0.1:9000/bucket")
    assert any(dialect.name == "s3" for dialect in DIALECTS)


@example("a.b-c", "//a+b c//é~%2B!'()*/../", HOSTS[1], "/!'()*+,;=:@&$")
@given(BUCKETS, KEYS, st.sampled_from(HOSTS), st.sampled_from(["/-_.~", "", "/!'()*+,;=:@&$"]))
def test_a_bucket_in_the_host_and_one_in_the_path_are_one_place(bucket: str, key: str, host: str, safe: str) -> None:
    path = quote(key, safe=safe)
    styles = [f"https://{bucket}.{host}/{path}?acl", f"https://{host}/{bucket}/{path}?acl"]
    requests = [Request("GET", uri) for uri in styles]
    assert {S3_HERE.place(request) for request in requests} == {Place("", bucket, key)}
    moved = [S3_HERE.addressed(request, BASE, "KEY") for request in requests]
    assert {urlsplit(request.uri).netloc for request in moved} == {"127.0.0.1:8333"}
    assert {S3_HERE.place(request) for request in moved} == {Place("", bucket, key)}
    assert all(request.uri.endswith(f"{path}?acl") for request in moved), "the path stays encoded as it was"
    assert S3_HERE.base_of(moved[0]) == f"{BASE}/{bucket}"
    assert {S3_HERE.base_of(request) for request in requests} == {
        f"https://{bucket}.{host}",
        f"https://{host}/{bucket}",
    }


def test_a_bucket_itself_has_no_slash_behind_it() -> None:
    for uri in (f"{AWS}/?list-type=2", "https://s3.eu-west-1.amazonaws.com/bucket/?list-type=2"):
        assert S3_HERE.addressed(Request("GET", uri), f"{BASE}/", "KEY").uri == f"{BASE}/bucket?list-type=2"
    assert S3_HERE.addressed(Request("GET", "https://s3.amazonaws.com/"), BASE, "KEY").uri == f"{BASE}/"


@given(BUCKETS, BUCKETS, KEYS, st.sampled_from(["", "/"]))
def test_a_bucket_is_renamed_wherever_it_is_named(old: str, new: str, key: str, slash: str) -> None:
    path = quote(key)
    headers = (("x-amz-copy-source", f"{slash}{old}/{path}?versionId=1"),)
    policy = f'{{"Resource": "arn:aws:s3:::{old}/*"}}'.encode()
    for uri in (f"https://{old}.s3.amazonaws.com/{path}?policy", f"https://s3.amazonaws.com/{old}/{path}?policy"):
        renamed = S3_HERE.renamed(Request("PUT", uri, headers, policy), {old: new})
        assert S3_HERE.place(renamed) == Place("", new, key)
        assert list(S3_HERE.sources(renamed)) == [Place("", new, key)]
        assert renamed.body == policy.replace(old.encode(), new.encode(), 1) or old in "arn:aws:s3:::Resource"
        assert S3_HERE.renamed(renamed, {new: old}).uri == uri


def test_the_region_of_the_recording_is_signed_for() -> None:
    assert "/20261122/eu-west-1/s3/" in str(header(sent(Request("GET", f"{AWS}/key")), "authorization"))
    told = (("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20240101/ap-south-1/s3/aws4_request, Signature=1"),)
    assert "/20261122/ap-south-1/s3/" in str(header(sent(Request("GET", "http://old:1/b/k", told)), "authorization"))
    other = S3_HERE.addressed(Request("GET", f"{AWS}/key"), "https://s3.us-west-2.amazonaws.com", "KEY")
    assert "/us-west-2/" in str(header(S3_HERE.signed(other, ACCOUNT, GOOD, now=NOW), "authorization"))


def test_a_request_without_a_trace_of_a_signature_that_was_refused_stays_unsigned() -> None:
    plain = Request("GET", f"{AWS}/key", (("Accept", "*/*"),))
    assert header(sent(plain, refused("AccessDenied")), "authorization") is None
    assert header(sent(plain, Response(403)), "authorization") is None
    assert header(sent(replace(plain, headers=SIGNED), refused("AccessDenied")), "authorization") is not None
    assert header(sent(plain), "authorization") is not None
    assert header(sent(Request("GET", f"{AWS}/k?{PRESIGNED}"), account=Account("", "")), "authorization") is None
    assert urlsplit(sent(Request("GET", f"{AWS}/k?a=b&{PRESIGNED}"), account=Account("", "")).uri).query == "a=b"


def test_a_request_that_was_badly_signed_is_badly_signed_again() -> None:
    request = Request("GET", f"{AWS}/key", SIGNED)
    good = sent(request)
    assert header(sent(request, refused("SignatureDoesNotMatch")), "authorization") != header(good, "authorization")
    assert "Credential=KEY/" in str(header(good, "authorization"))
    assert "Credential=KEY/" not in str(header(sent(request, refused("InvalidAccessKeyId")), "authorization"))
    assert header(good, "x-amz-date") == "20261122T010000Z"
    assert header(sent(request, refused("RequestTimeTooSkewed")), "x-amz-date") == "20261122T000000Z"


def test_the_digest_of_a_body_is_that_of_what_is_sent() -> None:
    request = Request("PUT", f"{AWS}/key", (("x-amz-content-sha256", "0" * 64),), b"body")
    assert header(sent(request), "x-amz-content-sha256") == (
        "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"
    )
    assert header(sent(request, refused("XAmzContentSHA256Mismatch", 400)), "x-amz-content-sha256") == "0" * 64
    for told in ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"):
        body = b"1\r\na\r\n0\r\nx-amz-checksum-crc32:6Le+Qw==\r\n\r\n"
        kept = sent(Request("PUT", f"{AWS}/key", (("x-amz-content-sha256", told),), body))
        assert (header(kept, "x-amz-content-sha256"), kept.body) == (told, body)


def test_a_body_whose_chunks_nobody_kept_is_sent_without_any() -> None:
    told = (("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), *CHUNKED, ("Content-Length", "9"))
    whole = sent(Request("PUT", f"{AWS}/key", told, b"a"))
    assert whole.body == b"a"
    assert header(whole, "content-encoding") == "gzip"
    assert header(whole, "x-amz-decoded-content-length") is None
    assert header(whole, "content-length") == "1"
    assert str(header(whole, "x-amz-content-sha256")).startswith("ca978112ca1bbdcafac231b39a23dc4d")


def test_what_a_recorder_had_cleared_is_not_sent() -> None:
    request = Request("GET", f"{AWS}/key", (*SIGNED, ("User-Agent", "CLEARED"), ("x-a", "b")))
    names = {name.lower() for name, _ in sent(request).headers}
    assert names == {"x-a", "x-amz-date", "x-amz-content-sha256", "authorization"}
    assert header(sent(request), "x-amz-date") != "CLEARED"


def test_a_presigned_url_is_presigned_anew_and_is_as_old_as_it_was() -> None:
    query = parse_qs(urlsplit(sent(Request("GET", f"{AWS}/key?{PRESIGNED}&x-id=GetObject")).uri).query)
    assert query["X-Amz-Date"] == ["20261122T010000Z"]
    assert query["X-Amz-Expires"] == ["60"]
    assert query["X-Amz-Credential"] == ["KEY/20261122/eu-west-1/s3/aws4_request"]
    assert query["x-id"] == ["GetObject"]
    dated = PRESIGNED.replace("CLEARED", "20240101T000000Z")
    query = parse_qs(urlsplit(sent(Request("GET", f"{AWS}/key?{dated}")).uri).query)
    assert query["X-Amz-Date"] == ["20240101T000100Z"]
    expired = replace(refused("AccessDenied"), body=b"<Error><Code>AccessDenied</Code>Request has expired</Error>")
    query = parse_qs(urlsplit(sent(Request("GET", f"{AWS}/key?{PRESIGNED}"), expired).uri).query)
    assert datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z") <= NOW - timedelta(seconds=60)
    assert header(sent(Request("GET", f"{AWS}/key?{PRESIGNED}")), "authorization") is None


def test_what_cannot_be_signed_anew_is_left_out() -> None:
    old = Request("GET", f"{AWS}/key?AWSAccessKeyId=A&Expires=1&Signature=B")
    form = Request("POST", f"{AWS}/", (("Content-Type", "multipart/form-data; boundary=x"),))
    many = Request("GET", f"{AWS}/key", (("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),))
    assert all(S3_HERE.obstacle(Interaction(request, GOOD)) for request in (old, form, many))
    assert S3_HERE.obstacle(Interaction(Request("GET", f"{AWS}/key?{PRESIGNED}"), GOOD)) == ""


def test_an_error_is_told_by_its_body_whatever_its_status() -> None:
    late = refused("InternalError", 200)
    assert S3_HERE.error_code(late) == "InternalError"
    assert S3_HERE.error_code(replace(late, headers=(("ETag", '"a"'),))) == "", "an object that looks like one is none"
    assert S3_HERE.error_code(Response(404)) == ""
    told = b"<Error><Code>A</Code><RequestId>1</RequestId><HostId/><Key>k</Key></Error>"
    assert S3_HERE.plain(replace(late, body=told)).body == b"<Error><Code>A</Code><Key>k</Key></Error>"
    assert S3_HERE.plain(Response(200, body=b"<RequestId>1</RequestId>")).body == b"<RequestId>1</RequestId>"


def test_values_that_the_server_chose_are_told_by_their_places() -> None:
    part = b"<Part><PartNumber>2</PartNumber><ETag>e</ETag></Part>"
    body = b"<R><UploadId>up</UploadId><NextMarker>key</NextMarker>%s</R>" % part
    response = Response(200, "", (("Content-Type", "application/xml"), ("ETag", '"tag"')), body)
    assert dict(S3_HERE.chosen(response)) == {
        "header etag": "tag",
        "body /R/UploadId": "up",
        "body /R/Part{2}/ETag": "e",
    }


def test_buckets_are_presupposed_that_were_there_and_were_not_created() -> None:
    def seen(method: str, bucket: str, answer: Response, path: str = "", source: str = "") -> Interaction:
        headers = (("x-amz-copy-source", source),) if source else ()
        return Interaction(Request(method, f"https://{bucket}.s3.amazonaws.com/{path}", headers), answer)

    items = [
        seen("GET", "there", GOOD),
        seen("PUT", "made", GOOD),
        seen("GET", "made", GOOD),
        seen("GET", "missing", refused("NoSuchBucket", 404)),
        seen("HEAD", "gone", Response(404)),
        seen("GET", "unknown", refused("AccessDenied")),
        seen("HEAD", "silent", Response(404), "key"),
        seen("PUT", "there", GOOD, "copy", "/other/key"),
        seen("GET", "holds", refused("NoSuchKey", 404), "key"),
        seen("PUT", "mine", refused("BucketAlreadyOwnedByYou", 409)),
    ]
    assert [place.container for place in S3_HERE.presupposed(items)] == ["there", "other", "holds", "mine"]


def test_a_bucket_is_created_in_the_region_of_the_recording() -> None:
    place = Place("", "bucket")
    made = S3_HERE.creation(place, Request("GET", f"{AWS}/key"))
    assert S3_HERE.creates(made) == place
    assert b"<LocationConstraint>eu-west-1</LocationConstraint>" in made.body
    assert S3_HERE.creation(place, Request("GET", "https://s3.amazonaws.com/bucket/key")).body == b""
    assert S3_HERE.creates(Request("PUT", f"{AWS}/?acl")) is None
    assert S3_HERE.removes(Request("DELETE", f"{AWS}/")) == place
    assert S3_HERE.removes(Request("DELETE", f"{AWS}/key")) is None


def test_a_bucket_is_removed_with_all_that_it_holds() -> None:
    held = {"Version": ["a b", "/c"], "DeleteMarker": ["a b"], "Upload": ["u"]}
    asked: list[str] = []

    def send(request: Request) -> Response:
        asked.append(f"{request.method} {request.uri}")
        if request.method == "DELETE":
            return Response(204)
        sorts = (
            ("Version", "DeleteMarker")
            if "versions" in request.uri
            else ("Upload",)
            if "uploads" in request.uri
            else ()
        )
        told = "".join(
            f"<{sort}><Key>{quote(key).replace('%20', '+')}</Key>{IDS}</{sort}>"
            for sort in sorts
            for key in held.pop(sort, [])
        )
        body = f"<R><EncodingType>url</EncodingType>{told}</R>"
        return Response(200, "", (("Content-Type", "application/xml"),), body.encode())

    assert S3_HERE.removal(Place("", "bucket"), Request("GET", f"{AWS}/key"), send).status == 204
    uri = "https://s3.eu-west-1.amazonaws.com/bucket"
    removed = [line.removeprefix("DELETE ") for line in asked if line.startswith("DELETE")]
    assert removed == [
        f"{uri}/a%20b?versionId=1%2B",
        f"{uri}//c?versionId=1%2B",
        f"{uri}/a%20b?versionId=1%2B",
        f"{uri}/u?uploadId=2",
        uri,
    ]
