"""Settings that were changed and not saved: the browser asks before the page is left, and the bar says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.sites.commands import set_policy
from commentsvc.sites.queries import policy_of

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
SITE = "/dashboard/sites/harbour"
UNSAVED = "You have unsaved changes."
#: Pages, a field of their form, and the button that saves it.
FORMS = {
    f"{SITE}/policy": ("#p-max_links", "7"),
    f"{SITE}/look": ("[name=own_css]", "p { margin: 0 }"),
    f"{SITE}/canned": ("#save-new", ""),
    f"{SITE}/reasons": ("#save-new", ""),
    f"{SITE}/sections": ("#n-_new", "Sport"),
    f"{SITE}": ("#f-origins", "https://harbour.example.org"),
}


def asked(page: Page) -> list[str]:
    """What the browser asks from now on; each time, the person stays."""
    found: list[str] = []

    def stay(dialog: Dialog) -> None:
        found.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return found


def leave(page: Page) -> None:
    page.locator("header nav a").first.evaluate("link => link.click()")


@pytest.mark.parametrize("address", FORMS)
def test_it_works(open_as: Open, people: Cast, address: str) -> None:
    """The browser asks, once something is changed."""
    page = open_as("olga", address)
    questions = asked(page)
    selector, value = FORMS[address]
    field = page.locator(selector).first
    if not value:  # the first text field of the form with this button
        field = page.locator(f"form:has({selector}) input:not([type=hidden])").first
    with page.expect_event("dialog") as question:
        field.fill(value or "Insults")
        leave(page)
    assert question.value.type == "beforeunload"
    assert questions == ["beforeunload"]
    expect(field).to_have_value(value or "Insults")


def test_back_and_saving(open_as: Open, people: Cast) -> None:
    """What Back puts back into the fields is still not saved; saving asks nothing."""
    page = open_as("olga", f"{SITE}/policy")
    bar, field = page.locator(".save [role=status]"), page.locator("#p-max_links")
    page.locator("#p-comments_a_day").fill("1000")  # changes nothing
    page.locator("#p-text").fill("A text to try.")
    field.fill("7")
    page.locator("header nav a").first.evaluate("link => link.click()")  # Playwright accepts
    page.wait_for_url("**/dashboard/*")
    page.go_back()
    expect(field).to_have_value("7")
    expect(bar).to_have_text(UNSAVED)
    questions = asked(page)
    page.locator(".save button").click()
    expect(bar).to_have_text("Saved.")
    leave(page)
    page.wait_for_url("**/dashboard/*")
    assert questions == []
    db.session.expire_all()
    assert policy_of(people.site).max_links == 7


def test_what_saves_without_leaving_asks_nothing(open_as: Open, people: Cast) -> None:
    """Nor does a page on which only a preview was switched, or a text tried."""
    set_policy(people.site, {"accent": "#0a5c8f"}, by=people.olga)
    page = open_as("olga", f"{SITE}/sections")
    questions = asked(page)
    page.locator("#n-_new").fill("Sport")
    page.keyboard.press("Tab")
    page.keyboard.type("/sport")
    page.get_by_role("button", name="Add section").click()
    expect(page.locator("h2", has_text="Policy of section “Sport”")).to_be_visible()
    page.locator("#p-text").fill("A text to try.")
    page.goto(f"{page.url.split('/dashboard')[0]}{SITE}/look")
    page.locator("[name=scheme]").last.click(force=True)
    expect(page.locator(".save [role=status]")).not_to_have_text(UNSAVED)
    leave(page)
    page.wait_for_url("**/dashboard/*")
    assert questions == []
