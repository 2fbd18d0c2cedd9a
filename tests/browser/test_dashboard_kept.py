"""A mistake in a form of the dashboard is said at its field, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.cases import appeals
from commentsvc.moderation.commands import decide
from commentsvc.sites.models import Membership
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
SITE = "/dashboard/sites/harbour"


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


def test_a_site_s_origin(open_as: Open, people: Cast) -> None:
    """The error is at its field, which says so and has the focus, until the form is sent again."""
    page: Page = open_as("olga", SITE)
    field = page.locator("#f-origins")
    before = field.input_value()
    field.fill("not an origin !!")
    save = page.locator("form:has(#f-origins) button.primary")
    save.click()
    error = page.locator(".field:has(#f-origins) .error")
    expect(error).to_contain_text("Enter an origin such as")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", re.compile(r"\bf-origins-sent\b"))
    field.fill(before)
    save.click()
    expect(page.locator(".notice.good")).to_contain_text("Saved.")
    expect(error).to_have_count(0)


def test_a_policy_s_mistake_and_back(open_as: Open, people: Cast) -> None:
    """What one types is where one left it; a search for settings does not hide what is wrong."""
    page: Page = open_as("olga", f"{SITE}/policy")
    page.locator("#p-min_length").fill("900")
    page.locator("#p-max_length").fill("100")
    page.locator("#find").fill("badges")
    expect(page.locator("#p-min_length")).to_be_hidden()
    page.locator(".save button").click()
    invalid = page.locator("#policy [aria-invalid]")
    expect(invalid).to_be_focused()
    expect(page.locator(".field:has([aria-invalid]) .error.sent")).to_be_visible()
    expect(page.locator(".save [role=status]")).to_have_text("You have unsaved changes.")
    page.locator("header nav a", has_text="Figures").click()  # Playwright accepts the question
    page.wait_for_url("**/dashboard/figures**")
    page.go_back()
    expect(page.locator("#p-min_length")).to_have_value("900")


def test_a_limit_of_a_policy(open_as: Open, people: Cast) -> None:
    """An error of a table is in its cell, which has the focus and is not under the bar."""
    page: Page = open_as("olga", f"{SITE}/policy", viewport={"width": 1280, "height": 900})
    field = page.locator("[name='hold_at.insult']")
    field.fill("7")
    field.evaluate("each => each.scrollIntoView({ block: 'end', behavior: 'instant' })")
    page.locator(".save button").click()
    error = page.locator("td:has([name='hold_at.insult']) .error.sent")
    expect(error).to_be_visible()
    expect(field).to_be_focused()
    bar, said = page.locator(".save").bounding_box(), error.bounding_box()
    assert bar and said and said["y"] + said["height"] <= bar["y"]


#: Pages, what is typed into which field, and the button: forms that are answered by a page.
ANSWERED = {
    "name": ("/account/", "#f-name", "N" * 61, "section:has(#f-name) button"),
    "keys": ("/account/", "[name=approve]", "1", "form:has([name=approve]) button"),
    "scan": ("/migrate", "#f-url", "http://127.0.0.1:9/", "form:has(#f-url) button"),
    "pages": (f"{SITE}/moving", "#f-pages", "https://a.example", "form:has(#f-pages) .primary"),
    "code": ("/account/security/app", "[name=code]", "123456", "form:has([name=code]) button"),
}


@pytest.mark.parametrize("form", ANSWERED)
def test_back_to_what_was_refused(open_as: Open, people: Cast, form: str) -> None:
    """Where a page answers the form, Back and a reload show the form, not the browser's own page."""
    address, field, text, button = ANSWERED[form]
    page: Page = open_as("olga", address)
    page.locator(field).fill(text)
    with page.expect_response(lambda answer: answer.request.method == "POST") as said:
        page.locator(button).first.click()
    assert said.value.status == 422
    expect(page.locator(".error, .notice.bad").first).to_be_visible()
    expect(page).to_have_url(re.compile(rf"{address}(#\w+)?$"))
    page.reload()
    expect(page.locator(field)).to_be_visible()
    page.goto(page.url.partition(address)[0] + "/dashboard/shift")
    page.go_back()
    expect(page.locator(field)).to_be_visible()


def test_an_error_of_no_field_stays(open_as: Open, people: Cast) -> None:
    """It can be read for as long as one likes, and closed; what works afterwards takes it away."""
    with clock.frozen(clock.now() - timedelta(minutes=10)):
        held = post(people.site, "You idiot.", user=people.rita).comment
        decide(held.public_id, action="reject", reason="off_topic", by=people.mona)
    appeal = appeals.appeal(held.public_id, "It was on topic, as anybody can see.", by=people.rita)
    page: Page = open_as("olga", "/dashboard/appeals")
    page.clock.install()
    appeals.hear(appeal.public_id, outcome="upheld", answer="No.", by=people.ada)
    page.locator("button[value=upheld]").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("already")
    page.clock.run_for(60_000)
    expect(toast).to_contain_text("already")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)
