"""How an account was set before a recording began, as its answers show it."""

from __future__ import annotations

import pytest

from conformance.cassette import Interaction, Request, Response
from tests.compare.verification.servers import AZURE

URL = "https://old.blob.core.windows.net/box"
TIERS = b"<AccessTier>%s</AccessTier><AccessTierInferred>true</AccessTierInferred>"


@pytest.mark.parametrize(
    ("headers", "body", "settings"),
    [
        ({"x-ms-version-id": "2026-01-01T00:00:00.0000000Z"}, b"", {"is_versioned": "true"}),
        ({}, b"<IsCurrentVersion>true</IsCurrentVersion>", {"is_versioned": "true"}),
        ({"x-ms-last-access-time": "Mon, 28 Sep 2020 14:59:47 GMT"}, b"", {"tracks_access": "true"}),
        ({}, b"<LastAccessTime>Mon, 28 Sep 2020 14:59:47 GMT</LastAccessTime>", {"tracks_access": "true"}),
        ({"x-ms-access-tier": "P10", "x-ms-access-tier-inferred": "true"}, b"", {"sku": "Premium_LRS"}),
        ({}, TIERS % b"P10", {"sku": "Premium_LRS"}),
        ({"x-ms-access-tier": "P10"}, b"", {}),
        ({"x-ms-access-tier": "Hot", "x-ms-access-tier-inferred": "true"}, TIERS % b"Hot", {}),
    ],
)
def test_an_answer_tells_how_the_account_was_set(
    headers: dict[str, str], body: bytes, settings: dict[str, str]
) -> None:
    item = Interaction(Request("GET", f"{URL}/f"), Response(200, headers=tuple(headers.items()), body=body))
    assert AZURE.settings([item]) == settings


def test_what_the_account_tells_of_itself_counts_for_more_than_a_tier() -> None:
    told = Interaction(Request("GET", f"{URL}?restype=account"), Response(200, headers=(("x-ms-sku-name", "X"),)))
    tier = Interaction(Request("GET", f"{URL}/f"), Response(200, body=TIERS % b"P10"))
    assert AZURE.settings([told, tier])["sku"] == AZURE.settings([tier, told])["sku"] == "X"
