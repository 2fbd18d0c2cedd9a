"""Second steps of others: reset by an owner for who has lost theirs, and required by a site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.factors import factors_of
from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import NotAllowed
from commentsvc.settings import settings
from commentsvc.sites import second_factor
from commentsvc.sites.commands import set_policy, set_role
from tests.dashboard.test_second_step import mails, set_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


def test_it_works(
    cast: Cast,
    olga: Staff,
    mona: Staff,
    sign_in: Callable[[str | None], Staff],
    work: Callable[[], int],
) -> None:
    cast.mona.email_verified_at = clock.now()
    set_up(cast.mona)
    assert "Reset the second step" in olga.page(f"/dashboard/people/{cast.mona.public_id}")
    answer = olga.post(f"/dashboard/people/{cast.mona.public_id}/second-step/reset")
    assert answer.status_code == 303
    assert not factors_of(cast.mona)
    assert mona.get("/account/").status_code == 303  # signed out
    act = db.session.scalar(select(StaffAct).where(StaffAct.kind == "second_factor_reset"))
    assert act is not None and (act.by_id, act.about_id) == (cast.olga.id, cast.mona.id)
    assert "reset someone’s second step" in olga.page("/dashboard/log")
    assert any("has reset your second step" in each for each in mails(work))
    sign_in("mona")


def test_who_may_reset_whose(cast: Cast) -> None:
    may = second_factor.may_reset
    assert may(cast.ada, cast.mona) and may(cast.ada, cast.max)
    assert may(cast.olga, cast.mona)
    assert not may(cast.olga, cast.olga)  # that needs the factor itself
    assert not may(cast.olga, cast.ada)
    assert not may(cast.olga, cast.max)  # owns another site
    assert not may(cast.olga, cast.rita)  # no staff
    assert not may(cast.mona, cast.olga)
    with pytest.raises(NotAllowed):
        second_factor.reset(cast.max, by=cast.olga)


def test_staff_of_two_sites_need_an_owner_of_both(cast: Cast) -> None:
    set_role(cast.other, cast.mona, "moderator", by=cast.max)
    assert not second_factor.may_reset(cast.olga, cast.mona)
    set_role(cast.other, cast.olga, "owner", by=cast.max)
    assert second_factor.may_reset(cast.olga, cast.mona)


# --- required -------------------------------------------------------------------------------------


def test_required_by_a_site_it_is_set_up_at_the_next_sign_in(
    cast: Cast, olga: Staff, mona: Staff, sign_in: Callable[[str | None], Staff]
) -> None:
    set_policy(cast.site, {"second_factor": True}, by=cast.olga)
    assert mona.get("/dashboard/").status_code == 200  # who is in has time until the next sign-in
    later = sign_in("mona")
    answer = later.get("/dashboard/")
    assert (answer.status_code, answer.location) == (303, "/account/security?required=1")
    assert "requires a second step" in later.page(answer.location)
    assert later.post("/dashboard/people/none/role").status_code == 403
    api = later.client.get("/api/v1/queue?queue=pending", base_url="https://comments.example.com")
    assert api.status_code == 401
    set_up(cast.mona)
    assert later.get("/dashboard/").status_code == 200
    assert sign_in("max").get("/dashboard/").status_code == 200  # on another site
    assert sign_in("rita").get("/account/").status_code == 200  # a reader


def test_required_by_the_installation(app: Flask, cast: Cast) -> None:
    settings.install(app, replace(settings(), staff_second_factor=True))
    assert second_factor.is_required(cast.mona) and second_factor.is_required(cast.ada)
    assert not second_factor.is_required(cast.rita)
