"""Stored lessons and learned weights of a site, to JSON and back, with a cache in memory."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import bindparam, select

from ....core.db import execute
from ....core.rows import table_of
from ...models import SpamLearned
from .learning import Learned, Lesson
from .words import SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

_learned = table_of(SpamLearned)
#: The version of what the site has learned.
VERSION = select(_learned.c.version).where(_learned.c.site_id == bindparam("site"))
_CONTENT = select(_learned.c.version, _learned.c.content).where(
    _learned.c.site_id == bindparam("site")
)
_MOST_KEPT = 100
_KEPT: dict[int, tuple[str, Learned | None]] = {}


def learned_of(site_id: int) -> Learned | None:
    """What a site has learned. One query, and a second if its version has changed."""
    return learned_at(site_id, execute(VERSION, {"site": site_id}).scalar())


def learned_at(site_id: int, version: str | None) -> Learned | None:
    """The same if its `VERSION` is known. No query unless the version has changed."""
    if version is None:
        return None
    kept = _KEPT.get(site_id)
    if kept is None or kept[0] != version:
        row = execute(_CONTENT, {"site": site_id}).one()
        kept = row.version, learned_from(row.content) if row.content else None
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[site_id] = kept
    return kept[1]


def lesson_as_dict(lesson: Lesson) -> dict[str, Any]:
    """A lesson for storing; `spam` has its own column."""
    return {name: value for name, value in asdict(lesson).items() if name != "spam"}


def lesson_from(stored: Mapping[str, Any], *, spam: bool) -> Lesson:
    """The inverse of `lesson_as_dict`."""
    return Lesson(spam=spam, **stored)


def learned_as_dict(learned: Learned) -> dict[str, Any]:
    """For storing: the nonzero weights, packed, since there may be thousands."""
    numbers = np.flatnonzero(learned.weights)
    packed = numbers.astype("<u2").tobytes() + learned.weights[numbers].astype("<f2").tobytes()
    return {
        "weights": b64encode(zlib.compress(packed)).decode("ascii"),
        "decisions": learned.decisions,
        "rejected": sorted(learned.rejected),
    }


def learned_from(stored: Mapping[str, Any]) -> Learned:
    """The inverse of `learned_as_dict`."""
    packed = zlib.decompress(b64decode(stored["weights"]))
    half = len(packed) // 2
    weights = np.zeros(SIZE, np.float32)
    weights[np.frombuffer(packed[:half], "<u2")] = np.frombuffer(packed[half:], "<f2")
    return Learned(weights, stored["decisions"], frozenset(stored["rejected"]))
