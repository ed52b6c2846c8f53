"""What recorders took out of requests to Azure Storage and the recording still tells: versions, names in sources."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.compare.verification._dates import read_http_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cassette import Headers, Interaction

# "Previous versions" of the REST reference: versions of the service, oldest first.
VERSIONS = (
    *("2009-09-19", "2011-08-18", "2012-02-12", "2013-08-15", "2014-02-14", "2015-02-21", "2015-04-05", "2015-07-08"),
    *("2015-12-11", "2016-05-31", "2017-04-17", "2017-07-29", "2017-11-09", "2018-03-28", "2018-11-09", "2019-02-02"),
    *("2019-07-07", "2019-12-12", "2020-02-10", "2020-04-08", "2020-06-12", "2020-08-04", "2020-10-02", "2020-12-06"),
    *("2021-02-12", "2021-04-10", "2021-06-08", "2021-08-06", "2021-10-04", "2021-12-02", "2022-11-02", "2023-01-03"),
    *("2023-05-03", "2023-08-03", "2023-11-03", "2024-02-04", "2024-05-04", "2024-08-04", "2024-11-04", "2025-01-05"),
)
DEFAULT_VERSION = "2019-12-12"
AGE = timedelta(days=365)
DATE = re.compile(r"\d{4}-\d\d-\d\d")
SERVICE_VERSION = re.compile(r"(?<=[?&]sv=)[^&]*")
SOURCES = ("x-ms-copy-source", "x-ms-rename-source")
# What the recorder of azure-cli writes for a generated name: what it begins with, and a number of six digits.
STAND_IN = re.compile(r"([a-z][a-z0-9-]*?)\d{6}")


def version_at(recorded_at: datetime | None) -> str:
    """Return the version that a client of a time most likely asks for: the newest that is a year old then."""
    when = recorded_at or datetime.now(UTC)
    known = [version for version in VERSIONS if version <= (when - AGE).strftime("%Y-%m-%d")]
    return known[-1] if known else VERSIONS[0]


def version_of(headers: Headers) -> str:
    """Return the version that a request asks for; empty where it names none, or what is none."""
    told = next((value for name, value in headers if name.lower() == "x-ms-version"), "")
    return told if DATE.fullmatch(told) else ""


def with_versions(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Return interactions in which every version that is no date is one of the time of the recording."""
    found = list(interactions)
    told = (value for item in found for name, value in item.response.headers if name.lower() == "date")
    version = version_at(next((read for read in map(read_http_date, told) if read is not None), None))

    def whole(item: Interaction) -> Interaction:
        headers = tuple(
            (name, version if name.lower() == "x-ms-version" and not DATE.fullmatch(value) else value)
            for name, value in item.request.headers
        )
        uri = SERVICE_VERSION.sub(lambda sv: sv[0] if DATE.fullmatch(sv[0]) else version, item.request.uri)
        return replace(item, request=replace(item.request, uri=uri, headers=headers))

    return [whole(item) for item in found]


def with_sources(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Return interactions whose sources have the names that URLs have.

    A recorder that puts stand-ins for generated names into URLs leaves the names in headers: one that no URL has is the
    one whose stand-in begins as it does, if there is one such in the URLs before.
    """
    found = list(interactions)
    known = {name for item in found for name in _names(item.request.uri)}
    stand_ins: dict[str, set[str]] = defaultdict(set)
    told: dict[str, str] = {}
    whole = []
    for item in found:
        headers = []
        for name, value in item.request.headers:
            is_source = name.lower() in SOURCES
            for each in _names(value) if is_source else ():
                fitting = [names for start, names in stand_ins.items() if each.startswith(start)]
                if each not in {*known, *told} and len(fitting) == 1 and len(fitting[0]) == 1:
                    told[each] = next(iter(fitting[0]))
            headers.append((name, _renamed(value, told) if is_source else value))
        whole.append(replace(item, request=replace(item.request, headers=tuple(headers))))
        for each in _names(item.request.uri):
            beginning = STAND_IN.fullmatch(each)
            if beginning:
                stand_ins[beginning[1]].add(each)
    return whole


def _names(value: str) -> list[str]:
    """Return the segments of the path of a URL or of a path."""
    return [unquote(each) for each in urlsplit(value).path.split("/") if each]


def _renamed(value: str, names: dict[str, str]) -> str:
    head, mark, query = value.partition("?")
    return "/".join(names.get(each, each) for each in head.split("/")) + mark + query
