"""A written report is counted again; whatever was changed since is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Invalid
from commentsvc.exchange.reporting import templates as t
from commentsvc.exchange.reporting.report import ABOUT, build, period_of
from commentsvc.exchange.reporting.verify import verify
from commentsvc.moderation.commands import decide
from commentsvc.moderation.models import AuditEntry
from commentsvc.sites.commands import rename_site
from tests.exchange.reporting.test_report import filled, this_year
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


@pytest.fixture
def written(cast: Cast) -> dict[str, str]:
    filled(cast)
    return build(cast.site, period_of(this_year()))


def test_it_works(written: dict[str, str]) -> None:
    held, wrong = verify(written)
    assert wrong == [] and held > 1000


def test_what_the_provider_fills_in_is_free(written: dict[str, str]) -> None:
    name = t.FILES[11]
    written[name] = written[name].replace("probabilities", "chances")
    _, wrong = verify(written)
    assert wrong == []


def test_a_site_may_change_its_name(cast: Cast, written: dict[str, str]) -> None:
    """Its name is no number: the provider writes what the service is called."""
    rename_site(cast.site, "Harbour News")
    _, wrong = verify(written)
    assert wrong == []


def test_a_changed_number_is_named(written: dict[str, str]) -> None:
    name = t.FILES[8]
    written[name] = written[name].replace(
        f"{t.NOT_BY},Total number,6", f"{t.NOT_BY},Total number,5"
    )
    _, (wrong,) = verify(written)
    assert (wrong.file, wrong.column, wrong.says, wrong.counted) == (name, "Value", "5", "6")


def test_a_decision_made_since_in_the_same_period_is_seen(
    cast: Cast, written: dict[str, str]
) -> None:
    decide(post(cast.site).comment.public_id, action="reject", reason="hate", by=cast.mona)
    assert {each.file for each in verify(written)[1]} >= {t.FILES[6], t.FILES[8]}


def test_a_broken_chain_is_named(written: dict[str, str]) -> None:
    with unit_of_work():
        db.session.execute(update(AuditEntry).where(AuditEntry.number == 1).values(kind="other"))
    assert "row 1" in [each.column for each in verify(written)[1]]


def test_the_log_of_another_is_named(written: dict[str, str]) -> None:
    said = json.loads(written[ABOUT])
    said["log"]["hash"] = "0" * 64
    written[ABOUT] = json.dumps(said)
    (wrong,) = verify(written)[1]
    assert wrong.file == "log" and wrong.says == "0" * 64


def test_a_missing_part_is_named(written: dict[str, str]) -> None:
    del written[t.FILES[4]]
    (wrong,) = verify(written)[1]
    assert (wrong.file, wrong.counted) == (t.FILES[4], "missing")


@pytest.mark.parametrize("about", [None, "", "[]", '{"site": "harbour"}'])
def test_what_is_no_report_is_refused(cast: Cast, about: str | None) -> None:
    with pytest.raises(Invalid):
        verify({} if about is None else {ABOUT: about})
