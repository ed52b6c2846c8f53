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
    preset_rules,
    write_cassette,
)
from conformance.cassette._compiled import parse_compiled, render_compiled
from conformance.cassette.formats import read_any
from conformance.registry import load_registry
from tests.cassette.formats.credentials import SHAPES, VOLATILE, codes_of, left_of, planted, sweep
from tests.cassette.formats.reach import check_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.cassette import Fingerprint, Rule
    from conformance.registry import Registry

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("CONFORMANCE_CORPUS") or ROOT.parent / "shared" / "corpus")
NOT_HERE = f"there is no corpus of recordings at {CORPUS}; CONFORMANCE_CORPUS says where it is"
NO_RECORDINGS = (".md", ".tsv", ".validation.json")  # what a source says of itself, and of when it was recorded
STAND_IN = "standin0"
RULE_SETS = (
    *((name,) for name in PRESETS),
    ("aws", "generic"),
    ("azure", "generic"),
    ("azure", "oauth", "generic"),
    tuple(PRESETS),
)
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
        credentials: How much of the shape of a credential, or of what differs in every run, they have at least.
        planted: How many places they have at least where a credential is, or was before it was published.
    """

    format: str
    fixture: str
    files: int
    interactions: int
    bodies: int = 0
    requests: bool = True
    credentials: int = 0
    planted: int = 0


BLOB, BUCKET = "blob_live_sync", "s3_live_boto3"
FAMILIES = {
    "azure-cli-extensions-adls-2021": Family("vcr-yaml", BLOB, 3, 88, bodies=5, credentials=28, planted=20),
    "azure-sdk-java-datalake-2021": Family("network-call-records", BLOB, 411, 2822, credentials=8727, planted=73),
    "azure-sdk-python-blob-2021": Family("vcr-yaml", BLOB, 222, 901, bodies=284, credentials=283, planted=21),
    "azure-sdk-python-datalake-2021": Family("vcr-yaml", BLOB, 133, 1250, bodies=99, credentials=2627, planted=378),
    "cloud-custodian-placebo-s3": Family("placebo", BUCKET, 399, 399, requests=False),
    "gocdk-azureblob-v0.24.0": Family("httpreplay", BLOB, 73, 418, bodies=148, credentials=466),
    "gocdk-s3blob-v0.24.0": Family("httpreplay", BUCKET, 148, 844, bodies=158, credentials=146, planted=126),
    "gocdk-s3blob-v0.37.0": Family("httpreplay", BUCKET, 152, 928, bodies=150, credentials=56, planted=56),
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


def rule_sets_of(family: str, turn: int) -> list[tuple[str, ...]]:
    """Return the rule sets that a file is scrubbed by: its own, every preset together, and another each turn.

    All of them where ``CONFORMANCE_EVERY_RULE_SET`` is set, which takes three times as long.
    """
    if os.environ.get("CONFORMANCE_EVERY_RULE_SET"):
        return list(RULE_SETS)
    own = "azure" if FAMILIES[family].fixture == BLOB else "aws"
    always = [(own, "generic"), tuple(PRESETS)]
    others = [names for names in RULE_SETS if names not in always]
    return [*always, others[turn % len(others)]]


def check(path: Path, family: str, folder: Path, rule_sets: Sequence[tuple[str, ...]]) -> Counter[str]:
    """Hold a file to all that has to hold of one; return what was checked, and how often."""
    try:
        return _checked(path, FAMILIES[family], folder, rule_sets)
    except Exception as error:
        error.add_note(f"in {path}")
        raise


def _checked(path: Path, declared: Family, folder: Path, rule_sets: Sequence[tuple[str, ...]]) -> Counter[str]:
    reading = read_any(path)
    tape = reading.interactions
    assert reading.format.name == declared.format
    assert all(("uri" in item.request.unrecorded) is not declared.requests for item in tape)
    done = Counter(files=1, interactions=len(tape))
    _check_stored(tape, folder / "tape.yaml")
    done["requests"] += _check_replay(tape, tape, declared, Scrubber)
    done["bodies told apart"] += _check_bodies(tape, matcher_of(declared.fixture))
    for is_alone, rules in _rules_of(tape, rule_sets):
        done += _check_scrubbed(tape, declared, rules, is_alone=is_alone)
    return done


def check_swept(path: Path, family: str, seed: str) -> Counter[str]:
    """Assert that nothing of the shape of a credential is left in a file, and that no code of an error is gone."""
    tape = read_any(path).interactions
    own = "azure" if FAMILIES[family].fixture == BLOB else "aws"
    sown = [planted(item, f"{seed} {at}") for at, item in enumerate(tape)]
    secrets = set[str]().union(*(each for _, each in sown))
    for names in ((own, "generic"), tuple(PRESETS)):
        stored = scrubbed(tape, preset_rules(*names))
        assert +sweep(stored, SHAPES | VOLATILE) == Counter(), f"{path} keeps credentials under {names}"
        assert codes_of(stored) == codes_of(tape), f"{path} has other codes of errors under {names}"
        kept = scrubbed(tuple(item for item, _ in sown), preset_rules(*names))
        assert left_of(secrets, kept) == set(), f"{path} keeps what was planted under {names}"
    return sweep(tape, SHAPES | VOLATILE) + Counter(planted=len(secrets))


def _check_stored(tape: tuple[Interaction, ...], target: Path) -> None:
    write_cassette(target, tape, None)
    assert load_cassette(target).interactions == tape, "what was stored is not what was read"
    target.unlink()
    assert parse_compiled(render_compiled((tape, None))) == (tape, None)


def _rules_of(
    tape: tuple[Interaction, ...], rule_sets: Sequence[tuple[str, ...]]
) -> Iterator[tuple[bool, Callable[[], list[Rule]]]]:
    """Yield what makes the rules of each set anew.

    The name of the account of the recording is declared before them, if it has one. Whether the set is of one preset
    comes with it.
    """
    value = account_of(tape)
    live: list[Rule] = [ReplaceValue("live.account", value, STAND_IN)] if value else []
    for names in rule_sets:
        yield len(names) == 1, lambda names=names: [*live, *preset_rules(*names)]  # type: ignore[misc]


def account_of(tape: tuple[Interaction, ...]) -> str | None:
    """Return the label that names an account or a bucket in most of the hosts."""
    labels = [(urlsplit(item.request.uri).hostname or "").split(".") for item in tape]
    found = Counter(first for first, *rest in labels if rest and rest[0] in STORES)
    return found.most_common(1)[0][0] if found else None


def _check_scrubbed(
    tape: tuple[Interaction, ...], family: Family, rules: Callable[[], list[Rule]], *, is_alone: bool
) -> Counter[str]:
    done = Counter[str]()
    stored = scrubbed(tape, rules())
    assert scrubbed(stored, rules()) == stored, "scrubbing twice is not scrubbing once"
    pairs = zip(_told_apart(tape, family), _told_apart(stored, family), strict=True)
    merged = [f"#{at}: as #{was + 1}, then as #{now + 1}" for at, (was, now) in enumerate(pairs, 1) if was != now]
    assert merged == [], f"scrubbed requests are taken for others than they were: {merged}"
    done["scrubbed requests"] += _check_replay(tape, stored, family, lambda: Scrubber(rules()))
    done["scrubbed messages"] += check_reach(rules(), tape, stored)
    for rule in rules() if is_alone else []:
        done[f"changes by {rule.name}"] += check_reach([rule], tape, scrubbed(tape, [rule]))
    return done


def scrubbed(tape: tuple[Interaction, ...], rules: list[Rule]) -> tuple[Interaction, ...]:
    """Return a recording as it is stored under some rules."""
    scrubber = Scrubber(rules)
    return tuple(map(scrubber.interaction, tape))


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
