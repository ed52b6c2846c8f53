"""What one endpoint of an account with a hierarchical namespace writes, the other finds under the same path."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Request
from conformance.emulators.hns import Account

VERSION = ("x-ms-version", "2023-11-03")
DFS = (VERSION, ("Accept", "application/json"))
BLOB = (VERSION, ("Accept", "application/xml"))
URL = "http://127.0.0.1/devstoreaccount1/box"


def asked(account: Account, method: str, target: str, headers: tuple[tuple[str, str], ...]) -> int:
    return account.handle(Request(method, f"{URL}{target}", headers, b"")).status


def opened() -> Account:
    account = Account(is_open=True)
    assert asked(account, "PUT", "?restype=container", BLOB) == 201
    return account


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=3), st.data())
def test_a_path_is_the_same_however_many_slashes_part_its_names(names: list[str], data: st.DataObject) -> None:
    def spelt() -> str:
        slashes = st.integers(1, 3).map("/".__mul__)
        return "".join(data.draw(slashes) + name for name in names)

    account = opened()
    assert asked(account, "PUT", f"{spelt()}?resource=file", DFS) == 201
    assert asked(account, "HEAD", spelt(), BLOB) == 200
    assert asked(account, "PUT", spelt(), (*BLOB, ("x-ms-blob-type", "BlockBlob"))) == 201
    assert asked(account, "HEAD", f"{spelt()}?action=getStatus", DFS) == 200
    assert asked(account, "DELETE", spelt(), BLOB) == 202
    assert asked(account, "HEAD", f"{spelt()}?action=getStatus", DFS) == 404


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_directory_of_one_endpoint_is_an_empty_blob_with_a_mark_at_the_other(method: str) -> None:
    account = opened()
    assert asked(account, "PUT", "/d?resource=directory", DFS) == 201
    found = account.handle(Request(method, f"{URL}/d", BLOB, b""))
    marks = {value for name, value in found.headers if name.lower() == "x-ms-meta-hdi_isfolder"}
    assert (found.status, marks) == (200, {"true"})


def test_a_name_that_xml_cannot_hold_is_listed_encoded() -> None:
    account = opened()
    assert asked(account, "PUT", "/a%01b?resource=file", DFS) == 201
    listed = account.handle(Request("GET", f"{URL}?restype=container&comp=list&prefix=a%01", BLOB, b""))
    names = ET.fromstring(listed.body).iter("Name")  # noqa: S314  (the emulator's own)
    assert [(each.get("Encoded"), each.text) for each in names] == [("true", "a%01b")]


@pytest.mark.parametrize("method", ["PUT", "HEAD", "DELETE"])
def test_a_path_of_slashes_alone_is_none(method: str) -> None:
    assert asked(opened(), method, "//", (*BLOB, ("x-ms-blob-type", "BlockBlob"))) == 400
