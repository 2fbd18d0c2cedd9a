"""Units that share commits leave what they would leave one after the other, in any order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from commentsvc.core.db import IntegrityError, db, unit_of_work
from commentsvc.core.writing import line as lines
from tests.core.units import Crowd, Refused, add, drop_notes, make_notes, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(autouse=True)
def notes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of notes, and groups that take everybody in, however slow the machine."""
    monkeypatch.setattr(lines, "_TOGETHER_SECONDS", 20)
    make_notes()
    yield
    drop_notes()


@dataclass(frozen=True)
class Plan:
    """What a unit does, step by step: ("add", n), ("count",), ("fail",), ("save", steps), ("join", steps)."""

    steps: tuple[Any, ...]
    hurried: bool


_number = st.integers(0, 6)
_leaf = st.one_of(
    st.tuples(st.just("add"), _number),  # fails where it is there
    st.tuples(st.just("count")),  # adds how many there are: rests on what was written before
    st.tuples(st.just("fail")),
)
_steps = st.recursive(
    st.lists(_leaf, min_size=1, max_size=4).map(tuple),
    lambda inner: st.lists(
        st.one_of(_leaf, st.tuples(st.sampled_from(["save", "join"]), inner)), max_size=4
    ).map(tuple),
    max_leaves=4,
)
plans = st.lists(
    st.builds(Plan, _steps, st.sampled_from([True, True, True, False])), min_size=1, max_size=7
)


def really(steps: tuple[Any, ...]) -> None:
    for step in steps:
        if step[0] == "add":
            add(step[1])
        elif step[0] == "count":
            add(100 + int(db.session.scalar(text("SELECT count(*) FROM note")) or 0))
        elif step[0] == "fail":
            raise Refused
        elif step[0] == "save":
            with suppress(Refused, IntegrityError), db.session.begin_nested():
                really(step[1])
        else:
            with unit_of_work():
                really(step[1])


def by_hand(steps: tuple[Any, ...], rows: set[int]) -> set[int]:
    """The same on a set; raises `Refused`."""
    for step in steps:
        if step[0] in ("add", "count"):
            n = step[1] if step[0] == "add" else 100 + len(rows)
            if n in rows:
                raise Refused
            rows = rows | {n}
        elif step[0] == "fail":
            raise Refused
        elif step[0] == "save":
            with suppress(Refused):
                rows = by_hand(step[1], rows)
        else:
            rows = by_hand(step[1], rows)
    return rows


@given(plans)
def test_any_interleaving_leaves_what_one_after_the_other_leaves(app: Flask, plan: Any) -> None:
    with unit_of_work():
        db.session.execute(text("DELETE FROM note"))
    crowd = Crowd(app)
    for number, each in enumerate(plan):
        crowd.comes(number, lambda each=each: really(each.steps), hurried=each.hurried)  # type: ignore[misc]
    crowd.all_end()
    rows: set[int] = set()
    kept = []
    for number in crowd.order:
        with suppress(Refused):
            rows = by_hand(plan[number].steps, rows)
            kept.append(number)
    assert stored() == rows
    assert sorted(crowd.heard) == sorted(kept)
    assert {number for number, error in crowd.ended.items() if error is None} == set(kept)
    assert all(
        isinstance(error, (Refused, IntegrityError)) for error in crowd.ended.values() if error
    )
