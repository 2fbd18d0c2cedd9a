"""Two installations that both count from 1 are two, and what an earlier version took in is known again."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.accounts.models import Identity
from commentsvc.core.db import db
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.threads.models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commentsvc.exchange.importing.report import Report
    from tests.people import Cast

SITE = "https://news.example.org"


def artalk(page: str, day: str, word: str = "artalk") -> str:
    rows = [
        {"id": n, "rid": n - 1, "content": f"{word} {n}", "created_at": f"{day} 10:00:0{n}",
         "nick": "Lin", "email": "lin@example.org", "page_key": SITE + page}
        for n in (1, 2)
    ]  # fmt: skip
    return json.dumps(rows)


def waline(page: str, day: str, word: str = "waline", many: int = 2) -> str:
    rows = [
        {"objectId": n, "pid": n - 1 or None, "comment": f"{word} {n}", "status": "approved",
         "insertedAt": f"{day}T10:00:0{n}Z", "nick": "Lin", "mail": "lin@example.org",
         "url": SITE + page}
        for n in range(1, many + 1)
    ]  # fmt: skip
    return json.dumps({"type": "waline", "version": 1, "data": {"Comment": rows}})


def valine(page: str, day: str) -> str:
    rows = [
        {"objectId": str(n), "pid": str(n - 1), "comment": f"valine {n}", "nick": "Lin",
         "createdAt": f"{day}T10:00:0{n}Z", "url": SITE + page}
        for n in (1, 2)
    ]  # fmt: skip
    return json.dumps(rows).replace('"pid": "0", ', "")


def isso(page: str, day: str) -> str:
    rows = [
        {"id": n, "parent": n - 1, "text": f"isso {n}", "author": "Lin", "created": f"{day} 10:00:0{n}"}
        for n in (1, 2)
    ]  # fmt: skip
    return json.dumps([{"id": SITE + page, "title": "A", "comments": rows}])


def table(page: str, day: str) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["thread_url", "comment_id", "parent_id", "created_at", "author_name", "text"])
    rows.writerows(
        [SITE + page, n, n - 1 or "", f"{day}T10:00:0{n}Z", "L", f"table {n}"] for n in (1, 2)
    )
    return out.getvalue()


@pytest.fixture
def bring(cast: Cast, tmp_path: Path) -> Callable[..., Report]:
    def take(text: str, **more: object) -> Report:
        path = tmp_path / "file"
        path.write_text(text)
        with read(path) as reading:
            return import_comments(cast.site, reading, **more)

    return take


def many() -> int:
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def answered() -> dict[str, str | None]:
    """Each text -> the text that it answers."""
    db.session.expire_all()
    said = {each.comment_id: each.text for each in db.session.scalars(select(Revision))}
    return {said[row.id]: said.get(row.parent_id) for row in db.session.scalars(select(Comment))}


@pytest.mark.engines
def test_it_works(bring) -> None:
    """Artalk, Valine and Waline on one site: three times the same numbers, six comments."""
    for file in (
        artalk("/a", "2020-01-01"),
        waline("/b", "2021-01-01"),
        valine("/c", "2022-01-01"),
    ):
        assert bring(file).taken["comments"] == 2
        assert bring(file).taken["comments_known"] == 2
    assert answered() == {
        "artalk 1": None, "artalk 2": "artalk 1", "waline 1": None, "waline 2": "waline 1",
        "valine 1": None, "valine 2": "valine 1",
    }  # fmt: skip


@pytest.mark.parametrize("make", [artalk, waline, valine, isso, table])
def test_two_installations_of_one_kind_are_two(bring, make) -> None:
    word = make.__name__
    one, two = make("/a", "2020-01-01"), make("/b", "2021-01-01").replace(f"{word} ", "other ")
    bring(one)
    dry = bring(two, dry_run=True)
    assert (dry.taken["comments"], dry.taken["comments_known"]) == (2, 0)
    assert bring(two).taken["comments"] == 2
    before = answered()
    assert many() == 4 and sum(each is not None for each in before.values()) == 2
    assert all(each is None or each.split()[0] == text.split()[0] for text, each in before.items())
    for file in (one, two):
        again = bring(file)
        assert (again.taken["comments"], again.taken["comments_known"]) == (0, 2)
    assert answered() == before


def test_what_was_edited_moved_or_dated_anew_is_the_same(bring) -> None:
    bring(artalk("/a", "2020-01-01"))
    assert bring(artalk("/a", "2020-01-01", "edited")).taken["comments"] == 0
    assert bring(artalk("/moved", "2020-01-01")).taken["comments"] == 0
    assert bring(artalk("/a", "2020-01-02")).taken["comments"] == 0
    assert many() == 2


def test_what_an_earlier_version_took_in_is_known_again(bring, cast) -> None:
    bring(waline("/b", "2021-01-01"))
    for each in db.session.scalars(select(Comment)):
        each.source = (each.source or "").replace("waline:", "artalk:")
    db.session.commit()
    assert bring(waline("/b", "2021-01-01"), dry_run=True).taken["comments"] == 0
    longer = bring(waline("/b", "2021-01-01", many=3))
    assert (longer.taken["comments"], longer.taken["comments_known"]) == (1, 2)
    assert longer.taken["people"] == 0
    assert bring(artalk("/a", "2020-01-01")).taken["comments"] == 2
    assert answered()["waline 3"] == "waline 2" and many() == 5
    providers = set(db.session.scalars(select(Identity.provider)))
    assert f"artalk@{cast.site.key}" in providers and f"waline@{cast.site.key}" not in providers
