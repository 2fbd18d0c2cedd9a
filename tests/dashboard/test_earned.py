"""Automatic trust where staff see it: on the person's page, in the drawer, in the log and its file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast


def test_it_works(
    cast: Cast, mona: Staff, sign_in: Callable[[str | None], Staff], work: Callable[[], int]
) -> None:
    set_policy(cast.site, {"trust_after": 1, "trust_days": 30}, by=cast.olga)
    with clock.frozen(clock.now()):
        first = post(cast.site, user=cast.rita).comment
        decide(first.public_id, action="approve", by=cast.mona)
        clock.move(timedelta(minutes=1))
        work()
    words = "1 comment approved, none rejected in 30 days"
    for path in ("", "/drawer"):
        page = mona.page(f"/dashboard/people/{cast.rita.public_id}{path}")
        assert "Trusted automatically since" in page and words in page
    log = mona.page("/dashboard/log?action=did.trust_earned")
    assert "the service" in log and words in log and "command line" not in log
    rows = mona.get("/dashboard/log.csv?action=did.trust_earned").text.splitlines()
    assert len(rows) == 2 and '"yes","trust_earned"' in rows[1] and words in rows[1]
    form = sign_in("olga").page("/dashboard/sites/harbour/policy")
    assert "Automatic trust" in form and 'name="trust_lost_after"' in form
