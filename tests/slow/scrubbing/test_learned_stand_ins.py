"""What stands for a declared value is no secret, wherever it is found."""

from __future__ import annotations

import pytest

from conformance.cassette import (
    HeaderPlace,
    Interaction,
    NamedSecret,
    Replace,
    ReplaceValue,
    Request,
    Response,
    Rule,
    Scrubber,
)

RULES: list[Rule] = [NamedSecret("named", ("password",)), Replace("key", HeaderPlace("x-key"))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("stand_in", ["standin0-account", "Standin0-Account"])
def test_a_stand_in_at_the_place_of_a_secret_is_not_looked_for_elsewhere(rule: Rule, stand_in: str) -> None:
    scrubber = Scrubber([ReplaceValue("live", "box-account1", stand_in), rule])
    request = Request("GET", "https://box-account1.test/", (("X-Key", "box-account1"),))
    item = Interaction(request, Response(200, "", (), b'{"password": "Box-Account1"} at box-account1'))
    stored = scrubber.interaction(item)
    assert stored.request.uri == f"https://{stand_in}.test/"
    assert stored.response.body.endswith(f"at {stand_in}".encode())
    assert scrubber.interaction(item) == stored
