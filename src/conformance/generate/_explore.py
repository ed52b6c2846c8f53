"""Explores a subject with Hypothesis: draws programs step by step while they run, and notes what each shows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conformance.contract import (
    ABSENT,
    Session,
    Unreachable,
    Verdict,
    careful,
)
from conformance.errors import EnvironmentFault
from conformance.generate._canary import check_canary
from conformance.generate._draw import TAPE_BYTES, TapeDraw
from conformance.generate._harvest import Cost, groups_of, signatures_of
from conformance.trace import Program, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract import Call, Contract, Operation, Played
    from conformance.generate._budget import Budget
    from conformance.generate._journal import Journal
    from conformance.generate._subject import Meter, OpenSubject
    from conformance.trace import Value

PROGRAMS_A_ROUND = 60
MOST_STEPS = 14
POOL_SIZES = (2, 5)
ENOUGH_HITS = 2
ATTEMPTS = 4
AVOIDED_OF = 8  # a step that is known to diverge is drawn again in all but one of so many cases

Watch = Callable[[], None]


class _Enough(BaseException):
    """Ends a round from within; no Exception, so that Hypothesis does not take it for a failing test and repeat it."""

    def __init__(self, error: Exception | None = None) -> None:
        """Take what went wrong, if anything did."""
        self.error = error


def explore(explorer: Explorer, *, first_seed: int = 0) -> str:
    """Draw and run programs until the budget is spent; everything is in the journal as soon as it is found.

    Args:
        explorer: Runs the programs.
        first_seed: The same seed draws the same programs on a subject that does the same.

    Returns:
        What of the budget is spent.

    Raises:
        EnvironmentFault: The canary fails: the service does not work, which is no finding.
    """
    explorer.check_canary()
    explorer.begin()
    while not (spent := explorer.spent):
        explorer.round(first_seed)
        explorer.check_canary()
    return spent


class Explorer:
    """Runs programs on fresh subjects."""

    def __init__(  # noqa: PLR0913
        self,
        contract: Contract,
        open_subject: OpenSubject,
        *,
        capabilities: frozenset[str],
        journal: Journal,
        budget: Budget,
        watch: Watch = lambda: None,
    ) -> None:
        """Run nothing yet.

        Args:
            contract: What subjects must do.
            open_subject: Opens a fresh one for each program.
            capabilities: What they offer.
            journal: Where what is found goes as soon as it is found; its harvest is what was found so far.
            budget: When to stop exploring.
            watch: Called after each program.
        """
        self.contract = contract
        self._open = open_subject
        self._capabilities = capabilities
        self._journal = journal
        self._budget = budget
        self._watch = watch
        offered = [each for each in contract.operations.values() if each.needs <= capabilities]
        self._offered: Sequence[Operation] = offered
        self._elapsed_before = journal.harvest.seconds

    def begin(self) -> None:
        """Count the time of the budget from now on."""
        self._budget.begin()

    @property
    def spent(self) -> str:
        """What of the budget is spent, in a word; empty while nothing is."""
        return self._budget.spent(self._journal.harvest)

    def round(self, first_seed: int) -> None:
        """Draw and run some programs, or fewer where the budget is spent."""

        @seed(first_seed + self._journal.harvest.programs)
        @settings(
            max_examples=PROGRAMS_A_ROUND,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.binary(min_size=TAPE_BYTES, max_size=TAPE_BYTES))
        def programs(tape: bytes) -> None:
            if self.spent:
                raise _Enough
            try:
                self._run_one(tape)
            except Exception as error:
                raise _Enough(error) from error
            self._watch()

        error = None
        try:
            programs()
        except _Enough as enough:
            error = enough.error
        if error is not None:
            raise error

    def check_canary(self) -> None:
        """Run the canary on a fresh subject.

        Raises:
            EnvironmentFault: It does not do what every healthy subject does.
        """
        check_canary(self.contract, self._open, capabilities=self._capabilities)

    def replay(self, program: Program) -> list[Played]:
        """Run a program on a fresh subject.

        A connection that is lost is what comes of a step only where the service works before and after.

        Raises:
            EnvironmentFault: The service does not work.
        """
        with suppress(Unreachable):
            return self._played(program, lambda call: call)
        return self._replay_carefully(program)

    def _replay_carefully(self, program: Program) -> list[Played]:
        self.check_canary()
        try:
            played = self._played(program, careful)
        except Unreachable as error:
            raise EnvironmentFault(f"The service does not answer: {error}") from error
        self.check_canary()
        return played

    def _played(self, program: Program, with_care: Callable[[Call], Call]) -> list[Played]:
        with self._open() as subject:
            session = Session(self.contract, with_care(subject.call), capabilities=self._capabilities)
            for step in program.steps:
                session.play(step)
            return session.played

    def _run_one(self, tape: bytes) -> None:
        tried: list[Step] = []
        requests = size_bytes = 0
        played: list[Played] | None = None
        with suppress(Unreachable):
            with self._open() as subject:
                session = Session(self.contract, subject.call, capabilities=self._capabilities)
                try:
                    self._draw_steps(TapeDraw(tape, session), session, tried, subject.meter)
                finally:
                    requests, size_bytes = subject.meter.requests, subject.meter.size_bytes
            played = session.played
        if played is None:
            played = self._replay_carefully(Program(self.contract.id, tuple(tried)))
        self.note(played, Cost(requests, size_bytes, self._seconds))

    @property
    def _seconds(self) -> float:
        return self._elapsed_before + self._budget.elapsed

    def note(self, played: Sequence[Played], cost: Cost) -> None:
        """Put what a program showed into the journal; what is new only if the canary holds.

        Raises:
            EnvironmentFault: The canary fails.
        """
        if not played:
            return
        harvest = self._journal.harvest
        if not signatures_of(played) <= harvest.counts.keys() or not groups_of(played) <= harvest.hits.keys():
            self.check_canary()
        self._journal.add(*harvest.events_of(self.contract.id, played, cost))

    def _draw_steps(self, draw: TapeDraw, session: Session, tried: list[Step], meter: Meter) -> None:
        sizes = {name: draw.whole(*POOL_SIZES) for name in self.contract.pools}
        draw.pools = {name: [self.contract.pools[name](draw) for _ in range(count)] for name, count in sizes.items()}
        liked = [each.weight * (0, 1, 1, 3)[draw.whole(0, 3)] for each in self._offered]
        weights = liked if any(liked) else [each.weight for each in self._offered]
        for _ in range(draw.whole(1, MOST_STEPS)):
            if self._budget.spent(self._journal.harvest, requests=meter.requests, size_bytes=meter.size_bytes):
                return
            step = self._draw_step(draw, session, weights)
            if step is None:
                continue
            tried.append(step)
            played = session.play(step)
            if played.verdict is Verdict.DIVERGES and not self._may_go_on(played):
                return

    def _may_go_on(self, played: Played) -> bool:
        """Return whether the model still stands for the subject: a known divergence that changed nothing."""
        is_known = self._journal.harvest.hit_counts[played.group] >= ENOUGH_HITS
        return is_known and self.contract.operation(played.step.op).is_safe

    def _draw_step(self, draw: TapeDraw, session: Session, weights: Sequence[int]) -> Step | None:
        """Return a step; mostly another one where it is of a sort that is known to diverge; None where none fits."""
        for _ in range(ATTEMPTS):
            operation = draw.choice(self._offered, weights)
            args = _drawn(operation, draw)
            if not required(operation) <= args.keys():
                continue
            step = Step(operation.name, self._within_offer(operation, args))
            if self._is_quarantined(step, session) and draw.whole(1, AVOIDED_OF) > 1:
                continue
            return step
        return None

    def _within_offer(self, operation: Operation, args: Mapping[str, Value]) -> Mapping[str, Value]:
        lacking = {name for name, word in operation.needs_for.items() if word not in self._capabilities}
        return {name: value for name, value in args.items() if name not in lacking}

    def _is_quarantined(self, step: Step, session: Session) -> bool:
        what = session.sort_of(step)
        known = self._journal.harvest.hit_counts
        return any(count >= ENOUGH_HITS and group.startswith(what + ":") for group, count in known.items())


def _drawn(operation: Operation, draw: TapeDraw) -> dict[str, Value]:
    args: dict[str, Value] = {}
    for name, strategy in operation.arguments.items():
        draw.args = args
        value = strategy(draw)
        if value is not ABSENT:
            args = {**args, name: value}
    return args


@lru_cache(1024)
def _required(model: Callable[..., object]) -> frozenset[str]:
    _self, _state, *arguments = inspect.signature(model).parameters.values()
    return frozenset(
        each.name for each in arguments if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    )


def required(operation: Operation) -> frozenset[str]:
    """Return the arguments without which an operation cannot be called."""
    return _required(operation.model)
