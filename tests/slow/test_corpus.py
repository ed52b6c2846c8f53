"""Every cassette that was recorded at a real service imports, scrubs and replays.

Requests derived from it again match it before and after scrubbing, and a scrub of it changes no byte that is not in the
reach of a named rule.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import PRESETS
from tests.cassette.formats.corpus import CORPUS, FAMILIES, NOT_HERE, check, recordings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_recording_of_real_services_imports_scrubs_and_replays(tmp_path: Path, family: str) -> None:
    declared, done = FAMILIES[family], Counter[str]()
    for path in recordings(family):
        done += check(path, family, tmp_path)
    assert done["files"] >= declared.files
    assert done["interactions"] >= declared.interactions
    assert done["requests"] == done["interactions"] * declared.requests
    assert done["scrubbed requests"] == done["requests"] * len(PRESETS)
    assert done["bodies told apart"] >= declared.bodies
    changes = sum(count for what, count in done.items() if what.startswith("changes by "))
    assert changes >= declared.requests * 2 * done["interactions"]
    assert changes
