"""What staff did in the same moment is listed in the order in which it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.acts import record
from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.desk.log import entries

if TYPE_CHECKING:
    from tests.people import Cast


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    with clock.frozen(clock.now()):
        for number, day in ((9000, "first"), (8000, "second"), (8500, "third")):
            with unit_of_work():  # ids say nothing of order: other nodes give others
                record("exported", site_id=cast.site.id, by=cast.olga, format=day)
                act = next(each for each in db.session.new if isinstance(each, StaffAct))
                act.id = number
        whole = [each.data["format"] for each in entries([cast.site]).items[:3]]
        assert whole == ["third", "second", "first"]
        paged, after = [], None
        for _ in range(3):
            page = entries([cast.site], after=after, limit=1)
            paged += [each.data["format"] for each in page.items]
            after = page.next
        assert paged == whole
