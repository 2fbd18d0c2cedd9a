"""The history of the policy: who changed what, and back to any version after a look at the difference."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Invalid
from commentsvc.moderation import audit
from commentsvc.sites import history
from commentsvc.sites.commands import set_policy
from commentsvc.sites.policy import Policy
from commentsvc.sites.queries import policy_of
from tests.people import PASSWORD

if TYPE_CHECKING:
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/sites/harbour/policy/history"


def changed(cast: Cast) -> list[int]:
    """Three changes; returns their versions, the oldest first."""
    set_policy(cast.site, {"max_links": 5, "banned_words": ["rhubarb"]}, by=cast.olga)
    set_policy(cast.site, {"max_links": 6, "hold_at": {"toxicity": 0.5}}, by=None)
    set_policy(cast.site, {"max_links": 7, "guests_may_post": False}, by=cast.olga)
    return [each.id for each in reversed(history.versions(cast.site, limit=3).items)]


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.engines
def test_versions_are_in_the_order_that_the_chain_binds(cast: Cast) -> None:
    found = changed(cast)
    rows = select(StaffAct.number, StaffAct.id).where(StaffAct.number.in_(found))
    ids = {row.number: row.id for row in db.session.execute(rows)}
    with unit_of_work():  # turned around by somebody who writes to the database
        for spare in (10_000, 0):
            for number, row_id in zip(found, sorted(ids.values(), reverse=True), strict=True):
                mine = update(StaffAct).where(StaffAct.number == number)
                db.session.execute(mine.values(id=spare + row_id))
    db.session.expire_all()
    assert audit.verify_staff()[1] is None
    assert [each.id for each in reversed(history.versions(cast.site, limit=3).items)] == found
    assert history.differences(cast.site, found[0])["max_links"] == [7, 5]


def test_it_works(cast: Cast, olga: Staff) -> None:
    first, second, _ = changed(cast)
    shown = olga.page(PAGE)
    assert shown.count("Restore this version") >= 2 and "command line" in shown
    assert "6 → 7" in shown and "Olga" in shown
    preview = olga.page(f"{PAGE}/{first}")
    assert "7 → 5" in preview and "rhubarb" not in preview
    assert policy_of(cast.site).max_links == 7
    assert olga.post(f"{PAGE}/{first}", seen=seen(preview)).status_code == 303
    policy = policy_of(cast.site)
    assert policy.max_links == 5 and policy.banned_words == ("rhubarb",)
    assert policy.guests_may_post and policy.hold_at["toxicity"] == 0.8
    log = olga.page("/dashboard/log?action=did.policy_restored")
    assert "restored an earlier policy" in log and "7 → 5" in log
    assert audit.verify_staff()[1] is None
    again = olga.page(f"{PAGE}/{second}")
    assert "5 → 6" in again


def test_the_beginning_comes_back(cast: Cast, olga: Staff) -> None:
    changed(cast)
    preview = olga.page(f"{PAGE}/{history.FIRST}")
    olga.post(f"{PAGE}/{history.FIRST}", seen=seen(preview))
    assert policy_of(cast.site) == Policy()


def test_nothing_happens_if_something_changed_since_the_preview(cast: Cast, olga: Staff) -> None:
    first, *_ = changed(cast)
    preview = olga.page(f"{PAGE}/{first}")
    set_policy(cast.site, {"max_links": 9}, by=cast.olga)
    answer = olga.post(f"{PAGE}/{first}", seen=seen(preview))
    assert answer.status_code == 409 and "9 → 5" in answer.text.replace("\n", " ")
    assert policy_of(cast.site).max_links == 9


def test_what_is_the_same_is_no_act(cast: Cast, olga: Staff) -> None:
    last = changed(cast)[-1]
    assert "already the same" in olga.page(f"{PAGE}/{last}")
    answer = olga.post(f"{PAGE}/{last}", seen=str(cast.site.version))
    assert answer.status_code == 409
    kinds = db.session.scalars(select(StaffAct.kind).where(StaffAct.kind == "policy_restored"))
    assert not kinds.all()


def test_it_asks_who_it_is_where_the_policy_does(cast: Cast, olga: Staff) -> None:
    with clock.frozen(clock.now()):
        set_policy(cast.site, {"token_role": "trusted"}, by=cast.olga)
        secured = history.versions(cast.site, limit=1).items[0].id
        set_policy(cast.site, {"token_role": "none"}, by=cast.olga)
        set_policy(cast.site, {"max_links": 9}, by=cast.olga)
        plain = history.versions(cast.site, limit=2).items[1].id
        clock.move(timedelta(minutes=16))
        preview = olga.page(f"{PAGE}/{secured}")
        asked = olga.post(f"{PAGE}/{secured}", seen=seen(preview))
        assert asked.status_code == 403 and "Confirm it’s you" in asked.text
        assert policy_of(cast.site).token_role == "none"
        assert olga.post(f"{PAGE}/{plain}", seen=seen(preview)).status_code == 303
        assert policy_of(cast.site).max_links == Policy().max_links
        kept = {"seen": str(cast.site.version), "proof_password": PASSWORD}
        assert olga.post(f"{PAGE}/{secured}", **kept).status_code == 303
        assert policy_of(cast.site).token_role == "trusted"


def test_of_another_site_there_is_none(cast: Cast, olga: Staff) -> None:
    set_policy(cast.other, {"max_links": 9}, by=cast.max)
    other = history.versions(cast.other, limit=1).items[0].id
    for version in (other, 99_999_999):
        answer = olga.post(f"{PAGE}/{version}", seen=str(cast.site.version))
        assert answer.status_code == 303
        assert "This version of the policy doesn’t exist." in olga.page(PAGE)
    assert olga.get(f"{PAGE}/99999999999999999999").status_code == 404
    assert policy_of(cast.site).max_links == Policy().max_links


def test_fields_that_are_no_more_are_left_out(cast: Cast) -> None:
    changed(cast)
    with unit_of_work():
        last = select(StaffAct.id).where(StaffAct.kind == "policy").order_by(StaffAct.id.desc())
        data = {"changes": {"gone": [1, 2], "max_links": [6, 7]}}
        db.session.execute(
            update(StaffAct)
            .where(StaffAct.id == db.session.scalar(last.limit(1)))
            .values(data=data)
        )
    second = history.versions(cast.site, limit=2).items[1].id
    assert history.differences(cast.site, second) == {"max_links": [7, 6]}


def test_what_is_out_of_bounds_today_is_said(cast: Cast) -> None:
    changed(cast)
    with unit_of_work():
        row = db.session.scalars(
            select(StaffAct).where(StaffAct.kind == "policy").order_by(StaffAct.id.desc()).limit(1)
        ).one()
        row.data = {"changes": {"max_links": [100_000, 7]}}
    second = history.versions(cast.site, limit=2).items[1].id
    with pytest.raises(Invalid) as refused:
        history.differences(cast.site, second)
    assert refused.value.field == "max_links"


def test_pages_hold_each_change_once(cast: Cast) -> None:
    for number in range(5):
        set_policy(cast.site, {"max_links": 10 + number}, by=cast.olga)
    whole = [each.id for each in history.versions(cast.site, limit=100).items]
    found, after = [], None
    while True:
        page = history.versions(cast.site, after=after, limit=2)
        found += [each.id for each in page.items]
        if (after := page.next) is None:
            break
    assert found == whole
