"""A table has a row a difference: what was recorded, what was answered, where, how often, and one example."""

from __future__ import annotations

from conformance.cassette import Difference, Interaction, Request, Response
from conformance.compare.verification import AcceptedEntry, Behaviour, Checked, FileResult, Verification, apply_accepted
from conformance.report import render_verification_table

ABSENT = "(absent)"


def checked(
    *differences: tuple[str, str, str],
    number: int = 1,
    file: str = "box/one.yaml",
    status: int = 200,
    after: int | None = None,
    live: int = 200,
) -> Checked:
    request = Request("GET", "http://box.test/")
    found = tuple(Difference(*each) for each in differences)
    behaviour = Behaviour("GET", "box", "path", "", status, "Gone" if status >= 400 else "")
    return Checked(
        file, number, behaviour, Interaction(request, Response(status)), request, Response(live), found, after
    )


def rows_of(*items: Checked, entries: tuple[AcceptedEntry, ...] = ()) -> list[list[str]]:
    files = tuple(
        FileResult(name, tuple(each for each in items if each.file == name))
        for name in dict.fromkeys(each.file for each in items)
    )
    verification, _ = apply_accepted(Verification(files), entries)
    lines = render_verification_table(verification).splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]


def test_a_difference_is_one_row_with_its_count_and_an_example() -> None:
    size = ("header x-size", "1", ABSENT)
    rows = rows_of(
        checked(size),
        checked(size, number=2),
        checked(("header x-size", "7", ABSENT), file="box/two.yaml"),
        checked(number=3),
    )
    assert rows[0] == ["what differs", "recorded", "answered", "behaviours", "count", "example"]
    assert rows[1:] == [["`header x-size`", "`1`", "absent", "`GET box path -> 200`", "3", "`one.yaml#1`"]]


def test_values_that_differ_are_rows_of_their_own_and_dates_are_not() -> None:
    rows = rows_of(
        checked(("header x-a", "1", "2")),
        checked(("header x-a", "1", "3"), number=2),
        checked(("header x-b", "Thu, 03 Dec 2020 23:08:28 GMT", "no")),
        checked(("header x-b", "Fri, 04 Dec 2020 23:08:28 GMT", "no"), number=2),
    )
    assert [row[:3] + row[4:5] for row in rows[1:]] == [
        ["`header x-b`", "a date", "`no`", "2"],
        ["`header x-a`", "`1`", "`2`", "1"],
        ["`header x-a`", "`1`", "`3`", "1"],
    ]


def test_of_an_answer_with_another_outcome_only_the_outcome_is_told() -> None:
    one = checked(("status", "404", "200"), ("code", "Gone", ABSENT), ("body line 1", "a", "b"), status=404)
    other = checked(("code", "Gone", "Lost"), status=404, live=404, number=2)
    assert [row[:3] for row in rows_of(one, other)[1:]] == [
        ["`status`", "`404 Gone`", "`200`"],
        ["`status`", "`404 Gone`", "`404 Lost`"],
    ]


def test_an_entry_that_a_list_lacks_and_a_body_are_one_row_each() -> None:
    entry = [(f"body /List/Entry{{a/b}}/{leaf}", "1", ABSENT) for leaf in ("Key", "Size", "Owner/ID")]
    other = [("body /List/Entry{c}/Size", "1", "2")]
    lines = [("body line 1", "a", "b"), ("body line 2", "c", "d")]
    assert sorted(row[0] for row in rows_of(checked(*entry, *other), checked(*lines, number=2))[1:]) == [
        "`body /List/Entry/Size`",
        "`body /List/Entry`",
        "`body`",
    ]


def test_headers_of_metadata_are_one_row_and_each_answer_counts_once() -> None:
    rows = rows_of(checked(("header x-box-meta-a", "1", ABSENT), ("header x-box-meta-b", "2", ABSENT)))
    assert rows[1:] == [["`header x-box-meta-*`", "`1`", "absent", "`GET box path -> 200`", "1", "`one.yaml#1`"]]


def test_the_example_is_one_that_follows_from_nothing() -> None:
    size = ("header x-size", "1", ABSENT)
    assert rows_of(checked(size, after=7, number=8), checked(size, number=9))[1][5] == "`one.yaml#9`"
    assert rows_of(checked(size, after=7, number=8))[1][5] == "`one.yaml#8`"


def test_what_is_accepted_is_told_by_itself_with_its_reason() -> None:
    items = checked(("header x-a", "1", ABSENT), ("header x-b", "1", ABSENT))
    rows = rows_of(items, entries=(AcceptedEntry("It is so, or| was.", part="header x-b"),))
    assert [row[0] for row in rows] == ["what differs", "`header x-a`", "what differs", "`header x-b`"]
    assert [row[-1] for row in rows[2:]] == ["why", "It is so, or\\| was."]


def test_what_would_end_a_cell_does_not() -> None:
    row = rows_of(checked(("header x-a", "a|b`c", "")))[1]
    assert row[1] == "`` a\\|b`c ``"
    assert row[2] == "empty"
    assert len(rows_of(checked(("header x-a", "y" * 500, "z")))[1][1]) < 100


def test_nothing_differs_in_nothing() -> None:
    assert render_verification_table(Verification(())).startswith("0 of 0 conform (100.00 %)")
    assert rows_of(checked()) == [["what differs", "recorded", "answered", "behaviours", "count", "example"]]
