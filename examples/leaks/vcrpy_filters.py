"""vcrpy, configured as its documentation shows, as targets of `conformance fuzz`.

Each is a callable: it takes the secret that is declared to it and returns what a cassette of vcrpy has of a message.
Options that go by a name ignore the secret; secrets are planted where the option is documented, or commonly taken, to
look. The recipes that replace a known value are planted everywhere that they handle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import vcr
from vcr.cassette import Cassette
from vcr.request import Request as VcrRequest
from vcr.serialize import deserialize, serialize

from conformance.cassette import Interaction, Request, Response
from conformance.laws import NAMED_PLACES, PLACES

if TYPE_CHECKING:
    from collections.abc import Callable

STAND_IN = "REDACTED"


@dataclass(frozen=True)
class Recipe:
    """One way to configure vcrpy.

    Attributes:
        options: Returns the arguments of `vcr.VCR`, of the declared secret.
        places: Where secrets are planted.
        configured: The same as source, for the page.
    """

    options: Callable[[str], dict[str, Any]]
    places: tuple[str, ...]
    configured: str

    def __call__(self, secret: str) -> Recorded:
        return Recorded(self.options(secret))


class Recorded:
    """Passes interactions through a cassette of vcrpy, as recording and saving does, and reads the file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._config = vcr.VCR(**options).get_merged_config(record_mode="all", persister=_Kept)
        self._config.pop("path_transformer")
        self._config.pop("func_path_generator")
        self._config.pop("record_on_exception")

    def request(self, request: Request) -> Request:
        return self.interaction(Interaction(request, Response(200, "OK"))).request

    def response(self, response: Response) -> Response:
        return self.interaction(Interaction(Request("GET", "https://box.test/"), response)).response

    def interaction(self, item: Interaction) -> Interaction:
        cassette = Cassette("kept", **self._config)
        cassette.append(_vcr_request(item.request), _vcr_response(item.response))
        cassette._save(force=True)  # noqa: SLF001  (what leaving a cassette calls; entering one swaps every client)
        (request,), (response,) = deserialize(_Kept.text, self._config["serializer"])[:2]
        return Interaction(_request(request), _response(response))


class _Kept:
    """A persister: keeps the text of the last cassette."""

    text = ""

    @classmethod
    def save_cassette(cls, _path: str, cassette: dict[str, Any], serializer: Any) -> None:
        cls.text = serialize(cassette, serializer)


def _vcr_request(request: Request) -> VcrRequest:
    """Return a request as the stubs make it: of a header that is put twice, the last value is kept."""
    made = VcrRequest(request.method, request.uri, request.body or None, {})
    for name, value in request.headers:
        made.headers[name] = value
    return made


def _vcr_response(response: Response) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    status = {"code": response.status, "message": response.reason}
    return {"status": status, "headers": headers, "body": {"string": response.body}}


def _request(request: VcrRequest) -> Request:
    body = request.body or b""
    return Request(request.method, request.uri, tuple(request.headers.items()), body)


def _response(response: dict[str, Any]) -> Response:
    headers = tuple((name, value) for name, values in response["headers"].items() for value in values)
    return Response(response["status"]["code"], response["status"]["message"], headers, response["body"]["string"])


def _named(*words: str) -> tuple[str, ...]:
    return tuple(name for name in NAMED_PLACES if name.startswith(words))


def _replacing(secret: str) -> dict[str, Any]:
    def before_record_request(request: VcrRequest) -> VcrRequest:
        request.uri = request.uri.replace(secret, STAND_IN)
        if request.body:
            request.body = request.body.replace(secret.encode(), STAND_IN.encode())
        return request

    def before_record_response(response: dict[str, Any]) -> dict[str, Any]:
        body = response["body"]["string"]
        response["body"]["string"] = body.replace(secret.encode(), STAND_IN.encode())
        return response

    return {
        "before_record_request": before_record_request,
        "before_record_response": before_record_response,
        "decode_compressed_response": True,
    }


FIELDS = ("form client_secret", "json client_secret", "part client_secret", "response json", "response event")
PARAMETERS = ["client_secret", "password"]

headers = Recipe(
    lambda _secret: {"filter_headers": ["authorization", "cookie", "set-cookie"]},
    _named("request header", "response header"),
    'vcr.VCR(filter_headers=["authorization", "cookie", "set-cookie"])',
)
headers_replaced = Recipe(
    lambda _secret: {"filter_headers": [(name, STAND_IN) for name in ("authorization", "cookie", "set-cookie")]},
    headers.places,
    'vcr.VCR(filter_headers=[("authorization", "REDACTED"), ("cookie", "REDACTED"), ("set-cookie", "REDACTED")])',
)
query = Recipe(
    lambda _secret: {"filter_query_parameters": ["sig", ("api_key", STAND_IN)]},
    _named("query sig"),
    'vcr.VCR(filter_query_parameters=["sig", ("api_key", "REDACTED")])',
)
post_data = Recipe(
    lambda _secret: {"filter_post_data_parameters": PARAMETERS, "decode_compressed_response": True},
    _named(*FIELDS),
    'vcr.VCR(filter_post_data_parameters=["client_secret", "password"], decode_compressed_response=True)',
)
nested_post_data = Recipe(
    lambda _secret: {
        "filter_post_data_parameters": PARAMETERS,
        "filter_nested_post_data_parameters": True,
        "decode_compressed_response": True,
    },
    post_data.places,
    """vcr.VCR(
    filter_post_data_parameters=["client_secret", "password"],
    filter_nested_post_data_parameters=True,
    decode_compressed_response=True,
)""",
)
hooks = Recipe(
    _replacing,
    tuple(name for name in PLACES if name.startswith("url") or " body, " in name),
    """def before_record_request(request):
    request.uri = request.uri.replace(SECRET, "REDACTED")
    if request.body:
        request.body = request.body.replace(SECRET.encode(), b"REDACTED")
    return request


def before_record_response(response):
    response["body"]["string"] = response["body"]["string"].replace(SECRET.encode(), b"REDACTED")
    return response


vcr.VCR(
    before_record_request=before_record_request,
    before_record_response=before_record_response,
    decode_compressed_response=True,
)""",
)
sensitive_data = Recipe(
    lambda secret: {"filter_sensitive_data": {STAND_IN: secret}, "decode_compressed_response": True},
    tuple(PLACES),
    'vcr.VCR(filter_sensitive_data={"REDACTED": SECRET}, decode_compressed_response=True)',
)
