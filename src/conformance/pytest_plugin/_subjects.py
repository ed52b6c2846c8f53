"""Opens and closes the subjects of a run, for tests and traces alike, and says what replay had to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import pytest

from conformance.errors import ConformanceError, MissingCassette, ReplayStop, Unavailable
from conformance.fixtures import Opener, lacking
from conformance.pytest_plugin._tally import SHOWN

if TYPE_CHECKING:
    from conformance.fixtures import CassetteSession, Check, Opened
    from conformance.pytest_plugin._selection import Selection
    from conformance.pytest_plugin._tally import Tally
    from conformance.registry import FixtureSpec
    from conformance.report import GuardRun, Shade


@dataclass(frozen=True, slots=True)
class Case:
    """What a subject is opened for: one test, or one trace, on one fixture.

    Attributes:
        nodeid: Its name in reports.
        target: What names it on the command line, for all its fixtures.
        module: The path of its file below the root, without suffix.
        test: What it is within that file, without the fixture's own name.
        expects: Statuses that it is about: they are kept in a recording.
        is_strict: Whether it fails where it leaves interactions unplayed.
    """

    nodeid: str
    target: str
    module: str
    test: str
    expects: frozenset[int]
    is_strict: bool


class Subjects:
    """The subjects of one run.

    Attributes:
        available: The number of fixtures of the run that lack nothing on this machine.
    """

    def __init__(self, selection: Selection, tally: Tally, *, is_required: bool) -> None:
        """Look for what each fixture needs; nothing is opened yet.

        Args:
            selection: The fixtures of the run.
            tally: Where what is left out is counted.
            is_required: Whether a fixture that lacks something fails, instead of being skipped.
        """
        self._registry = selection.registry
        self._selection = selection
        self._tally = tally
        self._is_required = is_required
        self._opener = Opener(selection.registry)
        root = selection.registry.path.parent
        self._lacking = {spec.name: lacking(spec, root=root) for spec in selection.specs}
        self.available = sum(not each for each in self._lacking.values())

    def stop_services(self) -> None:
        """Stop the services that fixtures share."""
        self._opener.close()

    def check_mutant(self, run: GuardRun, number: int) -> Shade:
        """Run a guard under a mutant, or end the test where the fixture cannot be opened or is not recorded."""
        from conformance.report import check_mutant  # noqa: PLC0415  (few runs have guards)

        self._need(run.spec)
        try:
            return check_mutant(run, number, registry=self._registry, opener=self._opener)
        except Unavailable as reason:
            self._skip_unavailable(run.spec, f"{', '.join(reason.lacking)}. {reason.fault.cure}")
        except ReplayStop as stop:
            raise self.outcome(stop, run.spec) from None
        except ConformanceError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def open(self, spec: FixtureSpec, case: Case) -> Opened:
        """Open a fixture, or end the test with what is to be said instead: skipped, or failed."""
        self._need(spec)
        recorded = self._registry.fixtures[spec.family]
        mend = f"pytest {case.target} --stage={recorded.stage} --record --fixture={recorded.name}"
        mode = self._selection.mode_of(spec)
        try:
            return self._opener.open(spec, mode, module=case.module, test=case.test, mend=mend, expects=case.expects)
        except Unavailable as reason:
            self._skip_unavailable(spec, f"{', '.join(reason.lacking)}. {reason.fault.cure}")
        except ReplayStop as stop:
            raise self.outcome(stop, spec) from None
        except ConformanceError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def close(self, opened: Opened, case: Case, *, has_passed: bool, check: Check | None = None) -> None:
        """Close the subject; then place what was recorded, or report what was not played, if the test passed.

        ``check`` has a say in whether a recording is placed.
        """
        try:
            self._close_and_place(opened, case, has_passed=has_passed, check=check)
        finally:
            opened.finish()

    def outcome(self, stop: ReplayStop, spec: FixtureSpec) -> BaseException:
        """Return what ends the test: what was never recorded is a skip, anything else a failure."""
        if not isinstance(stop, MissingCassette):
            return pytest.fail.Exception(str(stop), pytrace=False)
        recorded = self._registry.fixtures[spec.family]
        command = f"pytest --stage={recorded.stage} --record --fixture={recorded.name}"
        self._tally.count_missing(spec.name, command)
        return pytest.skip.Exception(f"{spec.name} has no recording for this test; record it with `{command}`")

    def _close_and_place(self, opened: Opened, case: Case, *, has_passed: bool, check: Check | None) -> None:
        stopped_before = bool(opened.stops)
        try:
            opened.close()
        except BaseException:
            if not opened.stops:
                raise
        if opened.stops:
            if not stopped_before:
                raise self.outcome(opened.stops[0], opened.spec)
            return
        if not has_passed:
            return
        try:
            if opened.mode.startswith("record"):
                self._tally.count_recorded(opened.spec.name, is_changed=opened.place(check=check))
        except ConformanceError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        if opened.cassette is not None and opened.cassette.drift:
            self._report_drift(opened.cassette, case)
        if opened.unplayed:
            self._report_unplayed(opened, case)

    def _report_drift(self, cassette: CassetteSession, case: Case) -> NoReturn:
        """Fail: the service answers otherwise than it did when it was recorded."""
        count = len(cassette.drift)
        self._tally.count_drift(case.nodeid, f"{count} answer{'s' * (count != 1)} differ{'s' * (count == 1)}")
        lines = [f"{cassette.path}: The service no longer does what is recorded."]
        for drift in cassette.drift[:SHOWN]:
            known = "answers otherwise" if drift.differences else "is not recorded"
            lines.append(f"  {drift.request.method} {drift.request.uri} {known}")
            for difference in drift.differences:
                lines += [f"    {difference.part}", f"      recorded {difference.recorded}"]
                lines.append(f"      now      {difference.sent}")
        if count > SHOWN:
            lines.append(f"  and {count - SHOWN} more")
        told = "\n".join(lines)
        pytest.fail(f"{told}\n  If it is right, record it again with --record. (drift)", pytrace=False)

    def _report_unplayed(self, opened: Opened, case: Case) -> None:
        first = opened.unplayed[0].request
        what = f"{len(opened.unplayed)} unplayed, the first {first.method} {first.uri}"
        self._tally.count_unplayed(case.nodeid, what)
        if case.is_strict:
            where = f"{opened.cassette.path if opened.cassette else ''}: {what}"
            pytest.fail(f"{where}\n  The test no longer sends it: record it again. (unplayed)", pytrace=False)

    def _need(self, spec: FixtureSpec) -> None:
        if self._lacking[spec.name]:
            self._skip_unavailable(spec, ", ".join(self._lacking[spec.name]))

    def _skip_unavailable(self, spec: FixtureSpec, what: str) -> NoReturn:
        self._tally.count_unavailable(spec.name, what)
        message = f"{spec.name} lacks {what}"
        if self._is_required:
            pytest.fail(f"{message} (unavailable)", pytrace=False)
        pytest.skip(message)
