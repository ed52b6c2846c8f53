"""A subject and its model, step by step: names, candidates, references, and going on after a divergence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import (
    NotOffered,
    Refused,
    Session,
    Unreachable,
    Verdict,
    call_of,
    numbered_outcomes,
    run_program,
    usual_outcomes,
)
from conformance.contract.object_store import OBJECT_STORE
from conformance.errors import UsageError
from conformance.trace import Chosen, Outcome, Program, Ref, Step
from tests.contract.boxes import BOXES
from tests.contract.object_store.azure_style import AzureStyleStore

ALL = frozenset({"opening", "fragility"})


class Boxes:
    """Does as the contract says; ``breaks`` says whether shaking breaks things."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.boxes: dict[str, tuple[int, str]] = {}
        self.seals = 0
        self.breaks = breaks

    def put(self, name: str, size: int, fragile: bool = False) -> dict[str, Any]:  # noqa: ARG002, FBT002
        self.seals += 1
        self.boxes[name] = (size, f"#{self.seals}#")
        return {"seal": Chosen(f"#{self.seals}#")}

    def look(self, name: str) -> dict[str, Any]:
        if name not in self.boxes:
            raise Refused("missing", status=404)
        size, seal = self.boxes[name]
        return {"size": size, "seal": Chosen(seal)}

    def open(self, name: str, seal: str) -> None:
        if self.boxes.get(name, (0, ""))[1] != seal:
            raise Refused("sealed")

    def shake(self, name: str) -> None:
        size, seal = self.boxes[name]
        self.boxes[name] = (size // 2 if self.breaks else size, seal)


def session_on(subject: object, capabilities: frozenset[str] = ALL) -> Session:
    return Session(BOXES, call_of(subject), capabilities=capabilities)


def put(name: str = "a", size: int = 4) -> Step:
    return Step("put", {"name": name, "size": size})


def look(name: str = "a") -> Step:
    return Step("look", {"name": name})


def play(session: Session, *steps: Step) -> list[Verdict]:
    return [session.play(step).verdict for step in steps]


STEPS = st.lists(st.sampled_from([put("a"), put("b", 7), look("a"), look("b")]), max_size=8)


@given(steps=STEPS)
def test_a_subject_that_does_as_the_model_says_is_ok_in_every_step(steps: list[Step]) -> None:
    session = session_on(Boxes())
    assert set(play(session, *steps)) <= {Verdict.OK}
    assert [each.step for each in session.played] == steps


def test_a_reference_is_the_subjects_value_for_the_subject_and_the_models_for_the_model() -> None:
    session = session_on(Boxes())
    steps = [put("a"), put("a"), Step("open", {"name": "a", "seal": Ref(2, "seal")})]
    assert play(session, *steps) == [Verdict.OK] * 3
    assert session.given(Ref(2, "seal")) == Chosen("seal 2")
    earlier = session.play(Step("open", {"name": "a", "seal": Ref(1, "seal")}))
    assert (earlier.verdict, earlier.outcome.error) == (Verdict.OK, "sealed")


def test_a_name_must_stand_for_the_same_value_in_every_step() -> None:
    class Reseals(Boxes):
        def look(self, name: str) -> dict[str, Any]:
            return {**super().look(name), "seal": Chosen("another")}

    session = session_on(Reseals())
    assert play(session, put(), look()) == [Verdict.OK, Verdict.DIVERGES]
    assert session.played[-1].group.endswith("what it chose is not what it chose before")


@pytest.mark.parametrize("breaks", [True, False])
def test_where_outcomes_look_alike_the_model_is_followed_in_every_state(breaks: bool) -> None:
    session = session_on(Boxes(breaks=breaks))
    shake = Step("shake", {"name": "a"})
    assert set(play(session, put(size=8), shake, shake, look(), look())) == {Verdict.OK}
    assert session.state["a"][0] == (2 if breaks else 8)


def test_a_state_that_was_ruled_out_does_not_come_back() -> None:
    class Mends(Boxes):
        looks = 0

        def look(self, name: str) -> dict[str, Any]:
            self.looks += 1
            return {**super().look(name), "size": 4 if self.looks == 1 else 8}

    session = session_on(Mends(breaks=True))
    verdicts = play(session, put(size=8), Step("shake", {"name": "a"}), look(), look())
    assert verdicts[-2:] == [Verdict.OK, Verdict.DIVERGES]


def test_states_are_not_followed_without_end() -> None:
    session = session_on(Boxes())
    assert set(play(session, put(size=2**40), *[Step("shake", {"name": "a"})] * 30, look())) == {Verdict.OK}


def test_after_a_divergence_the_model_goes_on_as_if_the_usual_had_come() -> None:
    class Forgets(Boxes):
        def put(self, name: str, size: int, fragile: bool = False) -> dict[str, Any]:  # noqa: FBT002
            return super().put(name, size, fragile) if name != "b" else {}

    session = session_on(Forgets())
    verdicts = play(session, put("b"), look("b"), put("a"), look("a"))
    assert verdicts == [Verdict.DIVERGES, Verdict.DIVERGES, Verdict.OK, Verdict.OK]
    assert session.played[1].group == "look: missing 404 instead of ok"


def test_what_the_model_does_not_have_is_offered_to_no_later_step() -> None:
    class Conjures(Boxes):
        def look(self, name: str) -> dict[str, Any]:
            return super().look(name) if name in self.boxes else {"size": 0, "seal": Chosen("conjured")}

    session = session_on(Conjures())
    assert play(session, look("a"), put("a")) == [Verdict.DIVERGES, Verdict.OK]
    assert session.gives("seal") == [Ref(2, "seal")]
    assert session.gives("size") == []


def test_references_are_offered_oldest_first_and_only_to_steps_that_gave_the_field() -> None:
    session = session_on(Boxes())
    play(session, put("a"), look("b"), look("a"))
    assert session.gives("seal") == [Ref(1, "seal"), Ref(3, "seal")]
    assert session.gives("size") == [Ref(3, "size")]


def test_a_step_that_needs_what_is_not_offered_is_not_run() -> None:
    subject = Boxes()
    session = session_on(subject, frozenset())
    fragile = Step("put", {"name": "a", "size": 1, "fragile": True})
    opened = Step("open", {"name": "a", "seal": "x"})
    assert play(session, fragile, opened, look()) == [Verdict.NOT_OFFERED, Verdict.NOT_OFFERED, Verdict.OK]
    assert subject.boxes == {}
    assert session.played[0].outcome.detail == "needs fragility"


def test_what_a_driver_does_not_offer_leaves_the_model_as_it_was() -> None:
    class Cannot(Boxes):
        def put(self, name: str, size: int, fragile: bool = False) -> dict[str, Any]:  # noqa: ARG002, FBT002
            raise NotOffered(name)

    assert play(session_on(Cannot()), put(), look()) == [Verdict.NOT_OFFERED, Verdict.OK]


def test_an_error_that_leaks_diverges() -> None:
    session = session_on(Boxes(), ALL)
    session.play(put("a"))
    vars(session)["_call"] = call_of(object.__new__(Boxes))
    found = session.play(look("a"))
    assert (found.verdict, found.outcome.error, found.outcome.code) == (
        Verdict.DIVERGES,
        "leaked",
        "builtins.AttributeError",
    )


def test_a_service_that_cannot_be_reached_ends_the_program() -> None:
    class Gone(Boxes):
        def look(self, name: str) -> dict[str, Any]:
            raise ValueError(name) from ConnectionError("down")

    with pytest.raises(Unreachable):
        play(session_on(Gone()), put(), look())


@pytest.mark.parametrize("ref", [Ref(2, "seal"), Ref(1, "size"), Ref(9, "seal")])
def test_a_step_that_refers_to_what_no_step_gave_is_not_run(ref: Ref) -> None:
    session = session_on(Boxes())
    play(session, put(), look("b"), Step("open", {"name": "a", "seal": ref}), look())
    told = [(each.outcome.error, each.outcome.code) for each in session.played]
    assert told[2] == ("not_offered", "unresolved")
    assert told[3] == ("", "")


def test_an_operation_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match="no operation 'fetch'"):
        session_on(Boxes()).play(Step("fetch"))


def test_a_signature_is_operation_variant_and_class() -> None:
    session = session_on(Boxes())
    play(session, look(), put(), look())
    assert [each.signature for each in session.played] == [
        "look/missing -> missing 404",
        "put/name, size -> ok",
        "look -> ok",
    ]


def test_what_is_allowed_for_a_reason_is_told_from_what_is_usual() -> None:
    session = Session(OBJECT_STORE, call_of(AzureStyleStore()), capabilities=ALL)
    found = session.play(Step("delete", {"key": "a"}))
    assert (found.verdict, found.outcome.error) == (Verdict.ALLOWED, "not_found")
    assert [(each.outcome.error, bool(each.reason)) for each in found.expected] == [("", False), ("not_found", True)]


@given(steps=STEPS)
def test_a_run_has_the_outcomes_that_are_usual_by_the_same_numbers(steps: list[Step]) -> None:
    program = Program(BOXES.id, tuple(steps))
    run = run_program(BOXES, program, call_of(Boxes()), capabilities=ALL)
    assert run.outcomes == usual_outcomes(BOXES, program, capabilities=ALL)
    assert run.divergence is None


def test_a_run_tells_the_first_divergence() -> None:
    run = run_program(BOXES, Program(BOXES.id, (look(), put(), look())), call_of(object()), capabilities=ALL)
    assert run.divergence is None
    wrong = run_program(BOXES, Program(BOXES.id, (put(), look())), call_of(Wrong()), capabilities=ALL)
    assert wrong.divergence is wrong.played[1]


class Wrong(Boxes):
    """Finds every box larger than it is."""

    def look(self, name: str) -> dict[str, Any]:
        found = super().look(name)
        return {**found, "size": found["size"] + 1}


def test_values_within_arguments_are_resolved_at_any_depth() -> None:
    seen: list[Any] = []

    class Sees(Boxes):
        def open(self, name: str, seal: Any) -> None:
            seen.append((name, seal))

    session = session_on(Sees())
    play(session, put(), Step("open", {"name": "a", "seal": [{"part": Ref(1, "seal"), "size": 1}, (Ref(1, "seal"),)]}))
    assert seen == [("a", [{"part": "#1#", "size": 1}, ["#1#"]])]


def test_numbers_are_given_over_a_whole_program() -> None:
    outcomes = [Outcome({"seal": Chosen("x")}), Outcome(error="missing"), Outcome({"all": [Chosen("y"), Chosen("x")]})]
    assert [each.value for each in numbered_outcomes(outcomes)] == [
        {"seal": Chosen("$1")},
        None,
        {"all": [Chosen("$2"), Chosen("$1")]},
    ]
