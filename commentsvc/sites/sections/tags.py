"""The tags that a page gives itself, as text, as they are compared, and as they are stored."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from ...core.errors import Invalid
from ...core.shown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Dialect

MOST_TAGS = 10  # per page
MOST_TAG = 50  # characters
_MOST_TEXT = 2000  # characters of a page's list that are read


def tags_in(text: str | None) -> tuple[str, ...]:
    """The tags of a page's list, `politics, live`: untrusted, so what is too long is left out."""
    found = _tidy((text or "")[:_MOST_TEXT].split(","))
    return tuple(each for each in found if len(each) <= MOST_TAG)[:MOST_TAGS]


def tidy_tags(tags: Iterable[str], most: int = MOST_TAGS) -> tuple[str, ...]:
    """Tags that a person or a program sets, as they are stored. Raises `Invalid` for too many, for
    long ones, and for a comma inside one."""
    found = _tidy(tags)
    if len(found) > most or any(len(each) > MOST_TAG or "," in each for each in found):
        raise Invalid("invalid.tags", n=most, most=MOST_TAG, field="tags")
    return found


def _tidy(tags: Iterable[str]) -> tuple[str, ...]:
    """Without empty and repeated ones; case does not count, so all are in lower case."""
    tidy = (unicodedata.normalize("NFC", one_line(each).lower()) for each in tags)
    return tuple(dict.fromkeys(each for each in tidy if each))


class TagList(TypeDecorator[tuple[str, ...]]):
    """A column of tags, each between line breaks, so that LIKE finds a whole one."""

    impl = String(MOST_TAGS * (MOST_TAG + 1) + 1)
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """As it is stored; None: no tags."""
        return stored(*value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """As it is read."""
        return tuple(value.strip("\n").split("\n")) if value else ()


def stored(*tags: str) -> str:
    """These tags as text in the column."""
    return "\n" + "".join(f"{each}\n" for each in tags)
