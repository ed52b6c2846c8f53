"""Servers that answer what was recorded, with values of their own choice, and recordings for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from conformance.cassette import Interaction, Request, Response, with_body
from conformance.compare.verification import Account, AzureStorage, Server
from conformance.compare.verification._dates import http_date, read_http_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.compare.verification import Dialect

BASE = "http://devstoreaccount1.blob.localhost:10000"
KEY = "a2V5"
AZURE = AzureStorage()
HEX = str.maketrans("0123456789abcdefABCDEF", "1234567890bcdefaBCDEFA")


def other(value: str) -> str:
    """Another value of the same form, and another for each other one."""
    date = read_http_date(value)
    if date is not None:
        return http_date(date + timedelta(days=1))
    iso = re.fullmatch(r"(\d{4})(-\d\d-\d\dT.*)", value)
    if iso:
        return f"{int(iso[1]) + 1}{iso[2]}"
    sign = "0x" if value.startswith("0x") else ""
    return sign + value.removeprefix(sign).translate(HEX)


@dataclass
class Mirror:
    """Answers the n-th request as it was recorded, but chooses other ids and dates; keeps what it was sent."""

    interactions: Sequence[Interaction]
    dialect: Dialect = AZURE
    change: Callable[[int, Response], Response] = lambda _, response: response
    sent: list[Request] = field(default_factory=list)
    prepared: list[Request] = field(default_factory=list)
    is_ready: Callable[[Request], bool] = lambda _: True

    def send(self, request: Request) -> Response:
        """Answer; what is asked beforehand or afterwards is created and removed."""
        if len(self.sent) == len(self.interactions) or not self.is_next(request):
            self.prepared.append(request)
            return Response(202 if request.method == "DELETE" else 201)
        number = len(self.sent) + 1
        self.sent.append(request)
        return self.change(number, anew(self.interactions[number - 1].response, self.dialect, self.chosen()))

    def is_next(self, request: Request) -> bool:
        """Whether a request is of the recording, which nothing tells but its headers."""
        return any(name.lower() == "user-agent" for name, _ in request.headers)

    def chosen(self) -> dict[str, str]:
        """All that a server chose in the recording, and what stands for it here."""
        values = {value for item in self.interactions for _, value in self.dialect.chosen(item.response) if value}
        return {value: other(value) for value in values}


def anew(response: Response, dialect: Dialect, chosen: dict[str, str]) -> Response:
    """Return an answer with other values for those that were chosen, and other ids that nobody sends back."""
    places = dict(dialect.chosen(response))
    values = sorted((value for value in places.values() if len(value) > 3), key=len, reverse=True)
    if not values:
        return response
    pattern = re.compile("|".join(map(re.escape, values)))

    def told(text: str) -> str:
        return pattern.sub(lambda found: chosen[found[0]], text)

    headers = tuple((name, told(value)) for name, value in response.headers)
    try:
        body = told(response.body.decode()).encode()
    except UnicodeDecodeError:
        body = response.body
    return with_body(replace(response, headers=headers), body)


def server_of(send: Callable[[Request], Response], *, base: str = BASE, name: str = "devstoreaccount1") -> Server:
    """A server at an address that the recording does not know."""
    return Server(send, base, [Account(name, KEY)])


def marked(interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
    """Return interactions whose requests tell that they are of a recording."""
    return tuple(
        item
        if any(name.lower() == "user-agent" for name, _ in item.request.headers)
        else replace(item, request=replace(item.request, headers=(*item.request.headers, ("User-Agent", "recorded"))))
        for item in interactions
    )
