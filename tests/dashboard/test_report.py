"""The page of the transparency report: totals, the files, what is refused, few queries."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from commentsvc.core import clock
from commentsvc.moderation.commands import decide
from tests.exchange.reporting.test_report import table
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PAGE = "/dashboard/report"


def rejected(cast: Cast, reason: str) -> None:
    decide(post(cast.site).comment.public_id, action="reject", reason=reason, by=cast.mona)


def test_it_works(cast: Cast, mona: Staff) -> None:
    rejected(cast, "hate")
    rejected(cast, "illegal")
    page = mona.page(PAGE)
    assert "Transparency report" in page and "need at least 20 decisions" in page
    answer = mona.get(f"{PAGE}.zip?site=harbour&provider=Harbour+Ltd")
    assert answer.status_code == 200
    year = clock.now().year
    assert answer.headers["Content-Disposition"] == f'attachment; filename="harbour-{year}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert table(files, 5)[0]["Visibility restriction Removal"] == "1"
    assert table(files, 6)[0]["Visibility restriction Removal"] == "1"
    assert "Harbour Ltd" in files["1_report_identification.csv"]


def test_statements_are_files(cast: Cast, mona: Staff) -> None:
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        rejected(cast, "hate")
    answer = mona.get("/dashboard/statements.json?site=harbour")
    assert len(answer.get_json()["statements"]) == 1
    assert answer.headers["Content-Disposition"].endswith('.json"')
    answer = mona.get("/dashboard/statements.csv?site=harbour")
    assert answer.content_type.startswith("text/csv") and len(answer.text.splitlines()) == 2
    assert mona.get("/dashboard/statements.xml?site=harbour").status_code == 404
    assert "not sent to the Transparency Database" in mona.page(PAGE)


def test_a_wrong_period_is_refused(mona: Staff) -> None:
    for path in (PAGE, f"{PAGE}.zip"):
        answer = mona.get(f"{path}?site=harbour&period=never")
        assert answer.status_code == 422


def test_another_site_is_not_there(sign_in: Callable[[str | None], Staff]) -> None:
    answer = sign_in("max").get(f"{PAGE}.zip?site=harbour")
    assert answer.status_code == 404


def test_few_queries(cast: Cast, mona: Staff, queries: Callable[[], Any]) -> None:
    for _ in range(3):
        rejected(cast, "hate")
    with queries() as asked:
        mona.page(PAGE)
    assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
