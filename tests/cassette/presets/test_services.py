"""What the presets of services take out, and what a client needs that stays."""

from __future__ import annotations

import base64

import pytest

from conformance.cassette import ENTRIES, Interaction, Request, Response, Scrubber, preset_rules

KEY = base64.b64encode(bytes(range(64))).decode()
SIGNATURE = base64.b64encode(bytes(range(32))).decode()
HEXADECIMAL = "1f" * 32


def stored(preset: str, text: str, *, uri: str = "https://b.test/a", name: str = "X-Text") -> Interaction:
    """Return an interaction that holds a text in a header and a body of either side, as it is stored."""
    request = Request("POST", uri, ((name, text.replace("\r\n", " ")),), text.encode())
    answer = Response(400, "", ((name, text.replace("\r\n", " ")),), text.encode())
    return Scrubber(preset_rules(preset)).interaction(Interaction(request, answer))


@pytest.mark.parametrize(
    ("preset", "text", "secret"),
    [
        ("azure", "DELETE /a HTTP/1.1\r\nAuthorization: SharedKey box:{}\r\n", SIGNATURE),
        ("azure", "DELETE /a HTTP/1.1\r\nauthorization: SharedKeyLite box:{}\r\n", SIGNATURE),
        ("aws", "https://b.test/a?X-Amz-Expires=9&X-Amz-Signature={}", HEXADECIMAL),
        ("aws", "https%3A%2F%2Fb.test%2Fa%3FX-Amz-Signature%3D{}%26a", HEXADECIMAL),
        ("aws", "Authorization: AWS4-HMAC-SHA256 Credential=box, SignedHeaders=host, Signature={}", HEXADECIMAL),
        ("aws", "https://b.test/a?Expires=1&Signature={}&b=1", "AB%2Bcdefghij0123456789klmnop%3D"),
        ("oauth", "grant_type=authorization_code&code={}&b=1", "0.AXoA-open_sesame"),
        ("oauth", "code={}&session=1", "0.AXoA-open_sesame"),
        ("oauth", "https://app.test/back?state={}#", "open-sesame-12"),
        ("oauth", "https%3A%2F%2Fapp.test%3Fcode%3D{}%26a", "open-sesame-12"),
        ("oauth", "https:\\/\\/app.test\\/?a=1\\u0026nonce={}", "open-sesame-12"),
    ],
)
def test_what_signs_or_signs_in_is_taken_out_of_any_text(preset: str, text: str, secret: str) -> None:
    item = stored(preset, text.format(secret))
    for message in (item.request, item.response):
        assert secret not in f"{message.headers} {message.body.decode()}"
        assert message.body.startswith(text.partition("{}")[0].encode())
        assert message.body.endswith(text.partition("{}")[2].encode())


@pytest.mark.parametrize("preset", ENTRIES)
@pytest.mark.parametrize(
    "text",
    [
        '{"error":{"code":"PathNotFound","message":"The path does not exist."}}',
        "<Error><Code>NoSuchKey</Code><Message>It does not exist.</Message></Error>",
        '{"state": "enabled", "StatusCode": 404}',
        "<Bucket><State>available</State></Bucket>",
        "statuscode=404&encode=url&barcode=12345678",
    ],
)
def test_the_code_of_an_error_and_the_state_of_a_thing_stay(preset: str, text: str) -> None:
    item = stored(preset, text, name="Content-Note")
    assert (item.request.body, item.response.body) == (text.encode(), text.encode())
    assert item.response.headers == (("Content-Note", text),)


@pytest.mark.parametrize("action", ["listKeys", "listkeys", "regenerateKey"])
def test_the_keys_of_an_account_are_taken_out_where_they_are_listed(action: str) -> None:
    uri = f"https://management.test/subscriptions/1/providers/Microsoft.Storage/storageAccounts/box/{action}?a=1"
    text = f'{{"keys":[{{"keyName":"key1","value":"{KEY}","permissions":"FULL"}}]}}'
    scrubber = Scrubber(preset_rules("azure"))
    answer = Response(200, "", (), text.encode())
    item = scrubber.interaction(Interaction(Request("POST", uri), answer))
    assert item.response.body == text.replace(KEY, base64.b64encode(bytes(64)).decode()).encode()
    other = scrubber.interaction(Interaction(Request("GET", "https://b.test/a"), Response(200, "", (), KEY.encode())))
    assert KEY.encode() not in other.response.body
    fresh = Scrubber(preset_rules("azure"))
    assert fresh.interaction(Interaction(Request("GET", "https://b.test/a"), answer)).response == answer


@pytest.mark.parametrize("mark", ["\n", "\\n"])
def test_errors_of_either_endpoint_are_the_same_in_every_run(mark: str) -> None:
    texts = [
        f"It does not exist.{mark}RequestId:{digit * 8}-201f-0097-7f50-{digit * 12}{mark}Time:202{digit}-12-14T19:29Z"
        for digit in ("1", "2")
    ]
    first, second = (stored("azure", text, name="Content-Note").response.body for text in texts)
    assert first == second


def test_a_batch_is_the_same_in_every_run() -> None:
    batches = [
        f"x-ms-date: Wed, 0{digit} Mar 2021 01:10:40 GMT\r\nx-ms-client-request-id: {digit * 8}-7bbd\r\n"
        f"Authorization: SharedKey box:{SIGNATURE[:-2]}{digit}=\r\n"
        for digit in ("1", "2")
    ]
    first, second = (stored("azure", batch).request.body for batch in batches)
    assert first == second
    assert b"box:" in first


@pytest.mark.parametrize("name", ["client-request-id", "x-ms-original-request-ids", "x-client-sku", "x-ms-request-id"])
def test_ids_of_calls_go_with_their_headers(name: str) -> None:
    item = stored("azure", "f7b1c0de", name=name)
    kept = {"x-ms-original-request-ids", "x-ms-request-id"}, {"x-client-sku"}  # of the other side
    assert item.request.headers == (((name, "f7b1c0de"),) if name in kept[0] else ())
    assert item.response.headers == (((name, "f7b1c0de"),) if name in kept[1] else ())
