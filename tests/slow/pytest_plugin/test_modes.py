"""Ways to record, and what is left out of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pytest_plugin.test_recording import PLAIN, RECORD, REPLAY, SERVICE, cassettes

if TYPE_CHECKING:
    from pathlib import Path

TWO = "def test_it(subject):\n    print('got', subject.get('/a'), subject.get('/b'))\n"


def declare(project: pytest.Pytester, text: str) -> None:
    """Add keys to the table of the backend."""
    path = project.path / "fixtures.toml"
    path.write_text(path.read_text().replace("[backend.box]\n", f"[backend.box]\n{text}\n"))


def the_cassette(project: pytest.Pytester) -> Path:
    (name,) = cassettes(project)
    return project.path / "cassettes" / name


def test_what_is_missing_is_recorded_and_the_rest_is_played(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(subject):\n    subject.get('/x')\n    subject.get('/a')\n")
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.makepyfile(TWO)
    shown = project.runpytest(*SERVICE, "--record-missing", "-s").stdout.str()
    assert "got /a 2 /b 1" in shown
    assert the_cassette(project).read_text().count("uri:") == 3
    result = project.runpytest(*REPLAY, "-s")
    assert "got /a 2 /b 1" in result.stdout.str()
    result.stdout.fnmatch_lines(["unplayed *1 unplayed, the first GET */x"])


def test_recording_what_is_missing_begins_with_nothing_and_leaves_what_is_whole(project: pytest.Pytester) -> None:
    project.makepyfile(TWO)
    project.runpytest(*SERVICE, "--record-missing").stdout.fnmatch_lines(["recorded    1 test: box_service changed"])
    before = the_cassette(project).read_bytes()
    project.runpytest(*SERVICE, "--record-missing").stdout.fnmatch_lines(["recorded    1 test: box_service unchanged"])
    assert the_cassette(project).read_bytes() == before


def test_recording_once_records_new_tests_and_replays_old_ones(project: pytest.Pytester) -> None:
    project.makepyfile(test_old=PLAIN)
    project.runpytest(*SERVICE, "--record-once").assert_outcomes(passed=1)
    project.makepyfile(test_new=TWO, test_old=PLAIN.replace("'/a')", "'/b')", 1))
    result = project.runpytest(*SERVICE, "--record-once")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*No recorded interaction answers GET /b.*"])
    assert len(cassettes(project)) == 2


def test_a_service_that_answers_otherwise_than_recorded_drifts(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(subject):\n    subject.get('/a')\n")
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    before = the_cassette(project).read_bytes()
    project.runpytest(*SERVICE, "--verify").assert_outcomes(passed=1)
    backend = (project.path / "box_backend.py").read_text()
    (project.path / "box_backend.py").write_text(backend.replace('f"{self.path} {', 'f"{self.path} now {'))
    result = project.runpytest(*SERVICE, "--verify")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*GET http://box.test:80/a answers otherwise", "*recorded */a 1*", "*now */a now 1*"])
    result.stdout.fnmatch_lines(["drift    *test_it*: 1 answer differs"])
    assert the_cassette(project).read_bytes() == before


def test_there_is_nothing_to_verify_where_nothing_is_recorded(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(subject):\n    subject.get('/a')\n")
    project.runpytest(*SERVICE, "--verify").assert_outcomes(skipped=1)


def test_two_ways_to_record_at_once_are_an_error(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    result = project.runpytest(*RECORD, "--record-missing")
    result.stderr.fnmatch_lines(["*--record and --record-missing contradict each other.*"])


def test_cassettes_that_no_test_asks_for_are_named(project: pytest.Pytester) -> None:
    assert orphans_of(project) == ORPHANS


ORPHANS = [
    "orphan      cassettes/box_service/test_gone/test_it.yaml: no test of this run asks for it",
    "orphan      cassettes/box_service/test_stays/test_old.yaml: no test of this run asks for it",
]


def orphans_of(project: pytest.Pytester, *options: str) -> list[str]:
    """Leave two cassettes without a test; return the lines that tell of them."""
    project.makepyfile(test_gone=PLAIN, test_stays=PLAIN + PLAIN.replace("test_it", "test_old"), test_other=PLAIN)
    project.runpytest(*RECORD).assert_outcomes(passed=4)
    (project.path / "test_gone.py").unlink()
    project.makepyfile(test_stays=PLAIN)
    result = project.runpytest(*REPLAY, "--orphans", "-k", "nothing", "test_stays.py", *options)
    return [line for line in result.outlines if line.startswith("orphan")]


FAILING = """
import pytest
@pytest.mark.subject(expects={expects})
def test_it(subject):
    subject.get("/status/503")
"""


@pytest.mark.parametrize(("expects", "kept"), [([], 0), ([403], 0), ([503], 1)])
def test_an_answer_that_says_nothing_of_the_service_is_kept_only_where_the_test_is_about_it(
    project: pytest.Pytester, expects: list[int], kept: int
) -> None:
    declare(project, "record.waits_s = [0.001]")
    project.makepyfile(FAILING.format(expects=expects))
    result = project.runpytest(*RECORD)
    assert len(cassettes(project)) == kept
    if not kept:
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["*GET */status/503 was answered 503, which says nothing about the service.*"])
        result.stdout.fnmatch_lines(["*@pytest.mark.subject(expects=[[]503]). (skipped-answer)"])


OWN_SERVER = """
import urllib.request
from box_backend import server
def test_it(subject):
    subject.get("/a")
    with server() as netloc:
        url = f"http://localhost:{netloc.partition(':')[2]}/own"
        assert urllib.request.urlopen(url).read() == b"/own 1"
"""


def test_a_host_that_is_let_through_is_reached_in_recording_and_in_replay(project: pytest.Pytester) -> None:
    declare(project, 'passthrough = ["localhost"]')
    project.makepyfile(OWN_SERVER)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    assert "/own" not in the_cassette(project).read_text()
    project.runpytest(*REPLAY).assert_outcomes(passed=1)


OWN_PART = """
    def scope(request):
        return dict(request.headers).get("X-Scope", "none")
    """


def test_a_part_of_the_projects_own_is_matched_on(project: pytest.Pytester) -> None:
    declare(project, 'match.on = ["method", "path", "parts:scope"]')
    project.makepyfile(PLAIN, parts=OWN_PART)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.runpytest(*REPLAY).assert_outcomes(passed=1)
    project.makepyfile(parts="def scope(request):\n    raise KeyError(request.method)\n")
    result = project.runpytest(*REPLAY)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*parts:scope differs", "*recorded raised KeyError('GET')*"])


def test_a_part_that_does_not_exist_is_an_error_with_its_line(project: pytest.Pytester) -> None:
    declare(project, 'match.on = ["method", "parts:scop"]')
    project.makepyfile(PLAIN, parts=OWN_PART)
    result = project.runpytest(*RECORD)
    result.assert_outcomes(errors=1)
    place = '*fixtures.toml:*: *match.on = "parts:scop": parts has no callable scop.'
    result.stdout.fnmatch_lines([place, '*Did you mean "parts:scope"?*'])
    (line,) = {line.split("fixtures.toml:")[1][0] for line in result.outlines if "has no callable" in line}
    assert (project.path / "fixtures.toml").read_text().split("\n")[int(line) - 1].startswith("match.on")
