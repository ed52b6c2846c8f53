"""fixtures.toml in, frozen specs out; every fault with file, line and key. Data only: nothing is opened here."""

from conformance.registry._load import Registry, load_registry, parse_registry
from conformance.registry._specs import (
    BackendSpec,
    EnvironmentValue,
    FixtureSpec,
    Kind,
    MatchSpec,
    RecordSpec,
    RuleSpec,
    ScrubSpec,
    Stage,
    WhenSpec,
)

__all__ = [
    "BackendSpec",
    "EnvironmentValue",
    "FixtureSpec",
    "Kind",
    "MatchSpec",
    "RecordSpec",
    "Registry",
    "RuleSpec",
    "ScrubSpec",
    "Stage",
    "WhenSpec",
    "load_registry",
    "parse_registry",
]
