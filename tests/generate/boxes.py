"""A small contract, a healthy subject of it, and subjects with one fault each."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract import (
    Refused,
    Unreachable,
    call_of,
    choice,
    contract,
    earlier,
    maybe,
    ok,
    operation,
    patterned,
    pooled,
    refused,
)
from conformance.generate import Budget, Explorer, Journal, Subject
from conformance.trace import Chosen, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.trace import Program

NONE: frozenset[str] = frozenset()


class _Box:
    """Keys with values and versions."""

    def start(self, _capabilities: frozenset[str]) -> dict[str, Any]:
        return {"items": {}, "count": 0}

    @operation(gives=["version"], key=pooled("key"), value=patterned(0, 1, 9), if_version=maybe(earlier("version")))
    def put(self, state: Any, key: str, value: bytes, if_version: Chosen | None = None) -> Any:
        if if_version is not None and (key not in state["items"] or state["items"][key][1] != if_version):
            return refused(state, "conflict")
        version = Chosen(f"v{state['count']}")
        return ok({"items": {**state["items"], key: (value, version)}, "count": state["count"] + 1}, version=version)

    @operation(is_safe=True, weight=2, key=pooled("key"))
    def get(self, state: Any, key: str) -> Any:
        return ok(state, value=state["items"][key][0]) if key in state["items"] else refused(state, "not_found")

    @operation(key=pooled("key"))
    def delete(self, state: Any, key: str) -> Any:
        gone = {"items": {name: item for name, item in state["items"].items() if name != key}, "count": state["count"]}
        if key in state["items"]:
            return ok(gone)
        return [refused(state, "not_found"), ok(state, because="what is not there may be deleted")]

    @operation(is_safe=True, needs="listing")
    def keys(self, state: Any) -> Any:
        return ok(state, keys=sorted(state["items"]))


BOX = contract(
    "box",
    errors=["not_found", "conflict"],
    pools={"key": choice("a", "b", "c/d", "")},
    canary=[Step("put", {"key": "a", "value": b"x"}), Step("get", {"key": "a"})],
    simpler={"key": ["a", "b"], "value": [b"", b"x"]},
    probes={"listing": [Step("put", {"key": "a", "value": b"x"}), Step("keys")]},
)(_Box)


@dataclass
class Box:
    """A healthy subject."""

    items: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    count: int = 0

    def put(self, key: str, value: bytes, if_version: str | None = None) -> dict[str, Any]:
        if if_version is not None and str(self.items.get(key, (b"", -1))[1]) != if_version:
            raise Refused("conflict", status=412)
        self.count += 1
        self.items[key] = (value, self.count)
        return {"version": Chosen(str(self.count))}

    def get(self, key: str) -> dict[str, Any]:
        if key not in self.items:
            raise Refused("not_found", status=404)
        return {"value": self.items[key][0]}

    def delete(self, key: str) -> None:
        self.items.pop(key, None)

    def keys(self) -> dict[str, Any]:
        return {"keys": sorted(self.items)}


class Forgetful(Box):
    """Deleting one key deletes all."""

    def delete(self, key: str) -> None:
        if key in self.items:
            self.items.clear()


class Reversed(Box):
    """Long values come back the wrong way round."""

    def get(self, key: str) -> dict[str, Any]:
        return {"value": super().get(key)["value"][::-1]}


class Careless(Box):
    """A condition is not looked at."""

    def put(self, key: str, value: bytes, if_version: str | None = None) -> dict[str, Any]:  # noqa: ARG002
        return super().put(key, value)


class Leaking(Box):
    """An empty key ends in an error of another sort."""

    def get(self, key: str) -> dict[str, Any]:
        if not key:
            raise KeyError(key)
        return super().get(key)


FAULTY: list[type[Box]] = [Forgetful, Reversed, Careless, Leaking]


@dataclass
class Cost:
    requests: int = 0
    size_bytes: int = 0


def opening(make: Callable[[], object]) -> Callable[[], Any]:
    """Return what opens fresh subjects; each call of an operation costs a request."""

    @contextmanager
    def opens() -> Iterator[Subject]:
        cost = Cost()
        call = call_of(make())

        def counted(op: str, args: Any) -> Any:
            cost.requests += 1
            return call(op, args)

        yield Subject(counted, cost)

    return opens


@dataclass
class Service:
    """What several subjects share; after so many calls nothing answers any more."""

    calls: int = 0
    lasts: int = 10**9


class Mortal(Box):
    """A subject of a service that dies."""

    service = Service()

    def get(self, key: str) -> dict[str, Any]:
        self.service.calls += 1
        if self.service.calls > self.service.lasts:
            message = "nobody is there"
            raise Unreachable(message)
        return super().get(key)


def explorer(make: Callable[[], object], journal: Journal, **budget: Any) -> Explorer:
    return Explorer(BOX, opening(make), capabilities=NONE, journal=journal, budget=Budget(**budget))


def journal_in(folder: Path) -> Journal:
    return Journal(folder / "box.jsonl", contract=BOX.id, fixture="box")


def told(program: Program) -> list[tuple[str, dict[str, Any]]]:
    return [(step.op, dict(step.args)) for step in program.steps]
