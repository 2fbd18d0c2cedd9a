"""Small things in the box that readers see every day: lines, gaps, places, and what a form says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from commentsvc.sites.commands import set_policy
from tests.browser.conftest import box, choose, write
from tests.browser.test_touch import PHONE
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Pages
    from tests.people import Cast

pytestmark = pytest.mark.browser

# Where the words of each comment's header are: no two of them overlap, and gaps in a line are alike.
HEADERS = """() => [...document.querySelectorAll("article > header")].map((header) => {
  const words = [...header.querySelectorAll("bdi, .guest, .at time, .to, .edited")].map((node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  });
  const over = words.some((one, at) => words.slice(at + 1).some((two) =>
    one.right > two.left + 1 && two.right > one.left + 1 &&
    one.bottom > two.top + 3 && two.bottom > one.top + 3));
  const gaps = words.slice(1).filter((two, at) => two.left >= words[at].right)
    .map((two, at) => Math.round(two.left - words[words.indexOf(two) - 1].right));
  return [over, Math.max(0, ...gaps)];
})"""


@pytest.mark.parametrize("width", [320, 360])
def test_it_works(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, width: int
) -> None:
    """On a phone, what a finger hits is larger than what is seen, and takes no room."""
    set_policy(people.site, {"depth": 1}, by=people.olga)
    long = "Maximiliane-Alexandra von und zu Hohenlohe-Langenburg"
    above = post(people.site, "First.", name="Bo").comment.public_id
    for name in (long, "Al", long, "Bo"):
        above = post(people.site, "Deeper.", name=name, parent=above).comment.public_id
    viewport = {"width": width, "height": 740}
    page = new_context(**{**PHONE, "viewport": viewport}).new_page()
    page.goto(article)
    frame = box(page)
    expect(frame.locator(".to").last).to_be_visible()
    found = frame.evaluate(HEADERS)
    assert len(found) >= 3 and [each for each in found if each[0] or each[1] > 14] == []


def edit(frame: Frame) -> None:
    frame.locator("#list [data-action=edit]").first.click()
    expect(frame.locator("form.edits.open")).to_be_visible()


def test_one_thing_at_a_time(page: Page, people: Cast, article: str) -> None:
    """Nothing else is offered during an edit; a folded draft is one line; a preview moves nothing."""
    page.goto(article)
    frame = box(page)
    write(frame, "Mine.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator("[data-action=edit]")).to_be_visible()
    frame.get_by_role("button", name="No, thanks").click()
    edit(frame)
    expect(mine.locator("footer")).to_be_hidden()
    mine.get_by_role("button", name="Cancel").click()
    expect(mine.locator("[data-action=edit]")).to_be_focused()
    area = frame.locator("#write textarea")
    area.click()
    area.fill("One **line**\nand another\nand a third")
    below = "() => document.querySelector('#list').getBoundingClientRect().top"
    before = frame.evaluate(below)
    frame.get_by_role("button", name="Preview").click()
    expect(frame.locator("#write .look strong")).to_be_visible()
    assert frame.evaluate(below) == before
    frame.locator("#write .seen").click()
    expect(area).to_be_focused()
    assert frame.evaluate(below) == before
    area.press("Escape")
    expect(frame.locator("#write.open")).to_have_count(0)
    expect(area).to_have_css("white-space", "nowrap")
    dots = "getComputedStyle(document.querySelector('#write .field'), '::after').content"
    assert frame.evaluate(dots) == '"…"'
    area.click()
    expect(area).to_have_value("One **line**\nand another\nand a third")


def test_the_draft_of_a_reply_is_named_where_it_was_written(
    page: Page, people: Cast, article: str
) -> None:
    """Not below the offer of emails, which is made once."""
    page.goto(article)
    frame = box(page)
    write(frame, "Mine.")
    mine = frame.locator("#list > .c").first
    offer = frame.locator("#replies-email")
    expect(offer).to_be_visible()
    mine.locator("[data-action=reply]").click()
    mine.locator("form.write.open textarea").fill("Begun")
    mine.locator("form.write.open textarea").press("Escape")
    said = mine.locator("article > footer + .tell")
    expect(said).to_have_text("Your text is kept as a draft. Discard draft")
    expect(offer).to_be_visible()
    page.reload()
    frame = box(page)
    write(frame, "Again.", name=None)
    expect(frame.locator("#list > .c").first.locator(".text")).to_have_text("Again.")
    expect(frame.locator("#list > .c").first.locator(".done")).to_be_visible()
    expect(frame.locator("#replies-email")).to_have_count(0)


def test_what_a_report_lacks_is_said_in_the_form(page: Page, people: Cast, article: str) -> None:
    made = post(people.site, "First.", name="Bo").comment.public_id
    page.goto(article)
    frame = box(page)
    first = frame.locator(f"#c-{made}")
    choose(first, "flag")
    send, told = first.get_by_role("button", name="Send report"), first.get_by_role("alert")
    group = first.get_by_role("radiogroup")
    send.click()
    expect(told).to_have_text("What’s wrong with it?")
    expect(group).to_have_attribute("aria-invalid", "true")
    expect(first.get_by_label("Offensive")).to_be_focused()
    first.get_by_label("Illegal content").check()
    send.click()
    law = first.get_by_label("Which law does it break, and why?")
    expect(told).to_have_text("Which law does it break, and why?")
    expect(law).to_have_attribute("aria-invalid", "true")
    expect(group).not_to_have_attribute("aria-invalid", "true")
    law.fill("It is against one.")
    send.click()
    expect(first.locator(".tell")).to_have_text("Thank you. A moderator will look at it.")


def test_to_delete_is_what_stands_out_and_to_keep_what_has_the_focus(
    page: Page, people: Cast, article: str
) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "Mine.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".done")).to_be_visible()
    choose(mine, "withdraw")
    expect(mine.locator("form.panel .plain")).to_be_focused()
    expect(mine.locator("form.panel .plain")).to_have_text("Cancel")
    mine.locator("form.panel .do", has_text="Delete").click()
    expect(frame.locator("#list > .c")).to_have_count(0)


PLACES = """() => [...document.querySelectorAll("article .dots summary")].map((node) =>
  node.closest("article").getBoundingClientRect().bottom > node.getBoundingClientRect().top &&
  node.getBoundingClientRect().top >=
    node.closest("article").querySelector(".text").getBoundingClientRect().bottom)"""


def test_the_menu_has_one_place(page: Page, people: Cast, article: str) -> None:
    """Below the text, whatever else there is: at what waits, what was rejected, and when all is closed."""
    set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    post(people.site, "Others'.", user=people.max)
    page.goto(article)
    frame = box(page)
    write(frame, "Held.")
    expect(frame.locator("#list .pending .own")).to_be_visible()
    assert frame.evaluate(PLACES) == [True] * frame.locator("article .dots").count()
    frame.evaluate("document.querySelector('#box').dataset.barred = 'sanction'")
    frame.evaluate("document.querySelector('#box').dataset.shut = 'closed'")
    assert frame.evaluate(PLACES) == [True] * frame.locator("article .dots").count()


def test_a_notice_has_room(page: Page, people: Cast, pages: Pages) -> None:
    for number in range(2):
        post(people.site, f"Number {number}.", name="Bo")
    page.goto(pages.write(pages.tag(comment="nothinghere00")))
    frame = box(page)
    note = frame.locator("#gone")
    expect(note).to_be_visible()
    room = frame.evaluate(
        "() => { const note = document.querySelector('#gone'); return note.getBoundingClientRect().top"
        " - note.previousElementSibling.getBoundingClientRect().bottom }"
    )
    assert room >= 12


def test_with_a_theme_of_the_system_buttons_differ(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    for number in range(2):
        post(people.site, f"Number {number}.", name="Bo")
    page = new_context(forced_colors="active").new_page()
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    ground = "(node) => getComputedStyle(node).backgroundColor"
    buttons: Any = [frame.locator(f"#write {each}").evaluate(ground) for each in (".do", ".plain")]
    assert buttons[0] != buttons[1]
    expect(frame.locator(".sort [aria-current]")).to_have_css("outline-style", "solid")


def test_what_pages_do_to_all_frames_cuts_nothing(page: Page, people: Cast, pages: Pages) -> None:
    for number in range(12):
        post(people.site, f"Number {number}.", name="Bo")
    style = (
        "<style>iframe { max-height: 80vh !important; min-height: 50px; min-width: 1200px;"
        " aspect-ratio: 16 / 9; position: absolute; padding: 20px; border: 3px solid;"
        " box-sizing: border-box; height: auto }</style>"
    )
    page.set_viewport_size({"width": 700, "height": 400})
    page.goto(pages.write(f"{pages.tag()}<footer>Footer</footer>", head=style))
    frame = box(page)
    expect(frame.locator("#list > .c")).to_have_count(12)
    inside = frame.evaluate("document.body.offsetHeight")
    assert inside > 500
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", inside)
    assert page.locator("iframe").evaluate("(node) => node.offsetWidth") <= 700
    foot, end = page.evaluate(
        "[document.querySelector('footer').getBoundingClientRect().top,"
        " document.querySelector('iframe').getBoundingClientRect().bottom]"
    )
    assert foot >= end
