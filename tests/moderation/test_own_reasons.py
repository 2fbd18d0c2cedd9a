"""A site's own reasons: given like the built-in ones, read wherever a reason is, kept when retired."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.exchange.reporting.facts import facts_of
from commentsvc.exchange.reporting.statements import statements_of
from commentsvc.moderation import audit
from commentsvc.moderation.cases import bulk
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.moderation.commands import decide
from commentsvc.moderation.judging.own import KEYS, of_sites
from commentsvc.moderation.judging.reasons import title
from commentsvc.moderation.models import AuditEntry, Decision
from commentsvc.moderation.sharing import own_reasons as own
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.moderation.taxonomy import OTHER_TERMS
from commentsvc.notifications.statements import statement
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.moderation.sharing.models import OwnReason
    from tests.people import Cast

pytestmark = pytest.mark.engines
SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
SAID = Wording(
    {"en": "No source", "de": "Ohne Quelle"},
    {"en": "Claims need a source."},
    SPEECH,
    "https://harbour.example/rules#4",
)


@pytest.fixture
def kept(cast: Cast) -> OwnReason:
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    return own.add(cast.site, SAID, by=cast.olga)


def test_it_works(cast: Cast, kept: OwnReason) -> None:
    """Given once, it is read in the languages of its readers, and filed in its category."""
    waits = post(cast.site, user=cast.rita).comment
    made = decide(waits.public_id, action="reject", reason=kept.code, by=cast.mona)
    assert (made.reason, waits.status) == (kept.code, "rejected")
    assert [title(kept.code, each) for each in ("de_x_du", "fr", None)] == [
        "Ohne Quelle",
        "No source",
        "No source",
    ]
    said = statement(made, "en").ground
    assert "Claims need a source. The rule is: https://harbour.example/rules#4" in said
    assert "Claims need" in statement(made, "fr").ground
    later = clock.now() + timedelta(hours=1)
    with clock.frozen(later):
        [filed] = statements_of(cast.site, later - timedelta(days=1), later)
        other = "Illegal or harmful speech"
        assert (filed["category"], filed["category_specification_other"]) == (SPEECH, other)
        [measure] = facts_of(cast.site.id, later - timedelta(days=1), later).measures
    assert (measure.filed.category, measure.filed.detail) == (SPEECH, "No source")


def test_the_log_keeps_the_words_of_its_day(cast: Cast, kept: OwnReason) -> None:
    """The dashboard shows the new words; a report that is counted again says what it said."""
    waits = post(cast.site, user=cast.rita).comment
    decide(waits.public_id, action="reject", reason=kept.code, by=cast.mona)
    own.change(cast.site, kept.code, Wording({"en": "Unsourced"}), by=cast.olga)
    assert title(kept.code) == "Unsourced"
    row = db.session.scalars(
        select(AuditEntry).where(AuditEntry.kind == "decision").order_by(AuditEntry.id)
    ).all()[-1]
    assert row.data["filed"] == [SPEECH, "No source"] and audit.verify(cast.site.id)[1] is None
    until = clock.now() + timedelta(hours=1)
    [measure] = facts_of(cast.site.id, until - timedelta(days=1), until).measures
    assert measure.filed.detail == "No source"


def test_a_retired_one_stays_readable(cast: Cast, kept: OwnReason) -> None:
    first, second = (post(cast.site, f"Text {n}.", user=cast.rita).comment for n in (1, 2))
    made = decide(first.public_id, action="reject", reason=kept.code, by=cast.mona)
    begun = bulk.preview(
        [cast.site],
        action="reject",
        by=cast.mona,
        reason=kept.code,
        ban=True,
        ticked={second.public_id: second.version},
    )
    own.retire(cast.site, kept.code, by=cast.olga)
    assert title(kept.code) == "No source" and "Claims need" in statement(made, "en").ground
    with pytest.raises(Invalid):
        decide(second.public_id, action="reject", reason=kept.code, by=cast.mona)
    bulk.start(begun, by=cast.mona)
    while bulk.decide_some(begun.id):  # what has begun is finished
        pass
    assert second.status == "rejected"
    assert db.session.scalar(select(Sanction.reason)) == kept.code
    assert own.restore(cast.site, kept.code, by=cast.olga).active
    acts = db.session.scalars(select(StaffAct.kind).where(StaffAct.kind.like("reason%")))
    assert sorted(acts) == ["reason_added", "reason_restored", "reason_retired"]


def test_it_belongs_to_its_site(cast: Cast, kept: OwnReason) -> None:
    """Elsewhere it cannot be given; a bulk over several sites decides where it can."""
    theirs = post(cast.other, user=cast.rita, href="https://mountain.example.net/a").comment
    ours = post(cast.site, user=cast.rita).comment
    with pytest.raises(Invalid):
        decide(theirs.public_id, action="reject", reason=kept.code, by=cast.max)
    with pytest.raises(Invalid):
        sanction(cast.other, cast.rita, "warn", by=cast.max, reason=kept.code)
    ticked = {each.public_id: each.version for each in (theirs, ours)}
    asked: dict[str, Any] = {"action": "reject", "reason": kept.code, "by": cast.ada}
    made = bulk.preview([cast.site, cast.other], ticked=ticked, **asked)
    assert [each[0] for each in made.targets] == [ours.public_id]
    assert made.site_ids == [cast.site.id]
    with pytest.raises(Invalid):
        bulk.preview([cast.other], ticked=ticked, **asked)
    with pytest.raises(NotFound):
        own.change(cast.other, kept.code, SAID, by=cast.max)


def test_no_two_have_one_title_in_a_language(cast: Cast, kept: OwnReason) -> None:
    """Not a retired one's either, whatever its case; on another site they may."""
    for titles in ({"en": "no  SOURCE"}, {"en": "Other", "de": "Ohne Quelle"}):
        with pytest.raises(Invalid, match="already has this title") as refused:
            own.add(cast.site, Wording(titles), by=cast.olga)
        assert refused.value.field == f"title_{list(titles)[-1]}"
    other = own.add(cast.site, Wording({"en": "Ohne Quelle", "de": "No source"}), by=cast.olga)
    with pytest.raises(Invalid):
        own.change(cast.site, other.code, Wording({"en": "No source"}), by=cast.olga)
    own.change(cast.site, kept.code, SAID, by=cast.olga)  # its own
    own.retire(cast.site, kept.code, by=cast.olga)
    with pytest.raises(Invalid, match="retired"):
        own.add(cast.site, Wording({"en": "No source"}), by=cast.olga)
    assert own.add(cast.other, Wording({"en": "No source"}), by=cast.max).active


@pytest.mark.parametrize(
    "title", ["No\u200b source", "No source\u2060", "No \u00adsource", "NO\u3000SOURCE"]
)
def test_nor_one_that_only_looks_like_it(cast: Cast, kept: OwnReason, title: str) -> None:
    with pytest.raises(Invalid, match="already has this title"):
        own.add(cast.site, Wording({"en": title}), by=cast.olga)


def test_two_of_an_older_version_stay_readable(cast: Cast, kept: OwnReason) -> None:
    """They could share a title: the second is retired in the new site, since decisions name it."""
    stored = own.kept_of(cast.site)
    twin = {**stored[0], "code": "own_twin", "hints": {"en": "Where is it from?"}}
    db.session.delete(kept)
    db.session.flush()
    own.put_in(cast.other, [*stored, twin])
    assert [(each["code"], each["active"]) for each in own.kept_of(cast.other)] == [
        (stored[0]["code"], True),
        ("own_twin", False),
    ]
    assert title("own_twin", "en") == title(stored[0]["code"], "en")


def test_the_order_says_the_keys(cast: Cast, kept: OwnReason) -> None:
    for number in range(9):
        own.add(cast.site, Wording({"en": f"Reason {number}"}), by=cast.olga)
    mine = of_sites([cast.site.id])[cast.site.id]
    assert [each.key for each in mine] == [*KEYS, None]
    own.raise_up(cast.site, mine[1].code, by=cast.olga)
    own.raise_up(cast.site, mine[1].code, by=cast.olga)  # nothing is above it
    own.retire(cast.site, mine[4].code, by=cast.olga)
    found = of_sites([cast.site.id], retired=True)[cast.site.id]
    assert [each.title_in("en") for each in found[:2]] == ["Reason 0", "No source"]
    assert [each.key for each in found] == [*KEYS, None] and not found[-1].active


@pytest.mark.parametrize(
    "said",
    [
        Wording({}),
        Wording({"de": "Ohne Quelle"}),
        Wording({"en": "a" * 61}),
        Wording({"en": "a", "xx": "a"}),
        Wording({"en": "a"}, {"en": "a" * 501}),
        Wording({"en": "a"}, category="STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"),
        Wording({"en": "a"}, rule="a" * 201),
        Wording({"en": "a"}, rule="javascript://a"),
    ],
)
def test_what_is_refused(cast: Cast, said: Wording) -> None:
    with pytest.raises(Invalid):
        own.add(cast.site, said, by=cast.olga)


def test_owners_alone_add_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MOST", 1)
    for act in (own.retire, own.restore, own.raise_up):
        with pytest.raises(NotAllowed):
            act(cast.site, "own_none", by=cast.mona)
    with pytest.raises(NotAllowed):
        own.add(cast.site, SAID, by=cast.mona)
    row = own.add(cast.site, Wording({"en": "a"}), by=cast.olga)
    assert row.category == OTHER_TERMS
    with pytest.raises(Conflict):
        own.add(cast.site, SAID, by=cast.olga)


def test_it_moves_with_its_site(cast: Cast, kept: OwnReason, work: Callable[[], int]) -> None:
    """An export says all of them; a site that is made from it has them, but not in another's place."""
    stored = own.kept_of(cast.site)
    assert stored[0]["titles"] == SAID.titles and stored[0]["category"] == SPEECH
    strange: list[dict[str, Any]] = [
        {"code": "spam", "titles": {"en": "a"}},
        {"code": "own_new", "titles": {"de": "Neu"}, "category": OTHER_TERMS, "active": True},
        {"code": "own_odd", "titles": "no"},
        {"titles": {"en": "a"}},
    ]
    with own.unit_of_work():
        own.put_in(cast.other, [*stored, *strange])
    there = of_sites([cast.other.id])[cast.other.id]
    assert [(each.code, each.title_in("en")) for each in there] == [("own_new", "Neu")]
    made = db.session.scalar(select(Decision.id).where(Decision.reason == "own_new"))
    assert made is None and title(kept.code) == "No source"
