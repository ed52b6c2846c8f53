"""What fixtures.toml declares, resolved: family defaults applied, replays followed, nothing left to check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Stage = Literal[1, 2, 3]
Kind = Literal["local", "service", "live", "replay"]
Place = Literal[
    "value", "header", "query", "url", "body", "json", "xml", "form", "part", "presigned", "function", "interaction"
]

STAGE_OF: dict[Kind, Stage] = {"local": 1, "replay": 1, "service": 2, "live": 3}


@dataclass(frozen=True, slots=True)
class WhenSpec:
    """Of which interactions a rule is; what is empty holds for any.

    Attributes:
        method: In upper case.
        host: A pattern, in lower case; ``*`` stands for anything.
        path: A pattern of the decoded path.
        status: Statuses of the answer.
        content_type: A pattern of the content type without its parameters, in lower case.
    """

    method: str = ""
    host: str = ""
    path: str = ""
    status: frozenset[int] = frozenset()
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A named scrub rule.

    Attributes:
        name: Unique within a fixture; starts with the backend's name by custom.
        place: What the rule is about; ``value`` is a live value, wherever it stands.
        at: Where: the environment variable of a value, the name of a header, a regular expression, a path and so on.
        stand_in: What stands in the cassette instead; where none is given, what has the form of the secret.
        sort: Whether it removes a secret, or settles what is volatile.
        expect: ``must`` fire in a full recording, or ``may``.
        on: Of which messages.
        is_dropped: Whether the header, parameter or field goes, with its name.
        is_numbered: Whether each value has a stand-in of its own, of its shape, by order of first appearance.
        example: A text in which a regular expression finds something.
        when: Of which interactions.
    """

    name: str
    place: Place
    at: str
    stand_in: str | None = None
    sort: Literal["redactor", "normalizer"] = "redactor"
    expect: Literal["must", "may"] = "may"
    on: Literal["request", "response", "both"] = "both"
    is_dropped: bool = False
    is_numbered: bool = False
    example: str = ""
    when: WhenSpec = WhenSpec()


@dataclass(frozen=True, slots=True)
class ScrubSpec:
    """Which presets and rules keep secrets and volatile values out of what is stored.

    Attributes:
        is_generic: Whether the preset ``generic`` is one of them, named or not.
        presets: The presets.
        rules: The fixture's own.
    """

    is_generic: bool = True
    presets: tuple[str, ...] = ()
    rules: tuple[RuleSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchSpec:
    """Which parts of a request must agree with a stored one for it to be the answer.

    Attributes:
        on: Parts of the request; one with a colon is the ``module:callable`` of a part of the project's own.
        headers: Header names, lower case; a trailing ``*`` takes every header with that beginning.
        ignore_query: Names of query parameters that the client invents; ``*`` stands for anything.
        by_meaning: The sorts of bodies that are compared by meaning.
        elastic: Whether a safe request is answered again, until a recorded change was played.
        ordered: Whether only what was recorded next is answered, not what was recorded next of the same request.
    """

    on: tuple[str, ...] = ("method", "scheme", "host", "port", "path", "query", "body")
    headers: tuple[str, ...] = ()
    ignore_query: tuple[str, ...] = ()
    by_meaning: tuple[str, ...] = ("form", "multipart")
    elastic: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """What a recording does about answers that say nothing about the service.

    Attributes:
        skip: Statuses that are not kept.
        waits_s: How long to wait before each further attempt.
        throttle_s: The least time between two requests.
    """

    skip: frozenset[int] = frozenset({400, 401, 403, 429, *range(500, 600)})
    waits_s: tuple[float, ...] = (5.0, 10.0)
    throttle_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a machine must have before a fixture can be opened."""

    env: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentValue:
    """A value of an option that comes from the environment.

    Attributes:
        env: The name of the variable.
        stand_in: What a recording has instead, and a replay gets.
    """

    env: str
    stand_in: str


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """A family of fixtures.

    Attributes:
        name: The key of its table.
        contract: The contract that its subjects keep, if one is declared: a word, or ``module:attribute``.
    """

    name: str
    contract: str | None


@dataclass(frozen=True, slots=True)
class FixtureSpec:
    """One declared way to reach a backend.

    Attributes:
        name: The key of its table.
        backend: The name of its family.
        stage: What a run of it costs.
        kind: What it wires up.
        driver: ``module:callable``; called with an ``Opening``, returns a context manager of the subject.
        service: ``module:callable`` of a server that is started once a session and shared, if it needs one.
        capabilities: What the subject can do.
        is_async: Whether the driver returns an async context manager and the subject's operations are coroutines.
        record: What is not kept of a recording.
        passthrough: Patterns of hosts that are reached in recording and in replay, and never recorded.
        replays: The name of the fixture whose recordings this one plays; set only for kind ``replay``.
        options: What the driver is told, in keys of its own; plain data, with ``EnvironmentValue`` at any depth.
    """

    name: str
    backend: str
    contract: str | None
    stage: Stage
    kind: Kind
    driver: str
    service: str | None
    capabilities: frozenset[str]
    is_async: bool
    requires: Requirements
    scrub: ScrubSpec
    match: MatchSpec
    record: RecordSpec
    passthrough: tuple[str, ...]
    replays: str | None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The name of the folder of its cassettes, shared by a fixture and its replay twin."""
        return self.replays or self.name
