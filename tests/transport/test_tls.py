"""TLS contexts in replay."""

from __future__ import annotations

import gc
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import httpx
import pytest

from conformance.cassette import Cassette, Interaction, Matcher, Player, Recorder, Request, Response, Scrubber
from conformance.transport import open_http

if TYPE_CHECKING:
    from collections.abc import Callable


def player() -> Player:
    tape = (Interaction(Request("GET", "https://box.test/"), Response(200, "OK", (), b"recorded")),)
    matcher = Matcher(["method", "scheme", "host", "port", "path"])
    return Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="record it")


def authorities(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def stored(context: ssl.SSLContext) -> int:
    """Return the number of authorities without giving the context an occasion to load them."""
    return ssl.SSLContext.cert_store_stats(context)["x509_ca"]


@pytest.fixture
def make() -> Callable[[], ssl.SSLContext]:
    """What makes a context that trusts the authorities of a file."""
    return lambda: ssl.create_default_context(cafile=certifi.where())


def test_replay_loads_no_authorities_and_a_client_that_outlives_it_has_them(
    make: Callable[[], ssl.SSLContext],
) -> None:
    with open_http(player()):
        context = make()
        assert stored(context) == 0
    assert stored(context) == 0
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="box.test")
    assert stored(context) == authorities(make()) > 0


def test_a_context_that_is_asked_what_it_trusts_has_loaded_it(make: Callable[[], ssl.SSLContext]) -> None:
    with open_http(player()):
        context = make()
    assert authorities(context) == authorities(make()) > 0


def test_recording_loads_them_at_once(make: Callable[[], ssl.SSLContext]) -> None:
    with open_http(Recorder(scrubber=Scrubber())):
        assert authorities(make()) > 0


def test_a_context_that_is_gone_is_not_kept_for_the_sake_of_its_authorities(
    make: Callable[[], ssl.SSLContext],
) -> None:
    before = sum(isinstance(item, ssl.SSLContext) for item in gc.get_objects())
    with open_http(player()):
        for _ in range(3):
            make()
    gc.collect()
    assert sum(isinstance(item, ssl.SSLContext) for item in gc.get_objects()) <= before


def test_a_request_over_tls_is_answered_without_any(make: Callable[[], ssl.SSLContext]) -> None:
    with open_http(player()), httpx.Client() as client:
        assert client.get("https://box.test/").text == "recorded"
    assert authorities(make()) > 0


def test_nothing_is_left_in_place() -> None:
    with open_http(player()):
        assert "load_verify_locations" in ssl.SSLContext.__dict__
    assert "load_verify_locations" not in ssl.SSLContext.__dict__
    assert "set_default_verify_paths" not in ssl.SSLContext.__dict__
