"""The page of a site's look: the preview follows what is typed, and the page stays where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.core.db import db, unit_of_work
from commentsvc.sites.queries import policy_of
from tests.sites.test_sheets import HOSTILE

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
    expect(page.locator(".save [role=status]")).to_have_text("Saved.")
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


ALL_AT_ONCE = """
:root { --serif: "Nowhere Serif", Georgia, serif; --accent: #7a1f1f; --line: #00000033 }
.by { font-size: 20px; text-transform: uppercase }
.text { background: #f0f2f5; border-radius: 12px; padding: 8px 12px; font-size: 17px; line-height: 1.7 }
.text a { text-decoration: none; color: teal }
.do { background: #000; color: #fff; border-radius: 999px }
.field { border: 2px dashed var(--accent); border-radius: 16px }
.list > .c + .c { border-top: 3px double currentColor }
.face { border-radius: 4px }
.guest { font-style: italic; letter-spacing: .5px }
.badge { border: 1px solid; padding: 0 6px; border-radius: 999px; font-size: 12px }
.foot a { text-transform: uppercase }
@media (max-width: 400px) { .top { gap: 4px } }
@media (prefers-color-scheme: dark) { .text { background: #2a2a2a } }
"""
LOOKS = [
    (".by", "font-size", "20px"),
    (".by", "text-transform", "uppercase"),
    (".text", "border-radius", "12px"),
    (".text", "padding", "8px 12px"),
    (".text", "line-height", "28.9px"),
    (".do", "background-color", "rgb(0, 0, 0)"),
    (".do", "border-radius", "999px"),
    (".field", "border-style", "dashed"),
    (".list > .c + .c", "border-top-width", "3px"),
    (".face", "border-radius", "4px"),
    (".guest", "font-style", "italic"),
    (".badge", "font-size", "12px"),
    (".foot a", "text-transform", "uppercase"),
    (".text a", "text-decoration-line", "none"),
    ("h2", "font-family", '"Nowhere Serif", Georgia, serif'),
]


def test_a_sheet_of_ones_own_looks_as_meant(open_as: Open, people: Cast) -> None:
    page: Page = open_as("olga", f"/dashboard/sites/{people.site.key}/look")
    page.locator("#p-own_css").fill(".by { display: none }")
    expect(page.locator("#e-own_css li")).to_have_count(1)
    page.locator("#p-own_css").fill(ALL_AT_ONCE)
    expect(page.locator("#e-own_css li")).to_have_count(0)
    box = page.frame_locator(SHOWN)
    expect(box.locator(".by").first).to_have_css("font-size", "20px")
    for selector, name, value in LOOKS:
        expect(box.locator(selector).first).to_have_css(name, value)
    expect(box.locator(".text").first).to_have_css("background-color", "rgb(240, 242, 245)")
    page.locator("[name=scheme][value=dark]").check()
    expect(box.locator("html")).to_have_css("color-scheme", "dark")
    expect(box.locator(".text").first).to_have_css("background-color", "rgb(42, 42, 42)")


#: The most that each part may have, beside everything that is refused.
AT_THE_LIMIT = """
.guest, .badge, .edited, .to, .by, .at { font-size: 12px; margin: 24px; padding: 24px; line-height: 1.1 }
.comment { margin: 16px; padding-block: 48px } .text { margin: 12px; padding: 12px; line-height: 1.1 }
.list > .c { margin: 16px; padding: 16px } #box { padding: 12px } .list { padding: 8px }
.replies { margin: 8px; padding: 8px; border: 4px solid #000 }
.comment footer button { margin: 24px; padding: 24px; border: 4px solid; letter-spacing: 3px }
.comment, .note, .do, .face { box-shadow: 8px 8px 24px 2px #00000059 }
.face { font-size: 32px; border: 4px solid }
"""


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.drill)])
def test_a_hostile_sheet_hides_and_covers_nothing(open_as: Open, people: Cast, width: int) -> None:
    """Neither with what is refused, even if it had been stored, nor with all that is allowed."""
    css = "".join(each for each in HOSTILE if "\0" not in each and len(each) < 200) + AT_THE_LIMIT
    wanted: list[str] = []
    page: Page = open_as("olga", "/account/", viewport={"width": width, "height": 800})
    page.on("request", lambda request: wanted.append(request.url))
    origin = page.url.split("/account")[0]
    site = people.site
    with unit_of_work():
        site.policy = {**site.policy, "own_css": AT_THE_LIMIT}
    for stored in (AT_THE_LIMIT, css):
        with unit_of_work():
            site.policy = {**site.policy, "own_css": stored}
        page.goto(f"{origin}/embed/look?site={site.key}&nothing={len(stored)}")
        for selector in (
            ".guest",
            ".badge",
            ".edited",
            ".by",
            ".dots summary",
            ".do",
            ".text",
        ):
            parts = page.locator(selector)
            expect(parts.first).to_be_attached()
            assert all(parts.evaluate_all(SEEN)), (selector, stored == css)
    assert all(each.startswith(origin) for each in wanted)


#: Whether one who scrolls to an element and looks at its middle, or at that of its first line, sees it.
SEEN = """(parts) => parts.map((part) => {
  part.scrollIntoViewIfNeeded();
  const range = document.createRange();
  range.selectNodeContents(part);
  const box = [...range.getClientRects()].find((each) => each.width > 4) ?? part.getBoundingClientRect();
  const found = document.elementFromPoint(box.x + Math.min(box.width, 40) / 2, box.y + box.height / 2);
  const style = getComputedStyle(part);
  return box.width > 8 && box.height > 8 && box.x >= 0 && part.contains(found)
    && parseFloat(style.fontSize) >= 12 && style.opacity === "1";
})"""
