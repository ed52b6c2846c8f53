"""What the service says no with: codes, statuses and sentences, and the two forms of an error body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping


LINE_FEED = "\n"


class ServiceError(Exception):
    """A request that the service refuses.

    Args:
        code: Of ``ERRORS``.
        details: Further elements of an XML body (HeaderName, QueryParameterName and the like), in order.
        headers: Further headers; an empty value leaves one out that errors have.
        status: Where it differs from that of the table.
        message: Likewise.
        words: What stands in the braces of the sentence.
    """

    def __init__(
        self,
        code: str,
        details: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        message: str | None = None,
        **words: str,
    ) -> None:
        """Look the code up."""
        super().__init__(code)
        known_status, known_message = ERRORS[code]
        self.code = code
        self.status = status or known_status
        self.message = message or known_message.format_map({"kind": "blob"} | words)
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.breaks_line = False


def xml_error(error: ServiceError, *, request_id: str, time: str) -> bytes:
    """Return the body of an error of the blob endpoint."""
    details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in error.details.items())
    return (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>'
        f"{LINE_FEED if error.breaks_line else ''}<Error>"
        f"<Code>{error.code}</Code><Message>{escape(error.message)}\nRequestId:{request_id}\nTime:{time}</Message>"
        f"{details}</Error>"
    ).encode()


def json_error(error: ServiceError, *, request_id: str, time: str) -> bytes:
    """Return the body of an error of the dfs endpoint."""
    said: dict[str, object] = {"code": error.code, "message": f"{error.message}\nRequestId:{request_id}\nTime:{time}"}
    if "AuthenticationErrorDetail" in error.details:
        said["detail"] = error.details
    return json.dumps({"error": said}, separators=(",", ":")).encode()


# REST reference, "Common REST API error codes", "Blob service error codes" and those of "Data Lake Storage Gen2";
# sentences as the service was recorded to say them, or else after the reference. {kind} is blob or container.
ERRORS: dict[str, tuple[int, str]] = {
    "AppendPositionConditionNotMet": (412, "The append position condition specified was not met."),
    "AuthenticationFailed": (
        403,
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
    ),
    "AuthorizationFailure": (403, "This request is not authorized to perform this operation."),
    "AuthorizationPermissionMismatch": (
        403,
        "This request is not authorized to perform this operation using this permission.",
    ),
    "AuthorizationProtocolMismatch": (
        403,
        "This request is not authorized to perform this operation using this protocol.",
    ),
    "AuthorizationResourceTypeMismatch": (
        403,
        "This request is not authorized to perform this operation using this resource type.",
    ),
    "AuthorizationServiceMismatch": (
        403,
        "This request is not authorized to perform this operation using this service.",
    ),
    "AuthorizationSourceIPMismatch": (
        403,
        "This request is not authorized to perform this operation using this source IP {ip}.",
    ),
    "BlobAlreadyExists": (409, "The specified blob already exists."),
    "BlobArchived": (409, "This operation is not permitted on an archived blob."),
    "BlobDoesNotUseCustomerSpecifiedEncryption": (409, "The blob is not encrypted with customer specified encryption."),
    "BlobImmutableDueToPolicy": (409, "This operation is not permitted as the blob is immutable due to a policy."),
    "BlobIsSealed": (
        409,
        "The blob is sealed and its contents cannot be modified.",
    ),
    "BlobNotFound": (404, "The specified blob does not exist."),
    "BlobUsesCustomerSpecifiedEncryption": (
        409,
        "The blob is encrypted with customer specified encryption, but it was not provided in the request.",
    ),
    "BlockCountExceedsLimit": (409, "The committed block count cannot exceed the maximum limit of 50,000 blocks."),
    "BlockListTooLong": (400, "The block list may not contain more than 50,000 blocks."),
    "BothCrc64AndMd5RangeHeaderPresent": (
        400,
        "Both x-ms-range-get-content-crc64 and x-ms-range-get-content-md5 range header present.",
    ),
    "CannotVerifyCopySource": (404, "The specified resource does not exist."),
    "ConditionHeadersNotSupported": (400, "One or more of the conditional headers is not supported."),
    "ConditionNotMet": (412, "The condition specified using HTTP conditional header(s) is not met."),
    "ContainerAlreadyExists": (409, "The specified container already exists."),
    "ContainerBeingDeleted": (409, "The specified container is being deleted. Try operation later."),
    "ContainerNotFound": (404, "The specified container does not exist."),
    "CopyIdMismatch": (409, "The specified copy ID did not match the copy ID for the pending copy operation."),
    "Crc64Mismatch": (
        400,
        "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.",
    ),
    "DestinationPathIsBeingDeleted": (409, "The specified destination path is marked to be deleted."),
    "DirectoryIsNotEmpty": (409, "This operation is not permitted on a non-empty directory."),
    "DirectoryNotEmpty": (409, "The recursive query parameter value must be true to delete a non-empty directory."),
    "EmptyMetadataKey": (400, "The key for one of the metadata key-value pairs is empty."),
    "ExpiryNotSupportedForDirectory": (400, "Expiry is not supported for directory."),
    "FilesystemAlreadyExists": (409, "The specified filesystem already exists."),
    "FilesystemBeingDeleted": (409, "The specified filesystem is being deleted."),
    "FilesystemNotFound": (404, "The specified filesystem does not exist."),
    "FeatureNotSupportedForAccount": (409, "This feature is not currently supported for this account."),
    "IfMatchHeaderNotSupported": (400, "The If-Match header is not supported."),
    "IncorrectEncryptionAlgorithm": (
        409,
        "The algorithm used for encryption in the request does not match the algorithm used to encrypt the resource.",
    ),
    "InfiniteLeaseDurationRequired": (
        412,
        "The lease ID matched, but the specified lease must be an infinite-duration lease.",
    ),
    "InternalOperationAbortError": (
        409,
        "This operation is aborted because there is another conflicting operation in progress.",
    ),
    "InvalidAuthenticationInfo": (
        400,
        "Authentication information is not given in the correct format. Check the value of Authorization header.",
    ),
    "InvalidBlobOrBlock": (400, "The specified blob or block content is invalid."),
    "InvalidBlobTier": (400, "The specified blob tier is invalid."),
    "InvalidBlobType": (409, "The blob type is invalid for this operation."),
    "InvalidBlockId": (400, "The specified block ID is invalid. The block ID must be Base64-encoded."),
    "InvalidBlockList": (400, "The specified block list is invalid."),
    "InvalidDestinationPath": (
        400,
        "The specified path, or an element of the path, exists and its resource type is invalid for this operation.",
    ),
    "InvalidFlushPosition": (
        400,
        "The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after appending the uploaded data.",
    ),
    "InvalidHeaderValue": (400, "The value for one of the HTTP headers is not in the correct format."),
    "InvalidHttpVerb": (400, "The HTTP verb specified is invalid - it is not recognized by the server."),
    "InvalidInput": (400, "One of the request inputs is not valid."),
    "InvalidMd5": (
        400,
        "The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.",
    ),
    "InvalidMetadata": (400, "The metadata specified is invalid. It has characters that are not permitted."),
    "InvalidPageRange": (416, "The page range specified is invalid."),
    "InvalidQueryParameterValue": (
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "InvalidRenameSourcePath": (
        409,
        "The source directory cannot be the same as the destination directory, nor can the destination be a subdirectory of the source directory.",
    ),
    "InvalidResourceName": (400, "The specifed resource name contains invalid characters."),
    "InvalidSourceBlobType": (409, "The copy source blob type is invalid for this operation."),
    "InvalidSourceBlobUrl": (409, "The source URL for incremental copy request must be valid Azure Storage blob URL."),
    "InvalidSourceOrDestinationResourceType": (409, "The source and destination resource type must be identical."),
    "InvalidSourceUri": (400, "The source URI is invalid."),
    "InvalidTag": (400, "The tags specified are invalid. It contains characters that are not permitted."),
    "InvalidUri": (400, "The requested URI does not represent any resource on the server."),
    "InvalidVersionForPageBlobOperation": (400, "All operations on page blobs require at least version 2009-09-19."),
    "InvalidXmlDocument": (400, "XML specified is not syntactically valid."),
    "InvalidXmlNodeValue": (400, "The value for one of the XML nodes is not in the correct format."),
    "KeyBasedAuthenticationNotPermitted": (403, "Key based authentication is not permitted on this storage account."),
    "LeaseAlreadyBroken": (409, "The lease has already been broken and cannot be broken again."),
    "LeaseAlreadyPresent": (409, "There is already a lease present."),
    "LeaseIdMismatch": (412, "The lease ID specified did not match the lease ID for the resource."),
    "LeaseIdMismatchWithBlobOperation": (412, "The lease ID specified did not match the lease ID for the blob."),
    "LeaseIdMismatchWithContainerOperation": (
        412,
        "The lease ID specified did not match the lease ID for the container.",
    ),
    "LeaseIdMismatchWithLeaseOperation": (409, "The lease ID specified did not match the lease ID for the {kind}."),
    "LeaseIdMissing": (412, "There is currently a lease on the {kind} and no lease ID was specified in the request."),
    "LeaseIsAlreadyBroken": (
        409,
        "The lease ID matched, but the lease has been broken explicitly and cannot be broken again.",
    ),
    "LeaseIsBreakingAndCannotBeAcquired": (
        409,
        "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
    ),
    "LeaseIsBreakingAndCannotBeChanged": (
        409,
        "The lease ID matched, but the lease is currently in breaking state and cannot be changed.",
    ),
    "LeaseIsBrokenAndCannotBeRenewed": (
        409,
        "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
    ),
    "LeaseLost": (412, "A lease ID was specified, but the lease for the {kind} has expired."),
    "LeaseNotPresent": (412, "There is currently no lease on the resource."),
    "LeaseNotPresentWithBlobOperation": (412, "There is currently no lease on the blob."),
    "LeaseNotPresentWithContainerOperation": (412, "There is currently no lease on the container."),
    "LeaseNotPresentWithLeaseOperation": (409, "There is currently no lease on the {kind}."),
    "MaxBlobSizeConditionNotMet": (412, "The max blob size condition specified was not met."),
    "Md5Mismatch": (
        400,
        "The MD5 value specified in the request did not match with the MD5 value calculated by the server.",
    ),
    "MetadataTooLarge": (400, "The metadata specified exceeds the maximum permissible limit."),
    "MissingContentLengthHeader": (411, "Content-Length HTTP header was not specified."),
    "MissingRequiredHeader": (400, "An HTTP header that's mandatory for this request is not specified."),
    "MissingRequiredQueryParameter": (400, "A query parameter that's mandatory for this request is not specified."),
    "MissingRequiredXmlNode": (400, "A required XML node was not specified in the request body."),
    "MultipleConditionHeadersNotSupported": (400, "Multiple condition headers are not supported."),
    "NoAuthenticationInformation": (
        401,
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
    ),
    "NoPendingCopyOperation": (409, "There is currently no pending copy operation."),
    "NotImplemented": (501, "The requested operation is not implemented on the specified resource."),
    "OperationNotAllowedInCurrentState": (
        409,
        "The requested operation is not allowed in the current state of the entity.",
    ),
    "OperationNotAllowedOnRootBlob": (403, "This operation is not allowed on the root blob."),
    "OutOfRangeInput": (400, "One of the request inputs is out of range."),
    "OutOfRangeQueryParameterValue": (
        400,
        "One of the query parameters specified in the request URI is outside the permissible range.",
    ),
    "PathAlreadyExists": (409, "The specified path already exists."),
    "PathConflict": (
        409,
        "The specified path, or an element of the path, exists and its resource type is invalid for this operation.",
    ),
    "PathNotFound": (404, "The specified path does not exist."),
    "PendingCopyOperation": (409, "There is currently a pending copy operation."),
    "PreviousSnapshotCannotBeNewer": (
        400,
        "The prevsnapshot query parameter value cannot be newer than snapshot query parameter value.",
    ),
    "PreviousSnapshotNotFound": (409, "The previous snapshot is not found."),
    "PublicAccessNotPermitted": (409, "Public access is not permitted on this storage account."),
    "RenameDestinationParentPathNotFound": (404, "The parent directory of the destination path does not exist."),
    "RequestBodyTooLarge": (413, "The request body is too large and exceeds the maximum permissible limit."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "ResourceTypeMismatch": (
        409,
        "The resource type specified in the request does not match the existing resource type.",
    ),
    "SequenceNumberConditionNotMet": (412, "The sequence number condition specified was not met."),
    "SequenceNumberIncrementTooLarge": (
        409,
        "The sequence number increment cannot be performed because it would result in overflow of the sequence number.",
    ),
    "SnapshotCountExceeded": (409, "The snapshot count against this blob has been exceeded."),
    "SnapshotsPresent": (409, "This operation is not permitted because the blob has snapshots."),
    "SourceConditionNotMet": (412, "The source condition specified using HTTP conditional header(s) is not met."),
    "SourcePathIsBeingDeleted": (409, "The specified source path is marked to be deleted."),
    "SourcePathNotFound": (404, "The source path for a rename operation does not exist."),
    "SystemInUse": (409, "This blob is in use by the system."),
    "TargetConditionNotMet": (412, "The target condition specified using HTTP conditional header(s) is not met."),
    "UnsupportedHeader": (400, "One of the HTTP headers specified in the request is not supported."),
    "UnsupportedHttpVerb": (405, "The resource doesn't support specified Http Verb."),
    "UnsupportedQueryParameter": (400, "One of the query parameters specified in the request URI is not supported."),
    "UnsupportedRestVersion": (400, "The specified Rest Version is Unsupported."),
    "UnsupportedXmlNode": (400, "One of the XML nodes specified in the request body is not supported."),
}
