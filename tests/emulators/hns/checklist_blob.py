"""What the blob endpoint was recorded to answer: for each sort of request and outcome, the steps that produce it.

Steps are written as in `checklist`; the container ``box`` is there at the beginning. ``MARKER``, ``ETAG``, ``VERSION``
and ``DELETION`` stand for what an answer before said.
"""

from __future__ import annotations

from functools import partial

from tests.emulators.hns.checklist import FREE, HELD, KEY, NEVER, PAST, Row

PUT = "PUT box/f {x-ms-blob-type: BlockBlob} | abc"
KEYED = f"PUT box/f {KEY[:-1]}; x-ms-blob-type: BlockBlob}} | abc"
INNER = "PUT box/d/f {x-ms-blob-type: BlockBlob} | abc"
ACQUIRE = f"{{x-ms-lease-action: acquire; x-ms-lease-duration: -1; x-ms-proposed-lease-id: {HELD}}}"
LEASE, LEASE_BOX = f"PUT box/f?comp=lease {ACQUIRE}", f"PUT box?restype=container&comp=lease {ACQUIRE}"
OTHER = "PUT other?restype=container"
RETAIN = (
    "PUT ?restype=service&comp=properties | <StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled>"
    "<Days>{days}</Days></DeleteRetentionPolicy></StorageServiceProperties>"
)
DELETED = "GET ?comp=list&include=deleted"
POLICY = (
    "<SignedIdentifiers><SignedIdentifier><Id>one</Id><AccessPolicy><Start>2026-01-01T00:00:00Z</Start>"
    "<Permission>r</Permission></AccessPolicy></SignedIdentifier></SignedIdentifiers>"
)
QUERY = "<QueryRequest><QueryType>SQL</QueryType><Expression>SELECT * from BlobStorage</Expression></QueryRequest>"
OLD = "2020-06-12"
BLOCKS = "<BlockList><Latest>AAAA</Latest></BlockList>"
NEVER_MATCHES, MATCHES = f"{{If-Match: {NEVER}}}", "{If-None-Match: *}"


def row(level: str, operation: str, status: int, code: str, *steps: str) -> Row:
    """Return a row with the method of its last step."""
    return Row(steps[-1].split()[0], level, operation, status, code, steps)


path, container, account = partial(row, "path"), partial(row, "container"), partial(row, "account")
BLOB_ROWS = [
    path("", 201, "", PUT),
    path("", 404, "BlobNotFound", PUT, "PUT box/f/g {x-ms-blob-type: BlockBlob} | abc"),
    path("", 202, "", PUT, "DELETE box/f"),
    path("", 202, "", "PUT box/d/f {x-ms-blob-type: BlockBlob}", "DELETE box/d/f", "DELETE box/d"),
    path("", 404, "BlobNotFound", "DELETE box/f"),
    path("", 409, "OperationNotAllowedInCurrentState", PUT, "DELETE box/f/g"),
    path("", 409, "DirectoryIsNotEmpty", INNER, "DELETE box/d"),
    path("", 200, "", PUT, "GET box/f"),
    path("", 200, "", INNER, "GET box/d"),
    path("", 206, "", PUT, "GET box/f {x-ms-range: bytes=1-1}"),
    path("", 304, "ConditionNotMet", PUT, f"GET box/f {MATCHES}"),
    path(
        "",
        400,
        "BothCrc64AndMd5RangeHeaderPresent",
        PUT,
        "GET box/f {x-ms-range: bytes=0-1; x-ms-range-get-content-md5: true; x-ms-range-get-content-crc64: true}",
    ),
    path("", 404, "BlobNotFound", "GET box/f"),
    path("", 409, "BlobDoesNotUseCustomerSpecifiedEncryption", PUT, f"GET box/f {KEY}"),
    path("", 409, "BlobUsesCustomerSpecifiedEncryption", KEYED, "GET box/f"),
    path("", 412, "ConditionNotMet", PUT, f"GET box/f {NEVER_MATCHES}"),
    path("", 412, "LeaseIdMismatchWithBlobOperation", PUT, LEASE, f"GET box/f {{x-ms-lease-id: {FREE}}}"),
    path("", 416, "InvalidRange", INNER, "GET box/d {x-ms-range: bytes=0-3}"),
    path("", 200, "", PUT, "HEAD box/f"),
    path("", 200, "", INNER, "HEAD box/d"),
    path("", 304, "ConditionNotMet", PUT, f"HEAD box/f {MATCHES}"),
    path("", 404, "BlobNotFound", PUT, "HEAD box/f/g"),
    path("", 409, "BlobDoesNotUseCustomerSpecifiedEncryption", PUT, f"HEAD box/f {KEY}"),
    path("", 409, "BlobUsesCustomerSpecifiedEncryption", KEYED, "HEAD box/f"),
    path("", 412, "ConditionNotMet", PUT, f"HEAD box/f {NEVER_MATCHES}"),
    path("", 412, "LeaseIdMismatchWithBlobOperation", PUT, LEASE, f"HEAD box/f {{x-ms-lease-id: {FREE}}}"),
    path("copy", 202, "", PUT, "PUT box/g {x-ms-copy-source: HOST/box/f}"),
    path("copy", 404, "BlobNotFound", PUT, "PUT box/f/g {x-ms-copy-source: HOST/box/f}"),
    path("comp=block", 201, "", "PUT box/f?comp=block&blockid=AAAA | abc"),
    path("comp=block", 409, "OperationNotAllowedInCurrentState", PUT, "PUT box/f/g?comp=block&blockid=AAAA | abc"),
    path("comp=blocklist", 201, "", "PUT box/f?comp=block&blockid=AAAA | abc", f"PUT box/f?comp=blocklist | {BLOCKS}"),
    path("comp=blocklist", 400, "InvalidBlockList", f"PUT box/f?comp=blocklist | {BLOCKS}"),
    path(
        "comp=expiry", 200, "", PUT, "PUT box/f?comp=expiry {x-ms-expiry-option: RelativeToNow; x-ms-expiry-time: 1000}"
    ),
    path(
        "comp=expiry",
        400,
        "InvalidHeaderValue",
        PUT,
        "PUT box/f?comp=expiry {x-ms-expiry-option: Soon; x-ms-expiry-time: 1}",
    ),
    path("comp=expiry", 400, "MissingRequiredHeader", PUT, "PUT box/f?comp=expiry {x-ms-expiry-option: Absolute}"),
    path("comp=expiry", 404, "BlobNotFound", "PUT box/f?comp=expiry {x-ms-expiry-option: NeverExpire}"),
    path("comp=lease", 201, "", PUT, LEASE),
    path(
        "comp=lease", 200, "", PUT, LEASE, f"PUT box/f?comp=lease {{x-ms-lease-action: renew; x-ms-lease-id: {HELD}}}"
    ),
    path("comp=lease", 202, "", PUT, LEASE, "PUT box/f?comp=lease {x-ms-lease-action: break}"),
    path("comp=lease", 400, "InvalidHeaderValue", PUT, LEASE.replace("-1", "10")),
    path(
        "comp=lease",
        400,
        "MissingRequiredHeader",
        PUT,
        f"PUT box/f?comp=lease {{x-ms-lease-action: change; x-ms-lease-id: {HELD}}}",
    ),
    path("comp=lease", 404, "BlobNotFound", LEASE),
    path(
        "comp=lease", 409, "LeaseNotPresentWithLeaseOperation", PUT, "PUT box/f?comp=lease {x-ms-lease-action: break}"
    ),
    path("comp=lease", 412, "ConditionNotMet", PUT, f"{LEASE[:-1]}; If-Match: {NEVER}}}"),
    path("comp=metadata", 200, "", PUT, "PUT box/f?comp=metadata {x-ms-meta-a: 1}"),
    path("comp=metadata", 200, "", INNER, "GET box/d?comp=metadata"),
    path("comp=metadata", 404, "BlobNotFound", "PUT box/f?comp=metadata"),
    path("comp=metadata", 409, "BlobDoesNotUseCustomerSpecifiedEncryption", PUT, f"PUT box/f?comp=metadata {KEY}"),
    path("comp=metadata", 409, "BlobUsesCustomerSpecifiedEncryption", KEYED, "PUT box/f?comp=metadata"),
    path("comp=metadata", 412, "ConditionNotMet", PUT, f"PUT box/f?comp=metadata {{If-Unmodified-Since: {PAST}}}"),
    path(
        "comp=metadata",
        412,
        "LeaseIdMismatchWithBlobOperation",
        PUT,
        LEASE,
        f"PUT box/f?comp=metadata {{x-ms-lease-id: {FREE}}}",
    ),
    path("comp=properties", 200, "", PUT, "PUT box/f?comp=properties {x-ms-blob-content-type: text/plain}"),
    path("comp=properties", 404, "BlobNotFound", "PUT box/f?comp=properties"),
    path("comp=properties", 412, "ConditionNotMet", PUT, f"PUT box/f?comp=properties {NEVER_MATCHES}"),
    path(
        "comp=properties",
        412,
        "LeaseIdMismatchWithBlobOperation",
        PUT,
        LEASE,
        f"PUT box/f?comp=properties {{x-ms-lease-id: {FREE}}}",
    ),
    path("comp=query", 200, "", PUT, f"POST box/f?comp=query | {QUERY}"),
    path("comp=query", 304, "ConditionNotMet", PUT, f"POST box/f?comp=query {MATCHES} | {QUERY}"),
    path("comp=query", 404, "BlobNotFound", f"POST box/f?comp=query | {QUERY}"),
    path("comp=query", 412, "ConditionNotMet", PUT, f"POST box/f?comp=query {NEVER_MATCHES} | {QUERY}"),
    path(
        "comp=query",
        412,
        "LeaseIdMismatchWithBlobOperation",
        PUT,
        LEASE,
        f"POST box/f?comp=query {{x-ms-lease-id: {FREE}}} | {QUERY}",
    ),
    path(
        "comp=undelete",
        200,
        "",
        RETAIN.format(days=3),
        PUT,
        "DELETE box/f",
        "GET box?restype=container&comp=list&showonly=deleted",
        "PUT box/f?comp=undelete {x-ms-undelete-source: f?deletionid=DELETION}",
    ),
    container("restype=container", 201, "", OTHER),
    container("restype=container", 409, "ContainerAlreadyExists", "PUT box?restype=container"),
    container("restype=container", 200, "", "GET box?restype=container"),
    container("restype=container", 400, "InvalidHeaderValue", "GET box?restype=container {x-ms-lease-id: garbage}"),
    container("restype=container", 404, "ContainerNotFound", "GET other?restype=container"),
    container("restype=container", 202, "", "DELETE box?restype=container"),
    container("restype=container", 404, "ContainerNotFound", "DELETE other?restype=container"),
    container(
        "restype=container", 412, "ConditionNotMet", f"DELETE box?restype=container {{If-Unmodified-Since: {PAST}}}"
    ),
    container(
        "restype=container",
        412,
        "LeaseNotPresentWithContainerOperation",
        f"DELETE box?restype=container {{x-ms-lease-id: {FREE}}}",
    ),
    container("comp=acl restype=container", 200, "", "GET box?restype=container&comp=acl"),
    container("comp=acl restype=container", 404, "ContainerNotFound", "GET other?restype=container&comp=acl"),
    container(
        "comp=acl restype=container",
        200,
        "",
        f"PUT box?restype=container&comp=acl {{x-ms-blob-public-access: blob}} | {POLICY}",
    ),
    container("comp=acl restype=container", 404, "ContainerNotFound", "PUT other?restype=container&comp=acl"),
    container(
        "comp=acl restype=container",
        412,
        "ConditionNotMet",
        f"PUT box?restype=container&comp=acl {{If-Unmodified-Since: {PAST}}}",
    ),
    container(
        "comp=acl restype=container",
        412,
        "LeaseNotPresentWithContainerOperation",
        f"PUT box?restype=container&comp=acl {{x-ms-lease-id: {FREE}}}",
    ),
    container(
        "comp=rename restype=container", 400, "InvalidQueryParameterValue", "PUT new?restype=container&comp=rename"
    ),
    container(
        "comp=acl restype=container",
        412,
        "LeaseNotPresentWithContainerOperation",
        f"GET box?restype=container&comp=acl {{x-ms-lease-id: {FREE}}}",
    ),
    account("comp=list", 403, "AuthorizationPermissionMismatch", "GET ?comp=list&SIGNED(ss=b&srt=s&sp=r)"),
    account("comp=list", 403, "AuthorizationResourceTypeMismatch", "GET ?comp=list&SIGNED(ss=b&srt=co&sp=l)"),
    account("comp=list", 403, "AuthorizationServiceMismatch", "GET ?comp=list&SIGNED(ss=q&srt=s&sp=l)"),
    path("", 403, "AuthorizationPermissionMismatch", PUT, "HEAD box/f?SIGNED(ss=b&srt=sco&sp=w)"),
    container("restype=container", 403, "AuthorizationPermissionMismatch", f"{OTHER}&SIGNED(ss=b&srt=sco&sp=r)"),
    container("comp=lease restype=container", 201, "", LEASE_BOX),
    container(
        "comp=lease restype=container",
        200,
        "",
        LEASE_BOX,
        f"PUT box?restype=container&comp=lease {{x-ms-lease-action: release; x-ms-lease-id: {HELD}}}",
    ),
    container(
        "comp=lease restype=container",
        202,
        "",
        LEASE_BOX,
        "PUT box?restype=container&comp=lease {x-ms-lease-action: break}",
    ),
    container("comp=lease restype=container", 400, "InvalidHeaderValue", LEASE_BOX.replace("-1", "70")),
    container("comp=lease restype=container", 404, "ContainerNotFound", LEASE_BOX.replace("box", "other")),
    container(
        "comp=lease restype=container",
        409,
        "LeaseNotPresentWithLeaseOperation",
        "PUT box?restype=container&comp=lease {x-ms-lease-action: break}",
    ),
    container(
        "comp=lease restype=container", 412, "ConditionNotMet", f"{LEASE_BOX[:-1]}; If-Unmodified-Since: {PAST}}}"
    ),
    container("comp=list restype=container", 200, "", INNER, "GET box?restype=container&comp=list&include=metadata"),
    container(
        "comp=list restype=container marker",
        200,
        "",
        PUT,
        INNER,
        "GET box?restype=container&comp=list&maxresults=1",
        "GET box?restype=container&comp=list&maxresults=1&marker=MARKER",
    ),
    container("comp=metadata restype=container", 200, "", "PUT box?restype=container&comp=metadata {x-ms-meta-a: 1}"),
    container("comp=metadata restype=container", 404, "ContainerNotFound", "PUT other?restype=container&comp=metadata"),
    container(
        "comp=metadata restype=container",
        412,
        "ConditionNotMet",
        f"PUT box?restype=container&comp=metadata {{If-Modified-Since: {PAST[:12]}2099 00:00:00 GMT}}",
    ),
    container(
        "comp=metadata restype=container",
        412,
        "LeaseNotPresentWithContainerOperation",
        f"PUT box?restype=container&comp=metadata {{x-ms-lease-id: {FREE}}}",
    ),
    container(
        "comp=rename restype=container",
        200,
        "",
        f"PUT new?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: box}}",
    ),
    container(
        "comp=rename restype=container",
        400,
        "InvalidHeaderValue",
        LEASE_BOX,
        f"PUT new?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: box; "
        "x-ms-source-lease-id: bad_id}",
    ),
    container(
        "comp=rename restype=container",
        404,
        "ContainerNotFound",
        f"PUT new?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: other}}",
    ),
    container(
        "comp=rename restype=container",
        409,
        "ContainerAlreadyExists",
        OTHER,
        f"PUT other?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: box}}",
    ),
    container(
        "comp=rename restype=container",
        412,
        "LeaseIdMissing",
        LEASE_BOX,
        f"PUT new?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: box}}",
    ),
    container(
        "comp=rename restype=container",
        412,
        "LeaseNotPresentWithContainerOperation",
        (
            f"PUT new?restype=container&comp=rename {{x-ms-version: {OLD}; x-ms-source-container-name: box; "
            f"x-ms-source-lease-id: {FREE}}}"
        ),
    ),
    container(
        "comp=undelete restype=container",
        201,
        "",
        "DELETE box?restype=container",
        DELETED,
        (
            "PUT new?restype=container&comp=undelete "
            "{x-ms-deleted-container-name: box; x-ms-deleted-container-version: VERSION}"
        ),
    ),
    container(
        "comp=undelete restype=container",
        404,
        "ContainerNotFound",
        (
            "PUT new?restype=container&comp=undelete "
            "{x-ms-deleted-container-name: box; x-ms-deleted-container-version: 1}"
        ),
    ),
    container(
        "comp=undelete restype=container",
        409,
        "ContainerAlreadyExists",
        "DELETE box?restype=container",
        OTHER,
        DELETED,
        (
            "PUT other?restype=container&comp=undelete "
            "{x-ms-deleted-container-name: box; x-ms-deleted-container-version: VERSION}"
        ),
    ),
    account("comp=list", 200, "", "GET ?comp=list"),
    account(
        "comp=list marker", 200, "", OTHER, "GET ?comp=list&maxresults=1", "GET ?comp=list&maxresults=1&marker=MARKER"
    ),
    account("comp=list marker", 400, "OutOfRangeInput", "GET ?comp=list&marker=garbage"),
    account("comp=properties restype=account", 200, "", "GET ?restype=account&comp=properties"),
    account("comp=properties restype=service", 200, "", "GET ?restype=service&comp=properties"),
    account("comp=properties restype=service", 202, "", RETAIN.format(days=365)),
    account("comp=properties restype=service", 400, "InvalidXmlDocument", RETAIN.format(days=366)),
    account(
        "comp=userdelegationkey restype=service",
        200,
        "",
        (
            "POST ?restype=service&comp=userdelegationkey "
            "| <KeyInfo><Start>2026-01-01T00:00:00Z</Start><Expiry>2026-01-02T00:00:00Z</Expiry></KeyInfo>"
        ),
    ),
]
