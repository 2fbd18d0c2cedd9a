"""Mentioning somebody of the conversation, the card of whom a name stands for, and keeping an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from commentsvc.accounts.mutes import muted
from commentsvc.core.db import db
from commentsvc.notifications.mail import mailer
from commentsvc.notifications.signed import stay_token
from commentsvc.sites import commands as sites
from tests.browser.axe import serious
from tests.browser.conftest import Open, Server, box
from tests.browser.members import come_back
from tests.factories import post
from tests.people import PASSWORD

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


def is_a_list(frame: Frame, area: Locator) -> None:
    """What is offered after an @m, with keys; Escape closes it alone."""
    options = frame.get_by_role("option")
    expect(options).to_have_text(["MMax", "MMona"])
    heights = [found["height"] for each in options.all() if (found := each.bounding_box())]
    assert len(heights) == 2 and min(heights) >= 40
    assert serious(frame) == []
    area.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(area).to_have_attribute("aria-activedescendant", "at-1")
    area.press("Escape")
    expect(options).to_have_count(0)
    expect(frame.locator("#write.open")).to_be_visible()


def test_it_works(page: Page, people: Cast, article: str) -> None:
    post(people.site, "I took the tram.", user=people.mona)
    post(people.site, "I walked.", user=people.max)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame = come_back(page, article, people.rita, people.site)
    area = frame.locator("#text")
    area.click()
    area.press_sequentially("Hello ")
    assert not any("/people" in each or "/mention/" in each for each in asked)
    area.press_sequentially("@m")
    is_a_list(frame, area)
    area.press_sequentially("o")
    area.press("Enter")
    expect(area).to_have_value("Hello @Mona ")
    area.press("Home")
    area.press_sequentially("@Max, ")  # typed, and not chosen
    frame.evaluate("document.activeElement.blur()")
    page.reload()
    frame = box(page)
    area = frame.locator("#text")
    expect(area).to_have_value("@Max, Hello @Mona ")
    area.press("Control+Enter")
    shown = frame.locator(".c", has_text="@Max, Hello")
    expect(shown.locator(".text [data-action=person]")).to_have_text(["@Mona"])
    shown.locator(".text [data-action=person]").click()
    card = frame.locator("form.card")
    expect(card).to_contain_text("Mona")
    expect(card).to_contain_text("Staff")
    expect(card).to_contain_text("1 comment")
    expect(card).not_to_contain_text("Report")  # that would be the comment of somebody else
    card.get_by_role("button", name="Mute Mona").click()
    expect(shown.locator(".text [data-action=person]")).to_be_focused()
    db.session.rollback()
    assert [each.name for each in muted(people.rita)] == ["Mona"]


def test_a_card(page: Page, people: Cast, article: str) -> None:
    sites.set_policy(people.site, {"profile_cards": "comments"}, by=people.olga)
    post(people.site, "I took the tram.", user=people.max, href="https://news.example.org/tram")
    post(people.site, "I walked.", user=people.max)
    page.goto(article)
    frame = box(page)
    name = frame.locator(".by button")
    name.focus()
    page.keyboard.press("Enter")
    card = frame.locator("form.card")
    expect(card.get_by_role("link")).to_have_text(["I walked.", "I took the tram."])
    expect(card.get_by_role("button", name="Close")).to_be_focused()
    assert serious(frame) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(name).to_be_focused()
    name.click()
    card.get_by_role("button", name="Report this comment").click()
    expect(card).to_have_count(0)
    expect(frame.get_by_role("radio", name="Spam or advertising")).to_be_visible()


def test_an_account_is_deleted_and_kept(live: Server, people: Cast, open_as: Open) -> None:
    assert live.app is not None
    mailer.of(live.app).reaches_people = True
    page = open_as("rita", "/account/")
    page.locator("summary", has_text="Delete my account").click()
    page.get_by_label("Your password, to confirm").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account will be deleted in 24 hours")).to_be_visible()
    page.get_by_label("Email").fill("rita@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This account is about to be deleted")).to_be_visible()
    db.session.rollback()
    db.session.expire_all()
    page.goto(f"{live.url}/account/letters/stay?token={stay_token(people.rita)}")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account won’t be deleted")).to_be_visible()
    page.get_by_label("Email").fill("rita@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Delete your account")).to_be_visible()
