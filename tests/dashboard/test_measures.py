"""Warning, suspending, banning, lifting from a person's page; reading a warning on one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import run_due
from commentsvc.core.locale import day
from commentsvc.moderation.cases import sanction_appeals
from commentsvc.moderation.cases.sanctions import AcknowledgeFirst, history, open_warning
from commentsvc.moderation.commands import decide
from commentsvc.notifications.emails.sanctions import sanctioned
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import membership, role_of
from tests.dashboard.conftest import Staff
from tests.factories import post
from tests.flat import flat
from tests.web.asking import bearer, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

SignIn = Callable[[str | None], Staff]


@pytest.fixture(autouse=True)
def known(cast: Cast) -> None:
    """Moderators see the people who wrote on their site."""
    post(cast.site, user=cast.rita)


def take(staff: Staff, cast: Cast, kind: str, **more: str) -> None:
    path = f"/dashboard/people/{cast.rita.public_id}/measures"
    assert staff.post(path, site="harbour", kind=kind, **more).status_code == 303


def test_it_works(cast: Cast, sign_in: SignIn, mona: Staff) -> None:
    """A warning stops the next comment until it is read."""
    set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    take(mona, cast, "warn", reason="abusive", message="Be <i>kind</i>.", note="Second time.")
    page = mona.page(f"/dashboard/people/{cast.rita.public_id}")
    assert "not read yet" in page and "Second time." in page
    with pytest.raises(AcknowledgeFirst):
        post(cast.site, user=cast.rita)
    rita = sign_in("rita")
    mine = rita.page("/account/")
    assert "Be &lt;i&gt;kind&lt;/i&gt;." in mine and "Second time." not in mine
    warning = open_warning(cast.rita, cast.site)
    assert warning is not None
    address = f"/account/warnings/{warning.public_id}/acknowledge"
    assert address in mine
    rita.post(address)
    assert address not in rita.page("/account/")
    assert post(cast.site, user=cast.rita).comment.status == "published"


def test_suspend_ban_and_lift(cast: Cast, mona: Staff) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    take(mona, cast, "suspend", reason="spam", until=tomorrow)
    assert role_of(cast.rita, cast.site) == "banned"
    path = f"/dashboard/people/{cast.rita.public_id}"
    last = f"through {day(clock.now() + timedelta(days=1), 'en')}"
    assert mona.page(path).count(last) == 3  # in the message, with the role and in the history
    assert ">suspended</span>" in mona.page(path) and ">banned</span>" not in mona.page(path)
    told = sanctioned(cast.rita, "The Harbour Post", history(cast.rita, [cast.site])[0])
    assert last in told.body
    take(mona, cast, "lift")
    assert role_of(cast.rita, cast.site) == "reader"
    take(mona, cast, "ban", reason="spam", reject_existing="on")
    newest = history(cast.rita, [cast.site])[0]
    assert (newest.kind, bool(newest.batch)) == ("ban", True)


def test_an_end_is_a_day_everywhere(cast: Cast, mona: Staff, olga: Staff) -> None:
    """A suspension by its length ends at any second; nobody reads more of that than the day."""
    set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    take(mona, cast, "suspend", reason="spam", length="7")
    row = history(cast.rita, [cast.site])[0]
    assert row.until is not None
    last = f"through {day(row.until - timedelta(seconds=1), 'en')}"
    path = f"/dashboard/people/{cast.rita.public_id}"
    assert mona.page(path).count(last) == 3
    assert last in sanctioned(cast.rita, "The Harbour Post", row).body
    sanction_appeals.appeal(cast.site, "Why?", by=cast.rita)
    case = flat(olga.page("/dashboard/appeals"))
    assert last in case and ">suspended</span>" in case


@pytest.mark.parametrize(
    ("kind", "more"),
    [("warn", {}), ("suspend", {"reason": "spam"}), ("suspend", {"reason": "spam", "until": "x"}),
     ("burn", {"reason": "spam"})],
)  # fmt: skip
def test_what_is_incomplete_does_nothing(
    cast: Cast, mona: Staff, kind: str, more: dict[str, str]
) -> None:
    take(mona, cast, kind, **more)
    assert history(cast.rita, [cast.site]) == []


def test_the_api_acknowledges_one_s_own_warning_alone(app: Flask, cast: Cast, mona: Staff) -> None:
    set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    take(mona, cast, "warn", reason="abusive")
    warning = open_warning(cast.rita, cast.site)
    assert warning is not None
    address = f"/api/v1/warnings/{warning.public_id}/acknowledge"
    ask = browser(app)
    assert ask.post(address, headers=bearer(cast.max, cast.site)).status_code == 404
    assert ask.post(address, headers=bearer(cast.rita, cast.other)).status_code == 403
    assert ask.post(address, headers=bearer(cast.rita, cast.site)).status_code == 204
    assert open_warning(cast.rita, cast.site) is None


def test_roles_of_staff_are_the_owner_s_to_give(cast: Cast, mona: Staff, olga: Staff) -> None:
    path = f"/dashboard/people/{cast.rita.public_id}"
    assert 'value="suspend"' in mona.page(path) and 'name="role"' not in mona.page(path)
    page = olga.page(path)
    assert 'value="moderator"' in page and 'name="role" value="banned"' not in page


@pytest.mark.parametrize(
    ("kind", "length", "done", "days"),
    [
        ("suspend", "1", "suspend", 1),
        ("suspend", "7", "suspend", 7),
        ("ban", "30", "suspend", 30),
        ("suspend", "forever", "ban", None),
        ("ban", "forever", "ban", None),
        ("ban", "", "ban", None),
        ("warn", "7", "warn", None),
    ],
)
def test_lengths_of_time(
    cast: Cast, mona: Staff, kind: str, length: str, done: str, days: int | None
) -> None:
    with clock.frozen(clock.now()):
        take(mona, cast, kind, reason="spam", length=length)
        row = history(cast.rita, [cast.site])[0]
        assert row.kind == done
        assert row.until == (clock.now() + timedelta(days=days) if days else None)


def test_a_length_of_one_s_own_making_does_nothing(cast: Cast, mona: Staff) -> None:
    take(mona, cast, "suspend", reason="spam", length="-1")
    assert history(cast.rita, [cast.site]) == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ban", {}),
        ("ban", {"reject_waiting": "on"}),
        ("suspend", {"length": "7"}),
        ("suspend", {"length": "30", "reject_existing": "on"}),
    ],
)
def test_each_is_undone_where_one_is(
    cast: Cast, sign_in: SignIn, mona: Staff, kind: str, more: dict[str, str]
) -> None:
    """The message counts down what is left, and its button leads back to the same page."""
    back = "/dashboard/?order=oldest"
    take(mona, cast, kind, reason="spam", back=back, **more)
    page = mona.page(back)
    assert re.search(r'data-seconds="(30|2\d)"', page) and "notified" not in page
    assert "banned" not in sign_in("rita").page("/account/")
    [undo] = re.findall(r'action="(/dashboard/bulk/\w+/undo)"', page)
    assert mona.post(undo, back=back).location == back
    assert "Undone." in mona.page(back) and role_of(cast.rita, cast.site) == "reader"
    assert mona.post(undo, back=back).location == back
    assert "Undone." not in mona.page(back)
    told = mona.page(undo.removesuffix("/undo"))
    assert "Undone" in told and "Reject" not in told.partition("<main")[2].partition("</main")[0]


def test_a_ban_takes_what_waits_with_it(cast: Cast, mona: Staff) -> None:
    held = post(cast.site, "You idiot.", name="Kim").comment
    author = db.session.get_one(User, held.author_id)
    here = f"/dashboard/people/{author.public_id}"
    form = mona.page(f"{here}?do=ban")
    assert 'name="reject_waiting" checked' in form
    assert "Sanction Kim" in form and "Also reject their 1 comment waiting for review" in form
    assert 'name="reject_waiting" checked' not in mona.page(f"{here}?do=suspend")
    back = "/dashboard/?order=oldest"
    fields = {"site": "harbour", "kind": "ban", "reason": "spam", "back": back}
    answer = mona.post(f"{here}/measures", **fields, reject_waiting="on")
    assert answer.location == back
    page = mona.page(back)
    assert (
        "Kim is banned. 1 waiting comment was rejected too." in page and held.public_id not in page
    )
    undo = re.search(r'action="(/dashboard/bulk/\w+/undo)"', page)
    assert undo and mona.post(undo[1]).status_code == 303
    run_due()
    assert held.public_id in mona.page(back)
    assert role_of(author, cast.site) == "guest"


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("ban", {}, "Rita is banned.</p>"),
        ("suspend", {"length": "7"}, "Rita is suspended "),
        ("warn", {}, "after reading the warning."),
        ("premoderate", {}, "Comments by Rita are now reviewed"),
        ("ban", {"reject_existing": "on"}, "Everything they have posted is being rejected."),
    ],
)
def test_the_message_says_what_was_done(
    cast: Cast, mona: Staff, kind: str, more: dict[str, str], words: str
) -> None:
    take(mona, cast, kind, reason="spam", **more)
    assert words in mona.page(f"/dashboard/people/{cast.rita.public_id}")


def test_a_ban_is_appealed_on_the_account_page_and_heard_by_somebody_else(
    cast: Cast, sign_in: SignIn, mona: Staff
) -> None:
    set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    take(mona, cast, "ban", reason="spam", message="No <b>more</b>.")
    rita = sign_in("rita")
    page = rita.page("/account/")
    assert "No &lt;b&gt;more&lt;/b&gt;." in page and "/account/sanctions/harbour/appeal" in page
    rita.post("/account/sanctions/harbour/appeal", text="I sell nothing.")
    assert "/account/sanctions/harbour/appeal" not in rita.page("/account/")
    assert "I sell nothing." not in mona.page("/dashboard/appeals")
    olga = sign_in("olga")
    [address] = re.findall(r'"(/dashboard/sanction-appeals/\w+)"', olga.page("/dashboard/appeals"))
    mona.post(address, outcome="overturned")
    assert role_of(cast.rita, cast.site) == "banned"  # her own decision
    olga.post(address, outcome="overturned", answer="You are right.")
    assert role_of(cast.rita, cast.site) == "reader"
    assert address not in olga.page("/dashboard/appeals")
    page = sign_in("rita").page("/account/")
    assert "Your appeal was granted on" in page and "You are right." in page


def test_a_person_s_figures_are_asked_for_while_one_looks(cast: Cast, mona: Staff) -> None:
    def figures() -> dict[str, int]:
        answer = mona.get(f"/dashboard/live?person={cast.rita.public_id}")
        return dict(answer.get_json()["figures"])

    page = mona.page(f"/dashboard/people/{cast.rita.public_id}")
    assert all(f'data-figure="{name}"' in page for name in figures())
    before = figures()
    post(cast.site, "You idiot.", user=cast.rita)
    assert figures() == {**before, "pending": before["pending"] + 1}
    assert mona.get("/dashboard/live").get_json()["figures"] == {}


def test_a_role_does_not_end_before_it_begins(cast: Cast, mona: Staff, olga: Staff) -> None:
    sent = {"site": "harbour", "role": "trusted", "until": "2001-01-01"}
    path = f"/dashboard/people/{cast.rita.public_id}/role"
    post(cast.site, user=cast.rita)
    answer = mona.post(path, json=True, **sent)
    assert answer.status_code == 422 and "end date in the future" in answer.text
    sent = {"email": "rita@example.org", "role": "moderator", "until": "2001-01-01"}
    answer = olga.post("/dashboard/sites/harbour/people", json=True, **sent)
    assert answer.status_code == 422 and "end date in the future" in answer.text
    assert membership(cast.rita, cast.site) is None


def test_trust_is_ended_and_a_sanction_lifted(cast: Cast, mona: Staff) -> None:
    path = f"/dashboard/people/{cast.rita.public_id}"
    assert "<b>Lift sanction</b>" in mona.page(path) and "End trust" not in mona.page(path)
    take(mona, cast, "trust")
    page = mona.page(path)
    assert "<b>End trust</b>" in page and "<b>Lift sanction</b>" not in page
    take(mona, cast, "lift")
    assert role_of(cast.rita, cast.site) == "reader"
    page = flat(mona.page(path))
    assert "is no longer trusted." in page and "<b>Lift sanction</b>" in page


@pytest.mark.parametrize("kind", ["trust", "lift"])
def test_what_restricts_nobody_has_no_reason(cast: Cast, mona: Staff, kind: str) -> None:
    """The form does not ask for one, and none is stored."""
    take(mona, cast, kind, reason="offensive", note="As agreed.")
    row = history(cast.rita, [cast.site])[0]
    assert (row.kind, row.reason, row.note) == (kind, None, "As agreed.")
    path = f"/dashboard/people/{cast.rita.public_id}"
    for page in (mona.page(f"{path}?do={kind}"), mona.page(f"{path}/drawer?do={kind}")):
        begun = re.findall(r"<[^<>]* autofocus[^<>]*>", page)
        assert len(begun) == 1 and begun[0].startswith("<button")


def test_a_next_step_is_suggested(cast: Cast, mona: Staff) -> None:
    """On the person's page and beside the queue."""
    for number in range(2):
        waits = post(cast.site, f"You idiot, {number}.", user=cast.rita).comment
        decide(waits.public_id, action="reject", reason="abusive", by=cast.mona)
    path = f"/dashboard/people/{cast.rita.public_id}"
    for page in (mona.page(path), mona.page(f"{path}/drawer")):
        assert "Suggested next step: Warn" in page
        assert "2 strikes from 2 rejected comments; earlier sanctions: 0." in page
