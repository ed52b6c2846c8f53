"""Programs in which volatile values are planted, and what each run of them records."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import quote

from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.compare import Place

Make = Callable[[random.Random], str]

SHAPES: dict[str, Make] = {
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128))),
    "hex of 24": lambda rng: f"{rng.getrandbits(96):024x}",
    "base64 of 24 bytes": lambda rng: base64.urlsafe_b64encode(b"\xd3\x1d" + rng.randbytes(22)).decode(),
    "date (RFC 1123)": lambda rng: formatdate(rng.randrange(10**9, 2 * 10**9), usegmt=True),
    "date (ISO 8601)": lambda rng: f"2024-{rng.randrange(10, 13)}-11T{rng.randrange(10, 24)}:17:{rng.random():010.7f}Z",
    "epoch seconds": lambda rng: str(rng.randrange(1_600_000_000, 1_700_000_000)),
    "epoch milliseconds": lambda rng: str(rng.randrange(1_600_000_000_000, 1_700_000_000_000)),
    "integer": lambda rng: str(rng.randrange(10, 10**8)),
    "opaque text": lambda rng: "zz" + "".join(rng.choices(string.ascii_lowercase, k=12)) + f".{rng.randrange(1000)}",
}
SORTS = {
    "request": ("path", "query", "header", "json", "xml", "form", "part", "text"),
    "response": ("header", "json", "xml", "text"),
}
BODIES = ("json", "xml", "form", "part", "text")


@dataclass(frozen=True)
class Plant:
    """One volatile value of a program: in which step it is, where, and of which shape."""

    step: int
    side: str
    sort: str
    number: int
    shape: str

    @property
    def place(self) -> Place:
        """The place in which it is to be found."""
        keys = {
            "path": f"/step{self.step}/*",
            "query": f"q{self.number}",
            "header": f"x-h{self.number}",
            "json": f"$.data[*].f{self.number}",
            "xml": f"/Root/Item/F{self.number}",
            "form": f"f{self.number}",
            "part": f"p{self.number}",
            "text": f"f{self.number}: ",
        }
        return Place(self.side, self.sort, keys[self.sort])  # type: ignore[arg-type]


@dataclass(frozen=True)
class Program:
    """Steps, the sorts of their bodies, and what is planted in them."""

    bodies: tuple[tuple[str, str], ...]
    plants: tuple[Plant, ...]

    def run(self, seed: int) -> dict[str, list[Interaction]]:
        """Return what one run records; every value is new."""
        return self.run_with(self.values(seed))

    def values(self, seed: int) -> dict[Plant, str]:
        """Return the values of one run."""
        rng = random.Random(seed)  # noqa: S311  (nothing secret is made)
        return {plant: SHAPES[plant.shape](rng) for plant in self.plants}

    def run_with(self, values: dict[Plant, str]) -> dict[str, list[Interaction]]:
        """Return what a run with those values records."""
        return {"program.yaml": [self._step(at, values) for at in range(len(self.bodies))]}

    def _step(self, at: int, values: dict[Plant, str]) -> Interaction:
        there = {(plant.side, plant.sort, plant.number): value for plant, value in values.items() if plant.step == at}

        def of(side: str, sort: str) -> dict[int, str]:
            return {number: value for (one, other, number), value in there.items() if (one, other) == (side, sort)}

        path = "".join(f"/{quote(value, safe='')}" for value in of("request", "path").values())
        query = "".join(f"&q{number}={quote(value)}" for number, value in of("request", "query").items())
        request = Request(
            "POST",
            f"http://box.test/step{at}{path}?at={at}{query}",
            (*_headers(of("request", "header")), *_typed(self.bodies[at][0])),
            _body(self.bodies[at][0], of("request", self.bodies[at][0])),
        )
        response = Response(
            200,
            "OK",
            (*_headers(of("response", "header")), *_typed(self.bodies[at][1])),
            _body(self.bodies[at][1], of("response", self.bodies[at][1])),
        )
        return Interaction(request, response)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw a program of a few steps with a few plants, a place each."""
    body = st.sampled_from(BODIES)
    bodies = tuple((draw(body), draw(body.filter(lambda sort: sort in SORTS["response"]))) for _ in range(3))
    plants: dict[Place, Plant] = {}
    for number in range(draw(st.integers(0, 6))):
        step = draw(st.integers(0, 2))
        side = draw(st.sampled_from(["request", "response"]))
        sorts = [sort for sort in SORTS[side] if sort not in BODIES or sort == bodies[step][side == "response"]]
        plant = Plant(step, side, draw(st.sampled_from(sorts)), number, draw(st.sampled_from(sorted(SHAPES))))
        plants.setdefault(plant.place, plant)
    return Program(bodies, tuple(plants.values()))


def _headers(values: dict[int, str]) -> tuple[tuple[str, str], ...]:
    return (("X-Stable", "always"), *((f"X-H{number}", value) for number, value in values.items()))


def _typed(sort: str) -> tuple[tuple[str, str], ...]:
    types = {
        "json": "application/json",
        "xml": "application/xml",
        "form": "application/x-www-form-urlencoded",
        "part": "multipart/form-data; boundary=b",
        "text": "text/plain",
    }
    return (("Content-Type", types[sort]),)


def _body(sort: str, values: dict[int, str]) -> bytes:
    if sort == "json":
        return json.dumps({"name": "stable", "data": [{f"f{at}": value} for at, value in values.items()]}).encode()
    if sort == "xml":
        items = "".join(f"<Item><F{at}>{value}</F{at}></Item>" for at, value in values.items())
        return f"<Root><Name>stable</Name>{items}</Root>".encode()
    if sort == "form":
        return "&".join(["name=stable", *(f"f{at}={quote(value)}" for at, value in values.items())]).encode()
    if sort == "part":
        pairs = {"name": "stable"} | {f"p{at}": value for at, value in values.items()}
        parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{pairs[key]}\r\n' for key in pairs]
        return "".join([*parts, "--b--\r\n"]).encode()
    return "\n".join(["what is stable", *(f"f{at}: {value} as always" for at, value in values.items())]).encode()
