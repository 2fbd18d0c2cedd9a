"""What people and the service do about trust, for the state machine of test_any_order.py."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import delete

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.jobs import run_due
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.sites.models import Membership
from commentsvc.sites.queries import membership, role_of
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

READERS = ("rita", "max")
ROLES = {"trust": "trusted", "premoderate": "premoderated", "lift": None}


class Trusting:
    """Two readers, whom a moderator trusts, reads first or lets be, and the service may trust by itself."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, str | None] = {}  # who -> the role that a person gave last
        self.distrusted: set[str] = set()  # whose trust a person took away
        readers = [getattr(self.cast, who).id for who in READERS]
        here = (Membership.site_id == self.cast.site.id, Membership.user_id.in_(readers))
        with unit_of_work():
            db.session.execute(delete(Membership).where(*here))

    @rule(who=st.sampled_from(READERS), kind=st.sampled_from(tuple(ROLES)))
    def give_or_take_trust(self, who: str, kind: str) -> None:
        user, site = getattr(self.cast, who), self.cast.site
        took = kind == "lift" and role_of(user, site) == "trusted"
        reason = "spam" if kind == "premoderate" else None
        sanction(site, user, kind, by=self.cast.mona, reason=reason)
        self.given[who] = ROLES[kind]
        if took:
            self.distrusted.add(who)
        elif kind != "lift":
            self.distrusted.discard(who)

    @rule(who=st.sampled_from(READERS), last=st.sampled_from(("approve", "approve", "reject")))
    def write_well(self, who: str, last: str) -> None:
        """When a day has passed, with what follows once nothing can be undone any more."""
        clock.move(timedelta(days=1))
        for number, action in enumerate(("approve", "approve", last)):
            words = f"A calm word, and another. {clock.now().timestamp()} {number}"
            made = post(self.cast.site, words, user=getattr(self.cast, who)).comment
            decide(made.public_id, action=action, reason="spam", by=self.cast.mona)
        clock.move(timedelta(seconds=31))
        run_due()

    @invariant()
    def what_people_say_of_a_person_goes_before(self) -> None:
        """By itself the service gives nothing but trust, and nothing where a person has spoken."""
        for who in READERS:
            row = membership(getattr(self.cast, who), self.cast.site)
            if self.given.get(who):
                assert row is not None and (row.role, row.earned) == (self.given[who], None)
            elif row is not None:
                assert (row.role, row.set_by_id) == ("trusted", None) and row.earned
                assert who not in self.distrusted
