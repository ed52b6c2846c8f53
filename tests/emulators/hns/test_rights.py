"""What users may do: a role lets them at data but not at what others own, an ACL only at what it says."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from conformance.cassette import Request, Response
from conformance.emulators.hns import KEY, NAME, Account
from conformance.emulators.hns._sas import sign, user_delegation_key
from tests.emulators.hns.dfs_client import HOST, code, header

ME, OTHER = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
BLOB_HOST = HOST.replace(".dfs.", ".blob.")
KEY_FIELDS = {"skoid": "o", "sktid": "t", "skt": "2026-01-01T00:00:00Z", "ske": "2099-01-01T00:00:00Z"}
REFUSED = (403, "AuthorizationPermissionMismatch")
RECURSIVE = "lake/d?action=setAccessControlRecursive&mode=set"
ACL = {"x-ms-acl": "user::rwx,group::r-x,other::--x"}


class Lake:
    """The filesystem ``lake``; requests come from the account itself, a user with a token, or by a signature."""

    def __init__(self) -> None:
        self.account = Account(allows_tokens=True)
        self.own("PUT", "lake?resource=filesystem")

    def own(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        """Send what nothing keeps away."""
        self.account.is_open = True
        answer = self._send(method, f"{HOST}/{path}", headers, body)
        self.account.is_open = False
        return answer

    def token(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        """Send with a token of ``ME``."""
        claims = base64.urlsafe_b64encode(json.dumps({"oid": ME}).encode()).decode()
        return self._send(method, f"{HOST}/{path}", {"Authorization": f"Bearer h.{claims}.s"} | (headers or {}), body)

    def signed(  # noqa: PLR0913  (the request, and whose it is)
        self,
        method: str,
        path: str,
        user: str = ME,
        *,
        host: str = HOST,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """Send with a signature for all of the filesystem that names a user."""
        key_fields = KEY_FIELDS | {"sks": "b", "skv": "2020-06-12"}
        said = {"sp": "racwdlmeop", "se": "2099-01-01T00:00:00Z", "sr": "c", "sv": "2020-06-12", "suoid": user}
        lines = [
            said["sp"],
            "",
            said["se"],
            f"/blob/{NAME}/lake",
            *key_fields.values(),
            "",
            user,
            "",
            "",
            "",
            said["sv"],
        ]
        text = "\n".join([*lines, "c", "", "", "", "", "", ""])
        signature = sign(user_delegation_key(KEY, key_fields), text)
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in (said | key_fields).items())
        glue = "&" if "?" in path else "?"
        return self._send(method, f"{host}/{path}{glue}{query}&sig={quote(signature, safe='')}", headers, body)

    def allow(self, path: str, acl: str) -> None:
        """Set the ACL of a path; of the root of the filesystem where it is empty."""
        self.own("PATCH", f"lake/{path}?action=setAccessControl", {"x-ms-acl": acl})

    def _send(self, method: str, uri: str, headers: dict[str, str] | None, body: bytes) -> Response:
        said = {"x-ms-version": "2026-04-06"} | (headers or {})
        return self.account.handle(Request(method, uri, tuple(said.items()), body))


@pytest.fixture
def lake() -> Lake:
    return Lake()


def test_a_role_does_not_reach_what_others_own(lake: Lake) -> None:
    assert lake.token("PUT", "lake/mine?resource=file").status == 201
    lake.own("PUT", "lake/theirs?resource=file")
    change = {"x-ms-permissions": "0700"}
    assert lake.token("PATCH", "lake/mine?action=setAccessControl", change).status == 200
    assert code(lake.token("PATCH", "lake/theirs?action=setAccessControl", change)) == REFUSED
    assert lake.token("PATCH", "lake/theirs?action=append&position=0", body=b"x").status == 202


def family(lake: Lake) -> None:
    """Make a directory with two files of the user, and a file and a directory of the account between them."""
    lake.token("PUT", "lake/d?resource=directory")
    for name in ("a", "z"):
        lake.token("PUT", f"lake/d/{name}?resource=file")
    lake.own("PUT", "lake/d/m?resource=file")
    lake.own("PUT", "lake/d/n?resource=directory")


def counts(answer: Response) -> tuple[int, int, list[str]]:
    told = json.loads(answer.body)
    assert told["failureCount"] == len(told["failedEntries"])
    failed = [f"{entry['type']} {entry['name']}" for entry in told["failedEntries"]]
    return told["directoriesSuccessful"], told["filesSuccessful"], failed


def test_a_recursive_change_tells_what_it_could_not_change(lake: Lake) -> None:
    family(lake)
    assert counts(lake.token("PATCH", RECURSIVE, ACL)) == (1, 2, ["DIRECTORY d/n", "FILE d/m"])
    assert header(lake.own("HEAD", "lake/d/m?action=getAccessControl"), "x-ms-acl") == "user::rw-,group::r--,other::---"
    assert header(lake.own("HEAD", "lake/d/z?action=getAccessControl"), "x-ms-acl") == ACL["x-ms-acl"]


def test_a_recursive_change_ends_with_the_batch_that_failed_unless_it_is_forced(lake: Lake) -> None:
    family(lake)
    first = lake.token("PATCH", f"{RECURSIVE}&maxRecords=2", ACL)
    assert (counts(first), bool(header(first, "x-ms-continuation"))) == ((1, 1, []), True)
    more = quote(header(first, "x-ms-continuation"), safe="")
    second = lake.token("PATCH", f"{RECURSIVE}&maxRecords=2&continuation={more}", ACL)
    assert (counts(second)[:2], header(second, "x-ms-continuation")) == ((0, 0), "")
    forced = lake.token("PATCH", f"{RECURSIVE}&maxRecords=2&continuation={more}&forceFlag=true", ACL)
    more = quote(header(forced, "x-ms-continuation"), safe="")
    assert counts(lake.token("PATCH", f"{RECURSIVE}&maxRecords=2&continuation={more}", ACL)) == (0, 1, [])


@pytest.mark.parametrize("granted", ["user:{me}:{flags}", "group:{me}:{flags}", "other::{flags}"])
def test_a_user_may_do_what_the_acl_of_each_path_says(lake: Lake, granted: str) -> None:
    lake.own("PUT", "lake/d?resource=directory")
    lake.own("PUT", "lake/d/f?resource=file")

    def acl(flags: str) -> str:
        text = "user::rwx,group::---," + granted.format(me=ME, flags=flags)
        return text if "other" in granted else f"{text},other::---"

    assert code(lake.signed("GET", "lake/d/f")) == REFUSED
    lake.allow("", acl("--x"))
    lake.allow("d", acl("--x"))
    lake.allow("d/f", acl("r--"))
    assert lake.signed("GET", "lake/d/f").status == 200
    assert lake.signed("HEAD", "lake/d/f", host=BLOB_HOST).status == 200
    assert code(lake.signed("PATCH", "lake/d/f?action=append&position=0", body=b"x")) == REFUSED
    assert code(lake.signed("DELETE", "lake/d/f")) == REFUSED
    assert code(lake.signed("PUT", "lake/d/g?resource=file")) == REFUSED
    lake.allow("d", acl("-wx"))
    assert lake.signed("PUT", "lake/d/g?resource=file").status == 201
    assert header(lake.own("HEAD", "lake/d/g?action=getAccessControl"), "x-ms-owner") == ME
    listing = "lake?resource=filesystem&recursive=false&directory=d"
    assert code(lake.signed("GET", listing)) == REFUSED
    lake.allow("d", acl("r-x"))
    assert lake.signed("GET", listing).status == 200


def test_another_user_is_kept_away_by_the_root(lake: Lake) -> None:
    lake.allow("", f"user::rwx,group::r-x,other::---,user:{ME}:rwx")
    assert lake.signed("PUT", "lake/f?resource=file").status == 201
    assert code(lake.signed("HEAD", "lake/f", OTHER, host=BLOB_HOST)) == REFUSED
    assert code(lake.signed("PATCH", "lake/f?action=setAccessControl", OTHER)) == REFUSED


def test_a_rename_needs_both_directories(lake: Lake) -> None:
    lake.own("PUT", "lake/d?resource=directory")
    lake.allow("", "user::rwx,group::---,other::-wx")
    lake.signed("PUT", "lake/f?resource=file")
    rename = {"x-ms-rename-source": "/lake/f"}
    assert code(lake.signed("PUT", "lake/d/f", headers=rename)) == REFUSED
    lake.allow("d", "user::rwx,group::---,other::-wx")
    lake.allow("", "user::rwx,group::---,other::--x")
    assert code(lake.signed("PUT", "lake/d/f", headers=rename)) == REFUSED
    lake.allow("", "user::rwx,group::---,other::-wx")
    assert lake.signed("PUT", "lake/d/f", headers=rename).status == 201
