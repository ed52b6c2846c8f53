"""The laws of scrubbers and matchers, and what they are tried with: traffic, secrets, and the places of a message.

``check_scrubber`` and ``check_matcher`` hold one to its laws in a test; ``conformance fuzz`` does on the command line.
"""

from conformance.laws._changes import CHANGES
from conformance.laws._checks import LAW_NAMES, check_matcher, check_scrubber, holds, law_named
from conformance.laws._encodings import ENCODINGS, Encoding
from conformance.laws._law import Broken, Finding, Law, MatcherTarget, ScrubberLike, ScrubberTarget, WholeScrubber
from conformance.laws._matcher_laws import MATCHER_LAWS, Sent
from conformance.laws._named_places import NAMED_PLACES, NamedPlace
from conformance.laws._oracle import Leak, Stored, find_leaks, stored
from conformance.laws._places import PLACES, Place
from conformance.laws._planting import Planted, places, planted
from conformance.laws._regressions import regression_name, render_regression, write_regression
from conformance.laws._runner import PLANTS, Run, Verdict, counter_example, run_laws
from conformance.laws._scrubber_laws import SCRUBBER_LAWS
from conformance.laws._secrets import Secret, secrets
from conformance.laws._showing import broken_text, interaction_text
from conformance.laws._targets import built_in_targets, matcher_target, named_target, preset_target
from conformance.laws._traffic import cassettes, interactions, requests, responses

__all__ = [
    "CHANGES",
    "ENCODINGS",
    "LAW_NAMES",
    "MATCHER_LAWS",
    "NAMED_PLACES",
    "PLACES",
    "PLANTS",
    "SCRUBBER_LAWS",
    "Broken",
    "Encoding",
    "Finding",
    "Law",
    "Leak",
    "MatcherTarget",
    "NamedPlace",
    "Place",
    "Planted",
    "Run",
    "ScrubberLike",
    "ScrubberTarget",
    "Secret",
    "Sent",
    "Stored",
    "Verdict",
    "WholeScrubber",
    "broken_text",
    "built_in_targets",
    "cassettes",
    "check_matcher",
    "check_scrubber",
    "counter_example",
    "find_leaks",
    "holds",
    "interaction_text",
    "interactions",
    "law_named",
    "matcher_target",
    "named_target",
    "places",
    "planted",
    "preset_target",
    "regression_name",
    "render_regression",
    "requests",
    "responses",
    "run_laws",
    "secrets",
    "stored",
    "write_regression",
]
