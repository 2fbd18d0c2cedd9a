"""Order, orphans, circles, dates, the same twice: what needs a look at the whole file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commentsvc.exchange.importing.arrange import Reading
from commentsvc.exchange.records import (
    AuthorRecord,
    Break,
    Broken,
    CommentRecord,
    Problem,
    Skipped,
    ThreadRecord,
)

DAY = datetime(2020, 1, 1, tzinfo=UTC)


def comment(name, parent=None, thread="t", at=DAY, **more):
    return CommentRecord("x", name, thread, parent, AuthorRecord("A"), "words", at, **more)


def thread(name="t", **more):
    return ThreadRecord("x", name, f"https://a.example/{name}", **more)


def names(reading):
    return [item.source_id for item in reading if isinstance(item, CommentRecord)]


def test_it_works() -> None:
    with Reading([comment("2", "1"), comment("1"), thread()]) as reading:
        assert [type(item).__name__ for item in reading] == ["ThreadRecord"] + ["CommentRecord"] * 2
        assert names(reading) == ["1", "2"] == names(reading)  # as often as one likes
        assert reading.counts["replies"] == reading.counts["max_depth"] == 1


def test_each_thread_is_followed_by_its_comments() -> None:
    items = [thread("a"), comment("1", thread="b"), comment("2", thread="a"), thread("b")]
    with Reading(items) as reading:
        assert [item.source_id for item in reading] == ["a", "2", "b", "1"]


def test_missing_parents_and_those_in_another_thread_become_none() -> None:
    items = [thread(), thread("u"), comment("1", "nowhere"), comment("2"),
             comment("3", "2", thread="u"), comment("4", "4")]  # fmt: skip
    with Reading(items) as reading:
        assert all(i.parent_source_id is None for i in reading if isinstance(i, CommentRecord))
        assert reading.counts["orphan_replies"] == reading.kinds["parent_missing"] == 3


def test_circles_are_cut_once() -> None:
    ring = [comment("1", "3"), comment("2", "1"), comment("3", "2"), comment("4", "3")]
    with Reading([thread(), *ring, comment("5", "6"), comment("6", "5")]) as reading:
        assert names(reading) == ["1", "5", "2", "6", "3", "4"]
        assert reading.kinds["parent_circle"] == 2


def test_a_chain_of_five_thousand_replies() -> None:
    chain = [comment(str(n), str(n - 1) if n else None) for n in range(5000)]
    with Reading([thread(), *reversed(chain)]) as reading:
        assert names(reading) == [str(n) for n in range(5000)]
        assert reading.counts["max_depth"] == 4999


def test_comments_of_unknown_threads_come_with_a_thread_without_address() -> None:
    with Reading([thread(), comment("1"), comment("2", thread="gone")]) as reading:
        unknown = [item for item in reading if isinstance(item, ThreadRecord)][1]
        assert (unknown.source_id, unknown.url, unknown.source) == ("gone", None, "x")
        assert reading.counts["comments_without_thread"] == 1
        assert (reading.counts["threads"], reading.counts["threads_with_comments"]) == (1, 1)


def test_a_second_mention_of_a_thread_adds_what_the_first_did_not_know() -> None:
    items = [ThreadRecord("x", "t", None), thread(title="T", closed=True), thread(title="U")]
    with Reading(items) as reading:
        found = next(iter(reading))
        assert (found.url, found.title, found.closed) == ("https://a.example/t", "T", True)


def test_dates_come_from_parent_neighbour_thread_or_file() -> None:
    late = DAY + timedelta(days=9)
    items = [
        thread(), thread("u", created_at=late), thread("v"),
        comment("1"), comment("2", at=None), comment("3", "4", at=None), comment("4", at=late),
        comment("5", thread="u", at=None), comment("6", thread="v", at=None),
    ]  # fmt: skip
    with Reading(items) as reading:
        at = {i.source_id: i.created_at for i in reading if isinstance(i, CommentRecord)}
        assert at == {"1": DAY, "2": DAY, "3": late, "4": late, "5": late, "6": late}
        assert reading.kinds["date"] == 4


def test_a_file_without_any_date_leaves_them_open() -> None:
    with Reading([thread(), comment("1", at=None)]) as reading:
        assert [i.created_at for i in reading if isinstance(i, CommentRecord)] == [None]


def test_dates_to_come_are_not_believed() -> None:
    items = [thread(), comment("1"), comment("2", at=DAY + timedelta(days=900))]
    with Reading(items, now=DAY + timedelta(days=1)) as reading:
        assert {i.created_at for i in reading if isinstance(i, CommentRecord)} == {DAY}
        assert reading.kinds["date"] == 1
        what = f"is dated {DAY + timedelta(days=900):%Y-%m-%d}, in the future"
        assert reading.problems[0].what.startswith(what)


def test_moments_keep_their_microseconds() -> None:
    at = datetime(2021, 3, 17, 12, 9, 47, 722181, tzinfo=UTC)
    with Reading([thread(), comment("1", at=at)]) as reading:
        assert list(reading)[1].created_at == at


def test_a_place_without_words_is_kept_as_withdrawn() -> None:
    empty = CommentRecord("x", "1", "t", None, AuthorRecord(None), " \n", DAY)
    with Reading([thread(), empty, comment("2", "1")]) as reading:
        found = list(reading)[1]
        assert (found.status, found.reason) == ("withdrawn", "no_text")
        assert reading.kinds["no_text"] == 1


def test_a_break_is_told_and_what_stood_before_is_there() -> None:
    def items():
        yield thread()
        yield comment("1")
        yield Skipped("pingbacks", 3)
        yield Break(Problem("not_json", "line 3", "unexpected end"))
        yield comment("2")
        raise Broken("not_well_formed", "line 9, column 2", "mismatched tag")

    with Reading(items()) as reading:
        assert names(reading) == ["1", "2"]
        assert reading.broken == "The file can’t be read at line 3: unexpected end."
        assert reading.kinds == {"not_json": 1, "not_well_formed": 1}
        assert reading.counts["pingbacks"] == 3


def test_problems_are_all_counted_and_some_told() -> None:
    with Reading([thread(), *(comment(str(n), "gone") for n in range(700))]) as reading:
        assert reading.kinds["parent_missing"] == 700 and len(reading.problems) == 500


def test_nothing_is_left_behind(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def failing():
        yield thread()
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        Reading(failing())
    with Reading([thread()]):
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(-1, 11), st.sampled_from("tu"), st.booleans()),
        max_size=14,
    )
)
def test_parents_always_stand_before_replies_and_nothing_is_lost(rows) -> None:
    items = [
        comment(
            str(name), str(parent) if parent >= 0 else None, thread=where, at=DAY if at else None
        )
        for name, parent, where, at in rows
    ]
    with Reading(items) as reading:
        seen: dict[str, str] = {}
        for item in reading:
            if isinstance(item, CommentRecord):
                assert item.source_id not in seen
                if item.parent_source_id:
                    assert seen[item.parent_source_id] == item.thread_source_id
                seen[item.source_id] = item.thread_source_id
        assert set(seen) == {str(name) for name, *_ in rows}
        assert reading.counts["comments"] == len(seen)
        assert reading.counts["duplicates"] == len(rows) - len(seen)
