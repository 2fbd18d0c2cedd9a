"""The chain of all that staff do: no change of it goes unseen, whoever is erased and however many write."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update

from commentsvc.accounts import chain
from commentsvc.accounts.acts import record
from commentsvc.accounts.commands import erase
from commentsvc.accounts.models import StaffAct
from commentsvc.core.db import before_commit, db, release, unit_of_work
from commentsvc.moderation import audit
from commentsvc.moderation.models import AuditEntry
from commentsvc.sites import commands as sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines


def filled(cast: Cast) -> int:
    """Do something on both sites; returns how many rows there are."""
    for number in range(3):
        sites.set_policy(cast.site, {"max_links": 7 + number}, by=cast.olga)
        sites.rotate_secret(cast.other, by=cast.max)
    sites.set_role(cast.site, cast.rita, "trusted", by=cast.mona)
    return chain.head()[0]


def test_it_works(cast: Cast) -> None:
    before = chain.head()[0]
    assert before and audit.verify_staff() == (before, None)
    rows = filled(cast)
    assert rows == before + 7 and audit.verify_staff() == (rows, None)
    bound = db.session.scalars(select(StaffAct).order_by(StaffAct.number)).all()
    assert [each.number for each in bound] == list(range(1, rows + 1))
    assert bound[0].previous == chain.FIRST and bound[-1].previous == bound[-2].hash


def test_erasing_somebody_breaks_nothing(cast: Cast) -> None:
    rows = filled(cast)
    erase(cast.rita)
    assert audit.verify_staff() == (rows, None)


def change_data(number: int) -> None:
    act = db.session.scalars(select(StaffAct).where(StaffAct.number == number)).one()
    act.data = {**act.data, "label": "another"}


def change_who(number: int) -> None:
    act = db.session.scalars(select(StaffAct).where(StaffAct.number == number)).one()
    act.by_id = None if act.by_id else act.about_id or 1


def remove(number: int) -> None:
    db.session.execute(delete(StaffAct).where(StaffAct.number == number))


def hide(number: int) -> None:
    db.session.execute(update(StaffAct).where(StaffAct.number == number).values(number=None))


@pytest.mark.parametrize("how", [change_data, change_who, remove, hide])
@pytest.mark.parametrize("last", [False, True])
def test_what_is_tampered_with_is_seen(cast: Cast, how: Callable[[int], None], last: bool) -> None:
    rows = filled(cast)
    number = rows if last else rows - 3
    with unit_of_work():
        how(number)
    held, broken = audit.verify_staff()
    assert held == number - 1 and broken is not None and broken.number == number


def test_a_chain_made_anew_differs_from_what_the_public_log_says(cast: Cast) -> None:
    rows = filled(cast)
    audit.anchor()
    with unit_of_work():
        change_data(rows - 1)
        db.session.execute(update(StaffAct).values(number=None, previous=None, hash=None))
        db.session.execute(delete(chain.StaffChain))
        chain.bind_later()
    assert chain.verify() == (rows, None)
    held, broken = audit.verify_staff()
    assert held == rows and broken is not None and broken.number == rows


def test_the_public_log_is_told_of_it_once(cast: Cast) -> None:
    def told(site_id: int) -> list[int]:
        query = select(AuditEntry.data).where(
            AuditEntry.kind == "staff", AuditEntry.site_id == site_id
        )
        return [each["acts"] for each in db.session.scalars(query.order_by(AuditEntry.number))]

    rows = filled(cast)
    for _ in range(2):
        audit.anchor()
    assert told(cast.site.id) == told(cast.other.id) == [rows]
    sites.set_policy(cast.site, {"max_links": 3}, by=cast.olga)
    audit.anchor()
    assert told(cast.site.id) == [rows, rows + 1] and told(cast.other.id) == [rows]
    assert audit.verify(cast.site.id)[1] is None and audit.verify_staff() == (rows + 1, None)


def test_what_is_undone_leaves_no_gap(cast: Cast) -> None:
    rows = filled(cast)
    with pytest.raises(RuntimeError), unit_of_work():
        record("secret", site_id=cast.site.id, by=cast.olga)
        raise RuntimeError
    with unit_of_work():
        with pytest.raises(RuntimeError), db.session.begin_nested():
            record("secret", site_id=cast.site.id, by=cast.olga)
            db.session.flush()
            raise RuntimeError
        record("secret_removed", site_id=cast.site.id, by=cast.olga)
    assert audit.verify_staff() == (rows + 1, None)


def test_it_is_bound_after_all_else(cast: Cast) -> None:
    order = []
    rows = chain.head()[0]
    with unit_of_work():
        record("secret", site_id=cast.site.id, by=cast.olga)
        before_commit("other", lambda: order.append(chain.head()[0]))
    assert order == [rows] and chain.head()[0] == rows + 1


def test_many_at_once_make_one_chain(app: Flask, cast: Cast) -> None:
    rows = chain.head()[0]
    release()
    start = threading.Barrier(4)

    def act(site_id: int) -> None:
        with app.app_context():
            start.wait(30)
            for _ in range(5):
                with unit_of_work():
                    record("secret", site_id=site_id, by=None)

    threads = [
        threading.Thread(target=act, args=(site.id,)) for site in (cast.site, cast.other) * 2
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert audit.verify_staff() == (rows + 20, None)


def test_checking_it_ends_however_much_is_done_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, whole = filled(cast), chain.follow

    def busy(links: Iterable[chain.Link]) -> tuple[int, str, chain.Broken | None]:
        found = whole(links)
        with unit_of_work():
            record("secret", site_id=cast.site.id, by=cast.olga)
        assert chain.head()[0] < rows + 9, "it never ends"
        return found

    monkeypatch.setattr(chain, "follow", busy)
    assert chain.verify() == (rows, None)


def test_a_head_that_was_set_back_alone_is_seen(cast: Cast) -> None:
    rows = filled(cast)
    before = db.session.scalars(select(StaffAct).where(StaffAct.number == rows - 2)).one()
    with unit_of_work():
        db.session.execute(update(chain.StaffChain).values(number=rows - 2, hash=before.hash))
    held, broken = audit.verify_staff()
    assert held == rows - 2 and broken is not None and broken.number == rows - 1
