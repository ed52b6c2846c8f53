"""What `conformance generate` is asked to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of the command is to do.

    Attributes:
        seconds: For how long to explore; shrinking takes as long again at most.
        requests: At most so many requests while exploring; None is no bound.
        size_bytes: At most so many bytes of bodies while exploring; None is no bound.
        programs: At most so many programs while exploring; None is no bound.
        seed: What the first programs are drawn with.
        is_fresh: Whether what an interrupted run left is thrown away.
        is_pruned: Whether traces that show nothing of their own are removed at the end.
        is_asked: Whether to ask before a live account is explored.
        beside: Names of fixtures that the traces are run on too.
    """

    seconds: float
    requests: int | None = None
    size_bytes: int | None = None
    programs: int | None = None
    seed: int = 0
    is_fresh: bool = False
    is_pruned: bool = False
    is_asked: bool = True
    beside: tuple[str, ...] = ()
