"""What a key-value service has to do: five operations, each with a model that says what may come of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.contract import Allowed, choice, contract, earlier, maybe, ok, operation, pooled, refused
from conformance.trace import Chosen, Step

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class State:
    """What the model knows of a space: it is never changed, each step makes another."""

    items: Mapping[str, tuple[bytes, Chosen]] = field(default_factory=dict)
    writes: int = 0

    def stored(self, key: str, value: bytes) -> State:
        """Return the state after a write. The model cannot know the version: it gives it a name of its own."""
        version = Chosen(f"version {self.writes + 1}")
        return State({**self.items, key: (value, version)}, self.writes + 1)

    def version_of(self, key: str) -> Chosen | None:
        return self.items[key][1] if key in self.items else None


def is_number(value: bytes) -> bool:
    return value.removeprefix(b"-").isdigit()


class _KeyValue:
    """Keys with bytes and a version; every write of a key gives it a new version."""

    def start(self, _capabilities: frozenset[str]) -> State:
        return State()

    def sort_of_set(
        self, state: State, *, key: str, if_absent: bool = False, if_version: object = None, **_: object
    ) -> str:
        words = ["there" if key in state.items else "new"]
        if if_absent:
            words.append("if absent")
        if if_version is not None:
            words.append("its version" if if_version == state.version_of(key) else "another version")
        return ", ".join(words)

    def sort_of_key(self, state: State, *, key: str, **_: object) -> str:
        if key not in state.items:
            return "missing"
        return "number" if is_number(state.items[key][0]) else "text"

    @operation(
        weight=3,
        gives=["version"],
        variant=sort_of_set,
        key=pooled("key"),
        value=choice(b"1", b"", b"-7", b"text", b"\x00\xff"),
        if_absent=maybe(choice(True), one_in=6),  # noqa: FBT003  (the one value to draw)
        if_version=maybe(earlier("version"), one_in=2),
    )
    def set(
        self, state: State, *, key: str, value: bytes, if_absent: bool = False, if_version: Chosen | None = None
    ) -> Allowed:
        if if_absent and key in state.items:
            return refused(state, "conflict")
        if if_version is not None and if_version != state.version_of(key):
            return refused(state, "conflict")
        after = state.stored(key, value)
        return ok(after, version=after.items[key][1])

    @operation(weight=2, is_safe=True, gives=["version"], variant=sort_of_key, key=pooled("key"))
    def get(self, state: State, *, key: str) -> Allowed:
        if key not in state.items:
            return refused(state, "not_found")
        value, version = state.items[key]
        return ok(state, value=value, version=version)

    @operation(variant=sort_of_key, key=pooled("key"))
    def delete(self, state: State, *, key: str) -> Allowed:
        if key not in state.items:
            return refused(state, "not_found")
        return ok(replace(state, items={name: item for name, item in state.items.items() if name != key}))

    @operation(is_safe=True, prefix=maybe(choice("a", "b", "é"), one_in=2))
    def keys(self, state: State, *, prefix: str = "") -> Allowed:
        return ok(state, keys=sorted(key for key in state.items if key.startswith(prefix)))

    @operation(weight=2, variant=sort_of_key, key=pooled("key"), by=choice(1, 10, -1))
    def increment(self, state: State, *, key: str, by: int) -> Allowed:
        number = state.items[key][0] if key in state.items else b"0"
        if not is_number(number):
            return refused(state, "not_a_number")
        return ok(state.stored(key, b"%d" % (int(number) + by)), number=int(number) + by)


KEY_VALUE = contract(
    "key_value",
    errors=["not_found", "conflict", "not_a_number"],
    pools={"key": choice("a", "b", "a/b", "a b", "é", "a?prefix=b", "%2F")},
    canary=[Step("set", {"key": "a", "value": b"1"}), Step("get", {"key": "a"})],
    simpler={"key": ["a", "b"], "value": [b"1", b"text"], "by": [1]},
)(_KeyValue)
