"""No machine bans or suspends: whatever rules find, only a person does, and the log says who."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import StaffAct
from commentsvc.core import jobs
from commentsvc.core.db import db
from commentsvc.core.errors import NotAllowed
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.desk.queue import Filters
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Membership
from tests.factories import post
from tests.laws import agree, called, modules

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

#: Who restricts people, and on whose behalf.
MAY_SANCTION = {
    "dashboard/cases/sanctions.py": "a moderator's form",
    "moderation/cases/roles.py": "whoever gives the role, by the API or the dashboard",
    "moderation/cases/bulk.py": "the moderator who started the bulk, or undoes it",
    "moderation/cases/sanction_appeals.py": "the moderator who grants the appeal",
    "moderation/cases/sweeping.py": "the moderator who bans, or undoes that",
}


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    """Somebody breaks every rule again and again; all jobs and all housekeeping run."""
    everything = {"banned_words": ["casino"], "history_minimum": 3, "flags_to_hold": 1}
    sites.set_policy(cast.site, {**everything, "hold_repeats": True}, by=cast.olga)
    for at in range(12):
        post(
            cast.site,
            f"You idiot, I will kill you at the casino http://a.example/{at}",
            user=cast.rita,
        )
    work()
    for _, chore in jobs.PERIODIC.values():
        chore()
    work()
    assert restricted(cast) == []


def test_a_bulk_bans_when_somebody_has_started_it(cast: Cast, work: Callable[[], int]) -> None:
    post(cast.site, "You idiot.", user=cast.rita)
    made = bulk.preview(
        [cast.site],
        action="reject",
        reason="spam",
        ban=True,
        by=cast.mona,
        filters=Filters(author=cast.rita.public_id),
    )
    work()
    assert restricted(cast) == []
    bulk.start(made, by=cast.mona)
    work()
    assert restricted(cast) == [cast.rita.id]
    assert db.session.scalars(select(Sanction.by_id)).all() == [cast.mona.id]
    assert db.session.scalars(select(StaffAct.by_id).where(StaffAct.kind == "ban")).all() == [
        cast.mona.id
    ]


@pytest.mark.parametrize("kind", ["ban", "warn", "premoderate"])
def test_nobody_is_sanctioned_by_nobody(cast: Cast, kind: str) -> None:
    with pytest.raises((NotAllowed, AttributeError)):
        sanction(cast.site, cast.rita, kind, by=None, reason="spam")
    db.session.rollback()
    assert restricted(cast) == []


def test_only_a_persons_acts_restrict_people() -> None:
    agree(
        "Only what a person does restricts somebody (exceptions: MAY_SANCTION):",
        found=[
            name
            for name, tree in modules()
            if any(
                isinstance(each.func, ast.Name) for each in called(tree, "sanction", "send_away")
            )
            and name != "moderation/cases/sanctions.py"
        ],
        listed=MAY_SANCTION,
    )


def restricted(cast: Cast) -> list[int]:
    """Who may not write freely any more, but for whom the cast comes with."""
    db.session.expire_all()
    rows = select(Membership.user_id).where(
        Membership.site_id == cast.site.id,
        Membership.role.in_(("banned", "premoderated")),
        Membership.user_id != cast.bo.id,
    )
    return list(db.session.scalars(rows))
