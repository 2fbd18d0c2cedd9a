"""A mistake in a form of the dashboard is said at its field, and nothing that was typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db
from commentsvc.sites.models import Membership
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_a_suspension_without_an_end(open_as: Open, people: Cast) -> None:
    post(people.site, "You idiot.", user=people.rita)
    page: Page = open_as("mona", f"/dashboard/people/{people.rita.public_id}")
    form = page.locator("form[data-kept]:has([name=kind])")
    page.locator("summary", has_text="Sanction ").first.click()
    form.get_by_text("Suspend", exact=True).check()
    form.locator("[name=message]").fill("Please read our rules.")
    form.locator("[name=reason]").select_option(index=1)
    form.locator("button.primary").click()
    error = form.locator(".field:has([name=until]) .error")
    expect(error).to_contain_text("in the future")
    expect(form.locator("[name=until]")).to_be_focused()
    expect(form.locator("[name=message]")).to_have_value("Please read our rules.")
    form.locator("[name=until]").fill("2030-01-31")
    form.locator("button.primary").click()
    expect(page.locator(".toast")).to_be_visible()
    row = db.session.query(Membership).filter_by(user_id=people.rita.id).one()
    assert row.role == "banned"


def test_many_without_a_reason(open_as: Open, people: Cast) -> None:
    post(people.site, "You idiot.")
    page: Page = open_as("mona")
    page.locator("summary", has_text="Bulk actions").click()
    page.locator(".card input[name=ticked]").first.check()
    page.locator("#bulk [name=action]").select_option("reject")
    page.locator("#bulk [name=ban]").check()
    page.locator("#bulk button[value=ticked]").click()
    expect(page.locator("#bulk .error")).to_be_visible()
    expect(page.locator("#bulk [name=ban]")).to_be_checked()
    expect(page.locator(".card input[name=ticked]").first).to_be_checked()
    page.locator("#bulk [name=reason]").select_option("spam")
    page.locator("#bulk button[value=ticked]").click()
    page.wait_for_url("**/dashboard/bulk/**")


def test_a_webhook_s_address(open_as: Open, people: Cast) -> None:
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/webhooks")
    form = page.locator("form[data-kept]:has([name=url])")
    form.locator("[name=url]").fill("https://user:pass@hooks.example.org/")
    form.locator("[name=events]").first.check()
    form.locator("[name=secret]").fill("a secret of ours")
    form.locator("button.primary").click()
    expect(form.locator(".field:has([name=url]) .error")).to_be_visible()
    expect(form.locator("[name=secret]")).to_have_value("a secret of ours")
    expect(form.locator("[name=events]").first).to_be_checked()
