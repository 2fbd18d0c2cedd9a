"""A slow line: what is typed and pressed before a part has come is where the reader left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box, write
from tests.browser.held import Held
from tests.browser.members import come_back
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """Names are offered for an @ that was typed before the form was there, pasted, or left in a draft."""
    post(people.site, "I took the tram.", user=people.mona)
    post(people.site, "I walked.", user=people.max)
    frame = come_back(page, article, people.rita, people.site)
    writing = Held(page, "**/writing/en.js")
    area, options = frame.locator("#text"), frame.get_by_role("option")
    area.click()
    area.press_sequentially("Hello @m")
    writing.let_go()
    expect(options).to_have_text(["MMax", "MMona"])
    area.press("Escape")
    expect(options).to_have_count(0)
    area.press("o")
    expect(options).to_have_text(["MMona"])
    frame.evaluate("document.activeElement.blur()")
    page.reload()
    frame = box(page)
    area, options = frame.locator("#text"), frame.get_by_role("option")
    expect(frame.locator("#write.open #text")).to_have_value("Hello @mo")
    expect(options).to_have_count(0)  # nobody is writing
    area.press("n")
    expect(options).to_have_text(["MMona"])
    area.fill("Hello @ma")  # in one go, as a paste is
    expect(options).to_have_text(["MMax"])
    area.fill("mail@mona")
    expect(options).to_have_count(0)


def test_a_reply_stays_open_when_the_answer_about_the_reader_is_late(
    page: Page, people: Cast, article: str
) -> None:
    made = [post(people.site, each).comment.public_id for each in ("First.", "Second.")]
    frame = come_back(page, article, people.rita, people.site)
    area = frame.locator("#list form.write.open textarea")
    for public_id in made:
        me = Held(page, "**/api/v1/me?*")
        page.reload()
        frame = box(page)
        frame.locator(f"#c-{public_id} [data-action=reply]").press("Enter")
        area = frame.locator(f"#c-{public_id} form.write.open textarea")
        area.press_sequentially("I was")
        with page.expect_response("**/api/v1/me?*"):
            me.let_go()
        expect(frame.locator("#me bdi")).to_have_text("Rita")
        page.keyboard.type(" there.")
        expect(area).to_have_value("I was there.")


def test_a_mark_that_comes_late_does_not_hit_what_was_typed_since(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    frame = box(page)
    marks = Held(page, "**/marks/en.js")
    area = frame.locator("#write.open textarea")
    frame.locator("#write textarea").click()
    area.press_sequentially("A ")
    area.press("Control+b")
    area.press_sequentially("word.")
    with page.expect_response("**/marks/en.js"):
        marks.let_go()
    frame.evaluate("new Promise((done) => setTimeout(done, 100))")
    expect(area).to_have_value("A word.")
    area.press("Control+b")
    expect(area).to_have_value("A word.****")


def test_a_name_is_typed_on_when_the_answer_about_the_reader_is_late(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    write(box(page), "One.")
    expect(box(page).locator("#list .done")).to_be_visible()
    me = Held(page, "**/api/v1/me?*")
    page.reload()
    frame = box(page)
    frame.locator("#write textarea").click()
    name = frame.locator("#write label input")
    name.press("End")
    name.press_sequentially("-Ma")
    with page.expect_response("**/api/v1/me?*"):
        me.let_go()
    expect(frame.locator("[data-own]")).to_be_visible()
    page.keyboard.type("ria")
    expect(name).to_have_value("Edda-Maria")


def test_a_page_that_turns_dark_while_the_box_loads(page: Page, people: Cast, pages: Pages) -> None:
    """As one does whose style sheet comes after the loader."""
    script = Held(page, "**/embed/script/*/en.js")
    page.goto(pages.write(pages.tag(), head="<style>.dark body{background:#111}</style>"))
    root = page.frame_locator("iframe").locator("html")
    expect(root).to_have_attribute("data-scheme", "light")
    script.wait()
    page.evaluate("document.documentElement.className = 'dark'")
    expect(page.locator("iframe")).to_have_css("color-scheme", "dark")
    script.let_go()
    expect(root).to_have_attribute("data-scheme", "dark")


def test_a_name_that_wraps_begins_where_the_text_does(
    page: Page, people: Cast, article: str
) -> None:
    """Before the second style sheet has come, too: names are buttons, which center their text."""
    post(people.site, "I took the tram.", user=people.mona)
    sheet = Held(page, "**/frame.css*")
    page.goto(article, wait_until="commit")
    name = page.frame_locator("iframe").locator(".by button")
    sheet.wait()
    expect(name).to_have_css("text-align", "start")
    sheet.let_go()


@pytest.mark.parametrize("late", ["**/embed/script/*/en.js", "**/menu/en.js"])
def test_a_menu_that_comes_late_shows_that_it_was_pressed(
    page: Page, people: Cast, article: str, late: str
) -> None:
    post(people.site, "A comment.", user=people.rita)
    held = Held(page, late)
    page.goto(article)
    frame = box(page) if "menu" in late else page.frame_locator("iframe")
    dots = frame.locator("#list .dots summary")
    dots.click()
    held.wait()
    expect(dots).to_have_class("busy")
    assert float(dots.evaluate("(node) => getComputedStyle(node).opacity")) < 1
    held.let_go()
    expect(frame.get_by_role("menu")).to_be_visible()
    expect(dots).not_to_have_class("busy")


def test_who_comes_by_key_has_the_menu_fetched(page: Page, people: Cast, article: str) -> None:
    post(people.site, "A comment.", user=people.rita)
    page.goto(article)
    with page.expect_response("**/menu/en.js"):
        box(page).locator("#list .at").focus()
