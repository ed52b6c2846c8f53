"""`conformance learn` on a project with a client that invents values."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
import tomli

from tests.pytest_plugin.conftest import DRIVER

if TYPE_CHECKING:
    from pathlib import Path

SENT = 'connection.request("GET", path)'
INVENTED = """connection.request("GET", f"{path}?trace={uuid.uuid4()}", headers={
    "X-Id": uuid.uuid4().hex, "X-Sent": email.utils.formatdate(usegmt=True), "X-Stable": "always",
})"""
TESTS = """
def test_one(subject):
    assert subject.get("/a")
    assert subject.get("/b")

def test_other(subject):
    assert subject.get("/c")
"""


@pytest.fixture
def inventive(project: pytest.Pytester) -> pytest.Pytester:
    """A project whose client sends a random header, a random parameter and the date, and a cassette in it."""
    assert SENT in DRIVER
    project.makepyfile(box_backend="import email.utils, uuid\n" + DRIVER.replace(SENT, INVENTED))
    project.makepyfile(TESTS)
    project.path.joinpath("cassettes").mkdir()
    project.path.joinpath("cassettes", "kept.yaml").write_text("not to be touched")
    return project


def learn(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.run(sys.executable, "-c", "from conformance.cli import main; main()", "learn", *arguments)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_a_client_invents_is_learned_and_the_project_stays_as_it_was(inventive: pytest.Pytester) -> None:
    result = learn(inventive, "box_service", "--runs", "2", "--json", "found.json")
    assert result.ret == 0, result.stderr.str()
    rules = tomli.loads(result.stdout.str())["scrub"]["rules"]
    assert [(rule["name"], rule.get("header"), rule.get("query")) for rule in rules] == [
        ("box.x_id", "x-id", None),
        ("box.x_sent", "x-sent", None),
        ("box.trace", None, "trace"),
    ]
    shapes = {
        place["key"]: place["shape"]
        for place in json.loads(inventive.path.joinpath("found.json").read_text())["places"]
    }
    assert shapes.items() >= {"x-id": "hex of 32", "x-sent": "date (RFC 1123)", "trace": "uuid"}.items()
    result.stderr.fnmatch_lines(
        ["run 1 of 2: 2 cassettes, 3 interactions, * s", "run 2 of 2: *", "*places never differ."]
    )
    assert files_in(inventive.path / "cassettes") == ["kept.yaml"]
    assert inventive.path.joinpath("cassettes", "kept.yaml").read_text() == "not to be touched"


def test_only_the_chosen_tests_are_recorded_and_the_rules_go_into_a_new_file(inventive: pytest.Pytester) -> None:
    result = learn(inventive, "box_service", "--runs=2", "-k", "other", "--write", "rules.toml", "-v")
    assert (result.ret, result.stdout.str()) == (0, "")
    result.stderr.fnmatch_lines(["run 1 of 2: 1 cassettes, 1 interactions, *"])
    assert len(tomli.loads(inventive.path.joinpath("rules.toml").read_text())["scrub"]["rules"]) == 3


def test_a_program_that_is_another_each_time_is_told_of_with_exit_code_1(inventive: pytest.Pytester) -> None:
    inventive.makepyfile(
        """
        from pathlib import Path

        def test_one(subject):
            before = Path("before")
            assert subject.get("/again" if before.exists() else "/")
            if before.exists():
                subject.get("/more")
            before.touch()
        """
    )
    result = learn(inventive, "box_service", "--runs=2", "-k", "test_a_program")
    assert result.ret == 1
    result.stderr.fnmatch_lines(
        ["The program was another*", "*GET http://box.test:80/more was asked for in 1 of 2 runs"]
    )


@pytest.mark.parametrize(
    ("text", "arguments", "slug"),
    [
        ("def test_it(subject):\n    assert subject.get('/') == 'something else'", [], "failed-run"),
        ("def test_it(subject):\n    pass", [], "nothing-learned"),
        ("def test_it(subject):\n    pass", ["-k", "none_such"], "nothing-learned"),
    ],
)
def test_a_run_that_shows_nothing_stops_with_what_pytest_said(
    project: pytest.Pytester, text: str, arguments: list[str], slug: str
) -> None:
    project.makepyfile(text)
    result = learn(project, "box_service", *arguments)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["Run 1 of the tests of box_service *", "*in *s*", f"*({slug})"])
    assert not project.path.joinpath("cassettes").exists()
