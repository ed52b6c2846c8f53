"""Data as a stream of chunks."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.drivers._chunks import Stream, chunks_of, streamed


@given(st.binary(max_size=50), st.integers(1, 9))
def test_chunks_are_the_data_and_few_and_none_is_empty(data: bytes, chunks: int) -> None:
    found = chunks_of(data, chunks)
    assert b"".join(found) == data
    assert len(found) <= chunks
    assert all(found)
    assert len({len(each) for each in found[:-1]}) <= 1


@given(st.binary(max_size=50), st.integers(1, 9), st.integers(1, 60))
def test_a_stream_is_read_chunk_by_chunk_and_not_beyond_what_is_asked_for(data: bytes, chunks: int, size: int) -> None:
    stream = Stream(chunks_of(data, chunks))
    read = list(iter(lambda: stream.read(size), b""))
    assert b"".join(each or b"" for each in read) == data
    longest = max((len(each) for each in chunks_of(data, chunks)), default=0)
    assert all(len(each or b"") <= min(size, longest) for each in read)


def test_an_asynchronous_stream_gives_each_chunk() -> None:
    async def drained() -> list[bytes]:
        return [each async for each in streamed([b"a", b"bc"])]

    assert asyncio.run(drained()) == [b"a", b"bc"]
