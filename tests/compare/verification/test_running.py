"""A server that means what was recorded conforms; one that does not is told in what."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.cassette.formats import read_any
from conformance.compare.verification import DIALECTS, Checked, Recording, Verification, verify_server
from tests.cassette.formats.corpus import CORPUS, NOT_HERE, recordings
from tests.compare.verification.servers import AZURE, Mirror, marked, other, server_of

FAMILIES = (
    "azure-cli-extensions-adls-2021",
    "azure-sdk-python-blob-2021",
    "azure-sdk-python-datalake-2021",
    "gocdk-azureblob-v0.24.0",
    "remote-store-azure-hns",
)
HOST = "https://recorded.blob.core.windows.net"
SENT = (("User-Agent", "a client"), ("x-ms-date", "Fri, 06 Aug 2021 16:35:45 GMT"))


def interaction(  # noqa: PLR0913  (what a message is)
    method: str,
    path: str,
    status: int,
    headers: dict[str, str] | None = None,
    *,
    sends: dict[str, str] | None = None,
    body: bytes = b"",
) -> Interaction:
    request = Request(method, f"{HOST}{path}", (*SENT, *(sends or {}).items()))
    return Interaction(request, Response(status, "", tuple((headers or {}).items()), body))


def error(method: str, path: str, status: int, code: str) -> Interaction:
    message = "It is so.\nRequestId:a-1\nTime:2021-08-06T16:35:45.1Z"
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    headers = {"x-ms-error-code": code, "Content-Type": "application/xml"}
    return interaction(method, path, status, headers, body=body)


def example() -> tuple[Interaction, ...]:
    """A container, a blob in it, a conditional write, a listing and a miss."""
    listing = b"<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Etag>0x8D958F83</Etag></Properties></Blob>"
    return (
        interaction("PUT", "/made?restype=container", 201, {"ETag": '"0x8D900001"'}),
        interaction("PUT", "/made/a", 201, {"ETag": '"0x8D958F83"', "x-ms-request-id": "1", "x-kept": "yes"}),
        interaction("PUT", "/made/a", 201, {"ETag": '"0x8D958F84"'}, sends={"If-Match": '"0x8D958F83"'}),
        interaction(
            "GET",
            "/made?comp=list&restype=container",
            200,
            {"Content-Type": "application/xml"},
            body=listing + b"<Blob><Name>b</Name></Blob></Blobs></EnumerationResults>",
        ),
        error("GET", "/made/missing", 404, "BlobNotFound"),
    )


def run(mirror: Mirror, *, is_unique: bool = False, keeps: bool = False) -> Verification:
    recording = Recording("a/recording.yaml", tuple(mirror.interactions))
    return verify_server([recording], server_of(mirror.send), is_unique=is_unique, keeps=keeps)


def differing(found: Verification) -> list[Checked]:
    return [each for each in found.checked if not each.conforms]


def test_a_server_that_answers_what_was_recorded_with_other_ids_conforms() -> None:
    mirror = Mirror(example())
    found = run(mirror)
    assert found.score().compared == len(example())
    assert differing(found) == []
    assert dict(mirror.sent[2].headers)["If-Match"] == f'"{other("0x8D958F83")}"'


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_server_that_answers_like_a_real_one_conforms_to_its_recordings(family: str) -> None:
    count = 0
    for path in recordings(family)[::4]:
        items = marked(read_any(path).interactions)
        dialect = next((each for each in DIALECTS if any(each.applies(item.request.uri) for item in items)), AZURE)
        sent = [item for item in items if dialect.applies(item.request.uri) and not dialect.obstacle(item)]
        found = verify_server([Recording(path.name, items)], server_of(Mirror(sent, dialect).send))
        assert [(each.number, each.differences) for each in differing(found)] == [], path
        count += found.score().compared
    assert count >= len(recordings(family)[::4])


CHANGES = {
    "status": lambda response: replace(response, status=206),
    "header x-kept": lambda response: replace(response, headers=(*response.headers[:-1], ("x-kept", "no"))),
    "header x-new": lambda response: replace(response, headers=(*response.headers, ("x-new", "1"))),
    "header etag": lambda response: replace(response, headers=response.headers[1:]),
    "body line 1": lambda response: replace(response, body=b"what nobody asked for"),
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_server_that_differs_in_one_part_scores_less_and_the_part_is_named(part: str) -> None:
    mirror = Mirror(example(), change=lambda number, answer: CHANGES[part](answer) if number == 2 else answer)
    found = run(mirror)
    assert [(each.number, [one.part for one in each.differences]) for each in differing(found)] == [(2, [part])]
    assert (found.score().conforming, found.score().compared) == (4, 5)


def test_an_etag_that_is_not_that_of_the_write_is_a_difference() -> None:
    def change(number: int, answer: Response) -> Response:
        return replace(answer, body=answer.body.replace(b"0x", b"0x7")) if number == 4 else answer

    found = differing(run(Mirror(example(), change=change)))
    assert [each.number for each in found] == [4]
    assert [one.part for one in found[0].differences] == ["body /EnumerationResults/Blobs/Blob{a}/Properties/Etag"]


def test_entries_of_a_list_are_held_against_those_of_their_key() -> None:
    def change(number: int, answer: Response) -> Response:
        return replace(answer, body=re.sub(rb"<Blob>.*?</Blob>", b"", answer.body, count=1)) if number == 4 else answer

    found = differing(run(Mirror(example(), change=change)))
    parts = [one.part for one in found[0].differences]
    assert all("Blob{a}" in part for part in parts), "what is told of b is the same"
    assert len(parts) == 2


def test_entries_in_another_order_are_a_difference_where_the_service_promises_one() -> None:
    entries = b"<Blob><Name>a</Name></Blob>", b"<Blob><Name>b</Name></Blob>"
    listing = interaction(
        "GET",
        "/made?comp=list&restype=container",
        200,
        {"Content-Type": "application/xml"},
        body=b"<Blobs>" + b"".join(entries) + b"</Blobs>",
    )

    def change(_: int, answer: Response) -> Response:
        return replace(answer, body=b"<Blobs>" + b"".join(reversed(entries)) + b"</Blobs>")

    found = differing(run(Mirror([listing], change=change)))
    assert [[one.part for one in each.differences] for each in found] == [["body order"]]


@given(st.integers(1, 5), st.sampled_from([400, 409, 500]))
def test_what_comes_out_otherwise_is_a_difference_of_status_and_code_whatever_else_differs(
    number: int, status: int
) -> None:
    refusal = error("GET", "/", status, "Refused").response
    found = run(Mirror(example(), change=lambda at, answer: refusal if at == number else answer))
    checked = next(each for each in found.checked if each.number == number)
    assert {part for part, _, _ in checked.signature} == {"status", "code"}
    assert {each.behaviour for each in found.groups()[0].members} == {checked.behaviour}


def test_what_follows_from_an_earlier_outcome_at_the_same_place_is_marked() -> None:
    refusal = error("PUT", "/", 409, "Refused").response
    found = run(Mirror(example(), change=lambda at, answer: refusal if at in (2, 3, 5) else answer))
    assert {each.number: each.after for each in differing(found)} == {2: None, 3: 2, 5: None}


def test_a_container_that_is_used_and_never_created_is_created_before_and_removed_after() -> None:
    mirror = Mirror([interaction("GET", "/there?restype=container", 200, {"ETag": '"0x8D958F83"'})])
    assert differing(run(mirror)) == []
    assert [(each.method, each.uri.partition(":10000")[2]) for each in mirror.prepared] == [
        ("PUT", "/there?restype=container"),
        ("PUT", "/there?comp=lease&restype=container"),
        ("DELETE", "/there?restype=container"),
    ]


@pytest.mark.parametrize(
    ("first", "prepared"),
    [
        (interaction("PUT", "/c?restype=container", 201), 0),
        (error("GET", "/c?restype=container", 404, "ContainerNotFound"), 0),
        (error("PUT", "/c?restype=container", 409, "ContainerAlreadyExists"), 1),
        (error("GET", "/c/a", 404, "BlobNotFound"), 1),
    ],
)
def test_what_the_first_answer_says_of_a_container_tells_whether_it_was_there(
    first: Interaction, prepared: int
) -> None:
    mirror = Mirror([first])
    run(mirror, keeps=True)
    assert len(mirror.prepared) == prepared


def test_what_a_recording_leaves_is_removed_unless_it_is_kept() -> None:
    created = [interaction("PUT", "/made?restype=container", 201)]
    removed = interaction("DELETE", "/made?restype=container", 202)
    for items, keeps, count in ((created, False, 2), (created, True, 0), ([*created, removed], False, 0)):
        mirror = Mirror(items)
        run(mirror, keeps=keeps)
        assert len(mirror.prepared) == count


def test_a_container_that_is_created_again_is_removed_before() -> None:
    created = interaction("PUT", "/made?restype=container", 201)
    mirror = Mirror([created, created])
    run(mirror, keeps=True)
    assert [each.method for each in mirror.prepared] == ["PUT", "DELETE"]


def test_names_of_their_own_are_sent_and_read_back_as_the_recorded_ones() -> None:
    listing = b"<EnumerationResults ContainerName='made'></EnumerationResults>"
    items = [
        *example()[:2],
        interaction("PUT", "/made/b", 202, sends={"x-ms-copy-source": f"{HOST}/made/a?sv=1"}),
        interaction("GET", "/made?comp=list&restype=container", 200, {"Content-Type": "text/xml"}, body=listing),
    ]
    mirror = Mirror(items)

    def send(request: Request) -> Response:
        name = request.uri.split("/")[3].partition("?")[0]
        answer = mirror.send(request)
        return replace(answer, body=answer.body.replace(b"made", name.encode()))

    found = verify_server([Recording("recording", tuple(items))], server_of(send), is_unique=True)
    assert differing(found) == []
    names = {request.uri.split("/")[3].partition("?")[0] for request in mirror.sent}
    assert len(names) == 1
    assert names != {"made"}
    assert f"/{names.pop()}/a?sv=1" in dict(mirror.sent[2].headers)["x-ms-copy-source"]


def test_what_is_not_whole_or_goes_elsewhere_is_left_out_with_the_reason() -> None:
    whole = interaction("GET", "/c?restype=container", 404)
    parts = replace(whole, request=replace(whole.request, unrecorded=frozenset({"body"})))
    login = replace(whole, request=replace(whole.request, uri="https://login.test/token"))
    delegated = replace(whole, request=replace(whole.request, uri=f"{HOST}/c/a?suoid=u&skoid=1&sig=2&sv=3&sr=b&sp=r"))
    items = (parts, login, delegated, whole)
    found = verify_server([Recording("recording", items)], server_of(Mirror([whole]).send))
    assert found.files[0].left_out == (
        (1, "not recorded whole"),
        (2, "sent to another service"),
        (3, "signed with a user delegation key, for a user"),
    )
    assert [each.number for each in found.checked] == [4]


def test_a_server_that_is_emptied_for_each_recording_is_not_cleaned_up_after() -> None:
    emptied: list[str] = []
    mirror = Mirror([interaction("PUT", "/made?restype=container", 201)])
    server = replace(server_of(mirror.send), reset=lambda: emptied.append("now"))
    verify_server([Recording("recording", tuple(mirror.interactions))], server)
    assert (emptied, mirror.prepared) == (["now"], [])


def test_a_server_that_waits_is_told_how_long_the_recording_did() -> None:
    def at(clock: str) -> Interaction:
        return interaction("GET", "/c/a", 200, {"Date": f"Fri, 06 Aug 2021 {clock} GMT"})

    told: list[float] = []

    def wait(seconds: float) -> float:
        told.append(seconds)
        return 0.0

    items = (at("16:00:00"), at("16:00:17"), at("16:00:17"))
    server = replace(server_of(Mirror(items).send), wait=wait)
    verify_server([Recording("recording", items)], server, keeps=True)
    assert [seconds for seconds in told if seconds] == [17.0]


def test_no_answer_is_a_difference() -> None:
    found = run(Mirror(example(), change=lambda _, __: Response(0, "no answer")))
    assert found.score().conforming == 0
    assert {each.differences[0].sent for each in found.checked} == {"0"}
