"""Writing, step by step: tools that are switched on and off, a field that stays in sight, one step from the
form to the comment, and what is offered below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pages, box, write
from tests.browser.held import Held, until
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Frame, Locator

    from tests.people import Cast

pytestmark = pytest.mark.browser

#: In each frame that is painted: whether the form is open, how many comments and offers there are.
FILM = """() => {
  window.film = [];
  const look = () => {
    const now = [
      !!document.querySelector("#write.open"),
      document.querySelectorAll("#list > .c").length,
      document.querySelectorAll("#replies-email").length,
    ].join();
    if (now !== film.at(-1)) film.push(now);
    requestAnimationFrame(look);
  };
  look();
}"""
FOCUSED = "() => document.activeElement.dataset.do"


def test_tools_by_keyboard(page: Page, people: Cast, article: str) -> None:
    """What Enter, keys and arrows do in the field and its toolbar, also where the form opens again."""
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    tools = frame.locator("#write .tools")
    expect(tools.locator("[tabindex='0']")).to_have_count(1)
    # a quotation is left, and what follows is one's own
    for each in ("> A promise", "Enter", "Enter", "I disagree with "):
        area.press("Enter") if each == "Enter" else area.press_sequentially(each)
    # on, type, off
    area.press("Control+b")
    area.press_sequentially("this")
    area.press("Control+b")
    area.press_sequentially(".")
    expect(area).to_have_value("> A promise\n\nI disagree with **this**.")
    frame.locator("#write [data-do=preview]").click()
    look = frame.locator("#write .look")
    expect(look.locator("blockquote")).to_have_text("A promise")
    expect(look.locator("> p")).to_have_text("I disagree with this.")
    assert frame.evaluate(FOCUSED) == "preview"
    expect(tools.locator("[tabindex='0']:enabled")).to_have_count(1)
    frame.locator("#write [data-do=preview]").click()
    selected_and_walked(page, frame, area)


def selected_and_walked(page: Page, frame: Frame, area: Locator) -> None:
    """Keys on a selection, then arrows in the toolbar of a form that was opened again."""
    # a selection is kept, so that each tool works on the words
    area.fill("a word here")
    area.evaluate("area => area.setSelectionRange(2, 6)")
    for key, value in (("b", "a **word** here"), ("b", "a word here"), ("i", "a _word_ here")):
        area.press(f"Control+{key}")
        expect(area).to_have_value(value)
    area.press("Control+k")
    expect(area).to_have_value("a _[word](https://)_ here")
    # from the words of a new link, Tab goes to its address, and on
    area.fill("")
    for key in ("Control+k", "x", "Tab", "y"):
        area.press(key)
    expect(area).to_have_value("[x](y)")
    area.press("Tab")
    expect(area).not_to_be_focused()
    area.fill("a word here")
    area.press("Escape")
    area.click()
    tools = frame.locator("#write .tools")
    expect(tools.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Tab")
    walk = [frame.evaluate(FOCUSED)]
    for key in ("ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        walk.append(frame.evaluate(FOCUSED))
    assert walk == [
        "marks.bold",
        "marks.italic",
        "preview",
        "marks.bold",
        "preview",
        "marks.bold",
    ]
    page.keyboard.press("Tab")
    expect(frame.locator("#write .who input").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert frame.evaluate(FOCUSED) == "marks.bold"


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.drill)])
def test_the_button_to_post_stays_in_sight(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, width: int
) -> None:
    """However long a text is, the field scrolls, and its end and the buttons are on one screen."""
    phone = width == 360
    page = new_context(
        viewport={"width": width, "height": 740}, has_touch=phone, is_mobile=phone
    ).new_page()
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    expect(frame.locator("#write .tools [tabindex='0']")).to_have_count(1)
    area.fill("line\n" * 60 + "the last")
    measure = """() => {
      const area = document.querySelector("#write textarea");
      const go = document.querySelector("#write .go").getBoundingClientRect();
      return [area.offsetHeight, go.bottom - area.getBoundingClientRect().top, area.scrollHeight];
    }"""
    height, whole, inside = frame.evaluate(measure)
    assert 144 <= height <= 740 * 0.6 < inside
    assert whole < 740
    area.press("End")
    area.press_sequentially("!")
    assert area.evaluate("(area) => area.scrollTop + area.clientHeight >= area.scrollHeight - 40")
    area.fill("short")
    assert area.evaluate("(area) => area.offsetHeight") < 144


def test_a_post_lands_in_one_step(page: Page, people: Cast, article: str) -> None:
    """However late its parts are: the form goes, and the comment and the offer come, in one frame. The line
    that says that it is published has not the color of what waits, and goes once Undo is over. The offer
    does not come again."""
    post(people.site, "First.")
    page.clock.install()
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    area.click()
    area.fill("Mine.")
    frame.locator("#write .who input").first.fill("Edda")
    bell = Held(page, "**/bell/en.js")
    frame.evaluate(FILM)
    frame.locator("#write .go").click()
    bell.wait()
    expect(frame.locator("#write .go")).to_have_text("Posting…")
    bell.let_go()
    mine = frame.locator("#list > .c", has_text="Mine.")
    expect(mine.locator("#replies-email")).to_be_visible()
    assert frame.evaluate("film") == ["true,1,0", "false,2,1"]
    colour = "(node) => getComputedStyle(node).borderInlineStartColor"
    assert mine.locator(".done").evaluate(colour) == "rgb(41, 163, 102)"
    page.clock.run_for(11_000)
    expect(mine.locator(".done")).to_be_hidden()
    write(frame, "Again.", name=None)
    expect(frame.locator("#list > .c", has_text="Again.").locator(".done")).to_be_visible()
    page.reload()
    frame = box(page)
    write(frame, "Once more.", name=None)
    expect(frame.locator("#list > .c", has_text="Once more.").locator(".done")).to_be_visible()
    expect(frame.locator("#replies-email")).to_have_count(0)


def test_a_post_from_a_tunnel(page: Page, people: Cast, article: str) -> None:
    """The parts that show what was posted are lost while the network is: they are asked for again."""
    page.goto(article)
    frame = box(page)
    area = frame.locator("#write textarea")
    page.route("**/landing/en.js", lambda route: route.abort())
    page.route("**/bell/en.js", lambda route: route.abort())
    lost: list[str] = []
    page.on("requestfailed", lambda request: lost.append(request.url))
    area.click()
    area.fill("From a tunnel.")
    frame.locator("#write .who input").first.fill("Edda")
    until(page, lambda: any("landing" in each for each in lost), "nothing was lost")
    posts = Held(page, "**/api/v1/comments?*")
    frame.locator("#write .go").click()
    posts.wait()
    until(page, lambda: any("bell" in each for each in lost), "nothing was lost")
    page.unroute("**/landing/en.js")
    page.unroute("**/bell/en.js")
    posts.let_go()
    mine = frame.locator("#list > .c")
    expect(mine.locator(".done")).to_contain_text("has been published")
    expect(mine.get_by_role("button", name="Undo")).to_be_visible()
    expect(mine.locator("#replies-email")).to_be_visible()


def test_held_comments_and_edits(page: Page, people: Cast, pages: Pages) -> None:
    """Nobody replies to what waits for a moderator; and an edit stands where the text was. Who leaves it at
    once stays where they are."""
    page.goto(pages.write(f"<p style='height: 1500px'>Text.</p>{pages.tag(lazy='false')}"))
    frame = box(page)
    write(frame, "You idiot.")
    frame.locator("#write .ask [type=submit]").click()
    held = frame.locator("#list > .c").first
    expect(held.locator(".own b")).to_be_visible()
    write(frame, "A calm one.", name=None)
    calm = frame.locator("#list > .c", has_text="A calm one.")
    expect(calm.locator("#replies-email")).to_be_visible()
    expect(frame.locator("#replies-email")).to_have_count(1)
    calm.locator("[data-action=edit]").click()
    form = calm.locator("form.write.open")
    expect(form.locator("textarea")).to_be_focused()
    expect(calm.locator(".text")).to_be_hidden()
    expect(calm.locator("#replies-email")).to_be_hidden()
    expect(calm.locator("article > footer")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(calm.locator(".text")).to_be_visible()
    expect(calm.locator("#replies-email")).to_be_visible()
    expect(calm.locator("[data-action=edit]")).to_be_focused()
    calm.locator("[data-action=edit]").press("Enter")
    form.wait_for()
    before = page.evaluate("scrollY")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    page.wait_for_timeout(500)  # nothing is brought into view any more
    assert page.evaluate("scrollY") >= before > 0  # at the page's end, it grows with the box
    calm.locator("[data-action=edit]").click()
    form.locator("textarea").fill("Calmer.")
    form.locator(".go").click()
    expect(frame.locator("#list .text", has_text="Calmer.")).to_be_visible()
    expect(frame.locator("#list form.write")).to_have_count(0)


#: What is there (`|` around what is selected), what is pressed there, and what is there then.
MARKED = (
    ("one |word| here", "bold", "one **word** here"),
    ("one |word| here", "link", "one [word](https://) here"),
    ("|one\ntwo|", "list", "- one\n- two"),
    ("|one\ntwo|\nthree", "quote", "> one\n> two\n\nthree"),
    ("one **wo|rd** here", "bold", "one word here"),
    ("|[word](https://x.example)|", "link", "word"),
)


def test_each_tool_can_be_undone_and_pressed_again(page: Page, people: Cast, article: str) -> None:
    """Undoing one, and pressing it twice, gives back what was there; Tab leaves the field."""
    page.goto(article)
    area = box(page).locator("#write textarea")
    area.click()
    for text, tool, wanted in MARKED:
        button = box(page).locator(f"#write [data-do='marks.{tool}']")
        before, selected, *_ = [*text.split("|"), ""]
        plain = text.replace("|", "")
        area.fill(plain)
        start, end = len(before), len(before) + (len(selected) if text.count("|") > 1 else 0)
        area.evaluate("(area, at) => area.setSelectionRange(...at)", [start, end])
        button.click()
        expect(area).to_have_value(wanted)
        area.press("Control+z")
        expect(area).to_have_value(plain)
        area.evaluate("(area, at) => area.setSelectionRange(...at)", [start, end])
        for now in (wanted, plain):
            button.click()
            expect(area).to_have_value(now)
        assert area.evaluate("area => [area.selectionStart, area.selectionEnd]") == [start, end]
    area.press("Tab")
    expect(area).not_to_be_focused()


def test_the_tools_are_one_stop_before_what_they_do_has_come(
    page: Page, people: Cast, article: str
) -> None:
    held = Held(page, "**/typing/en.js")
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    expect(frame.locator("#write .go")).to_be_visible()
    held.wait()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(frame.locator("#write .who input").first).to_be_focused()
