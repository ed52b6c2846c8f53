"""Interactions and how they are found, scrubbed and stored. Pure: knows no transport, no test runner, no service."""

from conformance.cassette._alignment import Change, compare_cassettes
from conformance.cassette._beside import Beside
from conformance.cassette._cache import compiled_path, paused_collector, reuse_or_make, seal, unseal
from conformance.cassette._comparison import compare, compare_requests
from conformance.cassette._editing import edited
from conformance.cassette._exchanges import Capture, Drift, Extender, Meter, PassingHosts, Verifier
from conformance.cassette._folding import Folding, folded
from conformance.cassette._interaction import Headers, Interaction, Request, Response, with_body
from conformance.cassette._journal import Journal, Left, read_journal
from conformance.cassette._left import remove_left
from conformance.cassette._locks import locked
from conformance.cassette._matching import Difference, Fingerprint, Matcher
from conformance.cassette._meaning import Sort, decoded_body, leaves_of, meaning_of, sort_of, without_boundary
from conformance.cassette._names import cassette_name
from conformance.cassette._player import Absent, Player
from conformance.cassette._proof import prove
from conformance.cassette._recorder import KEEP_EVERYTHING, Budget, Recorder, RetryPolicy, Steps, Throttle
from conformance.cassette._store import Cassette, load_cassette, put_in_place, remove_cassette, write_cassette
from conformance.cassette._vcr_yaml import FormatFault, Provenance, parse_cassette, render_cassette
from conformance.cassette.presets import ENTRIES, PRESET_NOTES, PRESETS, Entry, preset_rules
from conformance.cassette.scrubbing import (
    Asleep,
    BlankBody,
    BodyPlace,
    Condition,
    DropHeaders,
    FormPlace,
    Function,
    HeaderPlace,
    JsonPlace,
    KeepHeaders,
    NamedSecret,
    PartPlace,
    Place,
    QueryPlace,
    Replace,
    ReplaceValue,
    Rule,
    Scrubber,
    ShapedSecret,
    StripSigned,
    Unstored,
    UrlPlace,
    XmlPlace,
    is_worth_looking_for,
    shaped_like,
    stand_in_of,
)
from conformance.cassette.scrubbing._self_test import self_test
from conformance.cassette.scrubbing._sweep import find_shapes, is_stand_in

__all__ = [
    "ENTRIES",
    "KEEP_EVERYTHING",
    "PRESETS",
    "PRESET_NOTES",
    "Absent",
    "Asleep",
    "Beside",
    "BlankBody",
    "BodyPlace",
    "Budget",
    "Capture",
    "Cassette",
    "Change",
    "Condition",
    "Difference",
    "Drift",
    "DropHeaders",
    "Entry",
    "Extender",
    "Fingerprint",
    "Folding",
    "FormPlace",
    "FormatFault",
    "Function",
    "HeaderPlace",
    "Headers",
    "Interaction",
    "Journal",
    "JsonPlace",
    "KeepHeaders",
    "Left",
    "Matcher",
    "Meter",
    "NamedSecret",
    "PartPlace",
    "PassingHosts",
    "Place",
    "Player",
    "Provenance",
    "QueryPlace",
    "Recorder",
    "Replace",
    "ReplaceValue",
    "Request",
    "Response",
    "RetryPolicy",
    "Rule",
    "Scrubber",
    "ShapedSecret",
    "Sort",
    "Steps",
    "StripSigned",
    "Throttle",
    "Unstored",
    "UrlPlace",
    "Verifier",
    "XmlPlace",
    "cassette_name",
    "compare",
    "compare_cassettes",
    "compare_requests",
    "compiled_path",
    "decoded_body",
    "edited",
    "find_shapes",
    "folded",
    "is_stand_in",
    "is_worth_looking_for",
    "leaves_of",
    "load_cassette",
    "locked",
    "meaning_of",
    "parse_cassette",
    "paused_collector",
    "preset_rules",
    "prove",
    "put_in_place",
    "read_journal",
    "remove_cassette",
    "remove_left",
    "render_cassette",
    "reuse_or_make",
    "seal",
    "self_test",
    "shaped_like",
    "sort_of",
    "stand_in_of",
    "unseal",
    "with_body",
    "without_boundary",
    "write_cassette",
]
