"""The person's page offers the undo of a sanction while nobody was notified of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.core.jobs import run_due
from commentsvc.moderation.cases.sanctions import history
from commentsvc.sites.queries import role_of
from tests.dashboard.conftest import Staff
from tests.dashboard.test_measures import known, take
from tests.flat import flat

if TYPE_CHECKING:
    from tests.people import Cast

__all__ = ["known"]
SignIn = Callable[[str | None], Staff]


def test_the_history_offers_the_undo_while_nobody_was_notified(
    cast: Cast, mona: Staff, sign_in: SignIn
) -> None:
    path = f"/dashboard/people/{cast.rita.public_id}"
    with clock.frozen(clock.now()):
        take(mona, cast, "warn", reason="abusive", message="Be kind.")
        page = mona.page(path)
        assert "They have not been notified yet." in page and "notified." not in flat(
            page.replace("They have not been notified yet.", "")
        )
        assert "Be kind." not in sign_in("rita").page("/account/")
        [undo] = set(re.findall(r'action="(/dashboard/measures/\w+/undo)"', page))
        assert mona.post(undo, back=path).location == path
        page = flat(mona.page(path))
        assert "<b>Warned</b>" in page and "<b>Undone</b>" in page and ">undone</span>" in page
        assert "not read yet" not in page and undo not in page
        clock.move(timedelta(minutes=5))
        run_due()
        assert "Be kind." not in sign_in("rita").page("/account/")
        take(mona, cast, "trust")
        clock.move(timedelta(seconds=30))
        page = mona.page(path)
        assert "not been notified" not in page
        row = history(cast.rita, [cast.site])[0]
        mona.post(f"/dashboard/measures/{row.public_id}/undo", back=path)
        assert "too late to undo this" in mona.page(path)
        assert role_of(cast.rita, cast.site) == "trusted"
    log = flat(mona.page("/dashboard/log?action=sanctions"))
    assert "undid a sanction, the lifting of one, or a change of trust" in log
