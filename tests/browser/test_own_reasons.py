"""A site's own reasons by key: at once, in an open list, for a sanction beside the queue, and in the box."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.moderation.cases.models import Sanction
from commentsvc.moderation.models import Decision
from commentsvc.moderation.sharing import own_reasons as own
from commentsvc.moderation.sharing.own_reasons import Wording
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import status
from tests.browser.desk import told
from tests.browser.held import until
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def look(page: Page, name: str) -> None:
    """A picture for whoever wants to see."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_it_works(people: Cast, open_as: Open) -> None:
    set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    made = [
        own.add(people.site, Wording({"en": each}), by=people.olga)
        for each in ("No source", "Too long")
    ]
    waits = [
        post(people.site, f"Text number {n} about bridges.", name=f"Guest {n}").comment.public_id
        for n in range(3)
    ]
    page = open_as("mona", "/dashboard/?order=oldest")
    first = page.locator(f"#c-{waits[0]}")
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("Shift+Digit1")  # at once
    expect(first).to_have_count(0)
    told(page, "Rejected: No source.")
    until(page, lambda: status(waits[0]) == "rejected", "not decided")
    page.keyboard.press("d")
    look(page, "picker")
    expect(page.locator("details.reject[open] .reasons")).to_contain_text("⇧2")
    page.keyboard.press("Shift+Digit2")
    until(page, lambda: status(waits[1]) == "rejected", "not decided")
    reasons = db.session.scalars(select(Decision.reason).order_by(Decision.id.desc()).limit(2))
    assert list(reasons) == [each.code for each in reversed(made)]
    page.keyboard.press("u")
    until(page, lambda: status(waits[1]) == "pending", "not decided")


def test_what_was_added_is_not_the_news_once_the_next_is_refused(
    people: Cast, open_as: Open
) -> None:
    page = open_as("olga", f"/dashboard/sites/{people.site.key}/reasons")
    field = page.get_by_label("Reason (English)").last
    button = page.get_by_role("button", name="Add reason").last
    said = page.locator(".notice, .toast").get_by_text("The reason has been added.")
    said = said.locator("visible=true")
    field.fill("No source")
    button.click()
    expect(said.first).to_be_visible()
    field.fill("No source")
    button.click()
    expect(page.get_by_text("Another custom reason already has this title.")).to_be_visible()
    expect(said).to_have_count(0)


def test_for_a_sanction(people: Cast, open_as: Open) -> None:
    """By its key or its first letters, though the list has the focus; a warning has an undo."""
    set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    made = [
        own.add(people.site, Wording({"en": each}), by=people.olga)
        for each in ("No source", "Too long")
    ]
    post(people.site, "A text about bridges.", name="Guest")
    page = open_as("mona", "/dashboard/?order=oldest")
    page.keyboard.press("j")
    page.keyboard.press("w")
    reason = page.locator("#drawer .sanction [name=reason]")
    expect(reason).to_be_focused()
    expect(reason).to_contain_text("No source · ⇧1")
    page.keyboard.press("Shift+Digit2")
    expect(reason).to_have_value(made[1].code)
    page.keyboard.press("3")
    expect(reason).to_have_value("spam")
    page.keyboard.type("no s")
    expect(reason).to_have_value(made[0].code)
    look(page, "drawer")
    page.keyboard.press("Enter")

    def warned() -> str | None:
        db.session.rollback()
        return db.session.scalar(select(Sanction.reason))

    until(page, lambda: warned() == made[0].code, "not warned")
    expect(page.locator(".toast")).to_contain_text("has been warned")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_have_count(0)

    def undone() -> bool:
        db.session.rollback()
        return list(db.session.scalars(select(Sanction.kind).order_by(Sanction.id))) == [
            "warn",
            "undo",
        ]

    until(page, undone, "the warning stands")
