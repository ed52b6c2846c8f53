"""Access control lists as POSIX has them: read, put in order, changed, inherited (REST reference, "Path - Update")."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from conformance.emulators.hns._errors import ServiceError

UMASK = 0o027
"""What a new path is not given where a request names no umask (ibid., "Path - Create")."""
STICKY = 0o1000
ORDER = {"user": 0, "group": 1, "mask": 2, "other": 3}
FLAGS = "rwx"
HEADER, PERMISSIONS = "x-ms-acl", "x-ms-permissions"
SYMBOLIC = re.compile(r"([r-][w-][x-]){2}[r-][w-][xtT-]\+?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an ACL.

    Attributes:
        is_default: Whether it is for what will be made in the directory, and not for the directory.
        kind: user, group, mask or other.
        name: Object id of the user or group; empty for the owning ones.
        flags: Such as ``rw-``.
    """

    is_default: bool
    kind: str
    name: str
    flags: str = ""

    @property
    def key(self) -> tuple[bool, int, bool, str]:
        """What an ACL has at most once, and is ordered by."""
        return self.is_default, ORDER[self.kind], bool(self.name), self.name

    def __str__(self) -> str:
        return f"{'default:' if self.is_default else ''}{self.kind}:{self.name}:{self.flags}"


def parse_acl(text: str, *, has_flags: bool = True) -> list[Entry]:
    """Read entries with commas between.

    Args:
        text: ``[default:]kind:[id]:flags`` and so on; what is to be removed is named without flags.
        has_flags: Whether each has flags.

    Raises:
        ServiceError: InvalidHeaderValue, for one that is none or comes twice.
    """
    entries = [_parse_entry(part, has_flags=has_flags, text=text) for part in text.split(",")]
    if len({entry.key for entry in entries}) != len(entries):
        raise _bad(text)
    return entries


def _parse_entry(part: str, *, has_flags: bool, text: str) -> Entry:
    fields = part.strip().split(":")
    is_default = fields[0] == "default"
    kind, *rest = fields[1:] if is_default else fields
    flags = rest.pop() if has_flags and rest else ""
    name = rest.pop(0) if rest else ""
    is_known = kind in ORDER and not rest and (not name or kind in ("user", "group"))
    if not is_known or (has_flags and not re.fullmatch("[r-][w-][x-]", flags)):
        raise _bad(text)
    return Entry(is_default, kind, name, flags)


def full_acl(text: str) -> str:
    """Return an ACL that takes the place of another, in order; owner, group and others must be in it.

    Raises:
        ServiceError: InvalidHeaderValue.
    """
    entries = parse_acl(text)
    if not {("user", ""), ("group", ""), ("other", "")} <= {(e.kind, e.name) for e in entries if not e.is_default}:
        raise _bad(text)
    return _render(entries)


def modified_acl(acl: str, changes: list[Entry], *, is_directory: bool) -> str:
    """Return an ACL with entries added, or put in the place of those for the same; a file has no default ones."""
    entries = {entry.key: entry for entry in parse_acl(acl)}
    entries |= {entry.key: entry for entry in changes if is_directory or not entry.is_default}
    return _render(list(entries.values()), asked={entry.key for entry in changes})


def removed_acl(acl: str, named: list[Entry]) -> str:
    """Return an ACL without the entries that are named; owner, group and others stay (ibid., ``mode=remove``)."""
    gone = {entry.key for entry in named}
    return _render([e for e in parse_acl(acl) if e.key not in gone or _is_owed(e)])


def without_default(acl: str) -> str:
    """Return an ACL as a file has it."""
    return ",".join(part for part in acl.split(",") if not part.startswith("default:"))


def _is_owed(entry: Entry) -> bool:
    return not entry.is_default and not entry.name and entry.kind != "mask"


def _render(entries: list[Entry], *, asked: set[tuple[bool, int, bool, str]] | None = None) -> str:
    """Return entries in order, with what POSIX (1003.1e draft 17, section 23) asks for besides.

    A default ACL has owner, group and others, from the access ACL where it lacks them. An ACL that names users or
    groups has a mask: what all of its group class may together, unless the mask was given.
    """
    by_key = {entry.key: entry for entry in entries}
    for is_default in (False, True):
        own = [entry for entry in by_key.values() if entry.is_default == is_default]
        if is_default and own:
            for kind in ("user", "group", "other"):
                access = by_key[Entry(is_default=False, kind=kind, name="").key]
                by_key.setdefault(replace(access, is_default=True).key, replace(access, is_default=True))
            own = [entry for entry in by_key.values() if entry.is_default]
        mask = Entry(is_default, "mask", "")
        is_computed = mask.key not in by_key or (asked is not None and mask.key not in asked and _grew(own, asked))
        if any(entry.name for entry in own) and is_computed:
            by_key[mask.key] = replace(mask, flags=_flags(_group_class(own)))
    return ",".join(str(by_key[key]) for key in sorted(by_key))


def _grew(entries: list[Entry], asked: set[tuple[bool, int, bool, str]]) -> bool:
    return any(entry.key in asked and entry.kind in ("user", "group") for entry in entries)


def _group_class(entries: list[Entry]) -> int:
    bits = 0
    for entry in entries:
        if entry.name or entry.kind == "group":
            bits |= _bits(entry.flags)
    return bits


def parse_permissions(text: str) -> int:
    """Return permissions, octal (``0750``) or symbolic (``rwxr-x---``), as bits with the sticky one.

    Raises:
        ServiceError: InvalidHeaderValue.
    """
    if re.fullmatch("[0-7]{3}|[01][0-7]{3}", text):
        return int(text, 8)
    if not SYMBOLIC.fullmatch(text):
        raise _bad(text, PERMISSIONS)
    sticky = STICKY if text[8] in "tT" else 0
    plain = text[:8] + {"t": "x", "T": "-"}.get(text[8], text[8])
    return sticky | _bits(plain[:3]) << 6 | _bits(plain[3:6]) << 3 | _bits(plain[6:9])


def permitted_acl(acl: str, mode: int) -> str:
    """Return an ACL with other permissions: those of the group go to the mask where there is one."""
    entries = parse_acl(acl)
    group = "mask" if any(entry.kind == "mask" and not entry.is_default for entry in entries) else "group"
    shifts = {"user": 6, group: 3, "other": 0}
    return ",".join(
        str(
            replace(entry, flags=_flags(mode >> shifts[entry.kind] & 7))
            if entry.kind in shifts and not entry.name and not entry.is_default
            else entry
        )
        for entry in entries
    )


@lru_cache(maxsize=256)
def permissions(acl: str, *, is_sticky: bool = False) -> str:
    """Return what an ACL permits, as ``rwxr-x---``; a plus at the end says that it has more than these three."""
    entries = parse_acl(acl)
    flags = {entry.kind: entry.flags for entry in entries if not entry.name and not entry.is_default}
    text = flags["user"] + flags.get("mask", flags["group"]) + flags["other"]
    if is_sticky:
        text = text[:8] + ("t" if text[8] == "x" else "T")
    return text + ("+" if len(entries) > 3 else "")  # noqa: PLR2004  (owner, group, others)


def new_acl(parent: str, mode: int | None, umask: int, *, is_directory: bool) -> str:
    """Return the ACL that a new path begins with.

    Args:
        parent: The ACL of the directory that it is in.
        mode: The permissions that the request asks for; None for all that such a path can have.
        umask: What it is not given; of no effect where the directory has a default ACL (ibid., ``x-ms-umask``).
        is_directory: What it is.
    """
    wanted = (0o777 if is_directory else 0o666) if mode is None else mode & 0o777
    if "default:" not in parent:
        bits = wanted & ~umask
        return f"user::{_flags(bits >> 6)},group::{_flags(bits >> 3 & 7)},other::{_flags(bits & 7)}"
    inherited = [entry for entry in parse_acl(parent) if entry.is_default]
    access = _limited([replace(entry, is_default=False) for entry in inherited], wanted)
    return ",".join(str(entry) for entry in [*access, *(inherited if is_directory else ())])


def _limited(entries: list[Entry], wanted: int) -> list[Entry]:
    """Return inherited entries, of which owner, mask (or group) and others have at most what is wanted."""
    group = "mask" if any(entry.kind == "mask" for entry in entries) else "group"
    shifts = {"user": 6, group: 3, "other": 0}
    return [
        replace(entry, flags=_flags(_bits(entry.flags) & wanted >> shifts[entry.kind]))
        if entry.kind in shifts and not entry.name
        else entry
        for entry in entries
    ]


def _flags(bits: int) -> str:
    return "".join(flag if bits & 4 >> index else "-" for index, flag in enumerate(FLAGS))


def _bits(flags: str) -> int:
    return sum(4 >> index for index, flag in enumerate(flags) if flag != "-")


def _bad(text: str, header: str = HEADER) -> ServiceError:
    return ServiceError("InvalidHeaderValue", {"HeaderName": header, "HeaderValue": text})
