"""Runs tests on subjects: parametrises them, opens and closes each subject, and says what replay had to stop."""

from __future__ import annotations

import inspect
import os
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import ConformanceError, UsageError
from conformance.fixtures import Blocking, Opened
from conformance.pytest_plugin._orphans import find_orphans
from conformance.pytest_plugin._rules import Verdict, judge_recorded
from conformance.pytest_plugin._selection import Needs, Selection
from conformance.pytest_plugin._subjects import Case, Subjects
from conformance.pytest_plugin._tally import Tally
from conformance.trace import clear_failures

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from conformance.fixtures import Mode
    from conformance.pytest_plugin._traces import Traces
    from conformance.registry import FixtureSpec, Registry, Stage

OPENED = pytest.StashKey[Opened]()
PASSED = pytest.StashKey[bool]()
NO_PARAMS = SimpleNamespace(params={})
RECORDINGS: tuple[Mode, ...] = ("record", "record_missing", "record_once", "verify")


class Suite:
    """The plugin of a session whose project has a registry."""

    def __init__(self, config: pytest.Config, registry: Registry) -> None:
        """Select the fixtures of this run; nothing is opened yet."""
        self._config = config
        self._registry = registry
        self._selection = Selection(
            registry,
            _stage_of(config),
            _recording_of(config),
            config.getoption("backend"),
            config.getoption("fixture"),
        )
        self._tally = Tally()
        is_required = config.getoption("require_fixtures")
        self._subjects = Subjects(self._selection, self._tally, is_required=is_required)
        self._verdict = Verdict()
        self._traces: Traces | None = None
        self._traces_folder = Path(os.path.abspath(registry.traces))  # noqa: PTH100  (pytest follows no links either)
        if config.args_source is not pytest.Config.ArgsSource.ARGS and self._traces_folder.is_dir():
            config.args.append(str(self._traces_folder))  # pytest leaves out what it has collected already

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Forget the traces that failed in the run before this one; not again in each worker of pytest-xdist."""
        if not hasattr(session.config, "workerinput") and not session.config.getoption("collectonly"):
            clear_failures(self._registry.path.parent)

    def pytest_report_header(self) -> str:
        """Say which fixtures this run has."""
        selection = self._selection
        doing = f", {selection.recording.replace('_', ' ')}" if selection.recording else ""
        ready = f"{self._subjects.available} of {len(selection.specs)} fixtures available here"
        return f"conformance: stage {selection.stage}{doing}, {ready}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test that asks for a subject once for every fixture that offers what it needs."""
        if "subject" not in metafunc.fixturenames:
            return
        try:
            needs = _needs_of(metafunc)
            self._selection.check(needs)
        except ConformanceError as error:
            pytest.fail(f"{metafunc.definition.nodeid}: {error}", pytrace=False)
        specs = self._selection.offering(needs)
        for spec in self._selection.candidates(needs):
            self._tally.count_not_offered(spec, needs)
        params = [pytest.param(spec.name, id=spec.name) for spec in specs]
        if not params:
            reason = f"none of the fixtures of this run offers {needs.render()}"
            params = [pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))]
        metafunc.parametrize("subject", params, indirect=True)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect the traces: the TOML files below their folder."""
        if file_path.suffix != ".toml" or not file_path.is_relative_to(self._traces_folder):
            return None
        from conformance.pytest_plugin._traces import TraceFile, Traces  # noqa: PLC0415  (many runs have no traces)

        if self._traces is None:
            self._traces = Traces(self._selection, self._subjects, self._tally)
        file: TraceFile = TraceFile.from_parent(parent, path=file_path)
        file.traces = self._traces
        return file

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Find the cassettes that no test asks for, before any option leaves tests out."""
        if self._config.getoption("orphans"):
            from conformance.pytest_plugin._traces import TraceItem  # noqa: PLC0415  (likewise)

            collected = []
            for item in items:
                spec = self._registry.fixtures.get(getattr(item, "callspec", NO_PARAMS).params.get("subject"))
                if spec is not None and isinstance(item, pytest.Function):
                    collected.append((spec.family, *_test_id(item, spec.name)))
                elif isinstance(item, TraceItem):
                    collected.append((item.spec.family, item.case.module, item.case.test))
            root = self._registry.path.parent
            self._tally.orphans |= {
                path.relative_to(root).as_posix() for path in find_orphans(self._registry, collected)
            }

    @pytest.fixture
    def subject(self, request: pytest.FixtureRequest) -> Iterator[Any]:
        """The live object under test, opened for this test by the fixture that its name ends with."""
        name = getattr(request, "param", None)
        if name is None:
            what = "The fixture subject was asked for by something that is not parametrised with it."
            raise UsageError(what, "Ask for subject in the test itself.", slug="subject-without-fixture")
        spec = self._registry.fixture(name)
        case = self._case(request.node, spec)
        opened = self._subjects.open(spec, case)
        request.node.stash[OPENED] = opened
        is_async_test = inspect.iscoroutinefunction(getattr(request.node, "obj", None))
        yield opened.subject if opened.run is None or is_async_test else Blocking(opened.subject, opened.run)
        self._subjects.close(opened, case, has_passed=request.node.stash.get(PASSED, False))

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_pyfunc_call")
    def pytest_report_stops(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Make a stopped request the outcome of the test, whatever the client or the test did with it."""
        opened = pyfuncitem.stash.get(OPENED, None)
        if opened is None:
            return (yield)
        try:
            result = yield
        except BaseException:
            if opened.stops:
                raise self._subjects.outcome(opened.stops[0], opened.spec) from None
            raise
        if opened.stops:
            raise self._subjects.outcome(opened.stops[0], opened.spec)
        return result

    @pytest.hookimpl(tryfirst=True, specname="pytest_pyfunc_call")
    def pytest_run_async_test(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run an async test on the event loop of its subject."""
        opened = pyfuncitem.stash.get(OPENED, None)
        if opened is None or opened.run is None or not inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        names = inspect.signature(pyfuncitem.obj).parameters
        opened.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note whether the test passed, for what is decided when its subject closes."""
        report = yield
        if call.when == "call" and OPENED in item.stash:
            item.stash[PASSED] = report.passed or hasattr(report, "wasxfail")
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop the services; hand what was counted to the controller of pytest-xdist, or judge the rules as one."""
        self._subjects.stop_services()
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["conformance"] = self._tally.to_json()
            return
        self._verdict = judge_recorded(self._registry, self._tally.recorded_fixtures, verbose=self._is_verbose)
        if self._verdict.is_failure and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of pytest-xdist counted."""
        self._tally.add_json(getattr(node, "workeroutput", {}).get("conformance", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was not run, not recorded, not played and not offered."""
        sections = {"conformance": self._tally.render(verbose=self._is_verbose), "scrub rules": self._verdict.lines}
        for title, lines in sections.items():
            if lines:
                terminalreporter.write_sep("=", title)
            for line in lines:
                terminalreporter.write_line(line)

    @property
    def _is_verbose(self) -> bool:
        return self._config.get_verbosity() > 0

    def _case(self, node: pytest.Function, spec: FixtureSpec) -> Case:
        module, test = _test_id(node, spec.name)
        target = node.nodeid.partition("[")[0]
        return Case(node.nodeid, target, module, test, _expected_statuses(node), self._registry.strict)


def _stage_of(config: pytest.Config) -> Stage:
    option = config.getoption("stage")
    ini = str(config.getini("conformance_stage"))
    if option is None and ini not in ("1", "2"):
        what = f"conformance_stage = {ini} is not a stage that a run may have by default."
        cure = "Write 1 or 2; stage 3 reaches live accounts and is asked for with --stage=3."
        raise UsageError(what, cure, slug="implicit-stage")
    stages: dict[str, Stage] = {"1": 1, "2": 2, "3": 3}
    return stages[option or ini]


def _recording_of(config: pytest.Config) -> Mode | None:
    asked: list[Mode] = [mode for mode in RECORDINGS if config.getoption(mode)]
    if len(asked) > 1:
        options = " and ".join(f"--{mode.replace('_', '-')}" for mode in asked)
        raise UsageError(f"{options} contradict each other.", "Give one of them.", slug="bad-usage")
    return asked[0] if asked else None


def _needs_of(metafunc: pytest.Metafunc) -> Needs:
    """Merge the marks of test, class and module: the closest backend and contract, all capabilities."""
    backend = contract = None
    capabilities: set[str] = set()
    for mark in metafunc.definition.iter_markers("subject"):
        unknown = set(mark.kwargs) - {"backend", "contract", "capabilities", "expects"}
        if mark.args or unknown:
            what = f"@pytest.mark.subject does not take {', '.join(sorted(unknown)) or 'positional arguments'}."
            raise UsageError(what, "It takes backend, contract, capabilities and expects.", slug="bad-mark")
        backend = backend or mark.kwargs.get("backend")
        contract = contract or mark.kwargs.get("contract")
        wanted = mark.kwargs.get("capabilities", ())
        capabilities |= {wanted} if isinstance(wanted, str) else set(wanted)
    is_async = inspect.iscoroutinefunction(metafunc.function)
    return Needs(backend, contract, frozenset(capabilities), is_async)


def _expected_statuses(node: pytest.Function) -> frozenset[int]:
    """Return the statuses that a test is about, from all its marks."""
    return frozenset(status for mark in node.iter_markers("subject") for status in mark.kwargs.get("expects", ()))


def _test_id(node: pytest.Function, fixture: str) -> tuple[str, str]:
    """Return the module below the root without its suffix, and the test without the fixture's own name."""
    module, _, test = node.nodeid.partition("::")
    name, bracket, params = test.partition("[")
    if bracket:
        words = params.removesuffix("]").split("-")
        words.remove(fixture)
        test = f"{name}[{'-'.join(words)}]" if words else name
    return str(PurePosixPath(module).with_suffix("")), test
