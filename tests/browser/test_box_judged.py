"""What moderators say to an author reaches them in the box, and can be answered there, by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect
from sqlalchemy import select

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases import appeals, sanction_appeals
from commentsvc.moderation.cases.sanctions import open_warning, sanction
from commentsvc.moderation.commands import decide
from commentsvc.threads.commands import comment_by_public_id
from commentsvc.threads.models import Comment
from tests.browser.conftest import box, choose, menu, write
from tests.browser.members import come_back
from tests.browser.test_sign_in import sign_in
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_a_warning_is_read_before_one_writes_on(page: Page, people: Cast, article: str) -> None:
    mine = post(people.site, "Why?", user=people.rita).comment.public_id
    sanction(
        people.site, people.rita, "warn", by=people.mona, reason="abusive", message="Calm <b>."
    )
    frame = come_back(page, article, people.rita, people.site)
    warned = frame.get_by_role("region", name="A message from the moderators")
    expect(warned.locator("blockquote")).to_have_text("Calm <b>.")
    # of what stands below one's own comment only the menu is left
    expect(frame.locator(f"#c-{mine} footer :is(button, summary):visible")).to_have_count(1)
    expect(frame.locator("#write")).to_be_hidden()  # what would be refused is not offered
    button = warned.get_by_role("button", name="I’ve read it")
    button.focus()
    page.keyboard.press("Enter")
    expect(warned).to_have_count(0)
    expect(frame.locator("#write textarea")).to_be_focused()
    db.session.rollback()
    db.session.expire_all()
    assert open_warning(people.rita, people.site) is None
    write(frame, "But why?", name=None)
    expect(frame.locator("#list .text").first).to_have_text("But why?")


def test_an_answer_from_before_does_not_bring_a_read_warning_back(
    page: Page, people: Cast, article: str
) -> None:
    frame = come_back(page, article, people.rita, people.site)
    sanction(people.site, people.rita, "warn", by=people.mona, reason="abusive", message="Calm.")
    write(frame, "But why?", name=None)
    warned = frame.get_by_role("region", name="A message from the moderators")
    expect(warned).to_have_count(1)
    expect(frame.locator("#write textarea")).to_be_visible()  # what is written stays in sight
    slow: list[tuple[Route, APIResponse]] = []

    def delay(route: Route) -> None:
        if slow:
            route.continue_()
        else:
            slow.append((route, route.fetch()))

    page.route("**/api/v1/me?*", delay)
    frame.locator("#write .go").click()  # refused again, so the box asks again who this is
    expect(frame.locator("#write .tell")).to_contain_text("Calm")
    for _ in range(100):
        if slow:
            break
        page.wait_for_timeout(50)
    warned.get_by_role("button", name="I’ve read it").click()
    expect(warned).to_have_count(0)
    [(route, before)] = slow
    with page.expect_response("**/api/v1/me?*") as late:
        route.fulfill(response=before)
    assert late.value.json()["warning"] is not None
    page.wait_for_timeout(500)
    expect(warned).to_have_count(0)


def test_a_guest_objects_and_reads_the_answer(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    post(people.site, "First.")
    page = new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(article)
    write(box(page), "Quite harmless.")
    mine = box(page).locator("#list > .c").first
    expect(mine.locator(".text")).to_have_text("Quite harmless.")
    page.reload()
    expect(menu(box(page).locator("[data-own]")).locator("[data-action=withdraw]")).to_be_visible()
    assert not any("/mine/" in url for url in asked)  # nobody was judged: not a byte for it
    public_id = box(page).locator("#list > .c").first.get_attribute("data-id") or ""
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        decide(public_id, action="reject", reason="off_topic", by=people.mona)
    page.reload()
    frame = box(page)
    button = frame.get_by_role("button", name="Appeal this decision")
    button.press("Enter")
    page.keyboard.type("It was on topic.")
    frame.get_by_role("button", name="Send appeal").press("Enter")
    heard = frame.locator(".rejected .heard")
    expect(heard).to_contain_text("You’ll see the answer here.")
    expect(frame.locator(f"#c-{public_id}")).to_be_focused()
    db.session.rollback()
    db.session.expire_all()
    row_id = comment_by_public_id(public_id).id
    made = appeals.of_comments([row_id]).get(row_id)
    assert made is not None and made.text == "It was on topic."
    page.reload()
    expect(box(page).locator(".rejected .heard")).to_contain_text("You appealed on")
    appeals.hear(made.public_id, outcome="overturned", answer="So it <i>was</i>.", by=people.olga)
    page.reload()
    heard = box(page).locator(f"#c-{public_id} .heard")
    expect(heard).to_contain_text("Your appeal was granted")
    expect(heard).to_contain_text("So it <i>was</i>.")
    expect(box(page).locator(".rejected")).to_have_count(0)


def test_an_author_is_muted_for_this_reader_alone(page: Page, people: Cast, article: str) -> None:
    loud = post(people.site, "Loud words.", user=people.max).comment
    post(people.site, "An answer.", parent=loud.public_id)
    page.goto(article)

    def mute() -> None:
        node = box(page).locator(f"#c-{loud.public_id}")
        choose(node, "mute")
        expect(node.get_by_text("Loud words.")).to_be_hidden()
        expect(node.get_by_text("An answer.")).to_be_visible()
        expect(node.get_by_role("button", name="Show")).to_be_focused()

    mute()  # as nobody: kept in this browser
    page.reload()
    node = box(page).locator(f"#c-{loud.public_id}")
    expect(node.get_by_text("Loud words.")).to_be_hidden()
    node.get_by_role("button", name="Show").press("Enter")
    expect(node.get_by_text("Loud words.")).to_be_visible()
    sign_in(page, box(page))
    expect(box(page).locator(".fold")).to_have_count(0)  # the account's list is another
    mute()
    page.reload()
    frame = box(page)
    expect(frame.locator("#me bdi")).to_have_text("Rita")
    expect(frame.get_by_text("Loud words.")).to_be_hidden()
    frame.locator("#muted summary").press("Enter")
    frame.locator("#muted").get_by_role("button", name="Unmute Max").press("Enter")
    expect(frame.get_by_text("Loud words.")).to_be_visible()
    expect(frame.locator("#muted")).to_have_count(0)


@pytest.mark.parametrize("outcome", ["upheld", "overturned"])
def test_a_banned_guest_appeals_in_the_box(
    page: Page, people: Cast, article: str, outcome: str
) -> None:
    page.goto(article)
    write(box(page), "Quite harmless.")
    expect(box(page).locator("#list > .c .text")).to_have_text("Quite harmless.")
    author = db.session.scalars(select(Comment.author_id)).one()
    guest = db.session.get_one(User, author)
    sanction(people.site, guest, "ban", by=people.mona, reason="spam", message="No more.")
    page.reload()
    banned = box(page).locator("#banned")
    expect(banned).to_contain_text("No more.")
    banned.get_by_role("button", name="Appeal this decision").press("Enter")
    page.keyboard.type("I sell")
    expect(banned.locator("textarea")).to_have_value("I sell")
    page.keyboard.press("Escape")
    expect(banned.get_by_role("button", name="Appeal this decision")).to_be_focused()
    page.keyboard.press("Enter")
    banned.locator("textarea").fill("I sell nothing.")
    banned.get_by_role("button", name="Send appeal").press("Enter")
    expect(banned).to_contain_text("You’ll see the answer here.")
    expect(banned).to_be_focused()
    db.session.rollback()
    [(made, _)] = sanction_appeals.waiting(people.olga, [people.site])
    sanction_appeals.hear(made.public_id, outcome=outcome, answer="Eleven links.", by=people.olga)
    page.reload()
    place = "#banned" if outcome == "upheld" else "#answered"
    expect(box(page).locator(place)).to_contain_text("Eleven links.")
    if outcome == "overturned":
        expect(box(page).locator(place)).to_contain_text("Your appeal was granted on")
        expect(box(page).locator("#banned")).to_have_count(0)
    expect(box(page).get_by_role("button", name="Appeal this decision")).to_have_count(0)
