"""vcr's cassette with an index, a lock and a journal: what it plays and keeps, and in which order, is vcr's."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vcr
import vcr.cassette
from vcr.cassette import _run_hooks
from vcr.persisters.filesystem import CassetteDecodeError, CassetteNotFoundError, FilesystemPersister

from conformance.cassette import Interaction, Journal, paused_collector
from conformance.errors import CassetteError, RecordingError
from conformance.transport.vcr._doors import open_door
from conformance.transport.vcr._index import Index
from conformance.transport.vcr._messages import from_vcr, from_vcr_response
from conformance.transport.vcr._persister import CURE, Files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_METHODS = ("load_cassette", "save_cassette")
_UNPATCHED = [vars(FilesystemPersister)[name] for name in _METHODS]


class Cassette(vcr.cassette.Cassette):  # type: ignore[misc]
    """A cassette of vcr's: finding an answer costs the same whatever its size, and threads may share it."""

    @classmethod
    def use_arg_getter(cls, arg_getter: Callable[[], dict[str, Any]]) -> Any:
        """Return what opens a cassette of this class, as a context manager or decorator."""
        return Use(cls, arg_getter)

    @classmethod
    def use(cls, **kwargs: Any) -> Any:
        """Return what opens a cassette of this class, as a context manager or decorator."""
        return Use.from_args(cls, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._persister: Any = _own(self._persister)
        self._lock = threading.RLock()
        self._index = Index(self._match_on)
        self._indexed: list[Any] = self.data
        self._journaled = 0
        self._journal, self._hide = self._journaling(kwargs)

    def append(self, request: Any, response: Any) -> None:
        """Keep one interaction, filtered; it is in the journal when this returns."""
        with self._lock:
            super().append(request, response)
            if self._journal is not None:
                self._write_to_journal(self._journal)

    def play_response(self, request: Any) -> Any:
        """Return the first response to a request that was not played yet, and count it as played.

        Raises:
            UnhandledHTTPRequestError: There is none.
        """
        with self._lock:
            for position in self._playable(self._before_record_request(request)):
                stored, response = self.data[position]
                if self.play_counts[position] == 0 and position < self._loaded_count:
                    self._played_interactions.append((stored, response))
                self.play_counts[position] += 1
                return response
        return super().play_response(request)

    def give_up(self) -> None:
        """Remove the journal of what was recorded and is not saved."""
        with self._lock:
            if self._journal is not None:
                self._journal.remove()

    def __contains__(self, request: object) -> bool:
        with self._lock:
            return next(self._playable(self._before_record_request(request)), None) is not None

    def _responses(self, request: Any) -> Iterator[tuple[int, Any]]:
        with self._lock:
            positions = list(self._matching(self._before_record_request(request)))
        return iter([(position, self.data[position][1]) for position in positions])

    def _playable(self, request: Any) -> Iterator[int]:
        return self._matching(request, None if self.allow_playback_repeats else self.play_counts)

    def _matching(self, request: Any, played: Any = None) -> Iterator[int]:
        """Return the positions that match, after taking in what was put into ``data`` since."""
        if self._indexed is not self.data or len(self._index) > len(self.data):
            self._index, self._indexed = Index(self._match_on), self.data
        for stored, _ in self.data[len(self._index) :]:
            self._index.add(stored)
        return self._index.matching(request, played)

    def _new_interactions(self) -> list[tuple[Any, Any]]:
        old = self._indexed_of(self._old_interactions)
        return [pair for pair in self.data if next(old.matching(pair[0]), None) is None]

    def _rerecorded_interactions(self) -> list[tuple[Any, Any]]:
        pairs: list[tuple[Any, Any]] = self.data
        loaded, recorded = pairs[: self._loaded_count], pairs[self._loaded_count :]
        if self.drop_unused_requests:
            return recorded
        again = self._indexed_of(recorded)
        return [pair for pair in loaded if not again.has_match_of(pair[0])] + recorded

    def _indexed_of(self, pairs: list[tuple[Any, Any]]) -> Index:
        index = Index(self._match_on)
        for request, _ in pairs:
            index.add(request)
        return index

    def _load(self) -> None:
        """Take in what the persister loads; what it cannot read is an error, where vcr takes it for empty."""
        try:
            with paused_collector():
                requests, responses, *metadata = self._persister.load_cassette(self._path, serializer=self._serializer)
                self._take_in(requests, responses)
        except CassetteNotFoundError:
            return
        except CassetteDecodeError as error:
            raise CassetteError(f"cannot be read: {error}.", CURE, path=Path(self._path)) from error
        self._loaded_count = self._journaled = len(self.data)
        self.dirty = False
        self.rewound = True
        self._metadata = metadata[0] if metadata else {}

    def _take_in(self, requests: list[Any], responses: list[Any]) -> None:
        """Do what ``append`` does, without copies of responses that nobody else holds."""
        for pair in zip(requests, responses, strict=False):
            kept = _run_hooks(self._after_load_interaction, *pair, self) if self._after_load_interaction else pair
            if kept is None:
                continue
            self._old_interactions.append(kept)
            request = self._before_record_request(kept[0])
            response = self._before_record_response(kept[1]) if request else None
            if response is not None:
                self.data.append((request, response))

    def _persist(self, cassette_dict: dict[str, Any]) -> None:
        with self._lock:
            super()._persist(cassette_dict)
            self.give_up()

    def _journaling(self, options: dict[str, Any]) -> tuple[Journal | None, Callable[[Any, Any], Any] | None]:
        """Return the journal, and what hides secrets from it; none where only a hook knows what may reach a disk."""
        if not isinstance(self._persister, Files) or options.get("before_save_interaction"):
            return None, None
        hide = self._before_save_interaction[-1] if self._before_save_interaction else None
        return Journal(Path(self._path)), hide

    def _write_to_journal(self, journal: Journal) -> None:
        """Write what was kept last, if it is of a form that a journal holds."""
        for position in range(self._journaled, len(self.data)):
            request, response = self.data[position]
            if self._hide is not None:
                request, response = self._hide(deepcopy(request), deepcopy(response))
            with suppress(KeyError, TypeError, AttributeError, RecordingError):
                journal.append(position + 1, Interaction(from_vcr(request), from_vcr_response(response)))
        self._journaled = len(self.data)


def _own(persister: Any) -> Any:
    """Return a persister for one cassette: ours in place of vcr's, but for one that somebody patched."""
    if isinstance(persister, Files):
        return Files(persister.extra_paths)
    is_vcrs = persister is FilesystemPersister and [vars(persister)[name] for name in _METHODS] == _UNPATCHED
    return Files() if is_vcrs else persister


class Use(vcr.cassette.CassetteContextDecorator):  # type: ignore[misc]
    """Opens a cassette for a block or a function."""

    _patches: ExitStack | None = None

    def __exit__(self, *error: object) -> None:
        """Save and take the patches out: they go even when saving fails."""
        try:
            super().__exit__(*error)
        finally:
            if self._patches is not None:
                self._patches.close()

    def _patch_generator(self, cassette: Cassette) -> Iterator[Cassette]:
        self._patches = ExitStack()
        with self._patches as stack:
            stack.enter_context(open_door(cassette))
            yield cassette
        cassette.give_up()
