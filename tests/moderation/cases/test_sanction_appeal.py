"""Appeals of suspensions and bans: once, heard by somebody else, and lifted where they are right."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.moderation import audit
from commentsvc.moderation.cases import sanction_appeals as appeals
from commentsvc.moderation.cases.in_force import answers, in_force
from commentsvc.moderation.cases.roles import give_role
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.cases.sweeping import call_back, send_away
from commentsvc.moderation.cases.waiting import arrived, count_waiting
from commentsvc.notifications.emails.sanctions import sanction_heard
from commentsvc.sites.commands import set_policy, set_role
from commentsvc.sites.queries import role_of
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def banned(cast: Cast) -> None:
    sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")


def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    made = appeals.appeal(cast.site, " I sell nothing. ", by=cast.rita)
    shown = in_force(cast.rita, cast.site)
    assert shown and not shown.can_appeal and shown.appeal and shown.appeal.outcome is None
    assert appeals.waiting(cast.mona, [cast.site]) == []  # her own decision
    assert [row.text for row, _ in appeals.waiting(cast.olga, [cast.site])] == ["I sell nothing."]
    assert count_waiting(cast.olga, [cast.site])["appeals"] == 1
    assert count_waiting(cast.mona, [cast.site])["appeals"] == 0
    assert arrived([cast.site], clock.now() - timedelta(minutes=1))
    appeals.hear(made.public_id, outcome="overturned", answer="You are right.", by=cast.olga)
    assert role_of(cast.rita, cast.site) == "reader" and in_force(cast.rita, cast.site) is None
    assert audit.page(cast.site.id).items[0].data["kind"] == "lift"
    audit.verify(cast.site.id)
    with pytest.raises(Conflict):
        appeals.hear(made.public_id, outcome="upheld", by=cast.olga)


@pytest.mark.parametrize("outcome", ["overturned", "upheld"])
def test_the_answer_is_read_for_a_week_after_the_end(cast: Cast, outcome: str) -> None:
    """Also when a suspension ends by itself before anybody has answered."""
    start = clock.now()
    with clock.frozen(start):
        day = start + timedelta(days=1)
        sanction(cast.site, cast.max, "suspend", by=cast.mona, reason="spam", until=day)
        made = appeals.appeal(cast.site, "Why?", by=cast.max)
        assert answers(cast.max) == []
        if outcome == "upheld":
            clock.move(timedelta(days=2))
        appeals.hear(made.public_id, outcome=outcome, answer="Look here.", by=cast.olga)
        assert [each.answer for each in answers(cast.max)] == ["Look here."]
        assert answers(cast.rita) == []
        clock.move(timedelta(days=6))
        assert answers(cast.max) == [made]
        sanction(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
        assert answers(cast.max) == []  # what is in force now is another matter
        sanction(cast.site, cast.max, "lift", by=cast.mona)
        clock.move(timedelta(days=2))
        assert answers(cast.max) == []


def test_what_stays_is_said_with_the_answer(cast: Cast) -> None:
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    appeals.hear(made.public_id, outcome="upheld", answer="Eleven links.", by=cast.olga)
    shown = in_force(cast.rita, cast.site)
    assert shown and shown.appeal and shown.appeal.answer == "Eleven links."
    body = sanction_heard(cast.rita, "Harbour", made).body
    assert "remains in place" in body and "Eleven links." in body
    with pytest.raises(Conflict):
        appeals.appeal(cast.site, "Again: why?", by=cast.rita)


def test_another_ban_can_be_appealed_anew(cast: Cast) -> None:
    appeals.appeal(cast.site, "Why?", by=cast.rita)
    sanction(cast.site, cast.rita, "lift", by=cast.olga)
    with pytest.raises(Conflict):
        appeals.appeal(cast.site, "Why?", by=cast.rita)
    sanction(cast.site, cast.rita, "ban", by=cast.olga, reason="spam")
    shown = in_force(cast.rita, cast.site)
    assert shown and shown.can_appeal and shown.appeal is None


def test_lifting_grants_what_is_open_and_no_newer_ban_is_lifted_by_it(cast: Cast) -> None:
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    sanction(cast.site, cast.rita, "lift", by=cast.mona, message="Our mistake.")
    db.session.refresh(made)
    assert (made.outcome, made.answer) == ("overturned", "Our mistake.")
    assert made.decided_by_id == cast.mona.id and made.decided_at is not None
    assert appeals.waiting(cast.olga, [cast.site]) == []
    sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="hate")
    with pytest.raises(Conflict):
        appeals.hear(made.public_id, outcome="overturned", by=cast.olga)
    assert role_of(cast.rita, cast.site) == "banned"
    audit.verify(cast.site.id)


@pytest.mark.parametrize(("kind", "open_after"), [("trust", 0), ("premoderate", 0), ("warn", 1)])
def test_who_may_write_again_waits_for_no_answer(cast: Cast, kind: str, open_after: int) -> None:
    appeals.appeal(cast.site, "Why?", by=cast.rita)
    sanction(cast.site, cast.rita, kind, by=cast.mona, reason="spam")
    assert len(appeals.waiting(cast.olga, [cast.site])) == open_after


def test_nobody_hears_their_own_appeal(cast: Cast) -> None:
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    set_role(cast.site, cast.rita, "moderator", by=cast.olga)
    assert appeals.waiting(cast.rita, [cast.site]) == []
    assert count_waiting(cast.rita, [cast.site])["appeals"] == 0
    for outcome in ("overturned", "upheld"):
        with pytest.raises(NotAllowed):
            appeals.hear(made.public_id, outcome=outcome, by=cast.rita)
    appeals.hear(made.public_id, outcome="overturned", answer="Welcome.", by=cast.olga)
    assert role_of(cast.rita, cast.site) == "moderator"
    body = sanction_heard(cast.rita, "Harbour", made).body
    assert "Your appeal was granted" in body and "Welcome." in body


def test_what_can_still_be_undone_is_not_known_and_not_appealed(cast: Cast) -> None:
    set_policy(cast.site, {"slow_seconds": 0, "undo_seconds": 30}, by=cast.olga)
    post(cast.site, "You idiot.", user=cast.max)
    with clock.frozen(clock.now()):
        send_away(cast.site, cast.max, "ban", by=cast.mona, reason="abusive")
        assert in_force(cast.max, cast.site) is None
        with pytest.raises(Conflict):
            appeals.appeal(cast.site, "Why?", by=cast.max)
        clock.move(timedelta(seconds=30))
        assert in_force(cast.max, cast.site) is not None
        appeals.appeal(cast.site, "Why?", by=cast.max)


def test_who_may_not(cast: Cast) -> None:
    with pytest.raises(Conflict):
        appeals.appeal(cast.site, "Why?", by=cast.max)
    with pytest.raises(Invalid):
        appeals.appeal(cast.site, " ", by=cast.rita)
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    with pytest.raises(NotFound):
        appeals.hear(made.public_id, outcome="overturned", by=cast.rita)
    with pytest.raises(NotAllowed):
        appeals.hear(made.public_id, outcome="overturned", by=cast.mona)
    set_role(cast.site, cast.max, "moderator", by=cast.olga)
    appeals.hear(made.public_id, outcome="overturned", by=cast.max)
    db.session.refresh(made)
    assert made.decided_by_id == cast.max.id


def test_a_ban_given_as_a_role_can_be_appealed_as_well(cast: Cast) -> None:
    """Such as one from the command line, which no sanction led to."""
    shown = in_force(cast.bo, cast.site)
    assert shown and shown.can_appeal
    made = appeals.appeal(cast.site, "Why?", by=cast.bo)
    with pytest.raises(NotAllowed):
        appeals.hear(made.public_id, outcome="overturned", by=cast.mona)  # she gave it
    assert [each for each, _ in appeals.waiting(cast.olga, [cast.site])] == [made]
    appeals.hear(made.public_id, outcome="overturned", by=cast.olga)
    assert role_of(cast.bo, cast.site) == "reader"


@pytest.mark.parametrize("how", ["replaced", "lifted as a role", "over"])
def test_nobody_is_asked_about_what_no_longer_holds(cast: Cast, how: str) -> None:
    start = clock.now()
    with clock.frozen(start):
        day = start + timedelta(days=1)
        sanction(cast.site, cast.max, "suspend", by=cast.mona, reason="spam", until=day)
        appeals.appeal(cast.site, "Why?", by=cast.max)
        assert count_waiting(cast.olga, [cast.site])["appeals"] == 1
        if how == "replaced":
            sanction(cast.site, cast.max, "ban", by=cast.mona, reason="hate")
        elif how == "lifted as a role":
            set_role(cast.site, cast.max, None, by=cast.olga)
        else:
            clock.move(timedelta(days=2))
        assert appeals.waiting(cast.olga, [cast.site]) == []
        assert count_waiting(cast.olga, [cast.site])["appeals"] == 0
        assert not arrived([cast.site], start - timedelta(minutes=1))


def test_what_is_back_after_an_undo_is_heard_again(cast: Cast) -> None:
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    set_policy(cast.site, {"undo_seconds": 30}, by=cast.olga)
    until = clock.now() + timedelta(days=1)
    given = {"by": cast.mona, "reason": "spam", "until": until}
    bulk = send_away(cast.site, cast.rita, "suspend", **given)
    assert appeals.waiting(cast.olga, [cast.site]) == []
    call_back(bulk, by=cast.mona)
    shown = in_force(cast.rita, cast.site)
    assert shown and shown.kind == "ban" and shown.appeal == made and made.outcome is None
    assert [each for each, _ in appeals.waiting(cast.olga, [cast.site])] == [made]


def test_a_role_given_to_a_banned_person_grants_their_appeal(cast: Cast) -> None:
    made = appeals.appeal(cast.site, "Why?", by=cast.rita)
    give_role(cast.site, cast.rita, "trusted", by=cast.olga, message="Welcome back.")
    db.session.refresh(made)
    assert (made.outcome, made.answer) == ("overturned", "Welcome back.")
    assert role_of(cast.rita, cast.site) == "trusted"
    for sanctioned in ("banned", "premoderated"):
        with pytest.raises(Invalid):
            give_role(cast.site, cast.max, sanctioned, by=cast.olga)
    assert role_of(cast.max, cast.site) == "reader"


def test_who_was_trusted_is_again_when_the_appeal_is_granted(cast: Cast) -> None:
    sanction(cast.site, cast.max, "trust", by=cast.mona)
    sanction(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
    made = appeals.appeal(cast.site, "Why?", by=cast.max)
    appeals.hear(made.public_id, outcome="overturned", by=cast.olga)
    assert role_of(cast.max, cast.site) == "trusted"
