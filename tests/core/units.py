"""Units of work in threads of their own, on a table that nobody else knows."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from sqlalchemy import text

from commentsvc.core.db import after_commit, db, patience, unit_of_work
from commentsvc.core.writing.sqlite import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def make_notes() -> None:
    with unit_of_work():
        db.session.execute(text("CREATE TABLE note (n INTEGER PRIMARY KEY, body TEXT)"))


def drop_notes() -> None:
    with unit_of_work():
        db.session.execute(text("DROP TABLE note"))


def add(n: int, body: str = "") -> None:
    db.session.execute(text("INSERT INTO note VALUES (:n, :body)"), {"n": n, "body": body})


def stored() -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(text("SELECT n FROM note")))


class Refused(Exception):
    """What a unit raises to be undone."""


class Crowd:
    """Units in threads of their own; what became of each."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.ended: dict[int, BaseException | None] = {}
        self.order: list[int] = []
        self.heard: list[int] = []  # whose work after the commit was done
        self.threads: list[threading.Thread] = []

    def comes(self, number: int, act: Callable[[], object], *, hurried: bool = True) -> None:
        thread = threading.Thread(target=self._unit, args=(number, act, hurried))
        self.threads.append(thread)
        thread.start()

    def meet(self, first: Callable[[], object], *others: Callable[[], object]) -> None:
        """The first unit, number 1, takes its time until the others, from 2 on, stand in line. All end."""
        go_on = threading.Event()
        self.comes(1, lambda: (first(), go_on.wait(20)))
        until(lambda: self.order == [1])
        for number, act in enumerate(others, 2):
            self.comes(number, act)
        self.stands_in_line(len(others))
        go_on.set()
        self.all_end()

    def stands_in_line(self, most: int) -> None:
        pool = db.engine.pool
        assert isinstance(pool, Pool)
        until(lambda: len(pool.line._places) == most)

    def all_end(self) -> None:
        for each in self.threads:
            each.join(30)
            assert not each.is_alive()

    def _unit(self, number: int, act: Callable[[], object], hurried: bool) -> None:
        error: BaseException | None = None
        until_then = time.monotonic() + 30 if hurried else None
        with self.app.app_context(), patience(until_then):
            try:
                with unit_of_work():
                    self.order.append(number)
                    after_commit(lambda: self.heard.append(number))
                    act()
            except BaseException as raised:
                error = raised
        self.ended[number] = error


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.001)
