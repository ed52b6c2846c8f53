"""Divergence reports as JSON, and back without loss.

A file is ``{"schema": 1, "explorations": [..]}``; its keys are the attributes of ``Exploration``, ``Finding`` and what
they hold. A value that JSON has no form for is an object with one key: ``{"$bytes": BASE64}``, ``{"$chosen": TEXT}``,
``{"$ref": [STEP, FIELD]}``; ``{"$map": {..}}`` holds a mapping that has such a key itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, InstanceOf, ValidationError

from conformance.compare._divergences import DivergenceReport
from conformance.contract import Expected, Exploration, Finding, Side, Variation, Verdict
from conformance.errors import UsageError
from conformance.trace import Chosen, Outcome, Program, Ref, Step, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = 1
FORMS = ("$bytes", "$chosen", "$ref", "$map")


def render_report_json(report: DivergenceReport) -> str:
    """Return a report as JSON, a line at its end."""
    told = {"schema": SCHEMA, "explorations": _told(report.explorations)}
    return json.dumps(told, indent=1) + "\n"


def write_report(path: Path, report: DivergenceReport) -> None:
    """Put a report in its place by one rename; folders that are missing are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(render_report_json(report), "utf-8")
    beside.replace(path)


def load_reports(paths: Iterable[Path]) -> DivergenceReport:
    """Return what files hold, as one report.

    Raises:
        UsageError: A file is not there, is damaged or newer than this version, or two are of one fixture.
    """
    return DivergenceReport(tuple(each for path in paths for each in _load(path)))


def _load(path: Path) -> tuple[Exploration, ...]:
    try:
        found = json.loads(path.read_text("utf-8"))
        schema = int(found.pop("schema"))
    except OSError as error:
        what = f"cannot be read: {error.strerror}."
        cure = "Write reports with `conformance generate`, or name one that is there."
        raise UsageError(what, cure, slug="no-file", path=path) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(path, "it is not JSON with a schema number") from error
    if schema > SCHEMA:
        what = f"is of schema {schema}; this version of conformance reads up to {SCHEMA}."
        raise UsageError(what, "Upgrade conformance.", slug="newer-report", path=path, key="schema")
    try:
        return tuple(each.made() for each in _Report.model_validate(found).explorations)
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(path, first["msg"], key=".".join(map(str, first["loc"]))) from error


def _bad(path: Path, why: str, *, key: str | None = None) -> UsageError:
    what = f"is no report of divergences: {f'{key}: ' if key else ''}{why}."
    return UsageError(what, "Write it again with `conformance generate`.", slug="bad-report", path=path, key=key)


def _told(told: object) -> Any:
    if isinstance(told, Outcome):
        return {each.name: _value(getattr(told, each.name)) for each in fields(told)}
    if isinstance(told, Step):
        return {"op": told.op, "args": {name: _value(each) for name, each in told.args.items()}}
    if isinstance(told, (Exploration, Finding, Expected, Program, Side, Variation)):
        return {each.name: _told(getattr(told, each.name)) for each in fields(told)}
    if isinstance(told, frozenset):
        return sorted(told)
    if isinstance(told, Mapping):
        return {name: _told(each) for name, each in told.items()}
    return [_told(each) for each in told] if isinstance(told, tuple) else told


def _value(value: Value) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, Chosen):
        return {"$chosen": value.text}
    if isinstance(value, Ref):
        return {"$ref": [value.step, value.field]}
    if isinstance(value, Mapping):
        told = {name: _value(each) for name, each in value.items()}
        return {"$map": told} if any(name in FORMS for name in value) else told
    return [_value(each) for each in value] if isinstance(value, (list, tuple)) else value


def _valued(told: Any) -> Value:
    found: Value
    match told:
        case list():
            found = [_valued(each) for each in told]
        case {"$bytes": str(text)} if len(told) == 1:
            found = base64.b64decode(text, validate=True)
        case {"$chosen": str(text)} if len(told) == 1:
            found = Chosen(text)
        case {"$ref": [int(step), str(field)]} if len(told) == 1:
            found = Ref(step, field)
        case {"$map": dict(inner)} if len(told) == 1:
            found = {name: _valued(each) for name, each in inner.items()}
        case dict() if any(name in FORMS for name in told):
            message = f"{', '.join(told)} is no form of a value"
            raise ValueError(message)
        case dict():
            found = {name: _valued(each) for name, each in told.items()}
        case _:
            found = told
    return found


Text = InstanceOf[str]  # what a client says may hold half of a surrogate pair
Plain = Annotated[Any, BeforeValidator(_valued)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Outcome(_Strict):
    value: Plain
    error: Text
    status: int | None
    code: Text
    detail: Text

    def made(self) -> Outcome:
        return Outcome(self.value, self.error, self.status, self.code, self.detail)


class _Expected(_Strict):
    outcome: _Outcome
    reason: Text


class _Step(_Strict):
    op: Text
    args: dict[Text, Plain]


class _Program(_Strict):
    contract: Text
    steps: list[_Step]

    def made(self) -> Program:
        return Program(self.contract, tuple(Step(each.op, each.args) for each in self.steps))


class _Finding(_Strict):
    contract: Text
    fixture: Text
    group: Text
    verdict: Annotated[Verdict, BeforeValidator(Verdict)]
    program: _Program
    step: int
    expected: list[_Expected]
    actual: _Outcome
    hits: int
    signature: Text
    reproduced: int
    trace: Text
    elsewhere: dict[Text, _Outcome]

    def made(self) -> Finding:
        made = {
            "program": self.program.made(),
            "expected": tuple(Expected(each.outcome.made(), each.reason) for each in self.expected),
            "actual": self.actual.made(),
            "elsewhere": {fixture: each.made() for fixture, each in self.elsewhere.items()},
        }
        return Finding(**{**dict(self), **made})


class _Side(_Strict):
    fixture: Text
    service: Text
    driver: Text


class _Variation(_Strict):
    program: _Program
    signature: Text
    actual: _Outcome
    fixture: Text
    outcome: _Outcome

    def made(self) -> Variation:
        return Variation(self.program.made(), self.signature, self.actual.made(), self.fixture, self.outcome.made())


class _Exploration(_Strict):
    fixture: Text
    service: Text
    contract: Text
    capabilities: list[Text]
    programs: int
    steps: int
    seconds: float
    signatures: dict[Text, int]
    findings: list[_Finding]
    curve: list[Annotated[tuple[int, int], BeforeValidator(tuple)]]
    estimate_left: float
    not_offered: list[Text]
    covered: dict[Text, Text]
    driver: Text = ""
    beside: list[_Side] = []
    variations: list[_Variation] = []

    def made(self) -> Exploration:
        made = {
            "capabilities": frozenset(self.capabilities),
            "findings": tuple(each.made() for each in self.findings),
            "curve": tuple(self.curve),
            "not_offered": frozenset(self.not_offered),
            "beside": tuple(Side(**dict(each)) for each in self.beside),
            "variations": tuple(each.made() for each in self.variations),
        }
        return Exploration(**{**dict(self), **made})


class _Report(_Strict):
    explorations: list[_Exploration]
