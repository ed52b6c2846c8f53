"""Renames, through the dfs endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.emulators.hns.checklist import FREE, HELD, LEASE
from tests.emulators.hns.dfs_client import Client, code, header

if TYPE_CHECKING:
    from conformance.cassette import Response


@pytest.fixture
def client() -> Client:
    client = Client()
    client.send("PUT", "lake/f?resource=file", {"x-ms-properties": "a=Yg=="})
    return client


def rename(client: Client, source: str, destination: str, mode: str = "legacy", **headers: str) -> Response:
    named = {f"x-ms-{name.replace('_', '-')}": value for name, value in headers.items()}
    target = destination + (f"?mode={mode}" if mode else "")
    return client.send("PUT", target, {"x-ms-rename-source": source} | named)


def test_a_renamed_file_is_the_file_it_was(client: Client) -> None:
    before = client.send("HEAD", "lake/f")
    answer = rename(client, "/lake/f", "lake/n", source_lease_id="", properties="")
    after = client.send("HEAD", "lake/n")
    assert header(answer, "etag") == header(before, "etag") == header(after, "etag")
    assert header(after, "x-ms-properties") == "a=Yg=="
    assert code(client.send("HEAD", "lake/f")) == (404, "PathNotFound")


@pytest.mark.parametrize(("version", "says_etag"), [("2020-06-12", False), ("2026-04-06", True)])
def test_later_versions_say_the_etag(version: str, says_etag: bool) -> None:
    client = Client(version)
    client.write("f", b"abc")
    assert bool(header(rename(client, "/lake/f", "lake/n"), "etag")) == says_etag


def test_a_rename_may_bring_properties(client: Client) -> None:
    rename(client, "/lake/f", "lake/n", properties="c=ZA==", content_language="es")
    after = client.send("HEAD", "lake/n")
    assert (header(after, "x-ms-properties"), header(after, "content-language")) == ("c=ZA==", "es")


@pytest.mark.parametrize("source", ["/lake/a b/ü", quote("/lake/a b/ü"), quote("lake/a b/ü", safe="") + "?sv=1&sig=x"])
def test_a_source_may_be_encoded_and_signed(client: Client, source: str) -> None:
    client.send("PUT", f"lake/{quote('a b/ü')}?resource=file")
    assert rename(client, source, "lake/n").status == 201
    assert client.names() == ["a b", "f", "n"]


def test_a_directory_goes_to_another_filesystem_with_all_that_is_in_it(client: Client) -> None:
    client.send("PUT", "pond?resource=filesystem")
    client.send("PUT", "pond/d?resource=directory")
    client.send("PUT", "lake/d/e/g?resource=file")
    assert rename(client, "/lake/d", "pond/d").status == 201
    assert client.names() == ["f"]
    rows = client.send("GET", "pond?resource=filesystem&recursive=true")
    assert all(f'"name":"{name}"'.encode() in rows.body for name in ("d", "d/e", "d/e/g"))
    assert rename(client, "/lake/f", "pond/d/e/g").status == 201
    assert rename(client, "/pond/d/e/g", "lake/new").status == 201
    assert client.names() == ["new"]


def test_posix_moves_into_a_directory_and_legacy_takes_its_place(client: Client) -> None:
    client.send("PUT", "lake/d/e?resource=directory")
    client.send("PUT", "lake/n?resource=directory")
    assert rename(client, "/lake/d/e", "lake/n", "").status == 201
    assert client.names() == ["d", "f", "n", "n/e"]
    assert rename(client, "/lake/n", "lake/d").status == 201
    assert client.names() == ["d", "d/e", "f"]
    assert rename(client, "/lake/f", "lake/d", "posix").status == 201
    assert client.names() == ["d", "d/e", "d/f"]


@pytest.mark.parametrize(
    ("source", "destination", "expected"),
    [
        ("/lake/d", "lake/d/e", (409, "InvalidRenameSourcePath")),
        ("/lake/d", "lake/d", (409, "InvalidRenameSourcePath")),
        ("/lake/f", "lake/x/n", (404, "RenameDestinationParentPathNotFound")),
        ("/lake/f", "lake/d", (409, "InvalidSourceOrDestinationResourceType")),
        ("/lake/d", "lake/f", (409, "InvalidSourceOrDestinationResourceType")),
        ("/nolake/f", "lake/n", (404, "SourcePathNotFound")),
        ("/lake", "lake/n", (400, "InvalidSourceUri")),
        ("/lake/f", "lake/%2F", (400, "InvalidUri")),
        ("/lake/f", "nolake/n", (404, "FilesystemNotFound")),
    ],
)
def test_what_cannot_be_renamed_stays(client: Client, source: str, destination: str, expected: tuple[int, str]) -> None:
    client.send("PUT", "lake/d?resource=directory")
    assert code(rename(client, source, destination)) == expected
    assert client.names() == ["d", "f"]


def test_a_file_may_keep_its_name(client: Client) -> None:
    assert rename(client, "/lake/f", "lake/f").status == 201
    assert client.names() == ["f"]


def test_a_mode_is_one_of_two(client: Client) -> None:
    assert code(rename(client, "/lake/f", "lake/n", "windows")) == (400, "InvalidQueryParameterValue")


def test_conditions_of_both_sides_count(client: Client) -> None:
    etag = header(client.write("n", b"abc"), "etag")
    source = header(client.send("HEAD", "lake/f"), "etag")
    assert code(rename(client, "/lake/f", "lake/n", source_if_none_match=source)) == (412, "SourceConditionNotMet")
    for condition, expected in [
        ({"If-None-Match": "*"}, (409, "PathAlreadyExists")),
        ({"If-None-Match": etag}, (412, "ConditionNotMet")),
        ({"If-Match": etag}, (201, "")),
    ]:
        answer = client.send("PUT", "lake/n?mode=legacy", {"x-ms-rename-source": "/lake/f"} | condition)
        assert code(answer) == expected


def test_leases_of_both_sides_count(client: Client) -> None:
    method, target, words = LEASE.partition(" {")[0].split()[0], "lake/f", LEASE.partition("{")[2].strip("}")
    lease = dict(part.split(": ") for part in words.split("; "))
    client.send(method, target, lease)
    assert code(rename(client, "/lake/f", "lake/n")) == (412, "LeaseIdMissing")
    assert code(rename(client, "/lake/f", "lake/n", source_lease_id=FREE)) == (412, "LeaseIdMismatch")
    client.send("PUT", "lake/n?resource=file")
    client.send(method, "lake/n", lease)
    assert code(rename(client, "/lake/f", "lake/n", source_lease_id=HELD)) == (412, "LeaseIdMissing")
    assert rename(client, "/lake/f", "lake/n", source_lease_id=HELD, lease_id=HELD).status == 201
