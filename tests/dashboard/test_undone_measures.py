"""The person's page offers the undo of a sanction while nobody was notified of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.core.jobs import run_due
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.sanctions import history
from commentsvc.moderation.cases.sweeping import send_away
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
        assert page.count("<b>Warned</b>") == 1 and "<b>Undone</b>" not in page  # one row
        assert re.search(r"<b>Warned</b>.*undone ?</span>", page)
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
    assert "undid a decision about a person" in log


def test_an_undone_ban_is_no_longer_in_force_in_the_log(cast: Cast, mona: Staff) -> None:
    """Its row is marked, in the file too, and the other row says that it was undone. The person's
    history has one row, which names whoever undid it, if that was somebody else."""
    made = send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="spam", rejecting="waiting")
    bulk.undo_all(made, by=cast.olga)
    bulk.bulk_undo(made.id, cast.olga.id)
    send_away(cast.site, cast.rita, "ban", by=cast.mona, reason="abusive", rejecting="waiting")
    file = mona.get("/dashboard/log.csv?action=sanctions").text.lstrip("\ufeff")
    rows = [(each["what"], each["undone"]) for each in csv.DictReader(io.StringIO(file))]
    assert rows == [("ban", ""), ("sanction_undone", ""), ("ban", "yes")]
    page = flat(mona.page("/dashboard/log?action=sanctions"))
    assert page.count('<tr class="undone">') == page.count(">undone</span>") == 1
    assert "lifted a sanction</span>" not in page
    history_rows = flat(mona.page(f"/dashboard/people/{cast.rita.public_id}"))
    assert history_rows.count("<b>Banned</b>") == 2
    assert re.search(
        r"<bdi>Mona</bdi></span>\s*<span[^>]*>undone\s*· <bdi>Olga</bdi>", history_rows
    )
