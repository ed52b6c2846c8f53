"""What transport/vcr takes for granted of vcr beyond its documentation."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import vcr
import vcr.cassette
import vcr.stubs
from vcr.patch import PATCHER_NAMES, CassettePatcherBuilder

from conformance.transport._http import SEAMS
from conformance.transport.vcr import Cassette, StubbedCassette
from conformance.transport.vcr._doors import FUNCTIONS, HTTP_METHODS
from conformance.transport.vcr._index import BODIES, KEYS


def test_the_stubs_ask_a_cassette_for_nothing_that_ours_lack() -> None:
    """Fails when a new vcrpy calls something else than what transport/vcr answers to."""
    package = Path(vcr.__file__).parent
    sources = [package / "patch.py", *(package / "stubs").glob("*.py")]
    asked = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _is_cassette(node.value)
    }
    assert {"can_play_response_for", "play_response", "append", "write_protected"} <= asked
    assert asked <= set(dir(StubbedCassette("httplib2"))) | {"skip_patchers"}


def test_the_groups_of_stubs_that_we_ask_for_are_there() -> None:
    groups = {seam.partition(":")[2] for seam in SEAMS.values()} - {""}
    assert groups <= set(PATCHER_NAMES)


def test_what_a_cassette_is_asked_for_is_what_ours_overrides() -> None:
    """Fails when vcr finds, saves or loads by other methods than those that we put ours in place of."""
    overridden = {name for name in vars(Cassette) if inspect.isfunction(vars(vcr.cassette.Cassette).get(name))}
    own = {name for name, value in vars(Cassette).items() if inspect.isfunction(value)} - overridden
    assert overridden == {
        *("__init__", "__contains__", "append", "play_response", "_responses", "_load", "_persist"),
        *("_new_interactions", "_rerecorded_interactions"),
    }
    assert own & set(vars(vcr.cassette.Cassette)) == set()
    source = ast.parse(inspect.getsource(vcr.cassette.Cassette))
    compared = {
        function.name
        for function in ast.walk(source)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == "requests_match"
    }
    assert compared == {"_responses", "_new_interactions", "_rerecorded_interactions"}


def test_requests_are_made_of_what_we_copy() -> None:
    request = vcr.Request("GET", "http://a.test/", iter([b"a"]), {})
    assert set(vars(request)) == {"method", "_uri", "parsed_uri", "_was_file", "_was_iter", "_body", "_headers"}
    assert set(vars(request.headers)) == {"_store"}


def test_the_matchers_are_those_that_the_index_knows() -> None:
    instance = vcr.VCR()
    assert set(instance.matchers.values()) == {*KEYS, *BODIES}


def test_every_group_of_stubs_is_served() -> None:
    """Fails when a new vcrpy knows a client that our doors do not."""
    assert set(PATCHER_NAMES) == {"httplib", "requests", "boto3", "urllib3", "httplib2", *FUNCTIONS}
    assert all(hasattr(CassettePatcherBuilder, f"_{group}") for group in (*FUNCTIONS, "httplib2"))
    assert set(HTTP_METHODS) <= set(vars(vcr.stubs.VCRConnection))
    made = vars(vcr.stubs.VCRHTTPConnection("a.test", 80))
    assert set(made) == {"real_connection", "_sock"}


def _is_cassette(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("cassette", "_cassette")
