"""Every cassette that was recorded at a real service imports, scrubs and replays.

Requests derived from it again match it before and after scrubbing, and a scrub of it changes no byte that is not in the
reach of a named rule.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.cassette.formats.corpus import CORPUS, FAMILIES, NOT_HERE, check, check_swept, recordings, rule_sets_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_recording_of_real_services_imports_scrubs_and_replays(tmp_path: Path, family: str) -> None:
    declared, done = FAMILIES[family], Counter[str]()
    for turn, path in enumerate(recordings(family)):
        rule_sets = rule_sets_of(family, turn)
        done += check(path, family, tmp_path, rule_sets)
    assert done["files"] >= declared.files
    assert done["interactions"] >= declared.interactions
    assert done["requests"] == done["interactions"] * declared.requests
    assert done["scrubbed requests"] == done["requests"] * len(rule_sets)
    assert done["bodies told apart"] >= declared.bodies
    changes = sum(count for what, count in done.items() if what.startswith("changes by "))
    assert changes >= declared.requests * done["interactions"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("family", FAMILIES)
def test_no_credential_is_left_in_any_recording_of_real_services(family: str) -> None:
    done = Counter[str]()
    for path in recordings(family):
        done += check_swept(path, family, path.name)
    planted = done.pop("planted", 0)
    assert planted >= FAMILIES[family].planted
    assert done.total() >= FAMILIES[family].credentials
