"""The words of S3: parameters, headers, codes and leaves that mean something to the verification."""

from __future__ import annotations

import re

CLEARED = "CLEARED"
SELECTING = (
    *("accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "inventory", "legal-hold"),
    *("lifecycle", "list-type", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls"),
    *("partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore"),
    *("retention", "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning"),
    *("versions", "website"),
)
LISTING = ("delimiter", "prefix", "continuation-token", "marker", "key-marker", "start-after", "max-keys")
CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
OF_A_COPY = "x-amz-copy-source"
MISSING = "NoSuchBucket"
SAYS_NOTHING = frozenset({301, 307, 400, 401, 403, 405, 500, 503})
BADLY_SIGNED, UNKNOWN_KEY, SKEWED, REFUSED = "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed", 403
OTHER_BODY = "XAmzContentSHA256Mismatch"
EXPIRED = b"Request has expired"
OF_THE_CLIENT = frozenset({"authorization", "date", "x-amz-date", "x-amz-security-token"})
OF_CHUNKS = frozenset({"x-amz-decoded-content-length", "x-amz-trailer"})
CODE = re.compile(rb"<Error(?:\s[^>]*)?>.*?<Code>([^<]*)</Code>", re.DOTALL)
DETAILS = re.compile(
    rb"<(RequestId|HostId|AWSAccessKeyId|StringToSign|StringToSignBytes|SignatureProvided|CanonicalRequest"
    rb"|CanonicalRequestBytes|ServerTime|RequestTime|Expires|X-Amz-Expires)(?:>[^<]*</\1>|\s*/>)"
)
CHOSEN_HEADERS = frozenset(
    {"etag", "last-modified", "x-amz-copy-source-version-id", "x-amz-version-id", "x-amz-abort-rule-id"}
)
CHOSEN_LEAVES = frozenset(
    {
        *("ContinuationToken", "CopySourceVersionId", "DeleteMarkerVersionId", "ETag", "LastModified"),
        *("NextContinuationToken", "NextUploadIdMarker", "NextVersionIdMarker", "UploadId", "VersionId"),
    }
)
ROUNDS = 1000
