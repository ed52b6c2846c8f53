"""What the plugin does to projects that do not use it: nothing."""

from __future__ import annotations

import pytest

HEAVY = ("vcr", "hypothesis", "pydantic", "yaml", "tomli", "rich", "conformance.registry")
TELL = """
import sys
def pytest_unconfigure():
    print("HEAVY", [name for name in {names!r} if name in sys.modules])
"""


def test_importing_conformance_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    code = f"import sys, conformance; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert pytester.runpython_c(code).outlines == ["[]"]


@pytest.mark.parametrize("options", [["--collect-only"], []], ids=["collect", "run"])
def test_a_project_without_a_registry_pays_for_no_import(pytester: pytest.Pytester, options: list[str]) -> None:
    pytester.makeconftest(TELL.format(names=HEAVY))
    pytester.makepyfile("def test_it():\n    pass\n")
    result = pytester.runpytest_subprocess(*options, "-s")
    result.stdout.fnmatch_lines(["HEAVY *[[]*]"])
    assert "HEAVY []" in result.stdout.str()


def test_a_test_that_is_not_marked_for_pytest_recording_imports_no_vcr(pytester: pytest.Pytester) -> None:
    pytest.importorskip("pytest_recording")
    pytester.makeconftest(TELL.format(names=("vcr", "conformance.transport")))
    pytester.makepyfile("def test_it(record_mode):\n    pass\n")
    result = pytester.runpytest_subprocess("-s")
    result.assert_outcomes(passed=1)
    assert "HEAVY []" in result.stdout.str()


def test_collecting_an_empty_project_imports_neither_vcr_nor_hypothesis(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TELL.format(names=("vcr", "hypothesis")))
    result = pytester.runpytest_subprocess("--collect-only", "-s")
    assert "HEAVY []" in result.stdout.str()


def test_collecting_a_suite_imports_neither_vcr_nor_a_driver(project: pytest.Pytester) -> None:
    project.makeconftest(TELL.format(names=("vcr", "hypothesis", "box_backend", "http.client")))
    project.makepyfile("def test_it(subject):\n    pass\n")
    result = project.runpytest_subprocess("--collect-only", "--stage=2", "-s")
    assert "HEAVY []" in result.stdout.str()
    result.stdout.fnmatch_lines(["*box_service*"])


def test_a_direct_run_imports_no_vcr(project: pytest.Pytester) -> None:
    project.makeconftest(TELL.format(names=("vcr",)))
    project.makepyfile("def test_it(subject):\n    assert subject.get('/a')\n")
    result = project.runpytest_subprocess("-s", "--fixture=box_local")
    result.assert_outcomes(passed=1)
    assert "HEAVY []" in result.stdout.str()


def test_the_names_of_the_options_are_free_in_a_project_without_a_registry(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--stage", type=int)
            parser.addoption("--record", action="store_true")
        """
    )
    pytester.makepyfile("def test_it(request):\n    assert request.config.getoption('--stage') == 7\n")
    pytester.runpytest("--stage=7", "--record").assert_outcomes(passed=1)


def test_a_subject_fixture_of_another_project_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def subject():
            return "mine"

        def test_it(subject):
            assert subject == "mine"
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)
