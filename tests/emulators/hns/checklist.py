"""What the dfs endpoint was recorded to answer: for each sort of request and outcome, the steps that produce it.

A step is a method, a target, headers and a body in one line: ``PATCH lake/f?action=append&position=0 | abc`` has a
body, ``DELETE lake/f {x-ms-lease-id: 1…}`` a header. The last step of a row is the one that it is about. The filesystem
``lake`` is there at the beginning; ``FREE`` is the id of a lease that nobody has, ``HELD`` that of the lease that
``LEASE`` acquires, ``NEVER`` an ETag of nothing; ``CONTINUATION`` stands for that of the
answer before, and ``SIGNED(…)`` for a signature of the account with what stands in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from conformance.emulators.hns import KEY as ACCOUNT_KEY
from conformance.emulators.hns import NAME
from conformance.emulators.hns._sas import sign

if TYPE_CHECKING:
    from conformance.emulators.hns import Account

FREE = "00000000-0000-4000-8000-00000000000f"
HELD = "00000000-0000-4000-8000-00000000000a"
NEVER = '"0x1"'
PAST = "Mon, 04 Nov 2019 22:08:52 GMT"
ACL = "user::rwx,group::r-x,other::---"
KEY = "{x-ms-encryption-key: a2V5; x-ms-encryption-key-sha256: c2hh; x-ms-encryption-algorithm: AES256}"

FILE = "PUT lake/f?resource=file"
DIRECTORY = "PUT lake/d?resource=directory"
INNER = "PUT lake/d/g?resource=file"
DATA = "PATCH lake/f?action=append&position=0 | abc"
LEASE = f"POST lake/f {{x-ms-lease-action: acquire; x-ms-lease-duration: -1; x-ms-proposed-lease-id: {HELD}}}"
LEASED_DIRECTORY = LEASE.replace("lake/f", "lake/d")
RENAME = "PUT lake/n?mode=legacy {x-ms-rename-source: /lake/f}"
RECURSIVE = "PATCH lake/d?action=setAccessControlRecursive&mode="
BADLY_SIGNED = "sv=2020-06-12&sr=c&sp=rl&se=2099-01-01T00%3A00%3A00Z&sig=AAAA"
SIGNED = re.compile(r"SIGNED\((.*?)\)")
LIST = "GET lake?resource=filesystem&recursive="


@dataclass(frozen=True, slots=True)
class Row:
    """One sort of request with one outcome.

    Attributes:
        method: Of the last step.
        level: container or path.
        operation: The parameters that tell the operation, in lower case.
        status: Of the answer to the last step.
        code: Of its error; empty for none.
        steps: In order.
    """

    method: str
    level: str
    operation: str
    status: int
    code: str
    steps: tuple[str, ...]


def signed(target: str, account: Account) -> str:
    """Return a target with what is to be signed signed; the account looks at signatures from the first one on."""
    found = SIGNED.search(target)
    account.is_open = "sig=" not in target and found is None
    if found is None:
        return target
    said = dict(parse_qsl(found[1])) | {"se": "2099-01-01T00:00:00Z", "sv": "2019-02-02"}
    names = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")
    text = "".join(f"{value}\n" for value in (NAME, *(said.get(name, "") for name in names)))
    query = "&".join(f"{name}={quote(value)}" for name, value in (said | {"sig": sign(ACCOUNT_KEY, text)}).items())
    return target.replace(found[0], query.replace("+", "%2B").replace("/", "%2F"))


def path(operation: str, status: int, code: str, *steps: str) -> Row:
    """Return a row about a path, with the method of its last step."""
    return Row(steps[-1].split()[0], "path", operation, status, code, steps)


def container(operation: str, status: int, code: str, *steps: str) -> Row:
    """Return a row about a filesystem, with the method of its last step."""
    return Row(steps[-1].split()[0], "container", operation, status, code, steps)


ROWS = (
    path("", 200, "", FILE, "DELETE lake/f"),
    path("", 409, "PathConflict", FILE, "DELETE lake/f/g"),
    path("", 404, "PathNotFound", "DELETE lake/f"),
    path("", 404, "FilesystemNotFound", "DELETE nolake/f"),
    path("", 412, "LeaseIdMissing", FILE, LEASE, "DELETE lake/f"),
    path("", 412, "ConditionNotMet", FILE, f"DELETE lake/f {{If-Match: {NEVER}}}"),
    path("", 412, "LeaseIdMismatch", FILE, LEASE, f"DELETE lake/f {{x-ms-lease-id: {FREE}}}"),
    path("recursive=false", 200, "", DIRECTORY, "DELETE lake/d?recursive=false"),
    path("recursive=false", 412, "ConditionNotMet", DIRECTORY, f"DELETE lake/d?recursive=false {{If-Match: {NEVER}}}"),
    path(
        "recursive=false", 412, "LeaseIdMismatch", DIRECTORY, LEASED_DIRECTORY,
        f"DELETE lake/d?recursive=false {{x-ms-lease-id: {FREE}}}",
    ),
    path("recursive=false", 409, "DirectoryNotEmpty", INNER, "DELETE lake/d?recursive=false"),
    path("recursive=false", 404, "PathNotFound", "DELETE lake/d?recursive=false"),
    path("recursive=false", 404, "FilesystemNotFound", "DELETE nolake/d?recursive=false"),
    path("recursive=true", 200, "", INNER, "DELETE lake/d?recursive=true"),
    path("recursive=true", 412, "ConditionNotMet", INNER, "DELETE lake/d?recursive=true {If-None-Match: *}"),
    container("resource=filesystem recursive=false", 200, "", INNER, f"{LIST}false"),
    container("resource=filesystem recursive=false", 404, "PathNotFound", f"{LIST}false&directory=d"),
    container("resource=filesystem recursive=false", 409, "PathConflict", FILE, f"{LIST}false&directory=f%2Fg"),
    container("resource=filesystem recursive=true", 200, "", INNER, f"{LIST}true"),
    container(
        "resource=filesystem recursive=true cont", 200, "", INNER, f"{LIST}true&maxResults=1",
        f"{LIST}true&continuation=CONTINUATION",
    ),
    container("resource=filesystem recursive=true", 404, "PathNotFound", f"{LIST}true&directory=d"),
    container("resource=filesystem recursive=true", 409, "PathConflict", FILE, f"{LIST}true&directory=f%2Fg"),
    path("action=getaccesscontrol", 200, "", FILE, "HEAD lake/f?action=getAccessControl&upn=false"),
    path(
        "action=getaccesscontrol", 304, "ConditionNotMet", FILE,
        "HEAD lake/f?action=getAccessControl {If-None-Match: *}",
    ),
    path(
        "action=getaccesscontrol", 412, "ConditionNotMet", FILE,
        f"HEAD lake/f?action=getAccessControl {{If-Match: {NEVER}}}",
    ),
    path("", 403, "AuthorizationPermissionMismatch", FILE, "DELETE lake/f?SIGNED(ss=b&srt=sco&sp=r)"),
    path("resource=file", 403, "AuthenticationFailed", f"{FILE}&{BADLY_SIGNED}"),
    container("resource=filesystem recursive=false", 403, "AuthenticationFailed", f"{LIST}false&{BADLY_SIGNED}"),
    container(
        "resource=filesystem recursive=false cont", 200, "", FILE, DIRECTORY, f"{LIST}false&maxResults=1",
        f"{LIST}false&continuation=CONTINUATION",
    ),
    container("action=getaccesscontrol", 200, "", "HEAD lake?action=getAccessControl"),
    path("rename", 201, "", FILE, "PUT lake/n {x-ms-rename-source: /lake/f}"),
    path(
        "action=append lease:acquire", 202, "", FILE,
        "PATCH lake/f?action=append&position=0 {x-ms-lease-action: acquire; x-ms-lease-duration: -1; "
        f"x-ms-proposed-lease-id: {HELD}}} | abc",
    ),
    *(
        path(
            f"action=append lease:{action}", 202, "", FILE, LEASE,
            f"PATCH lake/f?action=append&position=0&flush=true {{x-ms-lease-action: {action}; x-ms-lease-id: {HELD}}}"
            " | abc",
        )
        for action in ("auto-renew", "release")
    ),
    path(
        "action=flush lease:acquire", 200, "", FILE, DATA,
        "PATCH lake/f?action=flush&position=3 {x-ms-lease-action: acquire; x-ms-lease-duration: -1; "
        f"x-ms-proposed-lease-id: {HELD}}}",
    ),
    *(
        path(
            f"action=flush lease:{action}", 200, "", FILE, DATA, LEASE,
            f"PATCH lake/f?action=flush&position=3 {{x-ms-lease-action: {action}; x-ms-lease-id: {HELD}}}",
        )
        for action in ("auto-renew", "release")
    ),
    path("action=append", 202, "", FILE, DATA),
    path("action=append", 400, "InvalidHeaderValue", FILE, "PATCH lake/f?action=append&position=0"),
    path("action=append", 404, "PathNotFound", DATA),
    path("action=append", 412, "LeaseIdMissing", FILE, LEASE, DATA),
    path(
        "action=append", 412, "LeaseIdMismatch", FILE, LEASE,
        f"PATCH lake/f?action=append&position=0 {{x-ms-lease-id: {FREE}}} | abc",
    ),
    path(
        "action=append", 409, "BlobDoesNotUseCustomerSpecifiedEncryption", FILE,
        f"PATCH lake/f?action=append&position=0 {KEY} | abc",
    ),
    path("action=append", 409, "BlobUsesCustomerSpecifiedEncryption", f"{FILE} {KEY}", DATA),
    path("action=flush", 200, "", FILE, DATA, "PATCH lake/f?action=flush&position=3"),
    path("action=flush", 304, "ConditionNotMet", FILE, DATA, "PATCH lake/f?action=flush&position=3 {If-None-Match: *}"),
    path("action=flush", 400, "InvalidFlushPosition", FILE, DATA, "PATCH lake/f?action=flush&position=2"),
    path("action=flush", 404, "PathNotFound", "PATCH lake/f?action=flush&position=3"),
    path(
        "action=flush", 412, "ConditionNotMet", FILE, DATA,
        f"PATCH lake/f?action=flush&position=3 {{If-Match: {NEVER}}}",
    ),
    path(
        "action=flush", 412, "LeaseIdMismatch", FILE, DATA, LEASE,
        f"PATCH lake/f?action=flush&position=3 {{x-ms-lease-id: {FREE}}}",
    ),
    path(
        "action=flush", 409, "BlobDoesNotUseCustomerSpecifiedEncryption", FILE, DATA,
        f"PATCH lake/f?action=flush&position=3 {KEY}",
    ),
    path(
        "action=flush", 409, "BlobUsesCustomerSpecifiedEncryption", f"{FILE} {KEY}",
        "PATCH lake/f?action=flush&position=0",
    ),
    path("action=setaccesscontrol", 200, "", FILE, f"PATCH lake/f?action=setAccessControl {{x-ms-acl: {ACL}}}"),
    container("action=setaccesscontrol", 200, "", "PATCH lake?action=setAccessControl {x-ms-permissions: 0750}"),
    path(
        "action=setaccesscontrol", 404, "FilesystemNotFound",
        "PATCH nolake/f?action=setAccessControl {x-ms-permissions: 0750}",
    ),
    path(
        "action=setaccesscontrol", 404, "PathNotFound", "PATCH lake/f?action=setAccessControl {x-ms-permissions: 0750}"
    ),
    path(
        "action=setaccesscontrol", 412, "ConditionNotMet", FILE,
        "PATCH lake/f?action=setAccessControl {x-ms-permissions: 0750; If-None-Match: *}",
    ),
    path(
        "action=setaccesscontrol", 412, "LeaseIdMismatch", FILE, LEASE,
        f"PATCH lake/f?action=setAccessControl {{x-ms-permissions: 0750; x-ms-lease-id: {FREE}}}",
    ),
    *(
        row
        for mode, acl in (("set", ACL), ("modify", ACL), ("remove", "mask,default:user"))
        for row in (
            path(
                f"action=setaccesscontrolrecursive mode={mode}", 404, "PathNotFound",
                f"{RECURSIVE}{mode} {{x-ms-acl: {acl}}}",
            ),
            path(
                f"action=setaccesscontrolrecursive mode={mode}", 200, "", INNER,
                f"{RECURSIVE}{mode} {{x-ms-acl: {acl}}}",
            ),
            path(
                f"action=setaccesscontrolrecursive mode={mode} cont", 200, "", INNER,
                f"{RECURSIVE}{mode}&maxRecords=1 {{x-ms-acl: {acl}}}",
                f"{RECURSIVE}{mode}&continuation=CONTINUATION {{x-ms-acl: {acl}}}",
            ),
        )
    ),
    path("mode=legacy rename", 201, "", FILE, RENAME),
    path("mode=posix rename", 201, "", FILE, RENAME.replace("legacy", "posix")),
    path(
        "mode=legacy rename", 409, "InvalidSourceOrDestinationResourceType", FILE, "PUT lake/n?resource=file",
        RENAME.replace("lake/n", "lake/n/m"),
    ),
    path("mode=legacy rename", 404, "SourcePathNotFound", RENAME),
    path(
        "mode=legacy rename", 412, "ConditionNotMet", FILE, "PUT lake/n?resource=file",
        f"PUT lake/n?mode=legacy {{x-ms-rename-source: /lake/f; If-Match: {NEVER}}}",
    ),
    path(
        "mode=legacy rename", 412, "SourceConditionNotMet", FILE,
        f"PUT lake/n?mode=legacy {{x-ms-rename-source: /lake/f; x-ms-source-if-match: {NEVER}}}",
    ),
    path(
        "mode=legacy rename", 412, "LeaseIdMismatch", FILE, LEASE,
        f"PUT lake/n?mode=legacy {{x-ms-rename-source: /lake/f; x-ms-source-lease-id: {FREE}}}",
    ),
    path(
        "mode=legacy rename", 409, "InternalOperationAbortError", INNER, "PUT lake/e?resource=directory",
        "PUT lake/d?mode=legacy {x-ms-rename-source: /lake/e}",
    ),
    path("resource=directory", 201, "", DIRECTORY),
    path("resource=directory", 404, "FilesystemNotFound", "PUT nolake/d?resource=directory"),
    path(
        "resource=directory", 400, "ExpiryNotSupportedForDirectory",
        f"{DIRECTORY} {{x-ms-expiry-option: RelativeToNow; x-ms-expiry-time: 1000}}",
    ),
    path("resource=directory", 409, "PathAlreadyExists", DIRECTORY, f"{DIRECTORY} {{If-None-Match: *}}"),
    path("resource=directory", 412, "ConditionNotMet", DIRECTORY, f"{DIRECTORY} {{If-Match: {NEVER}}}"),
    path(
        "resource=directory", 412, "LeaseIdMismatch", DIRECTORY, LEASED_DIRECTORY,
        f"{DIRECTORY} {{x-ms-lease-id: {FREE}}}",
    ),
    path("resource=file", 201, "", FILE),
    path("resource=file", 409, "PathConflict", FILE, "PUT lake/f/g?resource=file"),
    path("resource=file", 409, "PathAlreadyExists", FILE, f"{FILE} {{If-None-Match: *}}"),
    path("resource=file", 412, "LeaseIdMissing", FILE, LEASE, FILE),
    path("resource=file", 412, "ConditionNotMet", FILE, f"{FILE} {{If-Unmodified-Since: {PAST}}}"),
    path("resource=file", 412, "LeaseIdMismatch", FILE, LEASE, f"{FILE} {{x-ms-lease-id: {FREE}}}"),
)  # fmt: skip
