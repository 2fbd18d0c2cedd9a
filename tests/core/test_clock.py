"""Time: what is over stays over, also where a clock is set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from commentsvc.accounts import proofs
from commentsvc.core import clock

if TYPE_CHECKING:
    from tests.people import Cast

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_it_works() -> None:
    with clock.frozen(NOON):
        assert clock.latest() == NOON
        clock.move(timedelta(hours=1))
        assert clock.latest() == clock.now()
        clock.move(timedelta(hours=-5))
        assert clock.now() < NOON and clock.latest() == NOON + timedelta(hours=1)


def test_a_clock_set_back_revives_no_token(cast: Cast) -> None:
    with clock.frozen(NOON):
        secret = proofs.issue("session", user=cast.rita, ttl=timedelta(hours=1))
        assert proofs.find("session", secret) is not None
        clock.move(timedelta(hours=2))
        assert proofs.find("session", secret) is None
        clock.move(timedelta(hours=-2))
        assert proofs.find("session", secret) is None
