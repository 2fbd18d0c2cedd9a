"""A moderator decides where the comments stand, by keyboard; nobody else carries a byte for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.moderation.flags import flag
from commentsvc.threads.commands import comment_by_public_id
from tests.browser.conftest import ARTICLE, box, choose, menu
from tests.browser.members import come_back
from tests.browser.test_sign_in import sign_in
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.mark.engines
def test_it_works(page: Page, people: Cast, article: str) -> None:
    held = post(people.site, "You idiot.", href=ARTICLE).comment
    plain = post(people.site, "The ferry was late.", href=ARTICLE).comment
    frame = come_back(page, article, people.mona, people.site)
    frame.get_by_role("button", name="1 comment is waiting for review here. Show it").press("Enter")
    waits = frame.locator(f"#c-{held.public_id}")
    expect(waits).to_be_focused()
    expect(waits).to_contain_text("readers can’t see it")
    choose(waits, "moderate")
    expect(waits.locator(".deciding")).to_contain_text("; your limit is")
    expect(waits.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(waits.locator(".ruling")).to_contain_text("Approved.")
    expect(frame.locator(".pending")).to_have_count(0)
    assert status(held.public_id) == "published"
    expect(waits.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(waits.locator(".ruling")).to_contain_text("Undone.")
    assert status(held.public_id) == "pending"

    node = frame.locator(f"#c-{plain.public_id}")
    color = "e => getComputedStyle(e).color"
    text, public = node.locator(".text"), node.locator(".text").evaluate(color)
    choose(node, "moderate")
    node.get_by_role("button", name="Pin to the top").press("Enter")
    expect(node.locator(".badge")).to_have_text("Pinned")
    choose(node, "moderate")
    node.get_by_role("button", name="Feature", exact=True).press("Enter")
    expect(node.locator(".badge")).to_have_text(["Pinned", "Featured"])
    choose(node, "moderate")
    node.get_by_role("button", name="Reject", exact=True).press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(node.locator(".ruling")).to_contain_text("Rejected.")
    expect(node).to_contain_text("readers can’t see it")
    expect(text).not_to_have_css("color", public)  # also for those who were never judged
    assert status(plain.public_id) == "rejected"

    frame.get_by_role("button", name="Close the conversation").press("Enter")
    expect(frame.locator("#write")).to_be_hidden()
    expect(frame.locator("#shut")).to_contain_text("Readers can still see it.")
    frame.get_by_role("button", name="Reopen the conversation").press("Enter")
    expect(frame.locator("#write")).to_be_visible()
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.locator("#desk, .deciding")).to_have_count(0)


def test_without_a_connection_undo_stays(page: Page, people: Cast, article: str) -> None:
    held = post(people.site, "You idiot.", href=ARTICLE).comment
    frame = come_back(page, article, people.mona, people.site)
    frame.get_by_role("button", name="1 comment is waiting for review here. Show it").press("Enter")
    waits = frame.locator(f"#c-{held.public_id}")
    choose(waits, "moderate")
    waits.get_by_role("button", name="Approve").press("Enter")
    undo = waits.locator(".ruling").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.context.set_offline(True)
    undo.press("Enter")
    expect(waits.locator(".tell.bad")).to_have_text(
        "This wasn’t saved. Check your connection and try again."
    )
    expect(undo).to_be_focused()
    page.context.set_offline(False)
    undo.press("Enter")
    expect(waits.locator(".ruling")).to_contain_text("Undone.")
    expect(waits.locator(".tell.bad")).to_have_count(0)
    assert status(held.public_id) == "pending"


def test_a_link_leads_to_a_comment_that_waits(page: Page, people: Cast, article: str) -> None:
    """Readers learn that it may be waiting; whoever moderates sees it in its place."""
    top = post(people.site, "The ferry was late.", href=ARTICLE).comment
    held = post(people.site, "You idiot.", href=ARTICLE, parent=top.public_id).comment
    page.goto(f"{article}?fb_comment_id=t_{held.public_id}")
    frame = box(page)
    expect(frame.locator("#gone")).to_contain_text("it may be waiting for review")
    expect(frame.get_by_text("You idiot.")).to_have_count(0)
    sign_in(page, frame, "mona@example.org")
    waits = frame.locator(f"#c-{top.public_id} #c-{held.public_id}.lit")
    expect(waits).to_contain_text("Waiting for review — readers can’t see it")
    expect(waits).to_contain_text("You idiot.")
    expect(frame.locator("#gone")).to_have_count(0)


def test_who_is_slower_is_told_and_a_changed_text_is_shown(
    page: Page, people: Cast, article: str
) -> None:
    comment = post(people.site, "The ferry was late.", href=ARTICLE).comment
    frame = come_back(page, article, people.mona, people.site)
    node = frame.locator(f"#c-{comment.public_id}")
    choose(node, "moderate")
    expect(node.get_by_role("button", name="Reject", exact=True)).to_be_visible()
    decide(comment.public_id, action="reject", reason="spam", by=people.olga)
    node.get_by_role("button", name="Reject", exact=True).press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(node.locator(".tell")).to_contain_text("Rejected by Olga")


def test_a_report_is_what_a_reader_says(page: Page, people: Cast, article: str) -> None:
    """And not a verdict. Where there is no conversation yet, there is no bar."""
    frame = come_back(page, article, people.mona, people.site)
    expect(frame.locator("#desk")).to_be_attached()
    expect(frame.locator("#desk")).to_be_hidden()
    comment = post(people.site, "The ferry was late:\n\n- twice\n\n> Once.", href=ARTICLE).comment
    for user, reason, note in (
        (people.max, "spam", None),
        (people.rita, "abusive", "It <b>was not</b>."),
        (people.olga, "spam", "He sells ferries."),
    ):
        flag(comment.public_id, reason=reason, note=note, user=user)
    page.reload()
    frame = box(page)
    expect(frame.locator("#desk")).to_contain_text("Close the conversation")
    node = frame.locator(f"#c-{comment.public_id}")
    choose(node, "moderate")
    said = node.locator(".deciding > p")
    expect(said.filter(has_text="Reported by 2 readers: Spam")).to_have_text(
        "Reported by 2 readers: Spam He sells ferries."
    )
    expect(said.filter(has_text="1 reader: Abusive").locator("q")).to_have_text(
        "It <b>was not</b>."
    )
    expect(node.locator(".deciding")).not_to_contain_text("has edited")


def test_a_reader_loads_nothing_of_it(page: Page, people: Cast, article: str) -> None:
    post(people.site, "The ferry was late.", href=ARTICLE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame = come_back(page, article, people.rita, people.site)
    expect(menu(frame.locator(".c")).locator("[data-action=moderate]")).to_have_count(0)
    assert not any("/staff" in url for url in asked)


def status(public_id: str) -> str:
    db.session.rollback()
    db.session.expire_all()
    return comment_by_public_id(public_id).status


def test_what_waits_is_led_to(page: Page, people: Cast, article: str) -> None:
    """The first of it in the page's order, which is in view; how many there are is said."""
    texts = ["\n\n".join(f"Stop {at} of tram {line}." for at in range(20)) for line in range(3)]
    long = [post(people.site, each, href=ARTICLE).comment for each in texts]
    deep = [post(people.site, "You idiot.", href=ARTICLE, parent=each.public_id) for each in long]
    frame = come_back(page, article, people.mona, people.site)
    first = {each.comment.public_id for each in deep}
    frame.get_by_role("button", name="3 comments are waiting for review here.").press("Enter")
    shown = frame.locator(".list .c.pending")
    expect(shown).to_have_count(3)
    expect(shown.first).to_be_focused()
    expect(shown.first).to_be_in_viewport(ratio=0.5)
    assert shown.first.get_attribute("data-id") in first
    expect(frame.locator("#say")).to_contain_text("3")
