"""Owner, group, permissions and ACL of paths, through the dfs endpoint."""

from __future__ import annotations

import json

import pytest

from conformance.emulators.hns import NAME, Account
from tests.emulators.hns.dfs_client import Client, code, header

BASIC = "user::rwx,group::r-x,other::---"


@pytest.fixture
def client() -> Client:
    return Client()


def access(client: Client, path: str) -> tuple[str, str, str, str]:
    answer = client.send("HEAD", f"lake/{path}?action=getAccessControl")
    owner, group = header(answer, "x-ms-owner"), header(answer, "x-ms-group")
    return owner, group, header(answer, "x-ms-permissions"), header(answer, "x-ms-acl")


def test_the_root_is_a_directory(client: Client) -> None:
    assert access(client, "/") == ("$superuser", "$superuser", "rwxr-x---", BASIC)
    assert access(client, "%2F") == access(client, "")
    made = client.send("HEAD", "lake?resource=filesystem")
    root = client.send("HEAD", "lake/?action=getAccessControl")
    assert header(root, "etag") > header(made, "etag")
    assert header(root, "last-modified") == header(made, "last-modified")


def test_a_new_path_has_what_its_request_says(client: Client) -> None:
    client.send("PUT", "lake/d?resource=directory", {"x-ms-permissions": "0777", "x-ms-umask": "0022"})
    assert access(client, "d")[2] == "rwxr-xr-x"
    client.send("PUT", "lake/f?resource=file", {"x-ms-permissions": "1777", "x-ms-owner": "me", "x-ms-group": "us"})
    assert access(client, "f")[:3] == ("me", "us", "rwxr-x--T")
    client.send("PUT", "lake/g?resource=file", {"x-ms-acl": f"{BASIC},user:z:rw-"})
    assert access(client, "g")[2:] == ("rwxrwx---+", "user::rwx,user:z:rw-,group::r-x,mask::rwx,other::---")


def test_who_a_signature_is_for_owns_what_is_made_with_it(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file&skoid=signer&saoid=agent")
    client.send("PUT", "lake/g?resource=file&skoid=signer")
    assert (access(client, "f")[0], access(client, "g")[0]) == ("agent", "signer")


def test_access_is_set_without_a_new_etag(client: Client) -> None:
    made = client.send("PUT", "lake/d?resource=directory")
    acl = {"x-ms-acl": f"{BASIC},default:user:z:rwx", "x-ms-owner": "me", "x-ms-group": "us"}
    answer = client.send("PATCH", "lake/d?action=setAccessControl", acl)
    assert (header(answer, "etag"), header(answer, "x-ms-namespace-enabled")) == (header(made, "etag"), "true")
    assert access(client, "d")[:3] == ("me", "us", "rwxr-x---+")
    client.send("PUT", "lake/d/e/f?resource=file")
    assert access(client, "d/e")[2] == "rwxrwx---+"
    assert access(client, "d/e/f")[3] == "user::rw-,user:z:rwx,group::r-x,mask::rw-,other::---"


def test_permissions_bring_and_take_the_sticky_bit(client: Client) -> None:
    client.send("PUT", "lake/d?resource=directory")
    client.send("PATCH", "lake/d?action=setAccessControl", {"x-ms-permissions": "1755"})
    assert access(client, "d")[2] == "rwxr-xr-t"
    assert client.rows()[0]["permissions"] == "rwxr-xr-t"
    client.send("PATCH", "lake/d?action=setAccessControl", {"x-ms-permissions": "rwx------"})
    assert access(client, "d")[2] == "rwx------"


def test_access_that_cannot_be_is_refused(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    target = "lake/f?action=setAccessControl"
    assert code(client.send("PATCH", target)) == (400, "MissingRequiredHeader")
    both = {"x-ms-acl": BASIC, "x-ms-permissions": "0750"}
    assert code(client.send("PATCH", target, both)) == (400, "InvalidInput")
    default = {"x-ms-acl": f"{BASIC},default:user::rwx"}
    assert code(client.send("PATCH", target, default)) == (400, "InvalidHeaderValue")
    assert access(client, "f")[2] == "rw-r-----"


def test_the_owner_of_the_account_may_do_everything(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    assert client.send("HEAD", "lake/f?action=checkAccess&fsAction=rwx").status == 200
    assert code(client.send("HEAD", "lake/f?action=checkAccess")) == (400, "MissingRequiredQueryParameter")
    assert code(client.send("HEAD", "lake/g?action=checkAccess&fsAction=rwx")) == (404, "PathNotFound")


@pytest.mark.parametrize(
    ("mode", "acl", "directory", "file"),
    [
        ("set", f"{BASIC},default:user::rwx", "rwxr-x---+", "rwxr-x---"),
        ("modify", "user:z:rwx", "rwxrwx---+", "rw-rwx---+"),
        ("remove", "group:z", "rwxr-x---", "rw-r-----"),
    ],
)
def test_an_acl_is_changed_in_batches(client: Client, mode: str, acl: str, directory: str, file: str) -> None:
    client.send("PUT", "lake/d/e/f?resource=file")
    client.send("PUT", "lake/d/g?resource=file")
    client.send("PUT", "lake/h?resource=file")
    more, counts = "", []
    while True:
        target = f"lake/d?action=setAccessControlRecursive&mode={mode}&maxRecords=3&forceFlag=true{more}"
        answer = client.send("PATCH", target, {"x-ms-acl": acl})
        counts.append(json.loads(answer.body))
        if not header(answer, "x-ms-continuation"):
            break
        more = f"&continuation={header(answer, 'x-ms-continuation')}"
    assert [(one["directoriesSuccessful"], one["filesSuccessful"], one["failureCount"]) for one in counts] == [
        (2, 1, 0),
        (0, 1, 0),
    ]
    assert [access(client, path)[2] for path in ("d", "d/e", "d/e/f", "d/g", "h")] == [
        directory, directory, file, file, "rw-r-----",
    ]  # fmt: skip


def test_an_acl_of_everything_begins_at_the_root(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    target = "lake/?action=setAccessControlRecursive&mode=set&maxRecords=1"
    first = client.send("PATCH", target, {"x-ms-acl": BASIC})
    last = client.send("PATCH", f"{target}&continuation={header(first, 'x-ms-continuation')}", {"x-ms-acl": BASIC})
    assert [json.loads(one.body)["directoriesSuccessful"] for one in (first, last)] == [1, 0]
    assert json.loads(last.body)["filesSuccessful"] == 1


def test_an_acl_below_a_file_is_that_of_the_file(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    target = "lake/f?action=setAccessControlRecursive&mode=set"
    assert json.loads(client.send("PATCH", target, {"x-ms-acl": BASIC}).body)["filesSuccessful"] == 1


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("", {"x-ms-acl": BASIC}, "MissingRequiredQueryParameter"),
        ("&mode=add", {"x-ms-acl": BASIC}, "InvalidQueryParameterValue"),
        ("&mode=set&continuation=!", {"x-ms-acl": BASIC}, "InvalidQueryParameterValue"),
        ("&mode=set&maxRecords=x", {"x-ms-acl": BASIC}, "InvalidQueryParameterValue"),
        ("&mode=set&forceFlag=maybe", {"x-ms-acl": BASIC}, "InvalidQueryParameterValue"),
        ("&mode=set", {}, "MissingRequiredHeader"),
        ("&mode=set", {"x-ms-acl": "user::rwx"}, "InvalidHeaderValue"),
    ],
)
def test_a_recursive_change_that_says_nothing_is_refused(
    client: Client, query: str, headers: dict[str, str], expected: str
) -> None:
    answer = client.send("PATCH", f"lake/?action=setAccessControlRecursive{query}", headers)
    assert code(answer) == (400, expected)


def test_without_a_hierarchy_nothing_has_an_acl() -> None:
    client = Client()
    client.account = Account(NAME, is_hierarchical=False, seed=1, is_open=True)
    client.send("PUT", "lake?resource=filesystem")
    client.send("PUT", "lake/f?resource=file")
    assert code(client.send("HEAD", "lake/f?action=getAccessControl")) == (400, "UnsupportedQueryParameter")
