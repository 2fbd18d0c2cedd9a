"""A report in the Commission's templates: its names are theirs, its totals are the log's."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.core.errors import Invalid
from commentsvc.exchange.reporting import templates as t
from commentsvc.exchange.reporting.facts import FINDS_NOTHING, facts_from
from commentsvc.exchange.reporting.report import build, period_of, read_rows, write_zip
from commentsvc.exchange.reporting.statements import statements_of
from commentsvc.moderation import audit
from commentsvc.moderation.cases import notices
from commentsvc.moderation.cases.appeals import appeal, hear
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.cases.sweeping import call_back, send_away
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.judging.rules import RULES
from commentsvc.moderation.models import AuditEntry
from commentsvc.sites import commands as sites
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.people import Cast

GOOD: dict[str, Any] = {
    "law": "Criminal Code, section 130",
    "explanation": "The comment calls for violence against a group of people.",
    "good_faith": True,
}
#: The rules that find something; every other one is in `FINDS_NOTHING`.
FINDING = frozenset(
    (
        *("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"),
        *("swearing", "quoted", "banned_words", "suspect_words", "common_insult", "sentence"),
        *(
            "spam",
            "spam_here",
            "spam_again",
            "links",
            "denied_host",
            "disguised_link",
            "first_link",
        ),
        *("private_data", "self_harm", "self_harm_urged", "dehumanizing", "threats"),
        *("repeat", "flood", "history", "shouting", "staff_name", "rude_name", "outside_judge"),
    )
)
DECIDED = {"comment": "a", "decision": "b", "undoes": None, "reason": "hate"}
#: The first row of the Commission's own files, as published.
HEADS = {
    4: 'Applicability,Service,Reporting period,Category of illegal content,"Description of the sub-category ""Other""",Number of notices received ,Number of notices received from Trusted flaggers,Number of specific items of information included in the total number of notices,Number of specific items of information included in the total number of notices by Trusted Flaggers (Trusted Flagger notices),Median time to take action,Median time to take action (Trusted Flagger notices),Number of actions taken on the basis of the law,Number of actions taken on the basis of the law (Trusted Flagger notices),Number of actions taken on the basis of the terms and conditions of the service,Number of actions taken on the basis of the terms and conditions of the service (Trusted Flagger notices),Contextual information on Number of notices received ,Contextual information on Number of notices received from Trusted flaggers,Contextual information on Number of specific items of information included in the total number of notices,Contextual information on Number of specific items of information included in the total number of notices by Trusted Flaggers (Trusted Flagger notices),Contextual information on Median time to take action,Contextual information on Median time to take action (Trusted Flagger notices),Contextual information on Number of actions taken on the basis of the law,Contextual information on Number of actions taken on the basis of the law (Trusted Flagger notices),Contextual information on Number of actions taken on the basis of the terms and conditions of the service,Contextual information on Number of actions taken on the basis of the terms and conditions of the service (Trusted Flagger notices)',  # noqa: E501
    6: 'Applicability,Service,Reporting period,Category of incompatibility with the provider\'s terms and conditions,"Description of the sub-category ""Other""",Number of measures taken at the provider\'s own initiative ,Number of measures taken after detection with solely automated means ,Visibility restriction Removal,Visibility restriction Disable,Visibility restriction Demoted,Visibility restriction Age restricted,Visibility restriction Interaction restricted,Visibility restriction Labelled ,Visibility restriction Other,Monetary restriction Suspension,Monetary restriction Termination,Monetary restriction Other,Provision of the service Suspension,Provision of the service Termination,Account restriction Suspension,Account restriction Termination,Contextual Information on Number of measures taken at the provider\'s own initiative ,Contextual Information on Number of measures taken after detection with solely automated means ,Contextual Information on Visibility restriction Removal,Contextual Information on Visibility restriction Disable,Contextual Information on Visibility restriction Demoted,Contextual Information on Visibility restriction Age restricted,Contextual Information on Visibility restriction Interaction restricted,Contextual Information on Visibility restriction Labelled ,Contextual Information on Visibility restriction Other,Contextual Information on Monetary restriction Suspension,Contextual Information on Monetary restriction Termination,Contextual Information on Monetary restriction Other,Contextual Information on Provision of the service Suspension,Contextual Information on Provision of the service Termination,Contextual Information on Account restriction Suspension,Contextual Information on Account restriction Termination',  # noqa: E501
    7: "Applicability,Service,Reporting period,Section,Indicator,Scope,Value,Contextual Information",
    8: "Applicability,Service,Reporting period,Section,Indicator,Scope,Value,Contextual Information",
    1: "Applicability,Service,Indicator,Value",
    11: "Applicability,Service,Reporting period,Indicator,Value",
    3: 'Applicability,Service,Reporting period,Category of illegal content,"Description of the sub-category ""Other""",Scope,Number of orders to act against illegal content received,Number of specific items of information included in the total number of orders to act against illegal content,Median time to inform the authority of the receipt of the order to act against illegal content,Median time to give effect to the order to act against illegal content,Number of orders to provide information,Median time to inform the authority of the receipt of the order to provide information,Median time to give effect to the order to provide information,Contextual information on number of orders to act against illegal content received,Contextual information on number of specific items of information included in the total number of orders to act against illegal content,Contextual information on Median time to inform the authority of the receipt of the order to act against illegal content,Contextual information on Median time to give effect to the order to act against illegal content,Contextual information on Number of orders to provide information,Contextual information on Median time to inform the authority of the receipt of the order to provide information,Contextual information on Median time to give effect to the order to provide information',  # noqa: E501
}


def filled(cast: Cast) -> None:
    """Some of everything: rules that hold, people who reject, what is undone, sanctions, notices, appeals."""
    for reason in ("abusive", "hate", "spam"):
        comment = post(cast.site, user=cast.rita).comment
        made = decide(comment.public_id, action="reject", reason=reason, by=cast.mona)
    undo(made.public_id, by=cast.mona)
    held = post(cast.site, "You idiot.", user=cast.rita).comment
    assert held.status == "pending"
    decide(held.public_id, action="reject", reason="offensive", by=cast.mona)
    send = send_away(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
    call_back(send, by=cast.mona)
    sanction(cast.site, cast.max, "suspend", by=cast.mona, reason="spam", until=later())
    comment = post(cast.site).comment
    notice = notices.give_notice(comment.public_id, **GOOD)
    notices.decide_notice(notice.receipt, outcome="illegal", ground="It incites.", by=cast.mona)
    other = notices.give_notice(post(cast.site).comment.public_id, **GOOD)
    notices.decide_notice(other.receipt, outcome="not_illegal", ground="Opinion.", by=cast.mona)
    appealed(cast)


def appealed(cast: Cast) -> None:
    comment = post(cast.site, "Harmless.", user=cast.rita).comment
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    made = appeal(comment.public_id, "It was on topic.", by=cast.rita)
    hear(made.public_id, outcome="overturned", by=cast.olga)


def later() -> datetime:
    return clock.now() + timedelta(days=3)


def this_year() -> str:
    return str(clock.now().year)


def table(files: Mapping[str, str], number: int) -> list[dict[str, str]]:
    first, *rows = read_rows(files[t.FILES[number]])
    return [dict(zip(first, row, strict=True)) for row in rows]


def value(files: Mapping[str, str], number: int, *named: str) -> str:
    """Of the one row that has all these cells."""
    (row,) = (each for each in table(files, number) if set(named) <= set(each.values()))
    return row["Value"]


def test_it_works(cast: Cast) -> None:
    filled(cast)
    files = build(cast.site, period_of(this_year()), provider="Harbour  Media Ltd")
    assert list(files) == [*t.FILES.values(), "about.json"]
    total = table(files, 6)[0]
    assert total[t.OWN_TERMS.counts[0]] == "5"
    assert total["Visibility restriction Removal"] == "4"
    assert total["Account restriction Suspension"] == "1"
    assert total["Account restriction Termination"] == "0"  # undone
    assert (
        total["Number of measures taken after detection with solely automated means "] == "2"
    )  # an insult, and a history
    noticed = table(files, 4)[0]
    assert noticed["Number of notices received "] == "2"
    assert noticed["Number of actions taken on the basis of the law"] == "1"
    assert table(files, 5)[0][t.OWN_ILLEGAL.counts[0]] == "0"  # it was a notice's
    assert value(files, 7, t.SUBMITTED, "Decisions reversed") == "1"
    assert value(files, 7, t.VISIBILITY, "Total number") == "1"
    assert value(files, 8, t.SOLELY, "Total number") == "0"
    assert value(files, 8, t.NOT_BY, "Total number") == "6"
    assert value(files, 1, "Name of the service provider") == "Harbour Media Ltd"


@pytest.mark.parametrize("number", HEADS)
def test_the_names_are_the_commissions(cast: Cast, number: int) -> None:
    files = build(cast.site, period_of(this_year()))
    assert read_rows(files[t.FILES[number]])[0] == read_rows(HEADS[number])[0]


@pytest.mark.engines
def test_the_totals_equal_the_log(cast: Cast) -> None:
    filled(cast)
    log = audit.page(cast.site.id, limit=200).items
    undone = {row.data["undoes"] for row in log if row.data.get("undoes")}
    removed = [
        row
        for row in log
        if row.kind == "decision"
        and row.data["action"] == "reject"
        and row.data["decision"] not in undone
    ]
    sanctions = [
        row
        for row in log
        if row.kind == "sanction"
        and row.data["kind"] in ("ban", "suspend")
        and row.data["sanction"] not in undone
    ]
    files = build(cast.site, period_of(this_year()))
    own = sum(int(table(files, part)[0][t.OWN_TERMS.counts[0]]) for part in (5, 6))
    actions = int(table(files, 4)[0][t.NOTICES.counts[6]])
    assert own + actions == len(removed) + len(sanctions) == 6
    received = [row for row in log if row.kind == "notice" and row.data["outcome"] is None]
    assert int(table(files, 4)[0][t.NOTICES.counts[0]]) == len(received) == 2


@pytest.mark.engines
@pytest.mark.parametrize("number", [4, 5, 6])
def test_keywords_add_up_to_their_category_and_those_to_the_total(cast: Cast, number: int) -> None:
    filled(cast)
    for comment in (post(cast.site).comment, post(cast.site).comment):
        decide(comment.public_id, action="reject", reason="illegal", by=cast.mona)
    files = build(cast.site, period_of(this_year()))
    of = {4: t.NOTICES, 5: t.OWN_ILLEGAL, 6: t.OWN_TERMS}[number]
    total, *rows = table(files, number)
    for column in (of.counts[0], of.counts[6]):
        sums: dict[str, int] = {}
        stated: dict[str, int] = {}
        for row in rows:
            if row[of.category].startswith("STATEMENT_"):
                category = row[of.category]
                stated[category] = int(row[column])
            else:
                sums[category] = sums.get(category, 0) + int(row[column])
        assert all(stated[each] == counted for each, counted in sums.items())
        assert sum(stated.values()) == int(total[column])
    assert int(total[of.counts[0]]) > 0


def test_a_decision_counts_in_the_period_in_which_it_was_made(cast: Cast) -> None:
    with clock.frozen(datetime(2025, 12, 31, 23, 59, tzinfo=UTC)):
        old = post(cast.site).comment
        decide(old.public_id, action="reject", reason="hate", by=cast.mona)
        kept = post(cast.site).comment
        made = decide(kept.public_id, action="reject", reason="spam", by=cast.mona)
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        undo(made.public_id, by=cast.mona)

    def count(period: str) -> str:
        return table(build(cast.site, period_of(period)), 6)[0][t.OWN_TERMS.counts[0]]

    assert count("2025") == count("2025-H2") == count("2025-12-31/2025-12-31") == "2"
    assert count("2025-H1") == count("2026") == "0"


def test_what_rules_reject_alone_is_solely_automated(cast: Cast) -> None:
    sites.set_policy(cast.site, {"banned_words": ["rabarbaro"]}, by=cast.olga)
    assert post(cast.site, "A rabarbaro.").comment.status == "rejected"
    files = build(cast.site, period_of(this_year()))
    assert value(files, 8, t.SOLELY, "Total number") == "1"
    assert value(files, 8, t.NOT_BY, "Total number") == "0"
    total = table(files, 6)[0]
    assert total["Number of measures taken after detection with solely automated means "] == "1"


def test_every_rule_says_whether_it_finds_something() -> None:
    """A new rule belongs in one of the two: it finds something in a text or in what its author did before,
    or it holds whatever comes."""
    names = {each.__name__ for each in RULES}
    assert names == FINDING | (FINDS_NOTHING & names)
    assert not FINDING & FINDS_NOTHING
    for name in names:
        at = clock.now()
        held = {"action": "hold", "from": "pending", "to": "pending", "automated": True}
        rejected = {"action": "reject", "from": "pending", "to": "rejected", "automated": False}
        rows = [
            AuditEntry(kind="decision", at=at, number=number, hash="", data=DECIDED | data)
            for number, data in enumerate(({**held, "rule": name}, {**rejected, "rule": None}))
        ]
        (measure,) = facts_from(rows, at).measures.values()
        assert measure.detected is (name in FINDING)


def test_what_was_held_only_because_of_the_hour_was_not_detected(cast: Cast) -> None:
    day = (clock.now().isoweekday() + 2) % 7 + 1  # three days from now
    changes = {"open_hours": [f"{day} 8:00-9:00"], "outside_hours": "hold"}
    sites.set_policy(cast.site, changes, by=cast.olga)
    for text in ("The ferry was late.", "You idiot."):
        comment = post(cast.site, text).comment
        assert comment.status == "pending"
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        now = clock.now()
        said = list(statements_of(cast.site, now - timedelta(days=1), now))
        total = table(build(cast.site, period_of(this_year())), 6)[0]
    assert [each["automated_detection"] for each in said] == ["No", "Yes"]
    assert total[t.OWN_TERMS.counts[0]] == "2"
    assert total["Number of measures taken after detection with solely automated means "] == "1"


@pytest.mark.parametrize(
    "wrong", ["", "26", "2026-H3", "3026", "2026-02-30/2026-03-01", "2026-03-02/2026-03-01", "1999"]
)
def test_a_period_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        period_of(wrong)


def test_a_zip_holds_the_files(cast: Cast) -> None:
    files, out = build(cast.site, period_of(this_year())), io.BytesIO()
    write_zip(files, out)
    archive = zipfile.ZipFile(out)
    assert archive.namelist() == list(files)
    assert archive.read("4_notices.csv").decode() == files["4_notices.csv"]
    assert "\r\n" in files["4_notices.csv"]


def test_it_names_nobody_and_quotes_nothing(cast: Cast) -> None:
    filled(cast)
    everything = "".join(build(cast.site, period_of(this_year())).values())
    for secret in ("Rita", "Mona", "idiot", "Harmless", "Criminal Code", "It incites"):
        assert secret not in everything
