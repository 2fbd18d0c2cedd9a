"""Roles are given and taken by those above, and a site is never left without an owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.errors import Conflict, Invalid, NotAllowed
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import membership, role_of

if TYPE_CHECKING:
    from tests.people import Cast

#: Who gives -> to whom -> what they may make of them. None: an ordinary reader.
ROLES = ("owner", "moderator", "trusted", "premoderated", "banned", None)
NOTHING: dict[str, set[str | None]] = {
    to: set() for to in ("owner", "moderator", "reader", "banned")
}
EVERYTHING: dict[str, set[str | None]] = {to: set(ROLES) for to in NOTHING}
READERS: set[str | None] = {"trusted", "premoderated", "banned", None}
MAY = {
    "reader": NOTHING,
    "banned": NOTHING,
    "moderator": {**NOTHING, "reader": READERS, "banned": READERS},
    "owner": EVERYTHING,
    "admin": EVERYTHING,
}


def test_it_works(cast: Cast) -> None:
    moment = clock.now() + timedelta(days=1)
    with clock.frozen(moment):
        sites.set_role(
            cast.site, cast.rita, "trusted", by=cast.mona, note="Writes well.", message="Thanks."
        )
    row = membership(cast.rita, cast.site)
    assert row is not None
    assert (row.role, row.note, row.message, row.until) == (
        "trusted",
        "Writes well.",
        "Thanks.",
        None,
    )
    assert (row.set_by_id, row.set_at) == (cast.mona.id, moment)


@pytest.mark.parametrize("giver", MAY)
def test_who_gives_what_to_whom(cast: Cast, giver: str) -> None:
    """Beside a second owner, so that nobody here is the last one."""
    people = {"owner": cast.max, "moderator": cast.ada, "reader": cast.rita, "banned": cast.bo}
    givers = {"reader": cast.rita, "banned": cast.bo, "moderator": cast.mona, "owner": cast.olga}
    admin = User(is_admin=True, settings={})
    for to, person in people.items():
        for role in ROLES:
            before = None if to == "reader" else to
            sites.set_role(cast.site, person, before, by=None)
            by = givers.get(giver, admin)
            if giver in ("reader", "banned"):
                sites.set_role(cast.site, by, None if giver == "reader" else "banned", by=None)
            if role in MAY[giver][to]:
                sites.set_role(cast.site, person, role, by=by)
                before = role
            else:
                with pytest.raises(NotAllowed):
                    sites.set_role(cast.site, person, role, by=by)
            row = membership(person, cast.site)
            assert (row.role if row else None) == before, (to, role)


def test_an_owner_of_another_site_is_nobody_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        sites.set_role(cast.site, cast.rita, "banned", by=cast.max)
    with pytest.raises(NotAllowed):
        sites.set_role(cast.site, cast.max, "moderator", by=cast.max)


@pytest.mark.parametrize("role", ["moderator", "trusted", "banned", None])
def test_the_last_owner_stays(cast: Cast, role: str | None) -> None:
    with pytest.raises(Conflict):
        sites.set_role(cast.site, cast.olga, role, by=cast.ada)
    assert role_of(cast.olga, cast.site) == "owner"
    sites.set_role(cast.site, cast.rita, "owner", by=cast.olga)
    sites.set_role(cast.site, cast.olga, role, by=cast.rita)
    assert role_of(cast.olga, cast.site) != "owner"
    with pytest.raises(Conflict):
        sites.set_role(cast.site, cast.rita, None, by=None)


def test_what_is_no_role(cast: Cast) -> None:
    for role in ("", "admin", "anonymous", "Owner", "reader"):
        with pytest.raises(Invalid) as refused:
            sites.set_role(cast.site, cast.rita, role, by=cast.olga)
        assert refused.value.field == "role" and membership(cast.rita, cast.site) is None


def test_an_end_in_the_past_is_refused(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        for late in (clock.now(), clock.now() - timedelta(days=1)):
            with pytest.raises(Invalid) as refused:
                sites.set_role(cast.site, cast.rita, "trusted", by=cast.olga, until=late)
            assert (refused.value.key, refused.value.field) == ("invalid.until", "until")
        assert membership(cast.rita, cast.site) is None
        later = clock.now() + timedelta(seconds=1)
        sites.set_role(cast.site, cast.rita, "trusted", by=cast.olga, until=later)


def test_an_owner_who_stays_for_a_while_is_not_the_last(cast: Cast) -> None:
    """Neither is the last owner given an end, nor do others leave the site to one who has one."""
    week = clock.now() + timedelta(days=7)
    with pytest.raises(Conflict):
        sites.set_role(cast.site, cast.olga, "owner", by=cast.ada, until=week)
    sites.set_role(cast.site, cast.rita, "owner", by=cast.olga, until=week)
    with pytest.raises(Conflict):
        sites.set_role(cast.site, cast.olga, None, by=cast.ada)
    sites.set_role(cast.site, cast.rita, None, by=cast.olga)
    assert role_of(cast.olga, cast.site) == "owner"


def test_a_ban_ends_what_somebody_is_signed_in_with(cast: Cast) -> None:
    epoch = cast.rita.session_epoch
    sites.set_role(cast.site, cast.rita, "trusted", by=cast.olga)
    assert cast.rita.session_epoch == epoch
    sites.set_role(cast.site, cast.rita, "banned", by=cast.mona)
    assert cast.rita.session_epoch == epoch + 1


def test_what_was_said_before_is_replaced(cast: Cast) -> None:
    until = clock.now() + timedelta(days=7)
    sites.set_role(cast.site, cast.rita, "banned", by=cast.mona, until=until, message="A week.")
    sites.set_role(cast.site, cast.rita, "banned", by=cast.olga)
    row = membership(cast.rita, cast.site)
    assert row is not None
    assert (row.until, row.message, row.set_by_id) == (None, None, cast.olga.id)
