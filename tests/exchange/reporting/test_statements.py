"""Statements of reasons as the Transparency Database takes them, and how they are sent to it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.exchange.reporting import sending
from commentsvc.exchange.reporting.models import SentStatement
from commentsvc.exchange.reporting.statements import statements_of, write_csv, write_json
from commentsvc.moderation.cases import notices
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide, flag, undo
from commentsvc.moderation.sharing import own_reasons
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.moderation.taxonomy import BY_CODE
from commentsvc.settings import settings
from commentsvc.sites import commands as sites
from tests.answering import SaysJson, answering
from tests.exchange.reporting.test_report import GOOD, later
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

RULES = "https://news.example.org/rules"


def said(cast: Cast) -> list[dict[str, Any]]:
    """As soon as everybody may know."""
    with clock.frozen(clock.now() + timedelta(hours=1)):
        now = clock.now()
        return list(statements_of(cast.site, now - timedelta(days=1), now))


def rejected(cast: Cast, reason: str = "hate", text: str | None = None) -> str:
    comment = post(cast.site, text).comment
    words = "You know why, Gerda."
    made = decide(comment.public_id, action="reject", reason=reason, message=words, by=cast.mona)
    return made.public_id


def test_it_works(cast: Cast) -> None:
    sites.set_policy(cast.site, {"rules_url": RULES}, by=cast.olga)
    made = rejected(cast)
    (found,) = said(cast)
    today = f"{clock.now():%Y-%m-%d}"
    assert found == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": RULES,
        "incompatible_content_ground": "The site's rules on: Hate",
        "incompatible_content_explanation": found["incompatible_content_explanation"],
        "incompatible_content_illegal": "No",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        "category_specification": ["KEYWORD_HATE_SPEECH"],
        "territorial_scope": found["territorial_scope"],
        "content_language": "EN",
        "content_date": today,
        "application_date": today,
        "decision_facts": "A comment on an article was checked. It was found by the site itself.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": made,
    }
    assert len(found["territorial_scope"]) == 30


def test_the_other_kinds(cast: Cast) -> None:
    sites.set_policy(cast.site, {"banned_words": ["rabarbaro"], "flags_to_hold": 1}, by=cast.olga)
    post(cast.site, "A rabarbaro.")  # rules alone
    reported = post(cast.site).comment
    with clock.frozen(clock.now() + timedelta(days=2)):  # a member for longer weighs more
        flag(reported.public_id, user=cast.rita, reason="hate")
    assert reported.status == "pending"
    notice = notices.give_notice(post(cast.site).comment.public_id, **GOOD)
    notices.decide_notice(notice.receipt, outcome="illegal", ground="It incites.", by=cast.mona)
    sanction(cast.site, cast.rita, "suspend", by=cast.mona, reason="spam", until=later())
    sanction(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
    sanction(cast.site, cast.max, "warn", by=cast.mona, reason="spam")
    with clock.frozen(clock.now() + timedelta(days=3)):
        now = clock.now()
        found = list(statements_of(cast.site, now - timedelta(days=5), now))
    kinds = [
        (
            each.get("decision_visibility", [each.get("decision_account")])[0].split("_")[-1],
            each["source_type"].removeprefix("SOURCE_"),
            each["automated_detection"],
            each["automated_decision"].removeprefix("AUTOMATED_DECISION_"),
            each["decision_ground"].split("_")[2],
        )
        for each in found
    ]
    assert kinds == [
        ("REMOVED", "VOLUNTARY", "Yes", "FULLY", "INCOMPATIBLE"),
        ("DISABLED", "TYPE_OTHER_NOTIFICATION", "No", "FULLY", "INCOMPATIBLE"),
        ("REMOVED", "ARTICLE_16", "No", "NOT_AUTOMATED", "ILLEGAL"),
        ("SUSPENDED", "VOLUNTARY", "No", "NOT_AUTOMATED", "INCOMPATIBLE"),
        ("TERMINATED", "VOLUNTARY", "No", "NOT_AUTOMATED", "INCOMPATIBLE"),
    ]
    assert found[3]["end_date_account_restriction"] == f"{later():%Y-%m-%d}"


def test_what_is_undone_or_may_be_is_left_out(cast: Cast) -> None:
    undo(rejected(cast), by=cast.mona)
    rejected(cast)
    assert len(said(cast)) == 1
    now = clock.now() + timedelta(seconds=1)
    assert list(statements_of(cast.site, now - timedelta(days=1), now)) == []


def test_nothing_that_somebody_typed_is_in_it(cast: Cast) -> None:
    rejected(cast, "other", "Gerda Meier, Hauptstr. 5, is a thief.")
    notice = notices.give_notice(post(cast.site).comment.public_id, **{**GOOD, "name": "Nora W"})
    notices.decide_notice(notice.receipt, outcome="illegal", ground="Of Gerda.", by=cast.mona)
    out = json.dumps(said(cast))
    for secret in ("Gerda", "Nora", "thief", "section 130", "Mona", "Guest"):
        assert secret not in out


def test_what_an_owner_typed_stays_here(cast: Cast) -> None:
    """The database takes no personal data, and an own reason may name somebody."""
    typed = Wording({"en": "Gerda Typed"}, {"en": "Leave Gerda alone."}, rule="Gerda's rule 7")
    row = own_reasons.add(
        cast.site, replace(typed, category="STATEMENT_CATEGORY_CYBER_VIOLENCE"), by=cast.olga
    )
    rejected(cast, row.code)
    sanction(cast.site, cast.max, "ban", by=cast.mona, reason=row.code)
    of_comment, of_account = said(cast)
    label = BY_CODE["STATEMENT_CATEGORY_CYBER_VIOLENCE"].label
    for each in (of_comment, of_account):
        assert each["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
        assert each["incompatible_content_ground"] == f"The site's rules on: {label}"
        assert each["category_specification_other"] == label
        assert "Gerda" not in json.dumps(each) and each["incompatible_content_explanation"]
    rejected(cast, "other", "Another text.")
    assert said(cast)[1]["incompatible_content_ground"] == "The site's rules on: Other reason"


@pytest.mark.parametrize("reason", ["offensive", "spam", "care", "illegal", "other", "off_topic"])
def test_it_holds_what_the_database_asks_for(cast: Cast, reason: str) -> None:
    rejected(cast, reason)
    (found,) = said(cast)
    law = "illegal" if reason == "illegal" else "incompatible"
    most = {f"{law}_content_explanation": 2000, "decision_facts": 5000}
    ground = "illegal_content_legal_ground" if law == "illegal" else "incompatible_content_ground"
    for name, length in (most | {ground: 500}).items():
        assert 0 < len(found[name]) <= length
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,500}", found["puid"])
    assert found["category_specification"][0] in BY_CODE[found["category"]].keywords


def test_files(cast: Cast) -> None:
    rejected(cast)
    found = said(cast)
    out = io.StringIO()
    write_json(found, out)
    assert json.loads(out.getvalue()) == {"statements": found}
    out = io.StringIO()
    write_csv(found, out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert json.loads(row["decision_visibility"]) == found[0]["decision_visibility"]
    assert row["puid"] == found[0]["puid"] and row["decision_account"] == ""


# --- sending --------------------------------------------------------------------------------------


@dataclass
class Database:
    """The Transparency Database as its documentation has it, for as much as is needed."""

    url: str = ""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    refuses: str | None = None  # statements with this category
    answers: list[int] = field(default_factory=list)  # what to say instead, first

    def answer(self, headers: Any, body: bytes) -> tuple[int, Any]:
        some = json.loads(body)["statements"]
        self.calls.append(len(some))
        if self.answers:
            return self.answers.pop(0), {"message": "Not now."}
        if headers["Authorization"] != "Bearer 7|token":
            return 401, {"message": "Unauthenticated."}
        errors = {}
        for place, each in enumerate(some):
            if each["puid"] in self.taken:
                errors[f"statement_{place}"] = {"puid": ["The identifier given is not unique."]}
            elif each["category"] == self.refuses:
                errors[f"statement_{place}"] = {"category": ["The selected category is invalid."]}
        if errors:
            return 422, {"errors": errors}
        self.taken |= {each["puid"]: each for each in some}
        return 201, {"statements": [{**each, "uuid": f"u-{each['puid']}"} for each in some]}


@pytest.fixture
def database(app: Flask) -> Iterator[Database]:
    found = Database()

    class Handler(SaysJson):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/api/v1/statements"
            self.say(*found.answer(self.headers, body))

    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}/api/v1"
        now = replace(
            settings.of(app),
            webhook_private=True,
            dsa_database_url=found.url,
            dsa_database_token="7|token",
            dsa_database_sites=("harbour", "nowhere"),
        )
        settings.install(app, now)
        yield found


def sent(work: Callable[[], int]) -> dict[str, str]:
    """Let an hour pass, and say what is known afterwards."""
    with clock.frozen(clock.now() + timedelta(hours=1)):
        sending.send_all()
        while work():
            pass
    db.session.expire_all()
    return {each.puid: each.state for each in db.session.scalars(select(SentStatement))}


@pytest.mark.engines
def test_they_are_sent_once(
    cast: Cast, database: Database, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    made = [rejected(cast) for _ in range(3)]
    sanction(cast.site, cast.max, "ban", by=cast.mona, reason="spam")
    assert set(sent(work).values()) == {"sent"}
    assert set(made) < set(database.taken) and len(database.taken) == 4
    calls = len(database.calls)
    sent(work)
    assert len(database.calls) == calls
    assert sending.counts(cast.site) == {"sent": 4, "refused": 0}
    row = db.session.get(SentStatement, made[0])
    assert row is not None and row.uuid == f"u-{made[0]}"


def test_what_is_refused_does_not_hold_up_the_others(
    cast: Cast, database: Database, work: Callable[[], int]
) -> None:
    database.refuses = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    bad, good = rejected(cast, "harassment"), rejected(cast, "hate")
    assert sent(work) == {bad: "refused", good: "sent"}
    row = db.session.get(SentStatement, bad)
    assert row is not None and "selected category is invalid" in (row.why or "")
    assert list(database.taken) == [good]


def test_what_had_arrived_before_counts_as_sent(
    cast: Cast, database: Database, work: Callable[[], int]
) -> None:
    made = rejected(cast)
    database.taken[made] = {}
    assert sent(work) == {made: "sent"}


@pytest.mark.parametrize("status", [401, 500, 503, 429])
def test_what_fails_is_tried_again(
    cast: Cast, database: Database, work: Callable[[], int], status: int
) -> None:
    made = rejected(cast)
    database.answers = [status]
    assert sent(work) == {}
    assert sent(work) == {made: "sent"}


def test_nothing_is_sent_by_default_or_for_another_site(
    app: Flask, cast: Cast, database: Database, work: Callable[[], int]
) -> None:
    rejected(cast)
    for changed in ({"dsa_database_sites": ("mountain",)}, {"dsa_database_url": ""}):
        settings.install(app, replace(settings.of(app), **changed))
        assert sent(work) == {} and database.calls == []
        assert sending.counts(cast.site) == {}


def test_a_private_address_is_not_called(
    app: Flask, cast: Cast, database: Database, work: Callable[[], int]
) -> None:
    settings.install(app, replace(settings.of(app), webhook_private=False))
    rejected(cast)
    assert sent(work) == {} and database.calls == []
