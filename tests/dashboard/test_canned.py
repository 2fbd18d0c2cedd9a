"""Canned messages: kept by a site's staff, in languages, and sent in place of what one would type."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.accounts.models import StaffAct
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.core.jobs import run_due
from commentsvc.dashboard.places import of_sites
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.cases.models import Bulk, Sanction
from commentsvc.moderation.commands import decide
from commentsvc.moderation.models import Decision
from commentsvc.moderation.sharing import canned
from commentsvc.notifications.statements import statement
from commentsvc.sites.commands import set_policy
from tests.factories import post
from tests.flat import flat

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from commentsvc.moderation.sharing.models import CannedMessage
    from tests.dashboard.conftest import Staff
    from tests.people import Cast

pytestmark = pytest.mark.engines(sample=1)
TEXTS = {
    "en": "Dear {name}, on {page}: {rule}.",
    "de": "Hallo {name}, zu {page}: {rule}.",
    "pt": "Olá {name}.",
}


@pytest.fixture
def kept(cast: Cast) -> CannedMessage:
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    return canned.add(cast.site, "Links", TEXTS, by=cast.mona)


def last() -> Decision:
    found = db.session.scalar(select(Decision).order_by(Decision.id.desc()).limit(1))
    assert found is not None
    return found


def test_it_works(cast: Cast, mona: Staff) -> None:
    """Without scripts: kept on the page, chosen by its name, and in the statement of reasons."""
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    page = "/dashboard/sites/harbour/canned"
    added = mona.post(page, name=" Links ", text_en=TEXTS["en"], language="de", more=TEXTS["de"])
    assert added.status_code == 303
    row = canned.of_sites([cast.site])[cast.site.id][0]
    assert (row.name, set(row.texts)) == ("Links", {"en", "de"})
    assert "Text (Deutsch)" in mona.page(page) and "{rule}" in mona.page(page)
    cast.rita.locale = "de"
    waits = post(cast.site, user=cast.rita).comment
    queue = mona.page("/dashboard/")
    assert "1 · Links" in queue
    form = {"action": "reject", "reason": "spam", "message": " ", "canned": row.public_id}
    mona.post(f"/dashboard/comments/{waits.public_id}/decisions", **form)
    words = "Hallo Rita, zu https://news.example.org/2026/bridge: Spam."
    assert last().message == words
    assert words in str(statement(last(), "de").message)
    changed = mona.post(f"/dashboard/canned/{row.public_id}", name="Ads", text_en="No.", text_de="")
    assert changed.status_code == 303
    assert (row.name, row.texts) == ("Ads", {"en": "No."})
    mona.post(f"/dashboard/canned/{row.public_id}", do="remove")
    assert "1 · " not in mona.page("/dashboard/")
    assert "added a canned message" in mona.page("/dashboard/log?action=work")
    acts = db.session.scalars(select(StaffAct.kind).where(StaffAct.kind.like("canned%")))
    assert sorted(acts) == ["canned_added", "canned_changed", "canned_removed"]


def test_what_was_typed_goes_before(cast: Cast, mona: Staff, kept: CannedMessage) -> None:
    waits = post(cast.site, user=cast.rita).comment
    form = {"action": "reject", "reason": "abusive", "canned": kept.public_id}
    typed = "Dear Rita, {rule}; {name} stays."
    mona.post(f"/dashboard/comments/{waits.public_id}/decisions", message=typed, **form)
    assert last().message == "Dear Rita, Abusive; {name} stays."


def test_a_script_gets_the_text_with_the_rule_open(
    cast: Cast, mona: Staff, kept: CannedMessage
) -> None:
    cast.rita.name = "{page} {rule}"  # a value is not looked through for variables
    waits = post(cast.site, user=cast.rita, href="https://news.example.org/a").comment
    path = f"/dashboard/canned/{kept.public_id}?comment={waits.public_id}"
    said = mona.get(path).json
    assert said == {"text": "Dear {page} {rule}, on https://news.example.org/a: {rule}."}
    person = mona.get(f"/dashboard/canned/{kept.public_id}?person={cast.rita.public_id}").json
    assert person and "on The Harbour Post" in person["text"]
    elsewhere = post(cast.other, href="https://mountain.example.net/a").comment.public_id
    assert mona.get(f"/dashboard/canned/{kept.public_id}?comment={elsewhere}").status_code == 404


def test_a_warning(cast: Cast, mona: Staff, kept: CannedMessage) -> None:
    post(cast.site, user=cast.rita)
    path = f"/dashboard/people/{cast.rita.public_id}"
    assert "1 · Links" in mona.page(path) and "1 · Links" in mona.page(f"{path}/drawer")
    form = {"site": "harbour", "kind": "warn", "reason": "spam", "canned": kept.public_id}
    mona.post(f"{path}/measures", **form)
    row = db.session.scalar(select(Sanction))
    assert row and row.message == "Dear Rita, on The Harbour Post: Spam."


def test_an_appeal_is_answered(
    cast: Cast, kept: CannedMessage, sign_in: Callable[[str | None], Staff]
) -> None:
    waits = post(cast.site, user=cast.rita).comment
    with clock.frozen(clock.now() - timedelta(hours=1)):
        decide(waits.public_id, action="reject", reason="spam", by=cast.mona)
    made = appeals.appeal(waits.public_id, "Why?", by=cast.rita)
    olga = sign_in("olga")
    page = olga.page("/dashboard/appeals")
    assert "1 · Links" in page and 'name="reason" value="spam"' in page
    form = {"outcome": "upheld", "answer": " ", "canned": kept.public_id, "reason": "spam"}
    olga.post(f"/dashboard/appeals/{made.public_id}", comment=waits.public_id, **form)
    assert made.answer == "Dear Rita, on https://news.example.org/2026/bridge: Spam."


def test_many_authors_read_it_each_in_their_language(
    cast: Cast, mona: Staff, sign_in: Callable[[str | None], Staff], kept: CannedMessage
) -> None:
    """The preview shows it once; what is changed or removed afterwards is sent as it was shown."""
    cast.rita.locale = "de"
    waits = [post(cast.site, user=each).comment for each in (cast.rita, cast.max)]
    form = {"scope": "all", "action": "reject", "reason": "spam", "canned": kept.public_id}
    assert '<select name="canned">' in mona.page("/dashboard/")
    begun = mona.post("/dashboard/bulk?queue=pending", **form).location
    assert "Dear {name}, on {page}: {rule}." in mona.page(begun)
    canned.remove(kept.public_id, by=cast.mona)
    assert '<select name="canned">' not in mona.page("/dashboard/")
    mona.post(f"{begun}/start")
    while run_due():
        pass
    rows = db.session.execute(
        select(Decision.comment_id, Decision.message).where(Decision.action == "reject")
    )
    page = "https://news.example.org/2026/bridge"
    said = [f"Hallo Rita, zu {page}: Spam.", f"Dear Max, on {page}: Spam."]
    assert {comment: text for comment, text in rows} == dict(
        zip([each.id for each in waits], said, strict=True)
    )


@pytest.mark.parametrize("action", ["reject", "ban"])
def test_many_variables_make_no_endless_message(
    cast: Cast, mona: Staff, kept: CannedMessage, action: str
) -> None:
    """What is filled in can be sent and stored, however often a text names it."""
    waits = post(cast.site, user=cast.rita).comment
    canned.change(kept.public_id, "Links", {"en": "{page} " * 110}, by=cast.mona)
    if action == "ban":
        mona.post(
            f"/dashboard/comments/{waits.public_id}/ban", reason="spam", canned=kept.public_id
        )
        assert db.session.scalars(select(Sanction)).one().message.startswith("https://news")
        return
    form = {"scope": "all", "action": "reject", "reason": "spam", "canned": kept.public_id}
    begun = mona.post("/dashboard/bulk?queue=pending", **form).location
    mona.post(f"{begun}/start")
    while run_due():
        pass
    assert len(last().message or "") <= canned.LONGEST_SENT
    assert db.session.scalars(select(Bulk)).one().state == "done"


def test_of_many_only_its_site_s(
    cast: Cast, sign_in: Callable[[str | None], Staff], kept: CannedMessage
) -> None:
    """Whoever moderates several sites: nobody gets the message of another."""
    set_policy(cast.other, {"premoderate_all": True}, by=cast.max)
    ours = post(cast.site, user=cast.rita).comment
    theirs = post(cast.other, user=cast.rita, href="https://mountain.example.net/a").comment
    ada = sign_in("ada")
    ticked = [f"{each.public_id}:{each.version}" for each in (ours, theirs)]
    form = {"action": "reject", "reason": "spam", "canned": kept.public_id}
    begun = ada.post("/dashboard/bulk", ticked=ticked, **form).location
    assert "left out" in flat(ada.page(begun))
    [made] = db.session.scalars(select(Bulk)).all()
    assert [each[0] for each in made.targets] == [ours.public_id]
    answer = ada.post("/dashboard/bulk?site=mountain", json=True, ticked=ticked[1:], **form)
    assert answer.status_code == 422 and "belongs to a different site" in answer.text
    approved = ada.post(
        "/dashboard/bulk?site=mountain", ticked=ticked[1:], **{**form, "action": "approve"}
    )
    assert "/bulk/" in approved.location
    max_ = sign_in("max")
    assert max_.post("/dashboard/bulk", json=True, ticked=ticked[1:], **form).status_code == 404


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de", "Hallo"), ("de_x_du", "Hallo"), ("pt_BR", "Olá"), ("ar", "Dear"), (None, "Dear")],
)
def test_the_language(kept: CannedMessage, locale: str | None, words: str) -> None:
    to = canned.Recipient("Rita", locale, "a page")
    assert canned.words_for(kept, to).startswith(words)


def test_the_language_of_the_site(cast: Cast, kept: CannedMessage) -> None:
    set_policy(cast.site, {"locale": "de"}, by=cast.olga)
    assert canned.language_for(kept, "ar") == "de"
    with pytest.raises(Invalid):
        canned.change(kept.public_id, "Links", {"en": "Only English."}, by=cast.mona)


def test_what_is_refused(cast: Cast, sign_in: Callable[[str | None], Staff]) -> None:
    for name, texts in (
        ("", {"en": "a"}),
        ("a" * 61, {"en": "a"}),
        ("a", {"en": " "}),
        ("a", {"de": "a"}),
        ("a", {"en": "a" * 801}),
        ("a", {"en": "a", "xx": "a"}),
        ("a", {"en": "{email}"}),
    ):
        with pytest.raises(Invalid):
            canned.add(cast.site, name, texts, by=cast.mona)
    with pytest.raises(NotAllowed):
        canned.add(cast.site, "a", {"en": "a"}, by=cast.rita)
    theirs = canned.add(cast.other, "a", {"en": "a"}, by=cast.max)
    with pytest.raises(NotFound):
        canned.change(theirs.public_id, "b", {"en": "a"}, by=cast.mona)
    assert "1 · a" not in sign_in("mona").page("/dashboard/")
    waits = post(cast.site, "You idiot.").comment
    form = {"action": "reject", "reason": "spam", "canned": theirs.public_id}
    sign_in("mona").post(f"/dashboard/comments/{waits.public_id}/decisions", **form)
    with pytest.raises(NotFound):
        canned.remove(theirs.public_id, by=cast.mona)
    assert decide(waits.public_id, action="approve", by=cast.mona).status_before == "pending"


def test_there_is_an_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canned, "MOST", 1)
    canned.add(cast.site, "a", {"en": "a"}, by=cast.mona)
    with pytest.raises(Conflict):
        canned.add(cast.site, "b", {"en": "b"}, by=cast.mona)


def test_a_language_is_chosen_by_the_name_one_knows(cast: Cast, mona: Staff) -> None:
    page = flat(mona.page("/dashboard/sites/harbour/canned"))
    options = re.findall(r'<option value="(\w*)">(.*?)</option>', page.split('name="language"')[1])
    assert options[0] == ("", "") and ("de", "German · Deutsch") in options
    assert options[1:] == sorted(options[1:], key=lambda each: each[1].casefold())
    form = {"name": "Links", "text_en": "No.", "more": "Nein."}
    mona.post("/dashboard/sites/harbour/canned", **form)
    assert not canned.of_sites([cast.site])[cast.site.id]  # in no language


def test_every_site_has_its_page_in_the_palette(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        places = list(of_sites([cast.site] * 9, [], None, "en"))
    assert sum("/canned" in each.href for each in places) == 9
