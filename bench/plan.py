"""The places of copied comments: sizes, threads, parents, likes and times, drawn from one seed."""

from __future__ import annotations

import random
from array import array
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db, micros
from commentsvc.threads.models import Comment

_YEARS = 3


@dataclass(frozen=True)
class Size:
    """How many rows of each kind there are; one thread has a fifth of the comments."""

    comments: int

    @property
    def big(self) -> int:
        return self.comments // 5

    @property
    def threads(self) -> int:
        return max(2, self.comments // 50)

    @property
    def sites(self) -> int:
        return max(2, self.comments // 2000)

    @property
    def people(self) -> int:
        return max(10, self.comments // 20)


class Plan:
    """The pattern at each place, in the order of writing. Everything is drawn from one seed."""

    def __init__(self, size: Size, sites: list[int]) -> None:
        self.size, self.sites = size, sites
        self.chance = random.Random(size.comments)
        self.patterns = self._rows()
        self.parent, self.depth = array("i"), array("b")
        self.pattern, self.likes, self.replies = array("i"), array("b"), array("i")
        self.counts, self.last = array("i", [0] * size.threads), array("q", [0] * size.threads)
        self.first = array("q", [0] * size.threads)
        self._draw()

    @staticmethod
    def _rows() -> list[Any]:
        columns = (
            Comment.id,
            Comment.status,
            Comment.urgency,
            Comment.created_at,
            Comment.author_id,
        )
        return list(db.session.execute(select(*columns).order_by(Comment.id)))

    @cached_property
    def thread(self) -> array[int]:
        """By comment, its thread: the big one's comments are mixed with the others'."""
        most, several = self.size.comments, self.size.threads
        others = range(1, several)
        weights = [1 / (1 + number % 97) for number in others]
        drawn = [0] * self.size.big + list(others)
        drawn += self.chance.choices(others, weights, k=max(0, most - len(drawn)))
        drawn = drawn[:most]
        self.chance.shuffle(drawn)
        return array("i", drawn)

    @cached_property
    def step(self) -> float:
        """Microseconds from one comment to the next."""
        return _YEARS * 365 * 86400e6 / self.size.comments

    @cached_property
    def began(self) -> int:
        return micros(clock.now()) - int(_YEARS * 365 * 86400e6) - 60_000_000

    def at(self, number: int) -> int:
        return self.began + int(self.step * number)

    def _draw(self) -> None:
        latest: list[deque[int]] = [deque(maxlen=100) for _ in range(self.size.threads)]
        drawn = self.chance.choices(range(len(self.patterns)), k=self.size.comments)
        for number, pattern in enumerate(drawn):
            thread = self.thread[number]
            published = self.patterns[pattern].status == "published"
            parent = self._parent(latest[thread])
            self.parent.append(parent)
            self.depth.append(self.depth[parent] + 1 if parent >= 0 else 0)
            self.pattern.append(pattern)
            self.replies.append(0)
            liked = published and self.chance.random() < 0.1
            self.likes.append(self.chance.randint(1, 3) if liked else 0)
            if not self.first[thread]:
                self.first[thread] = self.at(number)
            if published:
                latest[thread].append(number)
                self.counts[thread] += 1
                self.last[thread] = self.at(number)
                if parent >= 0:
                    self.replies[parent] += 1

    def _parent(self, latest: deque[int]) -> int:
        """Two in five reply to one of the last hundred of their thread, at most three
        deep; -1: none."""
        if not latest or self.chance.random() > 0.4:
            return -1
        found = latest[self.chance.randrange(len(latest))]
        return found if self.depth[found] < 3 else -1
