"""Secrets given out: kept as hashes, good for what they were made for, for as long, as often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from commentsvc.accounts import commands as accounts
from commentsvc.accounts import proofs
from commentsvc.accounts.models import Credential
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

HOUR = timedelta(hours=1)
OLD, NEW = "the secret before, still good, 32 bytes", "the secret of now, of 64 bytes and more" * 2


def test_it_works(cast: Cast) -> None:
    secret = proofs.issue("access", user=cast.rita, site_id=cast.site.id, ttl=HOUR, label="family")
    found = proofs.find("access", secret)
    assert found is not None
    assert (found.user_id, found.site_id, found.label) == (cast.rita.id, cast.site.id, "family")
    row = db.session.scalar(select(Credential))
    assert row is not None and secret not in str(vars(row))


@pytest.mark.parametrize(
    "end",
    [
        lambda cast, found: proofs.revoke(found),
        lambda cast, found: accounts.set_password(cast.rita, "another horse"),
        lambda cast, found: accounts.erase(cast.rita),
        lambda cast, found: clock.move(HOUR),
    ],
    ids=["revoked", "new password", "left", "expired"],
)
def test_what_ends_a_secret(cast: Cast, end: Callable[[Cast, Credential], None]) -> None:
    with clock.frozen(clock.now()):
        secret = proofs.issue("access", user=cast.rita, ttl=HOUR)
        other = proofs.issue("access", user=cast.max)
        clock.move(HOUR - timedelta(seconds=1))
        found = proofs.find("access", secret)
        assert found is not None
        end(cast, found)
        assert proofs.find("access", secret) is None
        assert proofs.find("access", other) is not None


def test_a_secret_is_of_one_kind(cast: Cast) -> None:
    secret = proofs.issue("refresh", user=cast.rita)
    for kind in ("access", "guest", "reset", "verify", "code", "api", ""):
        assert proofs.find(kind, secret) is None
    for wrong in ("", secret[:-1], secret + "x", secret.swapcase(), "\ud800"):
        assert proofs.find("refresh", wrong) is None


def test_a_guest_s_token_outlives_a_ban(cast: Cast) -> None:
    guest, secret = accounts.make_guest("Gus")
    guest.session_epoch += 1
    db.session.commit()
    assert proofs.find("guest", secret) is not None
    accounts.erase(guest)
    assert proofs.find("guest", secret) is None


def test_once_is_once(cast: Cast) -> None:
    secret = proofs.issue("reset", user=cast.rita, ttl=HOUR)
    with pytest.raises(NotAllowed):
        proofs.use_once("verify", secret)
    assert proofs.use_once("reset", secret).user_id == cast.rita.id
    with pytest.raises(NotAllowed):
        proofs.use_once("reset", secret)
    assert proofs.find("reset", secret) is None


@given(password=some.text(max_size=300))
def test_a_password_is_taken_or_refused_and_fits_alone(password: str) -> None:
    try:
        stored = proofs.hash_password(password)
    except Invalid as refused:
        assert refused.field == "password"
        length = len(password)
        common = password.lower() in proofs.TOO_COMMON
        assert common or not proofs.MIN_PASSWORD <= length <= proofs.MAX_PASSWORD
        return
    assert proofs.password_fits(stored, password)
    assert not proofs.password_fits(stored, password + "x")
    assert not proofs.password_fits(None, password)
    assert not proofs.password_fits("no hash", password)
