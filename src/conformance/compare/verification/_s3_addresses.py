"""Addresses of S3 at AWS: the bucket in the host or in the path, and the region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cassette import Request
    from conformance.compare.verification._dialect import Place

HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?(?P<service>s3(?:-fips|-accelerate|-external-1)?(?:\.dualstack)?"
    r"(?:[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?)"
)
FIRST_REGION = "us-east-1"


def bucket_and_path(uri: str) -> tuple[str, str]:
    """Return the bucket, and the path in it as it is encoded, with its slash; ``/`` where there is none."""
    rest = uri.partition("?")[0].partition("://")[2]
    host, _, path = rest.partition("/")
    found = HOST.fullmatch(host.partition(":")[0].lower())
    if found and found["bucket"]:
        return found["bucket"], f"/{path}"
    bucket, _, key = path.partition("/")
    return bucket, f"/{key}"


def is_host_style(uri: str) -> bool:
    """Return whether the host names the bucket."""
    found = HOST.fullmatch(urlsplit(uri).hostname or "")
    return found is not None and bool(found["bucket"])


def uri_of_bucket(place: Place, like: Request) -> str:
    """Return the URI of a bucket in the path, at the service of a recorded request."""
    parts = urlsplit(like.uri)
    found = HOST.fullmatch(parts.hostname or "")
    return f"{parts.scheme}://{found['service'] if found else parts.netloc}/{place.container}"


def region_of_host(uri: str) -> str:
    """Return the region that a host names; the first where it is AWS and names none; else empty."""
    found = HOST.fullmatch(urlsplit(uri).hostname or "")
    return "" if found is None else found["region"] or FIRST_REGION


def region_of_scope(request: Request) -> str:
    """Return the region for which a request is signed; empty where that is not told."""
    query = dict(parse_qsl(urlsplit(request.uri).query))
    told = " ".join(value for name, value in request.headers if name.lower() == "authorization")
    told += query.get("X-Amz-Credential", "")
    found = re.search(r"/\d{8}/([\w-]+)/s3/aws4_request", told)
    return found[1] if found else ""


def renamed_source(value: str, names: Mapping[str, str]) -> str:
    """Return the source of a copy with another name of its bucket."""
    found = re.match(r"(/|%2F)?([^/%?]+)(.*)", value, re.IGNORECASE | re.DOTALL)
    return value if found is None else f"{found[1] or ''}{names.get(found[2], found[2])}{found[3]}"
