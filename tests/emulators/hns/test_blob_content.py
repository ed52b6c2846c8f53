"""Blocks, appended blocks, pages, and content that is taken from a URL."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns._checksums import crc64_text, md5
from tests.emulators.hns.blob_client import APPEND, BLOCK, HOST, BlobClient, code, elements, header

if TYPE_CHECKING:
    from conformance.cassette import Response

PAGE = 512
SOURCE = {"x-ms-copy-source": f"{HOST}/box/source"}


@pytest.fixture
def client() -> BlobClient:
    client = BlobClient()
    client.put("source", b"0123456789")
    return client


def block_id(number: int) -> str:
    return base64.b64encode(f"{number:03}".encode()).decode()


def stage(client: BlobClient, number: int, content: bytes) -> None:
    assert client.send("PUT", f"box/f?comp=block&blockid={block_id(number)}", body=content).status == 201


def commit(client: BlobClient, *entries: tuple[str, int], headers: dict[str, str] | None = None) -> tuple[int, str]:
    body = "".join(f"<{place}>{block_id(number)}</{place}>" for place, number in entries)
    return code(client.send("PUT", "box/f?comp=blocklist", headers, f"<BlockList>{body}</BlockList>".encode()))


@given(st.lists(st.tuples(st.booleans(), st.dictionaries(st.integers(0, 4), st.binary(max_size=5))), max_size=4))
def test_a_blob_is_the_blocks_of_its_last_list(rounds: list[tuple[bool, dict[int, bytes]]]) -> None:
    client, committed = BlobClient(), dict[int, bytes]()
    for keeps, blocks in rounds:
        for number, content in blocks.items():
            stage(client, number, content)
        kept = {number: content for number, content in committed.items() if keeps and number not in blocks}
        entries = [*[("Committed", number) for number in kept], *[("Latest", number) for number in blocks]]
        assert commit(client, *entries) == (201, "")
        committed = kept | blocks
        assert client.send("GET", "box/f").body == b"".join(committed.values())
        listed = client.send("GET", "box/f?comp=blocklist&blocklisttype=all")
        assert elements(listed, "Name") == [block_id(number) for number in committed]
        assert b"<UncommittedBlocks />" in listed.body


def test_blocks_are_not_a_blob(client: BlobClient) -> None:
    stage(client, 1, b"abc")
    assert client.send("GET", "box/f").status == 404
    assert (client.names("prefix=f"), client.names("prefix=f&include=uncommittedblobs")) == ([], ["f"])
    assert elements(client.send("GET", "box/f?comp=blocklist"), "Name") == []
    listed = client.send("GET", "box/f?comp=blocklist&blocklisttype=uncommitted")
    assert (elements(listed, "Name"), header(listed, "etag")) == ([block_id(1)], "")
    assert code(client.send("GET", "box/g?comp=blocklist")) == (404, "BlobNotFound")
    assert code(client.send("DELETE", "box/f")) == (404, "BlobNotFound")


def test_a_list_takes_nothing_that_is_not_there(client: BlobClient) -> None:
    stage(client, 1, b"abc")
    assert commit(client, ("Committed", 1)) == (400, "InvalidBlockList")
    assert commit(client, ("Uncommitted", 2)) == (400, "InvalidBlockList")
    assert commit(client, ("Blocks", 1)) == (400, "InvalidXmlDocument")
    assert commit(client, *[("Latest", 1)] * 50_001) == (400, "BlockListTooLong")
    assert commit(client, ("Uncommitted", 1), headers={"x-ms-access-tier": "Cool", "x-ms-tags": "a=1"}) == (201, "")
    assert header(client.send("HEAD", "box/f"), "x-ms-access-tier") == "Cool"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", (400, "MissingRequiredQueryParameter")),
        ("&blockid=*", (400, "InvalidQueryParameterValue")),
        ("&blockid=" + "AAAA" * 22, (400, "InvalidQueryParameterValue")),
        ("&blockid=AAAAAAAA", (400, "InvalidBlobOrBlock")),
    ],
)
def test_a_block_that_cannot_be_named_is_refused(client: BlobClient, query: str, said: tuple[int, str]) -> None:
    stage(client, 1, b"abc")
    assert code(client.send("PUT", f"box/f?comp=block{query}", body=b"a")) == said


def test_blocks_are_those_of_block_blobs(client: BlobClient) -> None:
    client.send("PUT", "box/a", APPEND)
    assert code(client.send("GET", "box/a?comp=blocklist")) == (409, "InvalidBlobType")
    assert code(client.send("PUT", "box/a?comp=blocklist", body=b"<BlockList />")) == (409, "InvalidBlobType")
    assert code(client.send("GET", "box/a?comp=blocklist&blocklisttype=some")) == (400, "InvalidQueryParameterValue")


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=5))
def test_what_is_appended_stands_behind_the_rest(contents: list[bytes]) -> None:
    client, whole = BlobClient(), b""
    client.send("PUT", "box/a", APPEND)
    for count, content in enumerate(contents, start=1):
        asked = {"x-ms-blob-condition-appendpos": str(len(whole)), "x-ms-blob-condition-maxsize": "100"}
        answer = client.send("PUT", "box/a?comp=appendblock", asked, content)
        assert header(answer, "x-ms-blob-append-offset") == str(len(whole))
        assert header(answer, "x-ms-blob-committed-block-count") == str(count)
        whole += content
    assert client.send("GET", "box/a").body == whole


@pytest.mark.parametrize(
    ("target", "headers", "body", "said"),
    [
        ("a", {"x-ms-blob-condition-appendpos": "1"}, b"a", (412, "AppendPositionConditionNotMet")),
        ("a", {"x-ms-blob-condition-appendpos": "x"}, b"a", (400, "InvalidHeaderValue")),
        ("a", {"x-ms-blob-condition-maxsize": "1"}, b"ab", (412, "MaxBlobSizeConditionNotMet")),
        ("a", {}, b"", (400, "InvalidHeaderValue")),
        ("source", {}, b"a", (409, "InvalidBlobType")),
        ("b", {}, b"a", (404, "BlobNotFound")),
    ],
)
def test_what_cannot_be_appended_is_refused(
    client: BlobClient, target: str, headers: dict[str, str], body: bytes, said: tuple[int, str]
) -> None:
    client.send("PUT", "box/a", APPEND)
    assert code(client.send("PUT", f"box/{target}?comp=appendblock", headers, body)) == said


def test_nothing_is_appended_to_too_many_blocks(client: BlobClient) -> None:
    client.send("PUT", "box/a", APPEND)
    client.account.state.containers["box"].nodes["a"].blocks = [("", 0)] * 50_000
    assert code(client.send("PUT", "box/a?comp=appendblock", body=b"a")) == (409, "BlockCountExceedsLimit")


def test_a_sealed_blob_stays_as_it_is(client: BlobClient) -> None:
    client.send("PUT", "box/a", APPEND)
    wrong = client.send("PUT", "box/a?comp=seal", {"x-ms-blob-condition-appendpos": "1"})
    assert code(wrong) == (412, "AppendPositionConditionNotMet")
    assert b'encoding="utf-8"?>\n<Error>' in wrong.body
    sealed = [client.send("PUT", "box/a?comp=seal") for _ in range(2)]
    assert [header(answer, "x-ms-blob-sealed") for answer in sealed] == ["true", "true"]
    assert header(sealed[0], "etag") == header(sealed[1], "etag")
    assert code(client.send("PUT", "box/a?comp=appendblock", body=b"a")) == (409, "BlobIsSealed")
    assert elements(client.listing("prefix=a"), "Sealed") == ["true"]
    client.copy("a", "b")
    client.copy("a", "c", {"x-ms-seal-blob": "false"})
    client.copy("c", "d", {"x-ms-seal-blob": "true"})
    assert [header(client.send("HEAD", f"box/{name}"), "x-ms-blob-sealed") for name in "bcd"] == ["true", "", "true"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 3), st.booleans()), max_size=6))
def test_pages_are_what_was_written_last(writes: list[tuple[int, int, bool]]) -> None:
    client, model = BlobClient(), bytearray(8 * PAGE)
    client.page_blob("p", len(model))
    before = header(client.send("PUT", "box/p?comp=snapshot"), "x-ms-snapshot")
    written, touched = set[int](), set[int]()
    for number, (first, count, is_update) in enumerate(writes, start=1):
        pages = range(first, min(first + count, 8))
        content = bytes([number]) * PAGE * len(pages)
        asked = {
            "x-ms-page-write": "update" if is_update else "clear",
            "Range": f"bytes={first * PAGE}-{pages.stop * PAGE - 1}",
        }
        answer = client.send("PUT", "box/p?comp=page", asked, content if is_update else b"")
        assert answer.status == 201
        model[first * PAGE : pages.stop * PAGE] = content if is_update else bytes(len(content))
        written = written | set(pages) if is_update else written - set(pages)
        touched |= set(pages)
    assert client.send("GET", "box/p").body == bytes(model)
    listed = client.send("GET", "box/p?comp=pagelist")
    assert spans(listed) == runs(written)
    changed = client.send("GET", f"box/p?comp=pagelist&prevsnapshot={before}")
    assert {page for span in spans(changed) for page in span} == touched


def spans(listed: Response) -> list[range]:
    """Return the ranges of an answer, in pages."""
    starts, ends = elements(listed, "Start"), elements(listed, "End")
    return [range(int(start) // PAGE, int(end) // PAGE + 1) for start, end in zip(starts, ends, strict=True)]


def runs(pages: set[int]) -> list[range]:
    """Return the longest ranges that make up a set of pages, in order."""
    starts = sorted(page for page in pages if page - 1 not in pages)
    ends = sorted(page for page in pages if page + 1 not in pages)
    return [range(start, end + 1) for start, end in zip(starts, ends, strict=True)]


def test_what_was_cleared_since_a_snapshot_is_told(client: BlobClient) -> None:
    client.page_blob("p", 2 * PAGE)
    write = {"x-ms-page-write": "update", "Range": f"bytes=0-{2 * PAGE - 1}"}
    client.send("PUT", "box/p?comp=page", write, bytes(2 * PAGE))
    before = header(client.send("PUT", "box/p?comp=snapshot"), "x-ms-snapshot")
    client.send("PUT", "box/p?comp=page", {"x-ms-page-write": "clear", "Range": f"bytes=0-{PAGE - 1}"})
    listed = client.send("GET", f"box/p?comp=pagelist&prevsnapshot={before}", {"Range": f"bytes=0-{PAGE - 1}"})
    assert b"<PageList><ClearRange><Start>0</Start><End>511</End></ClearRange></PageList>" in listed.body
    assert code(client.send("GET", "box/p?comp=pagelist&prevsnapshot=1")) == (409, "PreviousSnapshotNotFound")
    client.send("PUT", "box/p?comp=properties", {"x-ms-blob-content-length": "0"})
    assert b"<PageList />" in client.send("GET", "box/p?comp=pagelist").body
    assert elements(client.listing("prefix=p"), "x-ms-blob-sequence-number") == ["0"]


@pytest.mark.parametrize(
    ("target", "headers", "size", "said"),
    [
        ("p", {"x-ms-page-write": "write"}, 0, (400, "InvalidHeaderValue")),
        ("p", {"x-ms-page-write": "update"}, 0, (400, "MissingRequiredHeader")),
        ("p", {"x-ms-page-write": "update", "Range": "bytes=1-512"}, PAGE, (416, "InvalidPageRange")),
        ("p", {"x-ms-page-write": "update", "Range": "bytes=0-1023"}, 2 * PAGE, (416, "InvalidPageRange")),
        ("p", {"x-ms-page-write": "update", "Range": "bytes=0-511"}, 1, (400, "InvalidHeaderValue")),
        ("source", {"x-ms-page-write": "clear", "Range": "bytes=0-511"}, 0, (409, "InvalidBlobType")),
        (
            "p",
            {"x-ms-page-write": "clear", "Range": "bytes=0-511", "x-ms-if-sequence-number-lt": "0"},
            0,
            (412, "SequenceNumberConditionNotMet"),
        ),
        (
            "p",
            {"x-ms-page-write": "clear", "Range": "bytes=0-511", "x-ms-if-sequence-number-eq": "x"},
            0,
            (400, "InvalidHeaderValue"),
        ),
        (
            "p",
            {"x-ms-page-write": "clear", "Range": "bytes=0-511", "x-ms-if-sequence-number-le": "0"},
            0,
            (201, ""),
        ),
    ],
)
def test_pages_that_cannot_be_written_are_refused(
    client: BlobClient, target: str, headers: dict[str, str], size: int, said: tuple[int, str]
) -> None:
    client.page_blob("p", PAGE)
    assert code(client.send("PUT", f"box/{target}?comp=page", headers, bytes(size))) == said


def test_only_page_blobs_have_pages(client: BlobClient) -> None:
    assert code(client.send("GET", "box/source?comp=pagelist")) == (409, "InvalidBlobType")


def test_content_is_taken_from_another_blob(client: BlobClient) -> None:
    client.put("source", b"0123456789", {"x-ms-blob-content-language": "nl", "x-ms-meta-a": "1"})
    made = client.send("PUT", "box/g", BLOCK | SOURCE | {"x-ms-blob-content-type": "text/plain"})
    got = client.send("GET", "box/g")
    assert (made.status, got.body, header(got, "content-language")) == (201, b"0123456789", "nl")
    assert (header(got, "content-type"), header(got, "x-ms-meta-a")) == ("text/plain", "1")
    client.send("PUT", "box/h", BLOCK | SOURCE | {"x-ms-copy-source-blob-properties": "false"})
    assert header(client.send("GET", "box/h"), "content-language") == ""
    assert code(client.send("PUT", "box/i", APPEND | SOURCE)) == (409, "InvalidBlobType")


def test_a_range_is_taken_from_another_blob(client: BlobClient) -> None:
    part = SOURCE | {"x-ms-source-range": "bytes=2-4"}
    staged = client.send("PUT", f"box/f?comp=block&blockid={block_id(1)}", part)
    assert header(staged, "x-ms-content-crc64") == crc64_text(b"234")
    commit(client, ("Latest", 1))
    client.send("PUT", "box/a", APPEND)
    answer = client.send("PUT", "box/a?comp=appendblock", part | {"x-ms-source-content-md5": md5(b"234")})
    assert header(answer, "content-md5") == md5(b"234")
    assert client.send("GET", "box/a").body == client.send("GET", "box/f").body == b"234"
    wrong = part | {"x-ms-source-content-crc64": crc64_text(b"345")}
    assert code(client.send("PUT", "box/a?comp=appendblock", wrong)) == (400, "Crc64Mismatch")


def test_pages_are_taken_from_another_blob(client: BlobClient) -> None:
    client.page_blob("p", 2 * PAGE)
    client.put("source", b"a" * PAGE)
    asked = {"Range": f"bytes={PAGE}-{2 * PAGE - 1}", "x-ms-page-write": "update"}
    assert code(client.send("PUT", "box/p?comp=page", SOURCE | asked)) == (400, "MissingRequiredHeader")
    asked |= {"x-ms-source-range": f"bytes=0-{PAGE - 1}"}
    assert client.send("PUT", "box/p?comp=page", SOURCE | asked).status == 201
    assert client.send("GET", "box/p").body == bytes(PAGE) + b"a" * PAGE


def test_content_that_is_not_there_cannot_be_taken(client: BlobClient) -> None:
    nothing = {"x-ms-copy-source": f"{HOST}/box/nothing"}
    stranger = {"x-ms-copy-source": "https://stranger.blob.core.windows.net/box/source"}
    assert code(client.send("PUT", "box/g", BLOCK | nothing)) == (404, "CannotVerifyCopySource")
    assert code(client.send("PUT", "box/g", nothing)) == (404, "BlobNotFound")
    assert code(client.send("PUT", "box/g", stranger)) == (404, "CannotVerifyCopySource")


def test_a_copy_is_all_of_its_source(client: BlobClient) -> None:
    client.put("source", b"abc", {"x-ms-meta-a": "1", "Content-Type": "text/plain", "x-ms-tags": "a=1"})
    answer = client.copy("source", "g", {"x-ms-copy-source-tag-option": "COPY"})
    got = client.send("GET", "box/g")
    assert (got.body, header(got, "x-ms-meta-a"), header(got, "content-type")) == (b"abc", "1", "text/plain")
    assert header(got, "x-ms-copy-id") == header(answer, "x-ms-copy-id")
    assert (header(got, "x-ms-copy-progress"), header(got, "x-ms-tag-count")) == ("3/3", "1")
    assert elements(client.listing("include=copy&prefix=g"), "CopyStatus") == ["success"]
    client.copy("source", "h", {"x-ms-meta-b": "2", "x-ms-access-tier": "Cool"})
    got = client.send("HEAD", "box/h")
    assert (header(got, "x-ms-meta-a"), header(got, "x-ms-meta-b"), header(got, "x-ms-tag-count")) == ("", "2", "")


def test_a_copy_onto_itself_changes_what_is_said_of_it(client: BlobClient) -> None:
    taken = header(client.send("PUT", "box/source?comp=snapshot"), "x-ms-snapshot")
    client.copy("source", "source", {"x-ms-meta-a": "1"})
    got = client.send("GET", "box/source")
    assert (got.body, header(got, "x-ms-meta-a")) == (b"0123456789", "1")
    client.put("source", b"later")
    client.copy(f"source?snapshot={taken}", "source")
    assert client.send("GET", "box/source").body == b"0123456789"


def test_a_copy_that_waits_is_told_what_was_copied(client: BlobClient) -> None:
    answer = client.copy("source", "g", {"x-ms-requires-sync": "true"})
    assert header(answer, "x-ms-content-crc64") == crc64_text(b"0123456789")
    client.version = "2018-03-28"
    answer = client.copy("source", "g", {"x-ms-requires-sync": "true"})
    assert header(answer, "content-md5") == md5(b"0123456789")


def test_a_copy_depends_on_its_source(client: BlobClient) -> None:
    assert code(client.copy("source", "g", {"x-ms-source-if-match": '"0x1"'})) == (412, "SourceConditionNotMet")
    held = "00000000-0000-4000-8000-00000000000a"
    answer = client.copy("source", "g", {"x-ms-source-lease-id": held})
    assert code(answer) == (412, "LeaseNotPresentWithBlobOperation")
    client.send("PUT", "box/a", APPEND)
    assert code(client.copy("source", "a")) == (409, "InvalidBlobType")


def test_not_every_operation_takes_a_source(client: BlobClient) -> None:
    assert client.send("PUT", "box/source?comp=metadata", SOURCE).status == 200


def test_there_is_no_copy_to_stop(client: BlobClient) -> None:
    copied = header(client.copy("source", "g"), "x-ms-copy-id")
    abort = {"x-ms-copy-action": "abort"}
    assert code(client.send("PUT", f"box/g?comp=copy&copyid={copied}", abort)) == (409, "NoPendingCopyOperation")
    assert code(client.send("PUT", "box/g?comp=copy", abort)) == (400, "MissingRequiredQueryParameter")
