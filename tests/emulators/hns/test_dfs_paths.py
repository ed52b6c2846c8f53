"""Files and directories of the dfs endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cassette import Request
from conformance.emulators.hns import NAME
from tests.emulators.hns.checklist import FREE, HELD
from tests.emulators.hns.dfs_client import Client, code, header

if TYPE_CHECKING:
    from conformance.cassette import Response


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_file_makes_the_directories_above_it(client: Client) -> None:
    assert client.send("PUT", "lake/a%2Fb/c?resource=file").status == 201
    assert [(row["name"], row.get("isDirectory")) for row in client.rows()] == [
        ("a", "true"),
        ("a/b", "true"),
        ("a/b/c", None),
    ]


def test_a_file_has_nothing_below_it(client: Client) -> None:
    client.write("f", b"x")
    assert code(client.send("PUT", "lake/f/g?resource=file")) == (409, "PathConflict")
    assert code(client.send("DELETE", "lake/f/g")) == (409, "PathConflict")
    assert code(client.send("GET", "lake?resource=filesystem&recursive=true&directory=f/g")) == (409, "PathConflict")
    assert code(client.send("HEAD", "lake/f/g")) == (404, "PathNotFound")


def test_what_was_appended_is_read_once_it_is_flushed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    client.send("PATCH", "lake/f?action=append&position=3", body=b"def")
    client.send("PATCH", "lake/f?action=append&position=0", body=b"abc")
    assert client.send("GET", "lake/f").body == b""
    flushed = client.send("PATCH", "lake/f?action=flush&position=6")
    got = client.send("GET", "lake/f")
    assert (got.body, header(got, "etag")) == (b"abcdef", header(flushed, "etag"))


def test_a_flush_of_nothing_says_a_new_etag_and_leaves_the_file_as_it_is(client: Client) -> None:
    made = client.send("PUT", "lake/f?resource=file")
    flushed = client.send("PATCH", "lake/f?action=flush&position=0")
    assert header(flushed, "etag") not in ("", header(made, "etag"))
    assert header(client.send("HEAD", "lake/f"), "etag") == header(made, "etag")


def test_a_gap_is_found_when_it_is_flushed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    assert client.send("PATCH", "lake/f?action=append&position=1", body=b"abc").status == 202
    assert code(client.send("PATCH", "lake/f?action=flush&position=4")) == (400, "InvalidFlushPosition")
    assert code(client.send("PATCH", "lake/f?action=flush")) == (400, "MissingRequiredQueryParameter")


def test_a_path_is_made_over_one_of_its_kind_alone(client: Client) -> None:
    client.write("f", b"abc")
    client.send("PUT", "lake/d/g?resource=file")
    assert code(client.send("PUT", "lake/f?resource=directory")) == (409, "PathConflict")
    assert code(client.send("PUT", "lake/d?resource=file")) == (409, "PathConflict")
    before = client.send("HEAD", "lake/f")
    again = client.send("PUT", "lake/f?resource=file", {"x-ms-properties": "a=Yg=="})
    after = client.send("HEAD", "lake/f")
    assert (header(after, "content-length"), header(after, "x-ms-properties")) == ("0", "a=Yg==")
    assert header(before, "etag") != header(again, "etag") == header(after, "etag")
    assert client.send("PUT", "lake/d?resource=directory").status == 201
    assert client.names() == ["d", "d/g", "f"]


def test_properties_are_names_and_values(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file", {"x-ms-properties": "a=Yg==, ä=w6Q="})
    assert header(client.send("HEAD", "lake/f"), "x-ms-properties") == "a=Yg==,ä=w6Q="
    client.send("PATCH", "lake/f?action=setProperties", {"x-ms-properties": "c=", "x-ms-cache-control": "no"})
    got = client.send("HEAD", "lake/f")
    assert (header(got, "x-ms-properties"), header(got, "cache-control")) == ("c=", "no")
    assert header(client.send("HEAD", "lake/f?action=getStatus"), "x-ms-properties") == ""
    assert header(client.send("HEAD", "lake/f?action=getStatus"), "x-ms-resource-type") == "file"


def test_a_directory_has_no_content_to_describe(client: Client) -> None:
    client.send("PUT", "lake/d?resource=directory", {"x-ms-content-language": "es"})
    got = client.send("HEAD", "lake/d")
    assert (header(got, "content-language"), header(got, "x-ms-resource-type")) == ("", "directory")
    assert code(client.send("GET", "lake/d")) == (409, "ResourceTypeMismatch")


def test_a_range_is_read(client: Client) -> None:
    client.write("f", b"abcdef")
    part = client.send("GET", "lake/f", {"Range": "bytes=1-3", "x-ms-range-get-content-md5": "true"})
    assert (part.status, part.body, header(part, "content-range")) == (206, b"bcd", "bytes 1-3/6")
    assert header(part, "content-md5") == "1LfChIgsqeIIu2Xoq9X0yA=="
    beyond = client.send("GET", "lake/f", {"x-ms-range": "bytes=6-"})
    assert (code(beyond), header(beyond, "content-range")) == ((416, "InvalidRange"), "bytes */6")


def test_a_range_says_the_checksum_of_the_whole_apart(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    client.send("PATCH", "lake/f?action=append&position=0", body=bytes(4 * 1024 * 1024 + 2))
    said = {"x-ms-content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}
    client.send("PATCH", f"lake/f?action=flush&position={4 * 1024 * 1024 + 2}", said)
    part = client.send("GET", "lake/f", {"Range": "bytes=0-0"})
    assert (header(part, "content-md5"), header(part, "x-ms-content-md5")) == ("", "AAAAAAAAAAAAAAAAAAAAAA==")
    asked = {"Range": "bytes=0-4194304", "x-ms-range-get-content-md5": "true"}
    assert code(client.send("GET", "lake/f", asked)) == (400, "OutOfRangeInput")


@pytest.mark.parametrize(
    ("option", "time", "expected"),
    [
        ("NeverExpire", "", (201, "")),
        ("Absolute", "Thu, 01 Jan 2026 00:00:05 GMT", (201, "")),
        ("RelativeToNow", "5000", (201, "")),
        ("RelativeToNow", "", (400, "MissingRequiredHeader")),
        ("RelativeToNow", "soon", (400, "InvalidHeaderValue")),
        ("Absolute", "soon", (400, "InvalidHeaderValue")),
        ("Sometime", "5000", (400, "InvalidHeaderValue")),
    ],
)
def test_a_file_may_go_by_itself(client: Client, option: str, time: str, expected: tuple[int, str]) -> None:
    answer = client.send("PUT", "lake/f?resource=file", {"x-ms-expiry-option": option, "x-ms-expiry-time": time})
    assert code(answer) == expected
    if expected[0] != 201:
        assert client.names() == []
        return
    does_expire = option != "NeverExpire"
    assert bool(header(client.send("HEAD", "lake/f"), "x-ms-expiry-time")) == does_expire
    client.account.clock.advance(6)
    assert (client.send("HEAD", "lake/f").status == 404) == does_expire


def test_what_another_holds_in_a_directory_stays(client: Client) -> None:
    client.send("PUT", "lake/d/f?resource=file")
    lease = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1", "x-ms-proposed-lease-id": HELD}
    assert client.send("POST", "lake/d/f", lease).status == 201
    assert code(client.send("DELETE", "lake/d?recursive=true")) == (412, "LeaseIdMissing")
    assert client.names() == ["d", "d/f"]
    assert client.send("POST", "lake/d/f", {"x-ms-lease-action": "break"}).status == 202
    assert client.send("DELETE", "lake/d?recursive=true").status == 200


def test_a_file_may_be_leased_from_its_beginning(client: Client) -> None:
    lease = {"x-ms-proposed-lease-id": HELD, "x-ms-lease-duration": "15"}
    assert client.send("PUT", "lake/f?resource=file", lease).status == 201
    assert header(client.send("HEAD", "lake/f"), "x-ms-lease-state") == "leased"
    assert client.send("PUT", "lake/f?resource=file", {"x-ms-lease-id": HELD}).status == 201
    assert code(client.send("HEAD", "lake/f", {"x-ms-lease-id": FREE})) == (412, "LeaseIdMismatch")
    bad = lease | {"x-ms-lease-duration": "1"}
    assert code(client.send("PUT", "lake/g/h?resource=file", bad)) == (400, "InvalidHeaderValue")
    assert client.names() == ["f"]


@pytest.mark.parametrize(("version", "is_told"), [("2020-04-08", False), ("2020-06-12", True), ("2026-04-06", True)])
def test_later_versions_say_how_a_path_comes_and_goes(version: str, is_told: bool) -> None:
    client = Client(version)
    made = client.send("PUT", "lake/f?resource=file")
    gone = client.send("DELETE", "lake/f")
    assert bool(header(made, "x-ms-request-server-encrypted")) == is_told
    assert bool(header(gone, "x-ms-delete-type-permanent")) == is_told


def test_a_key_of_the_client_is_asked_for_again(client: Client) -> None:
    key = {"x-ms-encryption-key": "a2V5", "x-ms-encryption-key-sha256": "c2hh"}
    made = client.send("PUT", "lake/f?resource=file", key | {"x-ms-encryption-context": "c"})
    assert header(made, "x-ms-encryption-key-sha256") == "c2hh"
    got = client.send("HEAD", "lake/f", key)
    assert (header(got, "x-ms-encryption-key-sha256"), header(got, "x-ms-encryption-context")) == ("c2hh", "c")
    assert code(client.send("GET", "lake/f")) == (409, "BlobUsesCustomerSpecifiedEncryption")
    assert code(client.send("PATCH", "lake/f?action=setProperties")) == (409, "BlobUsesCustomerSpecifiedEncryption")
    assert client.send("PATCH", "lake/f?action=append&position=0&flush=true", key, b"abc").status == 202
    assert client.send("GET", "lake/f", key).body == b"abc"


def test_slashes_at_the_ends_or_doubled_are_none(client: Client) -> None:
    client.send("PUT", "lake/a//b/?resource=file")
    assert client.names() == ["a", "a/b"]
    assert client.send("HEAD", "lake/%2Fa%2Fb").status == 200


def test_the_same_seed_gives_the_same_answers() -> None:
    def answers() -> list[Response]:
        client = Client()
        client.write("d/f", b"abc")
        return [client.send("GET", "lake?resource=filesystem&recursive=true"), client.send("DELETE", "lake/nothing")]

    assert answers() == answers()


def test_the_other_endpoint_sees_the_context_of_an_encryption(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file", {"x-ms-encryption-context": "c"})
    blob = client.account.handle(
        Request("HEAD", f"https://{NAME}.blob.core.windows.net/lake/f", (("x-ms-version", client.version),), b"")
    )
    assert header(blob, "x-ms-encryption-context") == "c"
