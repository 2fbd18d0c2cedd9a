"""What is undone on a page that lists it is crossed out there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.desk import OLDEST, four_held
from tests.browser.test_dashboard_hour import held

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(open_as: Open, people: Cast) -> None:
    held(people, 2)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".toast .num")).to_be_visible()
    page.goto(f"{page.url.split('/dashboard')[0]}/dashboard/log")
    expect(page.locator(".toast .num")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("tr.undone")).to_contain_text("Abusive")
    expect(page.locator(".toast")).to_contain_text("Undone")


@pytest.mark.parametrize("path", ["people", "shift", "person"])
def test_counts_and_roles_too(open_as: Open, people: Cast, path: str) -> None:
    """On the pages that show them, as they are now; nothing is loaded again."""
    four_held(people)
    page = open_as("mona", OLDEST)
    for key in ("j", "b"):
        page.keyboard.press(key)
    expect(page.locator("#drawer [name=reason]")).to_be_focused()
    for key in ("2", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".toast .num")).to_be_visible()
    if path == "person":
        path = f"people/{people.rita.public_id}"
    page.goto(f"{page.url.split('/dashboard')[0]}/dashboard/{path}")
    main = page.locator("main")
    if path == "shift":
        shown, before, after = main.locator("dl dd").first, "2", "4"
    elif path == "people":
        row = main.locator("tr", has_text="Rita")
        expect(row.locator(".pill")).to_have_text("banned")
        shown, before, after = row.locator("td").nth(2), "0", "2"
    else:
        shown, before, after = main.locator(".role-row .pill").first, "banned", "reader"
    expect(shown).to_have_text(before)
    page.evaluate("document.body.dataset.same = ''")
    page.keyboard.press("u")
    expect(shown).to_have_text(after)
    if path == "people":
        expect(row.locator(".pill")).to_have_count(0)
    expect(page.locator("body")).to_have_attribute("data-same", "")
