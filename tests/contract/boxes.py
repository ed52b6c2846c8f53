"""A small contract for the tests of the machinery: boxes with a seal that the subject chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract import Allowed, choice, contract, earlier, maybe, ok, operation, refused
from conformance.trace import Chosen, Step

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Boxes:
    """Boxes of a size; ``shake`` loses half of it or nothing, and does not tell."""

    def start(self, capabilities: frozenset[str]) -> Mapping[str, Any]:
        return {"seals": 0, "can": sorted(capabilities)}

    @operation(gives=["seal"], needs_for={"fragile": "fragility"}, name=choice("a", "b"), size=choice(1, 2))
    def put(self, state: Mapping[str, Any], *, name: str, size: int, fragile: bool = False) -> Allowed:  # noqa: ARG002
        seals = state["seals"] + 1
        return ok({**state, "seals": seals, name: (size, f"seal {seals}")}, seal=Chosen(f"seal {seals}"))

    @operation(is_safe=True, variant=lambda _, state, name: "" if name in state else "missing", name=choice("a", "b"))
    def look(self, state: Mapping[str, Any], *, name: str) -> Allowed:
        if name not in state:
            return refused(state, "missing")
        return ok(state, size=state[name][0], seal=Chosen(state[name][1]))

    @operation(needs="opening", name=choice("a"), seal=maybe(earlier("seal")))
    def open(self, state: Mapping[str, Any], *, name: str, seal: Chosen) -> Allowed:
        return ok(state) if state.get(name, (0, ""))[1] == str(seal) else refused(state, "sealed")

    @operation(name=choice("a"))
    def shake(self, state: Mapping[str, Any], *, name: str) -> list[Allowed]:
        size, seal = state[name]
        return [ok(state), ok({**state, name: (size // 2, seal)}, because="things break")]

    @operation()
    def break_(self, state: Mapping[str, Any]) -> list[Allowed]:  # noqa: ARG002
        return []


BOXES = contract(
    "boxes",
    version=2,
    errors=["missing", "sealed"],
    canary=[Step("put", {"name": "a", "size": 1})],
    simpler={"name": ["a"]},
)(_Boxes)
