"""The newspaper's contents: articles, and what its readers say. Read from one file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE_KEY = "demo"
SITE_NAME = "The Harbour Post"
OLD_PAGE = "storm-of-2014"  # as it was published, with its Facebook box
APP_ID = "201401061610"  # the newspaper's ID at Facebook, as in that page
DISQUS_PAGE = "lighthouse-of-2012"  # with the box and counts of Disqus
DISQUS_COMMENT = "I painted its door in 1968. The keeper paid in herring, and he was generous."

_FILE = Path(__file__).with_name("newspaper.json")


@dataclass(frozen=True)
class Article:
    """One article; paragraphs of `body` that begin with "> " are pull quotes."""

    slug: str
    section: str
    title: str
    lead: str
    author: str
    days_ago: int
    art: str
    body: tuple[str, ...]

    def published(self, now: datetime) -> datetime:
        """Eight in the morning, `days_ago` days before now."""
        day = now - timedelta(days=self.days_ago)
        return day.replace(hour=8, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Line:
    """One comment to create: `at` is minutes after the article, `parent` an earlier
    line's number."""

    number: int
    article: Article
    at: int
    by: str
    text: str
    parent: int | None = None
    likes: int = 0
    expect: str = "published"
    marks: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()  # reason and note
    decide: tuple[str, str] | None = None
    appeal: str | None = None
    notice: dict[str, str] | None = None


@lru_cache(maxsize=1)
def articles() -> tuple[Article, ...]:
    """The articles, as the front page lists them."""
    return tuple(
        Article(**{**each, "body": tuple(each["body"])}) for each in _content()["articles"]
    )


def article(slug: str) -> Article | None:
    """The article with this slug, if there is one."""
    return next((each for each in articles() if each.slug == slug), None)


def lines() -> list[Line]:
    """Everything that readers say; a reply always has a higher number than its parent."""
    found: list[Line] = []
    by_slug = {each.slug: each for each in articles()}
    for each in _content()["comments"]:
        found.extend(_unfolded(each, by_slug[each["on"]], at=0, parent=None, first=len(found)))
    return found


def _unfolded(
    raw: dict[str, Any], on: Article, *, at: int, parent: int | None, first: int
) -> Iterator[Line]:
    at += raw["after"]
    yield Line(
        number=first,
        article=on,
        at=at,
        by=raw["by"],
        text=raw["text"],
        parent=parent,
        likes=raw.get("likes", 0),
        expect=raw.get("expect", "published"),
        marks=tuple(mark for mark in ("feature", "pin") if raw.get(mark)),
        flags=tuple((reason, note) for reason, note in raw.get("flags", ())),
        decide=tuple(raw["decide"]) if "decide" in raw else None,
        appeal=raw.get("appeal"),
        notice=raw.get("notice"),
    )
    number = first + 1
    for reply in raw.get("replies", ()):
        for line in _unfolded(reply, on, at=at, parent=first, first=number):
            number = line.number + 1
            yield line


def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return content
