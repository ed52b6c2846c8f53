"""The shape of fixtures.toml as written, one pydantic model a table. Closed: a key that is not here is a fault."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError


def _whole(value: object) -> object:
    """Refuse what only equals a whole number: a literal of pydantic takes true and 1.0 for 1."""
    if type(value) is not int:
        raise PydanticKnownError("literal_error", {"expected": "1, 2 or 3"})
    return value


def _known_part(value: str) -> str:
    """Refuse what is neither a part of a request nor a reference to a function that returns one."""
    if value not in PARTS and not re.match(REFERENCE, value):
        expected = ", ".join(repr(part) for part in PARTS)
        raise PydanticKnownError("literal_error", {"expected": f"{expected} or 'module:callable'"})
    return value


def _contract(value: str) -> str:
    """Refuse a reference that is not well formed; without a colon it is a word."""
    if ":" in value and not re.match(REFERENCE, value):
        raise PydanticKnownError("string_pattern_mismatch", {"pattern": REFERENCE})
    return value


REFERENCE = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$"
PARTS = ("method", "scheme", "host", "port", "path", "query", "body")
Reference = Annotated[str, Field(pattern=REFERENCE)]
Part = Annotated[str, AfterValidator(_known_part)]
Meaning = Literal["form", "json", "multipart", "xml"]
StatusCode = Annotated[int, Field(ge=100, le=599)]
FailedStatus = Annotated[int, Field(ge=400, le=599)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Preset = Literal["generic", "aws", "azure", "oauth", "paranoid"]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]
ContractWord = Annotated[Text, AfterValidator(_contract)]
StageNumber = Annotated[Literal[1, 2, 3], BeforeValidator(_whole)]


class Table(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ValueTable(Table):
    """Where a rule's live value comes from."""

    env: Text


class WhenTable(Table):
    """Of which interactions a rule is."""

    method: Text | None = None
    host: Text | None = None
    path: Text | None = None
    status: Annotated[list[StatusCode], Field(min_length=1)] | None = None
    content_type: Text | None = None


class RuleTable(Table):
    """One scrub rule: exactly one place, and what is done there."""

    name: Text
    value: ValueTable | None = None
    header: Text | None = None
    query: Text | None = None
    url: Text | None = None
    body: Text | None = None
    json_: Annotated[Text | None, Field(alias="json")] = None
    xml: Text | None = None
    form: Text | None = None
    part: Text | None = None
    presigned: Literal["redact", "strip"] | None = None
    function: Reference | None = None
    interaction: Literal["drop", "keep"] | None = None
    stand_in: Text | None = None
    sort: Literal["redactor", "normalizer"] = "redactor"
    expect: Literal["must", "may"] = "may"
    on: Literal["request", "response", "both"] = "both"
    drop: bool = False
    numbered: bool = False
    example: Text | None = None
    when: WhenTable = WhenTable()


class ScrubTable(Table):
    """Presets and rules; a fixture's lists replace its family's, list by list, and an empty one clears it."""

    generic: bool | None = None
    presets: list[Preset] | None = None
    rules: list[RuleTable] | None = None


class MatchTable(Table):
    """What must agree; a fixture's lists replace its family's, list by list."""

    on: Annotated[list[Part], Field(min_length=1)] | None = None
    headers: list[Text] | None = None
    ignore_query: list[Text] | None = None
    by_meaning: list[Meaning] | None = None
    elastic: bool | None = None
    ordered: bool | None = None


class RecordTable(Table):
    """What is not kept of a recording, and how often it is tried again; a list replaces the family's."""

    skip: list[FailedStatus] | None = None
    waits_s: list[Seconds] | None = None
    throttle_s: Seconds | None = None


class RequiresTable(Table):
    """What a machine must have."""

    env: list[Text] | None = None
    modules: list[Text] | None = None
    commands: list[Text] | None = None


class CommonTable(Table):
    """What a family may set for all its fixtures, and a fixture for itself."""

    contract: ContractWord | None = None
    driver: Reference | None = None
    service: Reference | None = None
    capabilities: list[Word] | None = None
    is_async: bool | None = None
    requires: RequiresTable = RequiresTable()
    scrub: ScrubTable = ScrubTable()
    match: MatchTable = MatchTable()
    record: RecordTable = RecordTable()
    passthrough: list[Text] | None = None
    options: dict[str, Any] = {}


class BackendTable(CommonTable):
    """``[backend.NAME]``: defaults of a family."""


class FixtureTable(CommonTable):
    """``[fixture.NAME]``: one way to reach a backend."""

    backend: Text | None = None
    stage: StageNumber | None = None
    kind: Literal["local", "service", "live", "replay"] | None = None
    replays: Text | None = None


class SettingsTable(Table):
    """``[conformance]``: where things are, and how strict a run is."""

    cassettes: Text = "cassettes"
    traces: Text = "traces"
    strict: bool = False
    retry_budget_s: Seconds = 60.0


class Document(Table):
    """The whole file."""

    conformance: SettingsTable = SettingsTable()
    backend: dict[Word, BackendTable] = {}
    fixture: dict[Word, FixtureTable] = {}
