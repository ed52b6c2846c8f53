"""What sort of step one is, in a few words: for signatures, so few that programs can show them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.object_store._keys import class_of_key, relation_of, trouble_of
from conformance.contract.object_store._model import ANY_ETAG
from conformance.contract.object_store._rules import LEAST_PART

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.object_store._model import State
    from conformance.trace import Value

LARGE = 1024 * 1024


def of_put(_: object, state: State, *, key: str, data: bytes, **args: Value) -> str:
    """Return what sort of write it is."""
    existing = state.objects.get(key)
    trouble = trouble_of(key)
    if trouble is not None and trouble.often != "sometimes":
        return class_of_key(key)
    words = _condition(state, key, args) or ("create_only" if "create_only" in args else "")
    if words:
        place = "odd key" if class_of_key(key) else "there" if existing else relation_of(key, state.objects)
        return f"{words}, {place or 'missing'}"
    odd = class_of_key(key) or relation_of(key, state.objects)
    if odd:
        return odd
    if args:
        return f"{'over another' if existing else 'new'} with {max(args)}"
    size = "no bytes" if not data else "large" if len(data) >= LARGE else ""
    return ", ".join(filter(None, ("over another" if existing else "new", size)))


def of_get(_: object, state: State, *, key: str, **args: Value) -> str:
    """Return what sort of read it is."""
    stored = state.objects.get(key)
    if stored is None:
        return _plain(state, key)
    words = _condition(state, key, args)
    span = _range(len(stored.data), args)
    return "a condition and a range" if words and span else words or span or _plain(state, key)


def of_look(_: object, state: State, *, key: str, **args: Value) -> str:
    """Return what sort of question about one object it is."""
    return _condition(state, key, args) if key in state.objects and args else of_property(_, state, key=key)


def of_property(_: object, state: State, *, key: str) -> str:
    """Return what sort of question about what goes along with an object it is."""
    return ", ".join(filter(None, ("odd key" if class_of_key(key) else "", "" if key in state.objects else "missing")))


def of_delete(_: object, state: State, *, key: str, **args: Value) -> str:
    """Return what sort of deletion it is."""
    there = key in state.objects
    return _condition(state, key, args) or (
        _plain(state, key) if there or key == "/" else of_property(_, state, key=key)
    )


def of_delete_many(_: object, state: State, *, keys: Sequence[str]) -> str:
    """Return what sort of deletion it is."""
    if any(map(class_of_key, keys)):
        return "odd keys"
    words = ["none" if not keys else "", "one twice" if len(set(keys)) < len(keys) else ""]
    return ", ".join(filter(None, (*words, "some missing" if set(keys) - state.objects.keys() else "")))


def of_copy(_: object, state: State, *, source: str, target: str, **args: Value) -> str:
    """Return what sort of copy it is."""
    if source not in state.objects:
        return "missing"
    words = _condition(state, source, args)
    if source == target:
        return ", ".join(filter(None, ("onto itself", words, "with metadata" if "metadata" in args else "")))
    odd = "to odd key" if class_of_key(target) else "from odd key" if class_of_key(source) else ""
    odd = odd or relation_of(target, state.objects)
    if words or not odd:
        given = "with metadata" if "metadata" in args else ""
        return ", ".join(filter(None, (words, given, "over another" if target in state.objects else "")))
    return odd


def of_list(_: object, state: State, **args: Value) -> str:
    """Return what sort of listing it is."""
    delimiter = args.get("delimiter", "")
    words = ["by folder" if delimiter == "/" else "by another delimiter" if delimiter else "flat"]
    found = [key for key in state.objects if key.startswith(args.get("prefix", ""))]
    if any("//" in key or key.startswith("/") or key.endswith("/") for key in found):
        words.append("odd slashes")
    elif any(class_of_key(key) for key in found):
        words.append("odd keys")
    words += ["prefix"] if args.get("prefix") and len(words) == 1 else []
    words += ["start_after"] if args.get("start_after") else []
    words += ["in pages"] if args.get("page_size", len(found)) < len(found) and len(words) == 1 else []
    return ", ".join(words)


def of_page(_: object, __: State, *, size: int, token: Value = None, **args: Value) -> str:
    """Return what sort of page it is."""
    words = ["next" if token is not None else "first", "by folder" if args.get("delimiter") else ""]
    words += ["start_after" if args.get("start_after") else "", "of one" if size == 1 else ""]
    return ", ".join(filter(None, words))


def of_start(_: object, state: State, *, key: str, **args: Value) -> str:
    """Return what sort of start of an upload it is."""
    odd = "odd key" if class_of_key(key) else relation_of(key, state.objects)
    others = any(each.key == key for each in state.uploads.values())
    return odd or ", ".join(filter(None, ("beside another" if others else "", "with metadata" if args else "")))


def of_part(_: object, state: State, *, key: str, upload: Value, number: int, data: bytes) -> str:
    """Return what sort of part it is."""
    found = state.upload_of(key, upload)
    if found is None:
        return _no_upload(state, upload)
    if not 1 <= number <= 10_000:  # noqa: PLR2004  (S3's bounds)
        return "number out of bounds"
    words = ["again" if number in found.parts else "", "" if data else "no bytes"]
    return ", ".join(filter(None, (*words, "least size" if len(data) >= LEAST_PART else "")))


def of_complete(_: object, state: State, *, key: str, upload: Value, parts: Sequence[Mapping[str, Value]]) -> str:
    """Return what sort of completion it is."""
    found = state.upload_of(key, upload)
    if found is None:
        return _no_upload(state, upload)
    numbers = [each["number"] for each in parts]
    held = [found.parts.get(number) for number in numbers]
    wrong = {
        "no parts": not parts,
        "a part that is not there": None in held,
        "a part twice": len(set(numbers)) < len(numbers),
        "in another order": numbers != sorted(numbers),
        "another part": any(
            part is not None and state.is_same(each["part"], name=part.etag, data=part.data) is False
            for each, part in zip(parts, held, strict=True)
        ),
        "small parts": any(part is not None and len(part.data) < LEAST_PART for part in held[:-1]),
    }
    fault = next((word for word, is_so in wrong.items() if is_so), "")
    if fault:
        return fault
    words = ["one part" if len(parts) == 1 else "many parts", "over another" if key in state.objects else ""]
    words += ["odd key" if class_of_key(key) else ""]
    return ", ".join(filter(None, (*words, "not all" if len(numbers) < len(found.parts) else "")))


def of_upload(_: object, state: State, *, key: str, upload: Value) -> str:
    """Return what sort of upload it is about."""
    found = state.upload_of(key, upload)
    if found is None:
        return _no_upload(state, upload)
    return "" if found.parts else "no parts"


def _no_upload(state: State, upload: Value) -> str:
    if str(upload) in state.uploads:
        return "upload of another key"
    return "upload that has ended" if str(upload) in state.ended else "no such upload"


def _plain(state: State, key: str) -> str:
    word = class_of_key(key) or relation_of(key, state.objects)
    return ", ".join(filter(None, (word, "" if key in state.objects else "missing")))


def _condition(state: State, key: str, args: Mapping[str, Value]) -> str:
    stored = state.objects.get(key)
    words = []
    for name in ("if_match", "if_none_match"):
        if name in args:
            same = stored is not None and state.is_same(args[name], name=stored.etag, data=stored.data)
            how = (
                "any"
                if args[name] == ANY_ETAG
                else "of nothing"
                if stored is None
                else {True: "current", False: "other"}.get(bool(same), "")
            )
            words.append(f"{name} {'of equal content' if same is None else how}")
    return " and ".join(name.split()[0] for name in words) if len(words) > 1 else "".join(words)


def _range(size: int, args: Mapping[str, Value]) -> str:
    count, start, end = (args.get(name) for name in ("last", "start", "end"))
    if count is not None:
        if start is not None or end is not None:
            return "two ranges"
        return "suffix of no bytes" if not count else "suffix" if count <= size else "suffix longer than it"
    if start is None and end is None:
        return ""
    first = start or 0
    if end is not None and end <= first:
        return "range of no bytes" if end == first else "range backwards"
    if first >= size:
        return "range at the end" if first == size else "range past the end"
    return "range to past the end" if end is not None and end > size else "range"
