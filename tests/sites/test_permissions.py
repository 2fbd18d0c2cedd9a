"""Who may do what: the roles that people have on a site, and what each role is good for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts import commands as accounts
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotAllowed, NotFound
from commentsvc.sites import commands as sites
from commentsvc.sites import permissions
from commentsvc.sites.permissions import PERMISSIONS, may
from commentsvc.sites.queries import by_id, by_key, can, membership, require, role_of, sites_of
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast

READ, WRITE = {"read"}, {"read", "post", "like", "flag"}
MODERATE = {*WRITE, "appeal", "moderate", "see_people", "sanction", "close_thread"}
OWN = {*MODERATE, "set_policy", "set_role", "manage_site", "export"}
#: Written by hand: what each role may. The product's own table is by action.
MAY = {
    "anonymous": WRITE,
    "guest": {*WRITE, "appeal"},
    "reader": {*WRITE, "appeal"},
    "trusted": {*WRITE, "appeal"},
    "banned": {*READ, "appeal"},
    "moderator": MODERATE,
    "owner": OWN,
    "admin": {*OWN, "add_site"},
}


def test_it_works(cast: Cast) -> None:
    roles = {
        name: role_of(getattr(cast, name), cast.site)
        for name in ("ada", "olga", "mona", "rita", "bo", "max")
    }
    assert roles == {
        "ada": "admin",
        "olga": "owner",
        "mona": "moderator",
        "rita": "reader",
        "bo": "banned",
        "max": "reader",
    }
    assert role_of(None, cast.site) == "anonymous"
    guest, _ = accounts.make_guest("Gus")
    assert role_of(guest, cast.site) == "guest"


@every_row("role", MAY)
def test_each_role(role: str) -> None:
    assert {action for action in PERMISSIONS if may(role, action)} == MAY[role]


def test_a_role_that_is_not_in_the_table_may_nothing() -> None:
    assert not any(may(role, action) for action in PERMISSIONS for role in ("", "root", "Owner"))
    assert set.union(*map(set, PERMISSIONS.values())) == set(MAY)


def test_an_action_that_is_not_in_the_table_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        permissions.may("admin", "fly")


def test_a_role_is_of_one_site(cast: Cast) -> None:
    assert role_of(cast.olga, cast.other) == "reader" and role_of(cast.bo, cast.other) == "reader"
    assert can(cast.olga, "moderate", cast.site) and not can(cast.olga, "moderate", cast.other)


@pytest.mark.parametrize("action", sorted(PERMISSIONS))
def test_who_may_not_is_told_what(cast: Cast, action: str) -> None:
    for person in (None, cast.bo, cast.rita, cast.mona, cast.olga, cast.ada):
        role = role_of(person, cast.site)
        if action in MAY[role]:
            assert require(person, action, cast.site) == role
            continue
        with pytest.raises(NotAllowed) as refused:
            require(person, action, cast.site)
        assert refused.value.code == f"may_not_{action}"


def test_a_suspension_ends_by_itself(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        until = clock.now() + timedelta(days=7)
        sites.set_role(cast.site, cast.rita, "banned", by=cast.mona, until=until)
        clock.move(timedelta(days=7) - timedelta(seconds=1))
        assert role_of(cast.rita, cast.site) == "banned"
        clock.move(timedelta(seconds=1))
        assert role_of(cast.rita, cast.site) == "reader"
        assert membership(cast.rita, cast.site) is None


def test_premoderation_is_a_wish_and_no_role(cast: Cast) -> None:
    guest, _ = accounts.make_guest("Gus")
    for person, role in ((cast.rita, "reader"), (guest, "guest")):
        sites.set_role(cast.site, person, "premoderated", by=cast.mona)
        row = membership(person, cast.site)
        assert row is not None and row.role == "premoderated"
        assert role_of(person, cast.site) == role


def test_who_has_left_runs_nothing(cast: Cast) -> None:
    accounts.erase(cast.ada)
    assert role_of(cast.ada, cast.site) == "reader"
    assert not can(cast.ada, "add_site", cast.site)


def test_whose_sites(cast: Cast) -> None:
    third = sites.add_site(name="A third", key="third", origins=[], owner=cast.mona)
    assert sites_of(cast.mona) == [third, cast.site]  # by name
    assert sites_of(cast.mona, "set_policy") == [third]
    assert sites_of(cast.ada, "set_policy") == [third, cast.other, cast.site]
    assert sites_of(cast.rita) == [] and sites_of(cast.bo) == []
    with unit_of_work():
        third.closed_at = clock.now()
    assert sites_of(cast.mona) == [cast.site] and third not in sites_of(cast.ada)


def test_a_site_that_is_closed_or_was_never_there(cast: Cast) -> None:
    with unit_of_work():
        cast.other.closed_at = clock.now()
    for key in ("mountain", "no-such-site", "", "HARBOUR"):
        with pytest.raises(NotFound):
            by_key(key)
    assert by_key("harbour") is cast.site
    with pytest.raises(NotFound):
        by_id(10**6)


def test_two_memberships_of_one_person_cannot_be(cast: Cast) -> None:
    for role in ("trusted", "premoderated", "trusted"):
        sites.set_role(cast.site, cast.rita, role, by=cast.olga)
    row = membership(cast.rita, cast.site)
    assert row is not None and row.role == "trusted"
    sites.set_role(cast.site, cast.rita, None, by=cast.olga)
    sites.set_role(cast.site, cast.rita, None, by=cast.olga)
    db.session.expire_all()
    assert membership(cast.rita, cast.site) is None
