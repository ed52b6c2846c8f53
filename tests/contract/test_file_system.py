"""The contract of hierarchical file systems: its model agrees with file systems that were written without it."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.contract import Session, Verdict, call_of, run_program, usual_outcomes
from conformance.contract.file_system import FILE_SYSTEM
from conformance.trace import Outcome, Program, Step
from tests.contract.drawing_paths import divergence_of, drawn, of_hypothesis, of_seed, played, told
from tests.contract.local_driver import CAPABILITIES, LocalFiles
from tests.contract.tree_drivers import EVERYTHING, FLAT, FlatFiles, Folder, ForgetfulFiles, Made, NestedFiles
from tests.contract.tree_mutants import DeletesNothing, EndIsIncluded, ListsLookalikes, is_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_VARIANTS = 26
ABOVE = ("..", "../a")


#: Bodies of megabytes on a busy machine take their time.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@contextmanager
def on_this_machine() -> Iterator[LocalFiles]:
    """Open a folder of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        yield LocalFiles(Path(folder))


@unhurried
@given(st.data())
@pytest.mark.parametrize(
    ("files", "capabilities"), [(NestedFiles, EVERYTHING), (ForgetfulFiles, EVERYTHING), (FlatFiles, FLAT)]
)
def test_model_agrees_with_plain_dicts(
    files: Callable[[], object], capabilities: frozenset[str], data: st.DataObject
) -> None:
    session = played(FILE_SYSTEM, files(), capabilities, of_hypothesis(data))
    assert divergence_of(session) == "", told(session)


@unhurried
@given(st.data())
def test_model_agrees_with_the_file_system_of_this_machine(data: st.DataObject) -> None:
    with on_this_machine() as subject:
        session = played(FILE_SYSTEM, subject, CAPABILITIES, of_hypothesis(data))
    assert divergence_of(session) == "", told(session)


@unhurried
@given(st.data(), st.sampled_from([EVERYTHING, FLAT]))
def test_every_outcome_but_the_usual_has_a_reason_and_no_state_is_changed(
    data: st.DataObject, capabilities: frozenset[str]
) -> None:
    subject = NestedFiles() if capabilities == EVERYTHING else FlatFiles()
    session = Session(FILE_SYSTEM, call_of(subject), capabilities=capabilities)
    for step in drawn(session, FILE_SYSTEM, capabilities, of_hypothesis(data)):
        before = deepcopy(session.state)
        usual, *others = FILE_SYSTEM.allowed(session.state, step, step.args)
        assert usual.reason == ""
        assert all(each.reason for each in others)
        assert session.state == before
        session.play(step)


def test_canary_passes_on_every_file_system() -> None:
    program = Program(FILE_SYSTEM.id, FILE_SYSTEM.canary)
    with on_this_machine() as local:
        for subject in (NestedFiles(), ForgetfulFiles(), FlatFiles(), local):
            run = run_program(FILE_SYSTEM, program, call_of(subject), capabilities=FLAT)
            assert [each.verdict for each in run.played] == [Verdict.OK] * len(FILE_SYSTEM.canary)
            assert all(each.is_ok for each in run.outcomes)


@pytest.mark.parametrize(("files", "capabilities"), [(NestedFiles, EVERYTHING), (FlatFiles, FLAT)])
def test_steps_meet_few_variants_stand_for_them_and_nothing_above_the_root_is_touched(
    files: Callable[[], object], capabilities: frozenset[str]
) -> None:
    variants = defaultdict(set)
    stands = []
    for seed in range(60):
        session = Session(FILE_SYSTEM, call_of(files()), capabilities=capabilities)
        for step in drawn(session, FILE_SYSTEM, capabilities, of_seed(seed)):
            paths = {step.args[name] for name in ("path", "source", "target") if name in step.args}
            assert FILE_SYSTEM.operations[step.op].is_safe or not paths & set(ABOVE)
            if session.state.files and step.op in {"read", "delete", "move", "copy"}:
                stands.append(any(path in session.state.files or session.state.is_directory(path) for path in paths))
            played_step = session.play(step)
            assert played_step.verdict is not Verdict.DIVERGES, told(session)
            variants[step.op].add(played_step.variant)
    assert sum(stands) > len(stands) / 2
    assert max(map(len, variants.values())) <= MOST_VARIANTS
    assert variants.keys() == FILE_SYSTEM.operations.keys()


def outcome_of(steps: list[tuple[str, dict[str, Any]]], *, capabilities: frozenset[str] = EVERYTHING) -> Outcome:
    """Return what the model expects of the last of some steps."""
    program = Program(FILE_SYSTEM.id, tuple(Step(op, args) for op, args in steps))
    return usual_outcomes(FILE_SYSTEM, program, capabilities=capabilities)[-1]


FILE: tuple[str, dict[str, Any]] = ("write", {"path": "a/b", "data": b"four"})


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (("read", {"path": "a"}), "is_a_directory"),
        (("read", {"path": ""}), "is_a_directory"),
        (("read", {"path": "a/b/c"}), "not_found"),
        (("write", {"path": "a", "data": b""}), "is_a_directory"),
        (("write", {"path": "a/b/c", "data": b""}), "not_a_directory"),
        (("write", {"path": "a/b", "data": b"", "overwrite": False}), "already_exists"),
        (("write", {"path": "a\0b", "data": b""}), "invalid_path"),
        (("stat", {"path": ".."}), "invalid_path"),
        (("delete", {"path": "a"}), "is_a_directory"),
        (("delete_directory", {"path": "a"}), "not_empty"),
        (("delete_directory", {"path": "a/b"}), "not_a_directory"),
        (("delete_tree", {"path": "a/b"}), "not_a_directory"),
        (("move", {"source": "c", "target": "a/b"}), "not_found"),
        (("move", {"source": "a", "target": "a/c"}), "invalid_argument"),
        (("move", {"source": "", "target": "c"}), "invalid_path"),
        (("copy", {"source": "a/b", "target": "a"}), "is_a_directory"),
        (("copy", {"source": "a", "target": "c"}), "is_a_directory"),
        (("list", {"path": "a/b"}), "not_a_directory"),
        (("count", {"path": "a/b"}), "not_a_directory"),
        (("count", {"path": "b"}), "not_found"),
        (("make_directory", {"path": "c/d"}), "not_found"),
        (("make_directory", {"path": "a"}), "already_exists"),
    ],
)
def test_a_path_of_the_wrong_sort_is_refused(step: tuple[str, dict[str, Any]], error: str) -> None:
    assert outcome_of([FILE, step]).error == error


@pytest.mark.parametrize(("capabilities", "is_there"), [(EVERYTHING, True), (FLAT, False)])
def test_an_emptied_directory_stays_but_on_a_flat_store(capabilities: frozenset[str], *, is_there: bool) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [FILE, ("delete", {"path": "a/b"}), ("probe", {"path": "a"})]
    expected = {"exists": is_there, "is_file": False, "is_directory": is_there}
    assert outcome_of(steps, capabilities=capabilities).value == expected


def test_a_file_below_a_file_is_allowed_on_flat_stores_alone() -> None:
    steps = (Step(*FILE), Step("write", {"path": "a/b/c", "data": b""}), Step("read", {"path": "a/b/c"}))
    for capabilities, verdict in ((FLAT, Verdict.ALLOWED), (EVERYTHING, Verdict.DIVERGES)):
        run = run_program(FILE_SYSTEM, Program(FILE_SYSTEM.id, steps), call_of(FlatFiles()), capabilities=capabilities)
        assert run.played[1].verdict is verdict


class TakesOddPathsTwoWays(FlatFiles):
    """A store that writes ``a//b`` as ``a/b`` and reads it as it is written."""

    def write(self, path: str, data: bytes, **kwargs: Any) -> None:
        super().write(path.replace("//", "/"), data, **kwargs)


def test_a_subject_takes_paths_of_one_sort_one_way() -> None:
    steps = (Step("write", {"path": "a//b", "data": b"x"}), Step("read", {"path": "a//b"}))
    for subject, verdict in ((FlatFiles(), Verdict.OK), (TakesOddPathsTwoWays(), Verdict.DIVERGES)):
        run = run_program(FILE_SYSTEM, Program(FILE_SYSTEM.id, steps), call_of(subject), capabilities=FLAT)
        assert run.played[-1].verdict is verdict


class ForgetsSomeDirectories(ForgetfulFiles):
    """Nested files that forget every directory that nobody made but ``a``."""

    def forget(self, folder: Folder) -> None:
        if "a" in folder and isinstance(folder["a"], dict):
            folder["a"] = Made(folder["a"])
        super().forget(folder)


def test_directories_that_nobody_made_all_stay_or_all_vanish() -> None:
    steps = [
        Step(op, {"path": path} | ({"data": b""} if op == "write" else {}))
        for path in ("a/x", "b/x")
        for op in ("write", "delete")
    ]
    steps += [Step("probe", {"path": "a"}), Step("probe", {"path": "b"})]
    program = Program(FILE_SYSTEM.id, tuple(steps))
    for subject, diverges in ((NestedFiles(), False), (ForgetfulFiles(), False), (ForgetsSomeDirectories(), True)):
        run = run_program(FILE_SYSTEM, program, call_of(subject), capabilities=EVERYTHING)
        assert (run.divergence is run.played[-1]) is diverges


@pytest.mark.parametrize("mutant", [DeletesNothing, EndIsIncluded, ListsLookalikes])
def test_model_finds_faults(mutant: type[NestedFiles | FlatFiles]) -> None:
    assert is_found(mutant, programs=60)
