"""The public log: every decision is in it, nobody's name is, and no change goes unseen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, text, update

from commentsvc.accounts.commands import erase
from commentsvc.core import jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.exchange.exporting.commands import export_site
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.exchange.uploads import undoing
from commentsvc.moderation import audit
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.models import AuditEntry, Decision
from commentsvc.sites.commands import add_site
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


def filled(cast: Cast) -> None:
    for number in range(3):
        held = post(cast.site, f"You idiot, number {number}.", user=cast.rita).comment
        decision = decide(held.public_id, action="reject", reason="abusive", by=cast.mona)
    undo(decision.public_id, by=cast.mona)
    post(cast.other, "You idiot.", name="Zoe", href="https://mountain.example.net/a")


def test_it_works(cast: Cast) -> None:
    filled(cast)
    actions = [each.data["action"] for each in reversed(audit.page(cast.site.id).items)]
    assert actions == ["hold", "reject", "hold", "reject", "hold", "reject", "undo"]
    assert audit.verify(cast.site.id) == (7, None)
    assert audit.verify(cast.other.id) == (1, None)


def test_it_names_nobody(cast: Cast) -> None:
    filled(cast)
    rows = [str(each.data) + each.kind for each in db.session.scalars(select(AuditEntry))]
    for secret in ("rita", "mona", "idiot", "Zoe", cast.rita.public_id, cast.mona.public_id):
        assert not any(secret.lower() in row.lower() for row in rows)


def test_it_holds_after_a_person_is_erased(cast: Cast) -> None:
    filled(cast)
    erase(cast.rita)
    assert audit.verify(cast.site.id) == (7, None)


@pytest.mark.parametrize("number", [1, 4, 7])
def test_a_changed_row_is_seen(cast: Cast, number: int) -> None:
    filled(cast)
    with unit_of_work():
        row = db.session.scalars(
            select(AuditEntry).where(
                AuditEntry.number == number, AuditEntry.site_id == cast.site.id
            )
        ).one()
        row.data = {**row.data, "reason": "spam"}
    held, broken = audit.verify(cast.site.id)
    assert held == number - 1 and broken is not None and broken.number == number


@pytest.mark.parametrize("number", [1, 4, 7])
def test_a_removed_row_is_seen(cast: Cast, number: int) -> None:
    filled(cast)
    with unit_of_work():
        db.session.execute(
            delete(AuditEntry).where(
                AuditEntry.number == number, AuditEntry.site_id == cast.site.id
            )
        )
    held, broken = audit.verify(cast.site.id)
    assert held == number - 1 and broken is not None


def test_two_rows_that_changed_places_are_seen(cast: Cast) -> None:
    filled(cast)
    with unit_of_work():
        for old, new in ((3, -3), (5, 3), (-3, 5)):
            db.session.execute(
                update(AuditEntry)
                .where(AuditEntry.number == old, AuditEntry.site_id == cast.site.id)
                .values(number=new)
            )
    held, broken = audit.verify(cast.site.id)
    assert held == 2 and broken is not None and broken.number == 3


def test_a_row_with_a_hash_of_its_own_is_seen(cast: Cast) -> None:
    filled(cast)
    with unit_of_work():
        row = db.session.scalars(
            select(AuditEntry).where(AuditEntry.number == 2, AuditEntry.site_id == cast.site.id)
        ).one()
        row.data = {**row.data, "reason": "spam"}
        row.hash = audit.hash_of(
            number=row.number, at=row.at, kind=row.kind, data=row.data, previous=row.previous
        )
    held, broken = audit.verify(cast.site.id)
    assert held == 2 and broken is not None and broken.number == 3


def test_pages_go_backwards_without_gaps(cast: Cast) -> None:
    filled(cast)
    seen, after = [], None
    while True:
        page = audit.page(cast.site.id, after=after, limit=3)
        seen += [each.number for each in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert db.session.scalar(text("SELECT count(*) FROM audit_entry")) == 8


def test_decisions_that_a_file_brought_are_none_that_the_log_has_lost(cast: Cast) -> None:
    """They were made elsewhere and are in that site's log; and they may go again."""
    filled(cast)
    out = io.BytesIO()
    export_site(cast.site, "commentsvc", out)
    other = add_site(name="Other", origins=["https://news.example.org"], owner=cast.olga)
    row = uploads.try_file(
        other, lambda file: file.write(out.getvalue()), uploads.Options(), name="a", by=cast.olga
    )
    uploads.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    assert db.session.scalars(select(Decision).where(Decision.site_id == other.id)).all()
    assert audit.verify(other.id)[1] is None
    held = post(other, "You idiot, again.", user=cast.rita).comment
    decide(held.public_id, action="reject", reason="abusive", by=cast.ada)
    assert audit.verify(other.id) == (2, None)
    undoing.start(other, row.public_id, by=cast.olga)
    jobs.run_due()
    assert audit.verify(other.id) == (2, None)
