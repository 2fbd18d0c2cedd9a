"""The page of a site's look: the preview follows what is typed, and the page stays where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db
from commentsvc.sites.queries import policy_of

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

SHOWN = "iframe:not(.next)"


def test_it_works(open_as: Open, people: Cast) -> None:
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/look")
    address, length = page.url, page.evaluate("history.length")
    box = page.frame_locator(SHOWN)
    button = box.locator(".do")
    expect(button).to_have_css("border-radius", "6px")
    page.locator("[name=corners][value=square]").check()
    expect(button).to_have_css("border-radius", "0px")
    expect(page.locator(".save [role=status]")).to_have_text("You have unsaved changes.")
    page.locator("#p-accent").fill("#0b3d2e")
    expect(page.locator("#shades")).to_contain_text(re.compile("On dark pages, .* only 1 to 1"))
    expect(button).to_have_css("background-color", "rgb(11, 61, 46)")
    page.locator("[name=scheme][value=dark]").check()
    expect(box.locator("html")).to_have_css("color-scheme", "dark")
    page.locator("[name=direction][value=rtl]").check()
    expect(box.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("[name=state][value=empty]").check()
    expect(box.locator("article")).to_have_count(0)
    expect(page.locator("iframe")).to_have_count(1)
    assert policy_of(people.site).accent == ""
    assert (page.url, page.evaluate("history.length")) == (address, length)


def test_a_preset_by_keyboard_and_saving_it(open_as: Open, people: Cast) -> None:
    page: Page = open_as(
        "olga",
        f"/dashboard/sites/{people.site.key}/look",
        viewport={"width": 360, "height": 800},
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Newspaper").press("Enter")
    expect(page.get_by_label("square")).to_be_checked()
    expect(page.locator("#p-avatars")).not_to_be_checked()
    expect(page.frame_locator(SHOWN).locator(".face").first).to_be_hidden()
    page.get_by_role("button", name="Save look").press("Enter")
    expect(page.locator(".notice.good")).to_be_visible()
    db.session.rollback()
    db.session.expire_all()
    saved = policy_of(people.site)
    assert (saved.corners, saved.typeface, saved.avatars) == ("square", "serif", False)


def test_without_scripts(open_as: Open, people: Cast) -> None:
    page: Page = open_as(
        "olga", f"/dashboard/sites/{people.site.key}/look", java_script_enabled=False
    )
    page.locator("[name=corners][value=round]").check()
    page.get_by_role("button", name="Update preview").click()
    button = page.frame_locator("iframe").locator(".do")
    expect(button).not_to_have_css("border-radius", "6px")
    page.get_by_role("button", name="Newspaper").click()
    expect(page.locator("[name=corners][value=square]")).to_be_checked()
    expect(button).to_have_css("border-radius", "0px")
