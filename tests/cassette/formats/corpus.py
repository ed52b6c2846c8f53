"""Recordings of real services, outside the repository, and what has to hold of each.

They are found through CONFORMANCE_CORPUS, or where a checkout has them beside it: a folder a source, files as they were
published.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.cassette import (
    PRESETS,
    Cassette,
    Interaction,
    Matcher,
    Player,
    ReplaceValue,
    Request,
    Scrubber,
    load_cassette,
    write_cassette,
)
from conformance.cassette._compiled import parse_compiled, render_compiled
from conformance.cassette.formats import read_any
from conformance.registry import load_registry
from tests.cassette.formats.reach import check_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Fingerprint, Rule
    from conformance.registry import Registry

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("CONFORMANCE_CORPUS") or ROOT.parent / "shared" / "corpus")
NOT_HERE = f"there is no corpus of recordings at {CORPUS}; CONFORMANCE_CORPUS says where it is"
NO_RECORDINGS = (".md", ".tsv", ".validation.json")  # what a source says of itself, and of when it was recorded
STAND_IN = "standin0"
STORES = frozenset({"blob", "dfs", "s3"})  # the second label of a host whose first names an account or a bucket
TOKENS = frozenset({"date", "authorization", "user-agent", "x-ms-date", "x-ms-client-request-id", "x-amz-date"})


@dataclass(frozen=True, slots=True)
class Family:
    """One folder of the corpus.

    Attributes:
        format: What all of its files are in.
        fixture: The fixture of the registry whose matching its requests are replayed under.
        files: How many there are at least.
        interactions: How many they hold at least.
        bodies: How many bodies of requests they have at least.
        requests: Whether its files have requests.
    """

    format: str
    fixture: str
    files: int
    interactions: int
    bodies: int = 0
    requests: bool = True


BLOB, BUCKET = "blob_live_sync", "s3_live_boto3"
FAMILIES = {
    "azure-cli-extensions-adls-2021": Family("vcr-yaml", BLOB, 3, 88, bodies=5),
    "azure-sdk-java-datalake-2021": Family("network-call-records", BLOB, 411, 2822),
    "azure-sdk-python-blob-2021": Family("vcr-yaml", BLOB, 222, 901, bodies=284),
    "azure-sdk-python-datalake-2021": Family("vcr-yaml", BLOB, 133, 1250, bodies=99),
    "cloud-custodian-placebo-s3": Family("placebo", BUCKET, 399, 399, requests=False),
    "gocdk-azureblob-v0.24.0": Family("httpreplay", BLOB, 73, 418, bodies=148),
    "gocdk-s3blob-v0.24.0": Family("httpreplay", BUCKET, 148, 844, bodies=158),
    "gocdk-s3blob-v0.37.0": Family("httpreplay", BUCKET, 152, 928, bodies=150),
    "localstack-s3-snapshots": Family("snapshot", BUCKET, 3, 109, requests=False),
    "remote-store-azure-hns": Family("vcr-yaml", BLOB, 236, 1416, bodies=234),
    "zappa-placebo-s3": Family("placebo", BUCKET, 104, 104, requests=False),
}


def recordings(family: str) -> list[Path]:
    """The files of a folder that hold interactions, sorted."""
    return [
        path
        for path in sorted((CORPUS / family).rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(NO_RECORDINGS)
    ]


def check(path: Path, family: str, folder: Path) -> Counter[str]:
    """Hold a file to all that has to hold of one; return what was checked, and how often."""
    try:
        return _checked(path, FAMILIES[family], folder)
    except Exception as error:
        error.add_note(f"in {path}")
        raise


def _checked(path: Path, declared: Family, folder: Path) -> Counter[str]:
    reading = read_any(path)
    tape = reading.interactions
    assert reading.format.name == declared.format
    assert all(("uri" in item.request.unrecorded) is not declared.requests for item in tape)
    done = Counter(files=1, interactions=len(tape))
    _check_stored(tape, folder / "tape.yaml")
    done["requests"] += _check_replay(tape, tape, declared, Scrubber)
    done["bodies told apart"] += _check_bodies(tape, matcher_of(declared.fixture))
    for rules in _rule_sets(tape):
        done += _check_scrubbed(tape, declared, rules)
    return done


def _check_stored(tape: tuple[Interaction, ...], target: Path) -> None:
    write_cassette(target, tape, None)
    assert load_cassette(target).interactions == tape, "what was stored is not what was read"
    target.unlink()
    assert parse_compiled(render_compiled((tape, None))) == (tape, None)


def _rule_sets(tape: tuple[Interaction, ...]) -> Iterator[Callable[[], list[Rule]]]:
    """Yield what makes each preset anew, with the name of the account of the recording, if it has one."""
    value = account_of(tape)

    def live() -> list[Rule]:
        return [ReplaceValue("live.account", value, STAND_IN)] if value else []

    for preset in PRESETS.values():
        yield lambda preset=preset: [*live(), *preset()]  # type: ignore[misc]


def account_of(tape: tuple[Interaction, ...]) -> str | None:
    """Return the label that names an account or a bucket in most of the hosts."""
    labels = [(urlsplit(item.request.uri).hostname or "").split(".") for item in tape]
    found = Counter(first for first, *rest in labels if rest and rest[0] in STORES)
    return found.most_common(1)[0][0] if found else None


def _check_scrubbed(tape: tuple[Interaction, ...], family: Family, rules: Callable[[], list[Rule]]) -> Counter[str]:
    done = Counter[str]()
    stored = _scrubbed(tape, rules())
    assert _scrubbed(stored, rules()) == stored, "scrubbing twice is not scrubbing once"
    pairs = zip(_told_apart(tape, family), _told_apart(stored, family), strict=True)
    merged = [f"#{at}: as #{was + 1}, then as #{now + 1}" for at, (was, now) in enumerate(pairs, 1) if was != now]
    assert merged == [], f"scrubbed requests are taken for others than they were: {merged}"
    done["scrubbed requests"] += _check_replay(tape, stored, family, lambda: Scrubber(rules()))
    before = tape
    for rule in rules():
        after = _scrubbed(before, [rule])
        done[f"changes by {rule.name}"] += check_reach(rule, before, after)
        before = after
    assert before == stored, "rules by themselves make another recording than together"
    return done


def _scrubbed(tape: tuple[Interaction, ...], rules: list[Rule]) -> tuple[Interaction, ...]:
    scrubber = Scrubber(rules)
    return tuple(Interaction(scrubber.request(item.request), scrubber.response(item.response)) for item in tape)


def _told_apart(tape: tuple[Interaction, ...], family: Family) -> list[int]:
    """Return for each request the position of the first that matching takes it for."""
    unrecorded = frozenset[str]().union(*(item.request.unrecorded for item in tape))
    matcher = matcher_of(family.fixture).without(unrecorded)
    first: dict[Fingerprint, int] = {}
    return [first.setdefault(matcher.fingerprint(item.request), at) for at, item in enumerate(tape)]


def _check_replay(
    tape: tuple[Interaction, ...],
    stored: tuple[Interaction, ...],
    family: Family,
    scrubber: Callable[[], Scrubber],
) -> int:
    """Send the requests of a recording in its order, as they are and as another run sends them; each finds its own."""
    cassette = Cassette(Path("tape.yaml"), stored, None)
    for variant in (lambda request: request, sent_anew) if family.requests else ():
        player = Player(cassette, matcher=matcher_of(family.fixture), scrubber=scrubber(), mend="")
        for number, (sent, kept) in enumerate(zip(tape, stored, strict=True), start=1):
            assert player.answer(variant(sent.request)) is kept.response, f"#{number} finds another answer than its own"
        assert player.unplayed == []
    player = Player(cassette, matcher=matcher_of(family.fixture), scrubber=scrubber(), mend="")
    assert player.find(Request("GET", "https://nowhere.test/")) is None
    return len(tape) if family.requests else 0


def _check_bodies(tape: tuple[Interaction, ...], matcher: Matcher) -> int:
    """Send every recorded body with another last byte; none is taken for its own."""
    whole = [item.request for item in tape if item.request.body and "body" not in item.request.unrecorded]
    for request in whole:
        changed = replace(request, body=request.body[:-1] + bytes([request.body[-1] ^ 1]))
        assert matcher.fingerprint(changed) != matcher.fingerprint(request)
    return len(whole)


def matcher_of(fixture: str) -> Matcher:
    """Return the matcher of a fixture of this repository."""
    match = _registry().fixtures[fixture].match
    sorts = [sort for sort in ("form", "multipart", "json", "xml") if sort in match.by_meaning]
    return Matcher(match.on, match.headers, ignore_query=match.ignore_query, by_meaning=sorts)


@cache
def _registry() -> Registry:
    return load_registry(ROOT / "fixtures.toml")


def sent_anew(request: Request) -> Request:
    """Return a request as another run sends it: other in what means nothing, and in what was not recorded."""
    headers = [
        (name.swapcase(), f"{value} later" if name.lower() in TOKENS else value) for name, value in request.headers
    ]
    head, mark, query = request.uri.partition("?")
    scheme, _, rest = head.partition("://")
    host, slash, path = rest.partition("/")
    path = path.replace("%2F", "/") if "%2F" in path else path.replace("/", "%2F")
    pairs = "&".join(reversed(query.split("&")))
    headers += [("Content-Type", "text/plain"), ("Range", "bytes=0-9")] if "headers" in request.unrecorded else []
    body = b"unknown" if "body" in request.unrecorded else request.body
    return replace(
        request, uri=f"{scheme}://{host}{slash}{path}{mark}{pairs}", headers=tuple(reversed(headers)), body=body
    )
