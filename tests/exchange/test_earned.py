"""Automatic trust moves with the people of a site; what does not say by what is a person's choice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.core.db import db, unit_of_work
from commentsvc.exchange.formats import read
from commentsvc.exchange.importing.commands import import_comments
from commentsvc.sites.commands import put_role
from commentsvc.sites.models import Membership
from tests.exchange.test_export import lines, written
from tests.factories import HREF, post

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Cast

EARNED = {"approved": 25, "days": 60}


def test_it_works(cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    with unit_of_work():
        put_role(cast.site, cast.rita, "trusted", by=None, earned=EARNED)
    people = {each["name"]: each for each in lines(written(cast.site)) if each["kind"] == "author"}
    assert people["Rita"]["earned"] == EARNED
    assert "earned" not in people["Mona"]


@pytest.mark.parametrize(
    ("role", "earned", "kept"),
    [
        ("trusted", EARNED, EARNED),
        ("trusted", None, None),
        ("trusted", {"approved": "many"}, None),
        ("moderator", EARNED, None),
    ],
)
def test_it_comes_back(cast: Cast, tmp_path: Path, role: str, earned: Any, kept: Any) -> None:
    rows = [
        {"kind": "commentsvc", "version": 1},
        {"kind": "author", "source_id": "u", "name": "Uma", "role": role, "earned": earned},
        {"kind": "thread", "source": "commentsvc", "source_id": "t", "url": HREF},
        {"kind": "comment", "source": "commentsvc", "source_id": "c", "thread_source_id": "t",
         "author": {"source_id": "u", "name": "Uma"}, "text": "words"},
        {"kind": "end", "threads": 1, "comments": 1},
    ]  # fmt: skip
    path = tmp_path / "site.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    with read(path) as reading:
        import_comments(cast.site, reading)
    row = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert row is not None and (row.role, row.earned) == (role, kept)
