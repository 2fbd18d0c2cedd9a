"""What a reader takes away goes without moving what they read, and the focus stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Pages, choose, write
from tests.browser.members import come_back
from tests.browser.test_inner_scrollers import LAYOUTS
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.accounts.models import User
    from tests.people import Cast

pytestmark = pytest.mark.browser

LONG = "".join(f"\n\nStop {number} of the tram." for number in range(25))


def around(pages: Pages, layout: str) -> str:
    """A page with an article above the box, and more below it."""
    space = "<div style='height:900px'>Text</div>"
    main = f"<main>{space}{pages.tag(order_by='newest')}{space}</main>"
    return pages.write(main, head=f"<style>{LAYOUTS[layout]}</style>")


def opened(
    page: Page, people: Cast, pages: Pages, layout: str, author: User, reply: bool = False
) -> tuple[Frame, Locator, Locator]:
    """The box as Max sees it; a long comment whose end is in sight, and the one below it."""
    made = []
    for number in range(6):
        text, user = (LONG, author) if number == 3 else (f"Number {number}.", people.rita)
        made.append(post(people.site, text, user=user).comment.public_id)
        if number == 3 and reply:
            made[2] = post(people.site, "Yes.", user=people.rita, parent=made[3]).comment.public_id
    frame = come_back(page, around(pages, layout), people.max, people.site)
    long = frame.locator(f"#c-{made[3]}")
    expect(long.locator(".text").first).to_contain_text("Stop 24")
    below = frame.locator(f"#c-{made[2]} > article")
    move(page, layout, edge(below) - 400)
    return frame, long, below


def move(page: Page, layout: str, by: float) -> None:
    scroller = {"main": "document.querySelector('main')", "body": "document.body"}.get(layout)
    page.evaluate(f"({scroller or 'window'}).scrollBy({{top: {by}, behavior: 'instant'}})")


def edge(node: Locator, name: str = "y") -> float:
    size = node.bounding_box()
    assert size is not None
    return size["y"] + (size["height"] if name == "end" else 0)


def stays(frame: Frame, node: Locator, before: float, height: float, by: int = 150) -> None:
    """Once the frame is shorter."""
    for _ in range(200):
        if frame.evaluate("innerHeight") < height - by and abs(edge(node) - before) < 2:
            return
        frame.page.wait_for_timeout(50)
    raise AssertionError((before, edge(node), height, frame.evaluate("innerHeight")))


@pytest.mark.parametrize(
    "layout", ["window", "main", pytest.param("body", marks=pytest.mark.drill)]
)
@pytest.mark.parametrize("reply", [False, True])
def test_it_works(page: Page, people: Cast, pages: Pages, layout: str, reply: bool) -> None:
    """Their own long comment, with a reply or without."""
    frame, long, below = opened(page, people, pages, layout, people.max, reply)
    choose(long, "withdraw")
    press = long.locator("> article > form .do")
    expect(long.locator("> article > form [type=button]")).to_be_focused()
    expect(press).to_be_in_viewport()
    before, height = edge(below), frame.evaluate("innerHeight")
    press.press("Enter")
    stays(frame, below, before, height)
    focused = long if reply else below.locator("..")
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()
    expect(frame.locator("#say")).to_have_text("Your comment has been deleted.")


def test_somebody_who_is_muted(page: Page, people: Cast, pages: Pages) -> None:
    frame, long, below = opened(page, people, pages, "window", people.mona)
    before, height = edge(below), frame.evaluate("innerHeight")
    choose(long, "mute")
    expect(long.locator(".fold button").first).to_be_focused()
    stays(frame, below, before, height)
    expect(long.locator(".fold button").first).to_be_in_viewport()


@pytest.mark.parametrize("locale", ["en", pytest.param("de", marks=pytest.mark.drill)])
def test_what_is_shown_again_moves_nothing_beside_it(
    page: Page, people: Cast, pages: Pages, locale: str
) -> None:
    """*Hide* is as wide as *Show*: nothing moves, and no line breaks elsewhere."""
    page.set_viewport_size({"width": 360, "height": 700})
    post(people.site, "I walked.", user=people.mona)
    frame = come_back(page, pages.write(pages.tag(locale=locale)), people.max, people.site)
    node = frame.locator("#list > .c")
    choose(node, "mute")
    show = node.locator(".fold button").first
    expect(show).to_be_focused()
    parts = [node.locator(".fold"), show, node.locator(".fold button").last]
    before = [each.bounding_box() for each in parts]
    names = set()
    for is_open in ("true", "false"):
        names.add(show.inner_text())
        show.press("Enter")
        expect(show).to_have_attribute("aria-expanded", is_open)
        assert [each.bounding_box() for each in parts] == before
    assert len(names) == 2


SHORT = LONG[:150]
# a panel that was opened has been brought into view, if it was not
LOOKED = """() => new Promise((done) => {
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 350);
})"""
#: Whose comment goes, and its text; what stays; which of its edges is where in the window.
CASES = {
    "the first": ("first", SHORT, "#count", "y", 250),
    "the first at the edge": ("first", SHORT, "#count", "y", 1),
    "the only one": ("only", SHORT, "#count", "y", 250),
    "the only one by its end": ("only", LONG, ".foot", "end", 300),
    "the first reply": ("reply", SHORT, "#c-{above} > article", "y", 1),
    "one with an answer": ("gap", SHORT, "#c-{gap} > article", "y", 1),
    "the last by its end": ("last", LONG, ".foot", "end", 300),
    "one above what is out of sight": ("gap", LONG, "#c-{answer} > article", "end", 448),
}


def talk(people: Cast, name: str, text: str) -> dict[str, str]:
    """The newest comes first, and Max wrote what has a name."""
    made: dict[str, str] = {}
    for each, parent in (
        *(("last", ""), ("above", ""), ("reply", "above")),
        *(("gap", ""), ("answer", "gap"), ("first", ""), ("only", "")),
    ):
        if each == name or (name != "only" and each not in ("first", "only")):
            other = "\n\n".join(f"{each.title()} {number}." for number in range(25))
            words, user = (text, people.max) if each == name else (other, people.rita)
            above = made.get(parent)
            made[each] = post(people.site, words, user=user, parent=above).comment.public_id
    return made


def put(page: Page, layout: str, node: Locator, name: str, to: float) -> None:
    """The frame is as tall as what it shows, and that edge of a comment is there."""
    for _ in range(200):
        by = edge(node, name) - to
        if abs(by) < 1 and node.evaluate("() => innerHeight >= document.body.offsetHeight"):
            return
        move(page, layout, by)
        page.wait_for_timeout(50)
    raise AssertionError(by)


@pytest.mark.parametrize("layout", ["window", pytest.param("main", marks=pytest.mark.drill)])
@pytest.mark.parametrize("case", CASES)
def test_what_is_above_stays(
    page: Page, people: Cast, pages: Pages, layout: str, case: str
) -> None:
    """If the comment begins in sight; otherwise what is below it does."""
    name, text, still, side, to = CASES[case]
    page.set_viewport_size({"width": 900, "height": 450 if side == "end" else 900})
    made = talk(people, name, text)
    frame = come_back(page, around(pages, layout), people.max, people.site)
    node = frame.locator(f"#c-{made[name]}")
    article = node.locator("> article")
    put(page, layout, article, side, 300 if side == "end" else to)
    choose(node, "withdraw")
    press = article.locator("> form .do")
    expect(press).to_be_in_viewport()
    put(page, layout, article, side, to)
    other = frame.locator(still.format(**made))
    before, height = edge(other), frame.evaluate("innerHeight")
    press.press("Enter")
    stays(frame, other, before, height)
    expect(frame.locator("#say")).to_have_text("Your comment has been deleted.")


@pytest.mark.parametrize("act", ["mute", "moderate"])
@pytest.mark.parametrize("case", ["the first", "the first reply", "the last by its end"])
def test_who_is_muted_and_what_is_rejected(
    page: Page, people: Cast, pages: Pages, case: str, act: str
) -> None:
    name, text, still, side, to = CASES[case]
    page.set_viewport_size({"width": 900, "height": 450 if side == "end" else 900})
    made = talk(people, name, text)
    viewer = people.rita if act == "mute" else people.mona
    frame = come_back(page, around(pages, "window"), viewer, people.site)
    node = frame.locator(f"#c-{made[name]}")
    article = node.locator("> article")
    put(page, "window", article, side, 300 if side == "end" else to)
    if act == "moderate":
        choose(node, act)
        expect(node.locator(".deciding")).to_be_visible()
        frame.evaluate(LOOKED)
        node.get_by_role("button", name="Reject", exact=True).press("Enter")
        node.get_by_label("Spam", exact=True).check()
    put(page, "window", article, side, to)
    other = frame.locator(still.format(**made))
    before, height = edge(other), frame.evaluate("innerHeight")
    if act == "mute":
        choose(node, act)
        focused = node.locator(".fold button").first
    else:
        page.keyboard.press("Enter")
        focused = node.get_by_role("button", name="Undo")
    stays(frame, other, before, height)
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()


def test_an_undo_moves_nothing_above(page: Page, people: Cast, pages: Pages) -> None:
    for text in (LONG, LONG[::-1]):
        post(people.site, text)
    frame = come_back(page, around(pages, "window"), people.max, people.site)
    write(frame, SHORT, None)
    mine = frame.locator("#list > .c").first
    undo = mine.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    heading = frame.locator("#count")
    put(page, "window", heading, "y", 100)
    undo.press("Enter")
    expect(frame.locator("#list > .c")).to_have_count(2)
    expect(frame.locator("#write.open textarea")).to_be_focused()
    for _ in range(10):  # the form, which has its text again, is as high as it
        assert abs(edge(heading) - 100) < 2
        page.wait_for_timeout(50)
