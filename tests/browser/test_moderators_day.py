"""A moderator's day where it goes beyond single cards: many at once, searching, people,
notices, a scorer that is away, other limits, the day's figures. By keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from commentsvc.accounts.commands import make_guest
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import run_due
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.commands import decide
from commentsvc.notifications.mail import mailer
from commentsvc.notifications.models import Notification
from commentsvc.posting.jobs import score_unscored
from commentsvc.sites.models import Membership
from commentsvc.sites.queries import policy_of, role_of
from commentsvc.threads.commands import comment_by_public_id
from commentsvc.toxicity.scorer import scorer
from tests.browser.conftest import Open, Server, status
from tests.browser.desk import told
from tests.factories import notice, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.threads.models import Comment
    from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.engines]


def press(target: Locator, key: str = "Enter") -> None:
    """As somebody without a mouse does."""
    target.focus()
    target.press(key)


def choose(target: Locator, words: str) -> None:
    """Pick an option by typing its first letters."""
    target.focus()
    target.press_sequentially(words, delay=5)
    expect(target.locator("option:checked")).to_contain_text(words)


def look_again(page: Page) -> None:
    """As if the tab had been away for a moment: it asks at once, not after some seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def banned(people: Cast) -> list[int]:
    """Guests who may not write on the site."""
    query = select(Membership.user_id).where(
        Membership.site_id == people.site.id,
        Membership.role == "banned",
        Membership.user_id != people.bo.id,
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def test_many_at_once_and_back(open_as: Open, people: Cast) -> None:
    sellers = [make_guest(f"Seller {n}")[0] for n in range(3)]
    spam = [
        post(people.site, f"You idiot, buy number {n}.", user=sellers[n % 3]).comment.public_id
        for n in range(20)
    ]
    page = open_as("mona")
    for tick in page.locator("input.tick").all():
        press(tick, "Space")
    press(page.locator("details.many summary"))
    choose(page.locator("#bulk [name=action]"), "Reject")
    choose(page.locator("#bulk [name=reason]"), "Spam")
    press(page.locator("#bulk [name=ban]"), "Space")
    press(page.locator("#bulk [value=ticked]"))
    expect(page.locator("h1")).to_contain_text("20")
    expect(page.locator("main")).to_contain_text("Authors: 3")
    with page.expect_navigation():
        press(page.locator("main form .danger"))
    run_due()
    assert {status(each) for each in spam} == {"rejected"}
    assert len(banned(people)) == 3
    page.go_back()
    page.reload()
    expect(page.locator("progress")).to_have_attribute("value", "20")
    with page.expect_navigation():
        press(page.get_by_role("button", name="Undo all"))
    run_due()
    assert {status(each) for each in spam} == {"pending"}
    assert banned(people) == []


def test_search_and_filter(open_as: Open, people: Cast) -> None:
    post(people.site, "You idiot, come to the casino.")
    post(people.site, "You idiot, come to the harbour.")
    page = open_as("mona")
    page.locator("#search").focus()
    page.keyboard.type("casino")
    page.keyboard.press("Enter")
    expect(page.locator("#cards .card")).to_have_count(1)
    expect(page.locator("#cards .card")).to_contain_text("casino")
    press(page.locator("[data-action=clear-filter]"))
    expect(page.locator("#cards .card")).to_have_count(2)
    press(page.locator("details.filters summary"))
    choose(page.locator("details.filters [name=reason]"), "Links")
    press(page.locator("details.filters form button"))
    expect(page.locator("#cards .card")).to_have_count(0)


def test_by_reason_site_and_author(open_as: Open, people: Cast) -> None:
    said = "Look: https://a.example.net https://b.example.net https://c.example.net"
    post(people.site, said, user=people.rita)
    post(people.site, f"{said} as well", user=people.max)
    post(people.other, said, user=people.rita, href="https://mountain.example.net/a")
    post(people.site, "You idiot.", user=people.rita)
    page = open_as("ada")
    expect(page.locator("#cards .card")).to_have_count(4)
    with page.expect_navigation():
        press(page.locator("#site-switch"), "T")  # The Harbour Post
    expect(page.locator("#cards .card")).to_have_count(3)
    press(page.locator("details.filters summary"))
    choose(page.locator("details.filters [name=reason]"), "Links")
    press(page.locator("details.filters form button"))
    expect(page.locator("#cards .card")).to_have_count(2)
    page.locator("#search").focus()
    page.keyboard.type("Rita")
    page.keyboard.press("Enter")
    expect(page.locator("#cards .card")).to_have_count(1)
    expect(page.locator("#cards .card")).to_contain_text("Rita")
    expect(page.locator("#cards .card .why")).to_contain_text("links")


def test_who_is_taken_back_in_time_hears_nothing(open_as: Open, people: Cast, live: Server) -> None:
    held = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as("mona")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("3")
    expect(page.locator("#cards .card")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("#cards .card")).to_have_count(1)
    assert status(held) == "pending"
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        run_due()
    assert list(mailer.of(live.app).sent) == []  # type: ignore[attr-defined]
    assert db.session.scalars(select(Notification.kind)).all() == []
    db.session.rollback()


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("suspend", "2099-01-01"),
        pytest.param("ban", "", marks=pytest.mark.drill),  # two keys do it below
        ("warn", ""),
        pytest.param("premoderate", "", marks=pytest.mark.drill),
    ],
)
def test_people(open_as: Open, people: Cast, kind: str, until: str) -> None:
    """A sanction with a message on one site: the person hears it, the log has it, the other site is as
    it was."""
    post(people.site, "You idiot.", user=people.rita)
    page = open_as("mona")
    press(page.locator("#cards .card [data-action=open-author]").first)
    press(page.locator("details summary", has_text="Sanction ").first)
    form = page.locator("details[open] form").first
    press(form.locator(f"[name=kind][value={kind}]"), "Space")
    act = form.locator("label", has=page.locator(f"[value={kind}]")).locator("b").inner_text()
    expect(form.locator("button.primary")).to_have_text(act)
    if until:
        form.locator("[name=until]").fill(until)
    form.locator("[name=reason]").select_option("offensive")
    form.locator("[name=message]").focus()
    page.keyboard.type("Please calm down.")
    press(form.locator("button.primary"))
    expect(page.locator(".toast")).to_contain_text("Rita")
    page.goto(page.url.split("/dashboard")[0] + f"/dashboard/people/{people.rita.public_id}")
    expect(page.locator("ol.timeline").first).to_contain_text("Please calm down.")
    made = db.session.scalars(select(Sanction)).one()
    assert (made.kind, made.user_id, made.site_id) == (kind, people.rita.id, people.site.id)
    db.session.rollback()
    assert role_of(people.rita, people.other) == "reader"
    expect(page.locator("ol.timeline").first).to_contain_text("Mona")
    assert run_due() >= 1  # the email


def test_a_notice_of_illegal_content(open_as: Open, people: Cast) -> None:
    comment = post(people.site, "A rather bad thing.", user=people.rita).comment
    given = notice(comment.public_id)
    page = open_as("mona", "/dashboard/notices")
    card = page.locator("article", has_text=given.receipt)
    card.locator("[name=note]").focus()
    page.keyboard.type("Asked the lawyer.")
    press(card.get_by_role("button", name="Start review"))
    expect(page.locator("article", has_text=given.receipt)).to_contain_text("Asked the lawyer.")
    card = page.locator("article", has_text=given.receipt)
    press(card.locator("details summary"))
    press(card.locator("[name=outcome][value=illegal]"), "Space")
    card.locator("[name=ground]").focus()
    page.keyboard.type("Insult, section 185.")
    press(card.locator("button.primary"))
    expect(page.locator("article", has_text=given.receipt)).to_contain_text("Insult, section 185.")
    assert status(comment.public_id) == "rejected"


def test_the_scorer_is_away(open_as: Open, people: Cast, live: Server) -> None:
    page = open_as("mona")
    expect(page.locator("#health .notice")).to_have_count(0)
    stub = scorer.of(live.app)
    stub.broken = "model_missing"  # type: ignore[attr-defined]
    held = post(people.site, "Quite harmless.").comment.public_id
    look_again(page)
    expect(page.locator("#health")).to_contain_text("scor")
    assert status(held) == "pending"
    stub.broken = None  # type: ignore[attr-defined]
    assert score_unscored() == 1
    assert status(held) == "published"
    look_again(page)
    expect(page.locator("#health .notice")).to_have_count(0)


def test_other_limits_and_back(open_as: Open, people: Cast) -> None:
    for n in range(4):
        made = post(people.site, f"You idiot number {n}.", name=f"N{n}").comment
        decide(made.public_id, action="reject", reason="offensive", by=people.mona)
    post(people.site, "What rubbish.")
    page = open_as("olga", "/dashboard/sites/harbour/advisor")
    expect(page.locator("table tbody tr")).to_have_count(19)
    before = policy_of(people.site).hold_at["toxicity"]
    press(page.locator("tbody tr", has_text="0.60").get_by_role("link"))
    expect(page.locator("#tried")).to_contain_text("0.60")
    press(page.locator("section .approve"))
    page.wait_for_url("**/advisor*")
    db.session.expire_all()
    assert policy_of(people.site).hold_at["toxicity"] == 0.6
    db.session.rollback()
    press(page.locator("table form button").first)
    expect(page.locator("tr.undone")).to_have_count(1)
    db.session.expire_all()
    assert policy_of(people.site).hold_at["toxicity"] == before


def test_the_shift_ends(
    open_as: Open, people: Cast, new_context: Callable[..., BrowserContext]
) -> None:
    one, two = (post(people.site, f"You idiot, {n}.", name=n).comment.public_id for n in "ab")
    page: Page = open_as("mona")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#cards .card")).to_have_count(1)
    page.keyboard.press("d")
    page.keyboard.press("1")
    expect(page.get_by_text("All caught up")).to_be_visible()
    told(page, "Rejected:")
    press(page.get_by_role("link", name="Figures"))
    row = page.locator("tr", has_text="Mona")
    expect(row.locator("td").nth(0)).to_have_text("1")
    expect(row.locator("td").nth(1)).to_have_text("1")
    expect(page.locator("th", has_text="Undone")).to_be_visible()
    press(page.get_by_role("link", name="Log"))
    expect(page.locator("main")).to_contain_text("Mona")
    found: list[Comment] = [comment_by_public_id(each) for each in (one, two)]
    assert sorted(each.status for each in found) == ["published", "rejected"]


def test_a_ban_is_two_keys_away(open_as: Open, people: Cast) -> None:
    """`b` opens the form beside the queue, which is never left."""
    post(people.site, "You idiot.", user=people.rita)
    page = open_as("mona", "/dashboard/?order=newest")
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.locator("[name=kind][value=ban]")).to_be_checked()
    expect(page.locator(".sanction [name=reason]")).to_be_focused()
    choose(page.locator(".sanction [name=reason]"), "3")
    press(page.locator("details[open] form button.primary"))
    expect(page.locator("#cards .card")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Rita is banned.")
    assert page.url.endswith("/dashboard/?order=newest")
    made = db.session.scalars(select(Sanction)).one()
    assert (made.kind, made.reason, made.user_id) == ("ban", "spam", people.rita.id)
    db.session.rollback()
