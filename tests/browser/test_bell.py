"""The bell, following and marks for who is signed in; emails for guests; nothing of it for who only reads."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Frame, Page, expect
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.cases.sanctions import sanction
from commentsvc.notifications import guests
from commentsvc.notifications.following.commands import rhythm_of
from commentsvc.sites import commands as sites
from commentsvc.threads.commands import thread_of
from commentsvc.threads.likes import like
from tests.browser.axe import serious
from tests.browser.conftest import Server, box, choose, write
from tests.browser.held import Held
from tests.browser.members import come_back
from tests.browser.test_sign_in import sign_in
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Thread
    from tests.people import Cast

pytestmark = pytest.mark.browser


def told(people: Cast) -> None:
    """A comment of rita’s was answered and liked."""
    mine = post(people.site, "I took the tram.", user=people.rita).comment
    post(people.site, "So did I.", user=people.max, parent=mine.public_id)
    for each in (people.olga, people.mona):
        like(mine, each)
        with unit_of_work():
            jobs.enqueue("on_like", comment_id=mine.id, user_id=each.id)
    jobs.run_due()


def test_it_works(page: Page, people: Cast, article: str, live: Server) -> None:
    told(people)
    sanction(people.site, people.rita, "premoderate", by=people.mona, reason="spam")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        jobs.run_due()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(article)
    frame = box(page)
    expect(frame.locator("#list .text").first).to_be_visible()
    paths = [urlsplit(each).path for each in asked if each.startswith(live.url)]
    # reading costs nothing: the loader, the page, what comes after both, and the sheet are all
    kinds = [re.sub(r"/[0-9a-f]{12}/", "/*/", each) for each in paths]
    sheet = "/static/*/embed/frame.css"
    ours = ["/embed.js", "/embed/after.js", "/embed/thread", "/embed/script/*/en.js", sheet]
    assert sorted(kinds) == sorted(ours)
    sign_in(page, frame)
    bell = frame.locator("#bell")
    expect(bell).to_have_attribute("aria-label", "Notifications: 3 unread")
    bell.focus()
    page.keyboard.press("Enter")
    lines = frame.locator("#told li")
    expect(lines).to_have_count(3)
    expect(frame.locator("#told li.unread")).to_have_count(3)
    expect(frame.locator("#told")).to_contain_text("Max replied to you")
    expect(frame.locator("#told")).to_contain_text("Mona and 1 other liked your comment")
    expect(frame.locator("#told")).to_contain_text("A moderator now reviews your comments")
    expect(bell).to_have_attribute("aria-label", "Notifications")
    assert serious(frame) == []
    page.keyboard.press("Escape")
    expect(frame.locator("#told")).to_have_count(0)
    expect(bell).to_be_focused()
    frame.locator("#me [data-action=sign-out]").click()
    expect(frame.locator("#bell, .follow")).to_have_count(0)


def test_a_conversation_is_followed(page: Page, people: Cast, article: str) -> None:
    mine = post(people.site, "I took the tram.", user=people.rita).comment
    frame = come_back(page, article, people.rita, people.site)
    frame.get_by_role("button", name="Follow this conversation").click()
    select = frame.get_by_label("You follow this conversation")
    expect(select).to_have_value("daily")
    select.select_option("now")
    expect(frame.locator("#say")).to_have_text("Your choice has been saved.")
    db.session.rollback()
    assert rhythm_of(people.rita, thread_of(mine)) == "now"
    page.reload()
    frame = box(page)
    expect(frame.get_by_label("You follow this conversation")).to_have_value("now")
    expect(frame.locator("#bell b")).to_have_count(0)
    frame.get_by_role("button", name="Unfollow").click()
    expect(frame.get_by_role("button", name="Follow this conversation")).to_be_focused()


def was_here(frame: Frame, thread: Thread) -> None:
    """The last visit of this reader was an hour ago."""
    key, seen = 'encodeURIComponent("commentsvc:harbour:visits")', "Date.now() - 3600e3"
    frame.evaluate(
        f'localStorage.setItem({key}, JSON.stringify({{"{thread.public_id}": [0, {seen}]}}))'
    )


def test_what_is_new_since_the_last_visit(page: Page, people: Cast, article: str) -> None:
    thread = thread_of(post(people.site, "I took the tram.", user=people.rita).comment)
    frame = come_back(page, article, people.rita, people.site)
    expect(frame.locator("#bell")).to_be_visible()
    expect(frame.locator("#since")).to_have_count(0)
    was_here(frame, thread)
    with clock.frozen(clock.now() - timedelta(hours=2)):
        post(people.site, "Before.", user=people.max)
    new = [post(people.site, text, user=people.mona).comment for text in ("One.", "Two.")]
    page.reload()
    frame = box(page)
    expect(frame.locator(".since .text")).to_have_text(["Two.", "One."])
    expect(frame.locator("#since")).to_contain_text("2 new comments since your last visit")
    frame.locator("#count").evaluate("node => { node.tabIndex = -1; node.focus() }")
    for each in (new[1], new[0], new[1]):
        page.keyboard.press("n")
        expect(frame.locator(f"#c-{each.public_id}")).to_be_focused()
    page.reload()  # at once: still the same visit
    expect(box(page).locator(".since")).to_have_count(2)


def test_n_leads_to_the_next_new_comment(page: Page, people: Cast, article: str) -> None:
    """As the floating button does; where one types or chooses, it is a letter."""
    with clock.frozen(clock.now() - timedelta(hours=2)):
        made = [post(people.site, f"Comment {at}.", user=people.max).comment for at in range(12)]
    frame = come_back(page, article, people.rita, people.site)
    expect(frame.locator("#bell")).to_be_visible()
    was_here(frame, thread_of(made[0]))
    one, two = (
        post(people.site, each, user=people.mona).comment.public_id for each in ("A.", "B.")
    )
    page.reload()
    frame = box(page)
    expect(frame.locator(".since .text")).to_have_text(["B.", "A."])
    last = frame.locator(f"#c-{made[0].public_id}")
    last.evaluate("(node) => { node.scrollIntoView(); node.tabIndex = -1; node.focus() }")
    pill = frame.locator("#pill button")
    expect(pill).to_have_text("Next (n)")
    page.keyboard.press("n")  # after the last one comes the first
    expect(frame.locator(f"#c-{two}")).to_be_focused()
    expect(frame.locator(f"#c-{two}")).to_be_in_viewport()
    page.keyboard.press("Control+n")
    expect(frame.locator(f"#c-{two}")).to_be_focused()
    last.evaluate("(node) => { node.scrollIntoView(); node.focus() }")
    pill.click()
    expect(frame.locator(f"#c-{two}")).to_be_focused()
    area = frame.locator("#write textarea")
    area.press("n")
    expect(area).to_have_value("n")
    expect(area).to_be_focused()
    frame.locator(f"#c-{one} .dots summary").press("Enter")
    expect(frame.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("n")
    expect(frame.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(frame.locator(f"#c-{two}")).to_be_focused()


def test_n_also_leads_to_what_has_just_come(page: Page, people: Cast, article: str) -> None:
    """Each comment with a dot, in the order of the page, but none that is hidden in a collapsed branch."""
    with clock.frozen(clock.now() - timedelta(hours=2)):
        tops = [post(people.site, f"Comment {at}.", user=people.max).comment for at in range(4)]
    frame = come_back(page, article, people.rita, people.site)
    expect(frame.locator("#bell")).to_be_visible()
    was_here(frame, thread_of(tops[0]))
    post(people.site, "While away.", parent=tops[1].public_id)
    page.reload()
    frame = box(page)
    expect(frame.locator(".since .text")).to_have_text(["While away."])
    for at in (0, 1, 3):
        post(people.site, f"Live {at}.", parent=tops[at].public_id)
    frame.locator(f"#c-{tops[1].public_id} > .replies").evaluate("(node) => node.click()")
    frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    frame.locator("#new button").click()
    expect(frame.locator(".c:focus > article .text")).to_have_text("Live 3.")
    frame.evaluate("document.activeElement.blur()")
    for text in ("Live 3.", "Live 0.", "Live 3."):
        page.keyboard.press("n")
        expect(frame.locator(".c:focus .text")).to_have_text(text)


def test_n_leads_to_what_waits(page: Page, people: Cast, article: str) -> None:
    """To dots below; then it shows new comments, as the floating button does, and goes on from the first."""
    with clock.frozen(clock.now() - timedelta(hours=2)):
        made = [post(people.site, f"Comment {at}.", user=people.max).comment for at in range(12)]
    frame = come_back(page, article, people.rita, people.site)
    expect(frame.locator("#bell")).to_be_visible()
    here = frame.locator(f"#c-{made[2].public_id}")
    here.evaluate("(node) => { node.scrollIntoView(); node.tabIndex = -1; node.focus() }")

    def come(*texts: str, parent: str | None = None) -> None:
        for text in texts:
            post(people.site, text, user=people.mona, parent=parent)
        frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(frame.locator("#new button")).to_be_visible()

    come("One.", "Two.")
    focused = frame.locator(".c:focus > article .text")
    shown = Held(page, "**/embed/new?*")
    for _ in range(3):  # in a hurry
        page.keyboard.press("n")
    shown.wait()
    shown.let_go()
    expect(frame.locator("#say")).to_have_text("2 comments added")
    expect(focused).to_have_text("Two.")
    expect(focused).to_be_in_viewport()
    expect(frame.locator("#new")).to_be_hidden()
    for text in ("One.", "Two."):
        page.keyboard.press("n")
        expect(focused).to_have_text(text)
    here.focus()
    come("Three.", parent=made[0].public_id)
    for text in ("Three.", "Two."):
        page.keyboard.press("n")
        expect(focused).to_have_text(text)
    come("Four.")
    for text in ("One.", "Three.", "Four.", "Two."):
        page.keyboard.press("n")
        expect(focused).to_have_text(text)


def test_a_guest_asks_for_emails_and_stops_them(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "I took the tram.")
    form = frame.locator("#replies-email")
    form.get_by_label("Your email address").fill("edda@example.org")
    form.get_by_role("button", name="Send link").click()
    expect(form).to_contain_text("Open the link in the email")
    page.reload()
    frame = box(page)
    form = frame.locator("#replies-email")
    expect(form).to_contain_text("Open the link in the email")
    assert "edda@" not in frame.content()
    form.get_by_role("button", name="Stop, and delete my address").click()
    expect(form).to_have_text("Your address has been deleted.")
    db.session.rollback()
    db.session.expire_all()
    (author,) = db.session.scalars(select(User).where(User.kind == "guest"))
    assert guests.state(author) == "none" and author.email is None


def test_the_offer_of_emails_outlives_its_comment(page: Page, people: Cast, article: str) -> None:
    """It was not passed over where the comment is undone, edited or deleted, or an address was begun."""
    sites.set_policy(people.site, {"edit_seconds": 600}, by=people.olga)
    page.goto(article)
    frame = box(page)
    mine, offer = frame.locator("#list > .c").first, frame.locator("#list > .c #replies-email")
    write(frame, "I tok the tram.")
    offer.get_by_label("Your email address").fill("edda@")
    mine.get_by_role("button", name="Undo").click()
    expect(mine).to_have_count(0)
    frame.locator("#write textarea").fill("I took the tram.")
    frame.locator("#write .go").click()
    expect(mine.locator(".text")).to_have_text("I took the tram.")
    expect(offer.get_by_label("Your email address")).to_have_value("edda@")
    mine.locator("[data-action=edit]").click()
    mine.locator("form.edits textarea").fill("I took the tram home.")
    mine.locator("form.edits .go").click()
    expect(mine.locator(".text")).to_have_text("I took the tram home.")
    expect(offer.get_by_label("Your email address")).to_have_value("edda@")
    page.reload()  # with an address begun
    frame = box(page)
    write(frame, "And back.", name=None)
    mine, offer = frame.locator("#list > .c").first, frame.locator("#list > .c #replies-email")
    expect(offer).to_be_visible()
    choose(mine, "withdraw")
    mine.get_by_role("button", name="Delete").click()
    expect(frame.locator("#list > .c")).to_have_count(1)
    page.reload()
    frame = box(page)
    write(frame, "Twice.", name=None)
    expect(frame.locator("#list > .c #replies-email")).to_be_visible()
    page.reload()  # it has been passed over
    frame = box(page)
    write(frame, "Three times.", name=None)
    expect(frame.locator("#list > .c .text").first).to_have_text("Three times.")
    expect(frame.locator("#list > .c .done")).to_be_visible()
    expect(frame.locator("#replies-email")).to_have_count(0)
