"""Rules that keep secrets and volatile values out of what is stored, and the order in which they run."""

from conformance.cassette.scrubbing._asleep import Asleep
from conformance.cassette.scrubbing._conditions import Condition
from conformance.cassette.scrubbing._finders import Finder, Span
from conformance.cassette.scrubbing._learned import is_worth_looking_for
from conformance.cassette.scrubbing._named import NamedSecret
from conformance.cassette.scrubbing._place_rule import (
    BlankBody,
    DropHeaders,
    Function,
    KeepHeaders,
    Replace,
    Unstored,
    number_query,
)
from conformance.cassette.scrubbing._places import (
    BodyPlace,
    FormPlace,
    HeaderPlace,
    JsonPlace,
    PartPlace,
    Place,
    QueryPlace,
    UrlPlace,
    XmlPlace,
)
from conformance.cassette.scrubbing._rules import Expect, Rule, Side, Sort
from conformance.cassette.scrubbing._scrubber import Scrubber
from conformance.cassette.scrubbing._shaped import ShapedSecret, StripSigned
from conformance.cassette.scrubbing._stand_ins import REDACTED, shaped_like, stand_in_of
from conformance.cassette.scrubbing._values import ReplaceValue

__all__ = [
    "REDACTED",
    "Asleep",
    "BlankBody",
    "BodyPlace",
    "Condition",
    "DropHeaders",
    "Expect",
    "Finder",
    "FormPlace",
    "Function",
    "HeaderPlace",
    "JsonPlace",
    "KeepHeaders",
    "NamedSecret",
    "PartPlace",
    "Place",
    "QueryPlace",
    "Replace",
    "ReplaceValue",
    "Rule",
    "Scrubber",
    "ShapedSecret",
    "Side",
    "Sort",
    "Span",
    "StripSigned",
    "Unstored",
    "UrlPlace",
    "XmlPlace",
    "is_worth_looking_for",
    "number_query",
    "shaped_like",
    "stand_in_of",
]
