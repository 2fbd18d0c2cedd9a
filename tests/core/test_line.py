"""The line of writers: in order, several to a commit, and nobody is answered before it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from commentsvc.core.errors import Unavailable
from commentsvc.core.writing import line as lines
from commentsvc.core.writing.line import Line, Lost, patience

if TYPE_CHECKING:
    from collections.abc import Callable


class Book:
    """A transaction that writes down what was done with it."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []  # of each commit, who had written
        self.written: list[str] = []
        self.opened = False
        self.broken: Exception | None = None

    def execute(self, statement: str) -> None:
        self.opened = self.opened or statement.startswith("BEGIN")

    def is_open(self) -> bool:
        return self.opened

    def commit_group(self) -> None:
        self.opened = False
        written, self.written = self.written, []
        if self.broken is not None:
            raise self.broken
        self.pages.append(written)


class Crowd:
    """Writers in threads of their own, who come in the order in which they are named."""

    def __init__(self) -> None:
        self.book = Book()
        self.line = Line(self.book)
        self.ended: dict[str, BaseException | None] = {}
        self.began: list[str] = []
        self._threads: list[threading.Thread] = []

    def comes(
        self, name: str, act: Callable[[], object] = lambda: None, *, hurried: bool = True
    ) -> None:
        """Start one, and go on once it stands in line or has its turn."""
        before = len(self.line._places) + len(self.began)
        thread = threading.Thread(target=self._write, args=(name, act, hurried))
        self._threads.append(thread)
        thread.start()
        until(lambda: len(self.line._places) + len(self.began) > before)

    def all_end(self) -> None:
        for each in self._threads:
            each.join(30)
            assert not each.is_alive()

    def _write(self, name: str, act: Callable[[], object], hurried: bool) -> None:
        self.ended[name] = None
        try:
            with patience(time.monotonic() + 20 if hurried else None), self.line.turn():
                self.began.append(name)
                if not self.book.opened:
                    self.line.begin(self.book.execute)
                act()
                self.book.written.append(name)
        except BaseException as error:
            self.ended[name] = error


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.001)


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    monkeypatch.setattr(lines, "_TOGETHER_SECONDS", 20)  # however slow the machine
    return Crowd()


def test_it_works(crowd: Crowd) -> None:
    """Those who stand in line behind one who writes are committed with that one."""
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    for name in ("bob", "cleo", "dan"):
        crowd.comes(name)
    go_on.set()
    crowd.all_end()
    assert crowd.began == ["ann", "bob", "cleo", "dan"]
    assert crowd.book.pages == [["ann", "bob", "cleo", "dan"]]
    assert set(crowd.ended.values()) == {None}


def test_nobody_leaves_before_the_commit(crowd: Crowd) -> None:
    go_on, last = threading.Event(), threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("bob", lambda: last.wait(20))
    go_on.set()
    until(lambda: crowd.began == ["ann", "bob"])
    assert crowd.book.pages == []
    ann = crowd._threads[0]
    ann.join(0.05)
    assert ann.is_alive()
    last.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann", "bob"]]


def test_when_the_commit_fails_all_of_the_group_hear_it_and_the_next_begin_anew(
    crowd: Crowd,
) -> None:
    def fail() -> None:
        crowd.book.broken = OSError("the disk is full")
        raise ZeroDivisionError  # an answer that may rest on what ann wrote: it is not given either

    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("bob", fail)
    go_on.set()
    crowd.all_end()
    assert [type(each) for each in crowd.ended.values()] == [Lost, Lost]
    crowd.book.broken = None
    crowd.comes("cleo")
    crowd.all_end()
    assert crowd.book.pages == [["cleo"]] and crowd.ended["cleo"] is None


def test_who_fails_is_undone_alone(crowd: Crowd) -> None:
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("bob", lambda: 1 / 0)
    crowd.comes("cleo")
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann", "cleo"]]
    assert isinstance(crowd.ended["bob"], ZeroDivisionError)
    assert crowd.ended["ann"] is crowd.ended["cleo"] is None


def test_who_has_no_deadline_is_committed_alone(crowd: Crowd) -> None:
    """A job may take long; no request waits for that to hear of its own commit."""
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("job", hurried=False)
    crowd.comes("bob")
    crowd.comes("cleo")
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann"], ["job"], ["bob", "cleo"]]


def test_a_group_is_bounded(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_MOST_TOGETHER", 2)
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    for name in ("bob", "cleo", "dan", "eve"):
        crowd.comes(name)
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann", "bob"], ["cleo", "dan"], ["eve"]]


def test_a_group_that_took_long_waits_for_nobody_else(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_TOGETHER_SECONDS", 0)
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("bob")
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann"], ["bob"]]


def test_a_transaction_that_was_given_up_takes_nobody_in(crowd: Crowd) -> None:
    def give_up() -> None:
        crowd.book.opened = False
        crowd.book.broken = OSError("the disk is full")
        raise ZeroDivisionError

    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    crowd.comes("bob", give_up)
    crowd.comes("cleo", lambda: setattr(crowd.book, "broken", None))
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["cleo"]]
    assert [type(each) for each in crowd.ended.values()] == [Lost, Lost, type(None)]


def test_who_waits_too_long_leaves_the_line(crowd: Crowd) -> None:
    go_on = threading.Event()
    crowd.comes("ann", lambda: go_on.wait(20))
    with pytest.raises(Unavailable), patience(time.monotonic() + 0.01), crowd.line.turn():
        pass
    crowd.comes("bob")
    go_on.set()
    crowd.all_end()
    assert crowd.book.pages == [["ann", "bob"]]


def test_behind_one_who_waits_for_another_process_the_line_is_short(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_STUCK_SECONDS", 0)
    locked, go_on = threading.Event(), threading.Event()

    def begin(_statement: str) -> None:
        locked.set()
        go_on.wait(20)

    monkeypatch.setattr(crowd.book, "execute", begin)
    crowd.comes("ann")
    assert locked.wait(20)
    crowd.comes("bob")
    with pytest.raises(Unavailable), crowd.line.turn():
        pass
    go_on.set()
    crowd.all_end()
    assert crowd.began == ["ann", "bob"]
