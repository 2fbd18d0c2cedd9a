"""A search that takes too long is stopped by the engine, and everything after it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.moderation.desk import bounded, people, queue
from commentsvc.moderation.desk.queue import Filters
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.engines

#: Statements that would run until somebody stops them.
ENDLESS = {
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    "postgresql": "SELECT pg_sleep(3600)",
}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.05)


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.0)


def test_it_works(cast: Cast, soon: None) -> None:
    with pytest.raises(bounded.TookTooLong), bounded.bounded():
        db.session.execute(text(ENDLESS[db.engine.dialect.name]))
    # the same session, and what it had loaded, go on
    assert cast.site.name and queue.page([cast.site], "all").items == []


def test_what_follows_has_no_bound(cast: Cast, soon: None) -> None:
    """Neither after an end in time nor after one that was too late."""
    for statement in ("SELECT 1", ENDLESS[db.engine.dialect.name]):
        try:
            with bounded.bounded():
                db.session.execute(text(statement))
        except bounded.TookTooLong:
            pass
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(text("SHOW statement_timeout")) == "0"
        db.session.execute(text("SELECT pg_sleep(0.2)"))
    else:
        some = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 1000000)"
        assert db.session.scalar(text(f"{some} SELECT count(*) FROM c")) == 1_000_000


def test_the_time_is_shared(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many statements that are quick each end as well."""
    monkeypatch.setattr(bounded, "SECONDS", 0.1)
    with pytest.raises(bounded.TookTooLong), bounded.bounded():
        while True:
            db.session.execute(text("SELECT 1"))


def test_other_mistakes_stay_what_they_are(cast: Cast) -> None:
    with pytest.raises(Exception, match="no_such_table"), bounded.bounded():
        db.session.execute(text("SELECT * FROM no_such_table"))
    assert queue.page([cast.site], "all").items == []


@pytest.mark.parametrize(
    "filters",
    [
        Filters(words="walnut"),
        Filters(words="ab"),
        Filters(language="en"),
        Filters(label="toxicity", at_least=0.5),
        Filters(reason="spam"),
        Filters(author="nobody"),
    ],
)
def test_everything_that_looks_for_comments_is_bounded(
    cast: Cast, no_time: None, filters: Filters
) -> None:
    post(cast.site, "A walnut, about.")
    for order in queue.ORDERS:
        with pytest.raises(Invalid) as error:
            queue.page([cast.site], "all", order=order, filters=filters)
        assert error.value.key == "invalid.search_slow"
    with pytest.raises(bounded.TookTooLong):
        queue.matching([cast.site], "all", filters)
    with pytest.raises(bounded.TookTooLong):
        queue.found([cast.site], "all", filters, most=10)
    assert queue.page([cast.site], "all").items  # without a filter an index answers


def test_looking_for_people_is_bounded(cast: Cast, no_time: None) -> None:
    with pytest.raises(bounded.TookTooLong):
        people.page([cast.site], search="rita")
    assert people.page([cast.site]).items
