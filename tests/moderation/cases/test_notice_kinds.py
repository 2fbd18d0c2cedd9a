"""What a notice is about, and from whom: categories, and the lane of trusted flaggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.errors import Invalid
from commentsvc.core.locale import say
from commentsvc.moderation import audit, taxonomy
from commentsvc.moderation.cases import notices
from commentsvc.sites import commands as sites
from tests.exchange.reporting.test_report import GOOD, build, period_of, t, table, this_year
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.moderation.cases.models import Notice
    from tests.people import Cast

FLAGGER = "desk@flaggers.example"


def given(cast: Cast, **more: Any) -> Notice:
    return notices.give_notice(post(cast.site).comment.public_id, **{**GOOD, **more})


@pytest.fixture
def trusting(cast: Cast) -> None:
    sites.set_policy(cast.site, {"trusted_flaggers": [FLAGGER.upper()]}, by=cast.olga)


@pytest.mark.engines
@pytest.mark.usefixtures("trusting")
def test_it_works(cast: Cast) -> None:
    first = given(cast, kind="ILLEGAL_OR_HARMFUL_SPEECH/HATE_SPEECH", email=FLAGGER)
    second = given(cast, kind="VIOLENCE", email="nora@example.org")
    third = given(cast)
    assert (first.category, first.keyword, first.trusted) == (
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        "KEYWORD_HATE_SPEECH",
        True,
    )
    assert (second.keyword, second.trusted, third.category) == (None, False, None)
    listed = [each.id for each in notices.page([cast.site]).items]
    assert listed == [first.id, third.id, second.id]
    pages, after = [], None
    for _ in range(3):
        found = notices.page([cast.site], limit=1, after=after)
        pages += [each.id for each in found.items]
        after = found.next
    assert pages == listed and after is None
    notices.decide_notice(first.receipt, outcome="illegal", ground="It incites.", by=cast.mona)
    assert [each.id for each in notices.page([cast.site]).items] == [third.id, second.id, first.id]
    assert audit.verify(cast.site.id)[1] is None


@pytest.mark.usefixtures("trusting")
def test_the_report_has_them(cast: Cast) -> None:
    first = given(cast, kind="ILLEGAL_OR_HARMFUL_SPEECH/HATE_SPEECH", email=FLAGGER)
    notices.decide_notice(first.receipt, outcome="illegal", ground="It incites.", by=cast.mona)
    given(cast, kind="VIOLENCE")
    given(cast)
    rows = table(build(cast.site, period_of(this_year())), 4)
    of = {row[t.NOTICES.category]: row for row in rows}
    received, trusted = t.NOTICES.counts[:2]
    assert (rows[0][received], rows[0][trusted]) == ("3", "1")
    assert of["KEYWORD_HATE_SPEECH"][t.NOTICES.counts[7]] == "1"
    assert of["STATEMENT_CATEGORY_VIOLENCE"][received] == "1"
    assert of[taxonomy.NOT_SPECIFIED_NOTICE][received] == "1"


def test_the_log_names_neither_sender_nor_receipt(cast: Cast) -> None:
    notice = given(cast, kind="VIOLENCE", email=FLAGGER)
    said = str([each.data for each in audit.page(cast.site.id).items])
    assert notice.receipt not in said and FLAGGER not in said and "CATEGORY_VIOLENCE" in said


@pytest.mark.parametrize(
    "kind",
    ["NOTHING", "VIOLENCE/HATE_SPEECH", "OTHER_VIOLATION_TC", "NOT_SPECIFIED_NOTICE", "/"],
)
def test_a_kind_that_is_none_is_refused(cast: Cast, kind: str) -> None:
    with pytest.raises(Invalid):
        given(cast, kind=kind)


def test_each_kind_has_a_name() -> None:
    for category in taxonomy.OF_NOTICES:
        for code in (category.code, *category.keywords):
            name = code.partition("_CATEGORY_")[2] or code.removeprefix("KEYWORD_")
            assert say(f"notice.kind.{name}", "en")
