"""The properties of the service: what requests set of them, and what of it answers and deletions follow."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from xml.parsers import expat

from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._xml import children, element, parse_xml, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

OFF = "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>"
DEFAULTS = {
    "Logging": (
        f"<Logging><Version>1.0</Version><Read>false</Read><Write>false</Write><Delete>false</Delete>{OFF}</Logging>"
    ),
    "HourMetrics": (
        "<HourMetrics><Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>true</IncludeAPIs>"
        "<RetentionPolicy><Enabled>true</Enabled><Days>7</Days></RetentionPolicy></HourMetrics>"
    ),
    "MinuteMetrics": f"<MinuteMetrics><Version>1.0</Version><Enabled>false</Enabled>{OFF}</MinuteMetrics>",
    "Cors": "<Cors />",
    "DeleteRetentionPolicy": "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>",
    "StaticWebsite": "<StaticWebsite><Enabled>false</Enabled></StaticWebsite>",
}
"""What a new account answers, in the order of answers; as recorded."""
SINCE_RETENTION, SINCE_WEBSITE, SINCE_PERMANENT = "2017-07-29", "2018-03-28", "2020-02-10"
MOST_DAYS = 365
POLICIES = ("RetentionPolicy", "DeleteRetentionPolicy")


def set_properties(properties: bytes, body: bytes) -> bytes:
    """Return the properties after a request; those that it does not name stay as they are.

    Args:
        properties: Before.
        body: XML, of ``StorageServiceProperties``.

    Raises:
        ServiceError: InvalidXmlDocument; with a place and a reason where days of retention are out of range.
    """
    root = parse_xml(body)
    if root.tag != "StorageServiceProperties":
        raise ServiceError("InvalidXmlDocument")
    policies = [policy for policy in root.iter() if policy.tag in POLICIES]
    for policy in policies:
        _check_days(policy, body, [one for one in policies if one.tag == policy.tag].index(policy))
    sections = _sections(properties) | {section.tag: _render(section) for section in root}
    return "".join(sections[name] for name in RENDERED if name in sections).encode()


def render_properties(properties: bytes, version: str) -> str:
    """Return the properties as an answer of a version has them."""
    sections = DEFAULTS | _sections(properties)
    if version >= SINCE_PERMANENT:
        policy = sections["DeleteRetentionPolicy"]
        if "AllowPermanentDelete" not in policy:
            policy = policy.replace("</Delete", "<AllowPermanentDelete>false</AllowPermanentDelete></Delete")
        sections["DeleteRetentionPolicy"] = policy
    if version < SINCE_RETENTION:
        del sections["DeleteRetentionPolicy"]
    if version < SINCE_WEBSITE:
        del sections["StaticWebsite"]
    inner = "".join(sections[name] for name in RENDERED if name in sections)
    return f"<StorageServiceProperties>{inner}</StorageServiceProperties>"


def retention_days(properties: bytes) -> int | None:
    """Return how many days what is deleted can be restored; None where it cannot."""
    policy = ET.fromstring((DEFAULTS | _sections(properties))["DeleteRetentionPolicy"])  # noqa: S314
    return int(text_of(policy, "Days")) if text_of(policy, "Enabled") == "true" else None


def has_cors(properties: bytes) -> bool:
    """Whether rules for requests of pages of other origins are set, of which answers then warn caches."""
    return "<CorsRule>" in _sections(properties).get("Cors", "")


@functools.lru_cache(maxsize=16)
def _sections(properties: bytes) -> dict[str, str]:
    """Return the sections that were set, by name."""
    root = ET.fromstring(b"<All>" + properties + b"</All>")  # noqa: S314
    return {section.tag: ET.tostring(section, encoding="unicode") for section in root}


def _check_days(policy: ET.Element, body: bytes, index: int) -> None:
    days = text_of(policy, "Days")
    if text_of(policy, "Enabled") != "true" or (days.isdigit() and 1 <= int(days) <= MOST_DAYS):
        return
    line, position = _end_of(policy.tag, body, index)
    reason = f"Retention days must be greater than 0 and less than or equal to {MOST_DAYS} days."
    raise ServiceError("InvalidXmlDocument", {"LineNumber": str(line), "LinePosition": str(position), "Reason": reason})


def _end_of(tag: str, body: bytes, index: int) -> tuple[int, int]:
    """Return line and column, from one, of the name in the end tag of the element of this index."""
    ends: list[tuple[int, int]] = []
    parser = expat.ParserCreate()

    def ended(name: str) -> None:
        if name == tag:
            ends.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + len("</") + 1))

    parser.EndElementHandler = ended
    parser.Parse(body, True)  # noqa: FBT003  (the parameter is positional)
    return ends[index]


def _render(section: ET.Element) -> str:
    if section.tag not in RENDERED:
        raise ServiceError("InvalidXmlDocument")
    return RENDERED[section.tag](section)


def _elements(section: ET.Element, *names: str) -> str:
    return "".join(element(name, text_of(section, name)) for name in names if children(section, name))


def _retention(section: ET.Element) -> str:
    policy = children(section, "RetentionPolicy")
    return f"<RetentionPolicy>{_elements(policy[0], 'Enabled', 'Days')}</RetentionPolicy>" if policy else OFF


def _logging(section: ET.Element) -> str:
    return f"<Logging>{_elements(section, 'Version', 'Read', 'Write', 'Delete')}{_retention(section)}</Logging>"


def _metrics(section: ET.Element) -> str:
    inner = _elements(section, "Version", "Enabled", "IncludeAPIs") + _retention(section)
    return f"<{section.tag}>{inner}</{section.tag}>"


def _cors(section: ET.Element) -> str:
    rules = "".join(_cors_rule(rule) for rule in children(section, "CorsRule"))
    return f"<Cors>{rules}</Cors>" if rules else "<Cors />"


def _cors_rule(rule: ET.Element) -> str:
    names = {"AllowedHeaders", "ExposedHeaders"}
    inner = ""
    for name in ("AllowedMethods", "AllowedOrigins", "AllowedHeaders", "ExposedHeaders", "MaxAgeInSeconds"):
        text = text_of(rule, name)
        if name in names:  # whole names come before beginnings of names
            text = ",".join(sorted(text.split(","), key=lambda one: one.endswith("*")))
        inner += element(name, text)
    return f"<CorsRule>{inner}</CorsRule>"


def _delete_retention(section: ET.Element) -> str:
    inner = _elements(section, "Enabled", "Days", "AllowPermanentDelete")
    return f"<DeleteRetentionPolicy>{inner}</DeleteRetentionPolicy>"


def _website(section: ET.Element) -> str:
    inner = _elements(section, "Enabled", "IndexDocument", "DefaultIndexDocumentPath", "ErrorDocument404Path")
    return f"<StaticWebsite>{inner}</StaticWebsite>"


def _default_version(section: ET.Element) -> str:
    return element("DefaultServiceVersion", section.text or "")


RENDERED: dict[str, Callable[[ET.Element], str]] = {
    "Logging": _logging,
    "HourMetrics": _metrics,
    "MinuteMetrics": _metrics,
    "Cors": _cors,
    "DeleteRetentionPolicy": _delete_retention,
    "StaticWebsite": _website,
    "DefaultServiceVersion": _default_version,
}
"""How each section is written, in the order of answers."""
