"""Divergence reports as JSON, and back without loss."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, InstanceOf

SCHEMA = 1
FORMS = ("$bytes", "$chosen", "$ref", "$map")
Text = InstanceOf[str]  # what a client says may hold half of a surrogate pair


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Outcome(_Strict):
    value: dict[Text, Any] | None = None
    error: Text = ""
    status: int | None = None
    code: Text = ""
    detail: Text = ""


class _Expected(_Strict):
    outcome: _Outcome
    reason: Text = ""


class _Step(_Strict):
    op: Text
    args: dict[Text, Any]


class _Finding(_Strict):
    group: Text
    verdict: Text
    steps: list[_Step]
    step: int
    expected: list[_Expected]
    actual: _Outcome
    hits: int
    signature: Text
    reproduced: int
    trace: Text
    elsewhere: dict[Text, _Outcome]


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
    curve: list[list[int]]
    estimate_left: float
    not_offered: list[Text]
    covered: dict[Text, Text]


class _Report(_Strict):
    explorations: list[_Exploration]
