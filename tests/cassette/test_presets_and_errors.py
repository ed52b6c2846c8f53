"""What the presets leave alone: the codes by which services name an error, whichever presets are on."""

from __future__ import annotations

import pytest

from conformance.cassette import ENTRIES, Interaction, Request, Response, Scrubber, preset_rules

BODIES = {
    "XML": b"<Error><Code>BlobAlreadyExists</Code><Message>There is one.</Message></Error>",
    "JSON": b'{"error": {"code": "PathAlreadyExists", "message": "There is one.", "state": "Conflict409"}}',
    "a sign-in": b'{"error": "invalid_grant", "error_codes": [70008], "code": "AADSTS70008"}',
    "a query": b"<Next>http://box.test/?state=available&amp;code=NoSuchKey</Next>",
}


@pytest.mark.parametrize("body", BODIES)
def test_the_code_of_an_error_stays_whichever_presets_are_on(body: str) -> None:
    headers = (("x-error-code", "BlobAlreadyExists"),)
    item = Interaction(Request("GET", "http://box.test/key?state=available"), Response(409, "", headers, BODIES[body]))
    assert Scrubber(preset_rules(*ENTRIES)).interaction(item) == item


@pytest.mark.parametrize("name", ["code", "state"])
def test_the_code_of_a_sign_in_goes_from_addresses_forms_and_redirects(name: str) -> None:
    code = "0.AbQ-x7Zk29Lm"
    scrubber = Scrubber(preset_rules("oauth"))
    redirect = Response(302, "", (("Location", f"https://shop.test/back?{name}={code}"),))
    nested = f"https://login.box.test/?to=https%3A%2F%2Fshop.test%2Fback%3F{name}%3D{code}%26a%3D1"
    form = Request("POST", nested, (), f"{name}={code}&grant_type=authorization_code".encode())
    stored = repr(scrubber.interaction(Interaction(form, redirect)))
    assert code not in stored
    assert "grant_type=authorization_code" in stored
    assert "%26a%3D1" in stored
