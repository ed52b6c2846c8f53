"""Prints which kept trace catches each mutant: ``python -m tests.slow.mutation``."""

from __future__ import annotations

import sys

from tests.slow.mutation.table import FAMILIES, catches_of, rendered

for name in sys.argv[1:] or FAMILIES:
    sys.stdout.write(rendered(name, catches_of(FAMILIES[name])) + "\n")
