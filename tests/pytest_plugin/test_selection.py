"""Which fixtures a test runs on."""

from __future__ import annotations

import pytest

PLAIN = "def test_it(subject):\n    assert subject.get('/a')\n"


def ran(result: pytest.RunResult) -> set[str]:
    """Return the fixtures whose test passed."""
    return {line.split("[")[1].split("]")[0] for line in result.outlines if " PASSED" in line}


@pytest.mark.parametrize(
    ("options", "fixtures"),
    [
        ([], {"box_local"}),
        (["--stage=1"], {"box_local"}),
        (["--stage=2"], {"box_local", "box_service", "box_async"}),
        (["--stage=2", "--fixture=box_service"], {"box_service"}),
        (["--stage=2", "--backend=box", "--fixture=box_async", "--fixture=box_local"], {"box_local", "box_async"}),
    ],
)
def test_a_run_has_the_fixtures_up_to_its_stage(
    project: pytest.Pytester, options: list[str], fixtures: set[str]
) -> None:
    project.makepyfile(PLAIN)
    assert ran(project.runpytest("-v", *options)) == fixtures


def test_the_ini_key_sets_the_stage_of_a_run_and_the_option_overrules_it(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    project.makeini("[pytest]\nconformance_stage = 2\n")
    assert ran(project.runpytest("-v")) == {"box_local", "box_service", "box_async"}
    assert ran(project.runpytest("-v", "--stage=1")) == {"box_local"}


def test_stage_3_is_never_implicit(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOX_UNDER_TEST_KEY", "set")
    project.makepyfile(PLAIN)
    assert "box_live" not in ran(project.runpytest("-v", "--stage=2"))
    assert "box_live" in ran(project.runpytest("-v", "--stage=3"))
    project.makeini("[pytest]\nconformance_stage = 3\n")
    result = project.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*conformance_stage = 3*", "*--stage=3*"])


@pytest.mark.parametrize(
    ("option", "cure"),
    [
        ("--fixture=box_locl", "Did you mean box_local?"),
        ("--backend=bax", "Did you mean box?"),
        ("--fixture=box_service", "Add --stage=2."),
        ("--record", "Add --stage=2"),
    ],
)
def test_options_that_fit_nothing_are_refused_with_the_cure(project: pytest.Pytester, option: str, cure: str) -> None:
    project.makepyfile(PLAIN)
    result = project.runpytest(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{cure}*"])


def test_a_broken_registry_stops_the_run_with_file_line_and_cure(project: pytest.Pytester) -> None:
    project.makefile(".toml", fixtures="[backend.box]\n[fixture.a]\nbackend = 'bax'\nkind = 'local'\n")
    result = project.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*fixtures.toml:3: *bax*", '*Did you mean "box"?*'])


def test_a_fixture_that_lacks_a_capability_is_absent_and_said_so(project: pytest.Pytester) -> None:
    project.makepyfile("import pytest\n@pytest.mark.subject(capabilities=['write'])\n" + PLAIN)
    result = project.runpytest("-v", "--stage=2")
    assert ran(result) == {"box_service", "box_async"}
    result.stdout.fnmatch_lines(["not offered 1 test: box_local does not offer write"])


def test_a_test_that_nothing_offers_is_a_skip_that_says_what_it_wants(project: pytest.Pytester) -> None:
    project.makepyfile("import pytest\n@pytest.mark.subject(capabilities=['write'])\n" + PLAIN)
    result = project.runpytest("--fixture=box_local", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*none of the fixtures of this run offers write*"])


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("capabilities=['wrte']", "Did you mean 'write'?"),
        ("contract='bax'", "Did you mean 'box'?"),
        ("backend='bax'", "Did you mean box?"),
        ("needs='write'", "It takes backend, contract, capabilities and expects."),
    ],
)
def test_a_mark_that_nothing_could_match_is_an_error_and_not_a_silent_skip(
    project: pytest.Pytester, mark: str, message: str
) -> None:
    project.makepyfile(f"import pytest\n@pytest.mark.subject({mark})\n" + PLAIN)
    result = project.runpytest()
    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes(errors=1)
    assert message in result.stdout.str() + result.stderr.str()


def test_marks_of_module_class_and_test_add_up(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.subject(contract="box", capabilities="read")

        @pytest.mark.subject(backend="box")
        class TestBox:
            @pytest.mark.subject(capabilities="write")
            def test_it(self, subject):
                assert subject.get("/a")
        """
    )
    assert ran(project.runpytest("-v", "--stage=2")) == {"box_service", "box_async"}


def test_what_a_machine_lacks_is_a_skip_that_names_it(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOX_UNDER_TEST_KEY", raising=False)
    project.makepyfile(PLAIN)
    result = project.runpytest("--stage=3", "--fixture=box_live", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["not run     1 test: box_live lacks environment variable BOX_UNDER_TEST_KEY", "*SKIPPED*BOX_UNDER_TEST_KEY"]
    )


def test_what_a_machine_lacks_is_a_failure_where_fixtures_are_required(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOX_UNDER_TEST_KEY", raising=False)
    project.makepyfile(PLAIN)
    result = project.runpytest("--stage=3", "--fixture=box_live", "--require-fixtures")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*lacks environment variable BOX_UNDER_TEST_KEY*"])


def test_an_async_test_runs_on_async_fixtures_and_a_plain_one_on_all(project: pytest.Pytester) -> None:
    project.makepyfile("async def test_it(subject):\n    assert await subject.get('/a')\n")
    assert ran(project.runpytest("-v", "--stage=2")) == {"box_async"}


def test_an_async_test_that_fails_is_a_failure(project: pytest.Pytester) -> None:
    project.makepyfile("async def test_it(subject):\n    assert await subject.get('/a') == 'other'\n")
    project.runpytest("--stage=2", "--fixture=box_async").assert_outcomes(failed=1)


def test_a_test_with_parameters_and_fixtures_of_its_own_runs_on_each_subject(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture(params=["p", "q"])
        def letter(request):
            return request.param

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(letter, subject, number):
            assert subject.get(f"/{letter}{number}")
        """
    )
    project.runpytest("--fixture=box_local").assert_outcomes(passed=4)


def test_a_driver_that_cannot_be_imported_is_an_error_with_line_and_cure(project: pytest.Pytester) -> None:
    text = '[backend.box]\n[fixture.box_local]\nbackend = "box"\nkind = "local"\ndriver = "box_backend:stor"\n'
    project.makefile(".toml", fixtures=text)
    project.makepyfile(PLAIN)
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixtures.toml:5: *no callable stor*", "*box_backend:store*"])


def test_a_driver_of_the_other_colour_is_an_error_that_says_which_key_to_set(project: pytest.Pytester) -> None:
    text = '[backend.box]\n[fixture.box_local]\nbackend = "box"\nkind = "local"\ndriver = "box_backend:async_store"\n'
    project.makefile(".toml", fixtures=text)
    project.makepyfile(PLAIN)
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*set is_async = true*"])
