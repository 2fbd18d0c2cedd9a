"""The page of figures."""

from __future__ import annotations

import pytest

from commentsvc.moderation.commands import decide
from tests.dashboard.conftest import Staff
from tests.factories import post
from tests.people import Cast


def test_it_works(cast: Cast, mona: Staff) -> None:
    held = post(cast.site, "You idiot.", name="<b>Max</b>").comment.public_id
    decide(held, action="reject", reason="spam", by=cast.mona)
    page = mona.page("/dashboard/figures?days=7")
    assert page.count('<rect class="bar"') == 7 and cast.mona.name in page
    assert "toxicity" in page or "insult" in page
    assert 'aria-current="page">Figures' in page


@pytest.mark.parametrize("days", ["0", "x", "-7", "٧", "99999", "1"])
def test_what_is_refused(mona: Staff, days: str) -> None:
    assert mona.get(f"/dashboard/figures?days={days}").status_code == 422
