"""Access control lists: what is read, put in order, changed and inherited."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns._acl import (
    full_acl,
    modified_acl,
    new_acl,
    parse_acl,
    parse_permissions,
    permissions,
    permitted_acl,
    removed_acl,
    without_default,
)
from conformance.emulators.hns._errors import ServiceError

FLAGS = st.tuples(st.sampled_from("r-"), st.sampled_from("w-"), st.sampled_from("x-")).map("".join)
NAMES = st.sampled_from(["", "ec3595d6-2c17-4696-8caa-7e139758d24a", "a", "b"])
MODES = st.integers(0, 0o777)


@st.composite
def acls(draw: st.DrawFn) -> str:
    """Draw an ACL as a request has it: owner, group, others, and any entries besides, in any order."""
    keys = {("user", ""), ("group", ""), ("other", "")}
    keys |= draw(st.sets(st.tuples(st.sampled_from(["user", "group"]), NAMES), max_size=3))
    keys |= draw(st.sampled_from([set(), {("mask", "")}]))
    defaults = draw(st.sets(st.tuples(st.sampled_from(["user", "group"]), NAMES), max_size=3))
    entries = [("", *key) for key in keys] + [("default:", *key) for key in defaults]
    shuffled = draw(st.permutations(sorted(entries)))
    return ",".join(f"{scope}{kind}:{name}:{draw(FLAGS)}" for scope, kind, name in shuffled)


@given(acls())
def test_an_acl_in_order_is_in_order(acl: str) -> None:
    once = full_acl(acl)
    assert full_acl(once) == once
    assert [entry.key for entry in parse_acl(once)] == sorted(entry.key for entry in parse_acl(once))
    assert set(acl.split(",")) <= set(once.split(","))


@given(acls())
def test_named_users_and_groups_have_a_mask_beside_them(acl: str) -> None:
    for is_default in (False, True):
        own = [entry for entry in parse_acl(full_acl(acl)) if entry.is_default == is_default]
        assert not any(entry.name for entry in own) or any(entry.kind == "mask" for entry in own)


@given(acls())
def test_what_is_removed_after_it_was_added_is_gone(acl: str) -> None:
    plain = without_default(full_acl(acl))
    added = modified_acl(plain, parse_acl("user:z:rwx,default:user:z:r--"), is_directory=True)
    assert {"user:z:rwx", "default:user:z:r--"} <= set(added.split(","))
    removed = removed_acl(added, parse_acl("user:z,default:user:z", has_flags=False))
    assert not any(entry.name == "z" for entry in parse_acl(removed))


@given(acls(), acls())
def test_a_file_has_no_default_entries(acl: str, changes: str) -> None:
    assert "default" not in modified_acl(without_default(full_acl(acl)), parse_acl(changes), is_directory=False)


@given(acls(), MODES)
def test_permissions_that_were_set_are_those_that_are_said(acl: str, mode: int) -> None:
    said = permissions(permitted_acl(full_acl(acl), mode))
    assert parse_permissions(said) == mode
    assert said.endswith("+") == (len(parse_acl(full_acl(acl))) > 3)


@given(MODES, MODES, st.booleans())
def test_a_new_path_has_what_the_mask_of_the_request_leaves(mode: int, umask: int, is_directory: bool) -> None:
    acl = new_acl("user::rwx,group::r-x,other::---", mode, umask, is_directory=is_directory)
    assert parse_permissions(permissions(acl)) == mode & ~umask


@pytest.mark.parametrize("said", ["rwxr-x---", "0750", "750", "rwxr-x---+"])
def test_permissions_are_octal_or_letters(said: str) -> None:
    assert parse_permissions(said) == 0o750


@pytest.mark.parametrize(("said", "shown"), [("1777", "rwxrwxrwt"), ("rwxrwx--T", "rwxrwx--T")])
def test_the_sticky_bit_is_the_last_letter(said: str, shown: str) -> None:
    mode = parse_permissions(said)
    acl = permitted_acl("user::---,group::---,other::---", mode & 0o777)
    assert permissions(acl, is_sticky=bool(mode >> 9)) == shown


def test_a_directory_hands_its_default_acl_down() -> None:
    parent = full_acl("user::rwx,group::r-x,other::---,default:user:z:rw-")
    assert parent.partition(",default:")[2] == (
        "user::rwx,default:user:z:rw-,default:group::r-x,default:mask::rwx,default:other::---"
    )
    directory = new_acl(parent, None, 0o027, is_directory=True)
    assert directory == (
        "user::rwx,user:z:rw-,group::r-x,mask::rwx,other::---,"
        "default:user::rwx,default:user:z:rw-,default:group::r-x,default:mask::rwx,default:other::---"
    )
    assert new_acl(parent, None, 0o027, is_directory=False) == "user::rw-,user:z:rw-,group::r-x,mask::rw-,other::---"


@pytest.mark.parametrize(
    "acl",
    ["", "user::rwx", "user::rwx,group::r-x,other::rwxx", "user::rwx,group::r-x,other::---,user::r--", "other:z:rwx",
     "nobody::rwx", "user::rwx,group::r-x,other::---,default:default:user::rwx", "user"],
)  # fmt: skip
def test_what_is_no_acl_is_refused(acl: str) -> None:
    with pytest.raises(ServiceError) as refused:
        full_acl(acl)
    assert refused.value.code == "InvalidHeaderValue"


@pytest.mark.parametrize("said", ["", "rwx", "8777", "2777", "rwxrwxrwz"])
def test_what_is_no_permission_is_refused(said: str) -> None:
    with pytest.raises(ServiceError) as refused:
        parse_permissions(said)
    assert refused.value.code == "InvalidHeaderValue"
