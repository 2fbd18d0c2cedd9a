"""The dashboard in a hand: swipes anywhere on a card, reasons that a tap chooses, sheets that Back closes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.threads.models import Thread
from tests.browser.conftest import status
from tests.browser.desk import OLDEST, four_held, phone, told
from tests.browser.held import scrolled, until
from tests.browser.test_moderators_day import look_again
from tests.factories import post
from tests.people import PASSWORD

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

PHONE = phone(360, 600)


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Five held comments: four short ones, then one that is longer than the window."""
    long = post(people.site, "You idiot. " + "One more line.\n" * 60, name="Lo").comment
    return [*four_held(people), long.public_id]


def drag(page: Page, card: str, *, by: float, down: float = 0) -> None:
    """Move a finger across a card's text."""
    said = page.locator(f"#c-{card} .said")
    if not down:
        said.evaluate("each => each.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = said.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    x, y = 180 - by / 2, max(130, box["y"] + min(40, box["height"] / 2))
    for step in range(9):
        at = {"x": x + by * step / 8, "y": y + down * step / 8}
        kind = "touchStart" if step == 0 else "touchMove"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        page.wait_for_timeout(16)
    page.wait_for_timeout(100)
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def tap_reason(page: Page, card: str, name: str) -> None:
    """Tap a reason in a card's open list; a tap right after a swipe is taken for its end."""
    picker = page.locator(f"#c-{card} .reject .picker")
    expect(picker).to_be_in_viewport()
    page.wait_for_timeout(100)
    picker.locator(".reasons label", has_text=name).tap()


def test_it_works(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST, **PHONE)
    expect(page.locator("#search")).to_be_hidden()
    page.get_by_role("button", name="Tools").tap()
    expect(page.locator("#search")).to_be_visible()
    page.get_by_role("button", name="Tools").tap()
    page.locator(f"#c-{waiting[1]}").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    drag(page, waiting[1], by=10, down=-200)
    scrolled(page, before + 51)
    expect(page.locator("#cards .card")).to_have_count(5)
    drag(page, waiting[1], by=60)  # not far enough
    drag(page, waiting[1], by=150)
    told(page, "Approved.")
    assert status(waiting[1]) == "published"

    drag(page, waiting[2], by=-150)
    tap_reason(page, waiting[2], "Spam")
    told(page, "Rejected: Spam.")  # one tap, as one key
    page.get_by_role("button", name="Undo").tap()
    until(page, lambda: status(waiting[2]) == "pending", "nothing is undone")

    card = page.locator(f"#c-{waiting[2]}")
    picker = card.locator(".reject .picker")
    card.locator("summary", has_text="Reject").tap()
    for each in (picker.locator("[name=ban]"), picker.get_by_role("button", name="Reject")):
        expect(each).to_be_in_viewport(ratio=1)  # whatever scrolls above them
    picker.get_by_role("button", name="Add a note or a message").tap()
    picker.get_by_label("Message to the author").fill("Please be kind.")
    tap_reason(page, waiting[2], "Spam")  # with a message, it is only chosen
    expect(picker.get_by_label("Spam")).to_be_checked()
    page.reload()
    card.locator("summary", has_text="Reject").tap()
    expect(picker.get_by_label("Message to the author")).to_have_value("Please be kind.")
    expect(page.locator(".reject-form [name=message]").nth(0)).to_have_value("")
    tap_reason(page, waiting[2], "Spam")
    picker.get_by_role("button", name="Reject").tap()
    told(page, "Rejected: Spam.")
    assert page.evaluate("sessionStorage.getItem('commentsvc.drafts')") is None


@pytest.mark.parametrize("single", [False, True])
def test_the_text_is_read_above_the_reasons(
    open_as: Open, people: Cast, waiting: list[str], single: bool
) -> None:
    """The list takes at most 60% of the window, and so does the form for comments alike."""
    phone = PHONE | {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
    page = open_as("mona", OLDEST, **phone)
    card = page.locator(f"#c-{waiting[4]}")
    card.focus()
    page.keyboard.press("s")
    if single:
        page.keyboard.press("z")
        expect(card.locator(".conversation")).to_be_visible()
    card.locator("summary", has_text="Reject").tap()
    sheet = card.locator(".reject .picker")
    expect(sheet.get_by_label("Other reason")).to_be_in_viewport(ratio=1)
    box, text = sheet.bounding_box(), card.locator(".reading").bounding_box()
    bar = page.evaluate("parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)")
    assert box and text and box["height"] <= 0.6 * 740
    assert (
        text["y"] <= bar + 1 or text["y"] + text["height"] <= box["y"]
    )  # all of it, or as much as fits
    expect(sheet.get_by_label("Message to the author")).to_be_hidden()
    offer = sheet.get_by_role("button", name="Add a note or a message")
    expect(offer).to_be_in_viewport(ratio=1)
    offer.tap()
    expect(offer).to_be_hidden()
    expect(sheet.get_by_label("Note for moderators")).to_be_focused()
    page.wait_for_function(
        """() => document.activeElement.getBoundingClientRect().bottom
        <= document.activeElement.closest(".picker").lastElementChild.getBoundingClientRect().top"""
    )
    theirs = page.locator(f"#c-{waiting[0]}")
    page.keyboard.press("Escape")
    if not single:
        theirs.locator(".wave > summary").tap()
        box = theirs.locator(".wave .picker").bounding_box()
        assert box and box["height"] <= 0.6 * 740


def test_a_long_text_is_swiped_too(open_as: Open, waiting: list[str]) -> None:
    """Also a blurred one: both scroll, or cut off, by themselves."""
    page = open_as("mona", OLDEST, **PHONE)
    drag(page, waiting[0], by=180)
    told(page, "Approved.")
    page.locator(f"#c-{waiting[1]} .what > .veil, #c-{waiting[1]} .said").first.evaluate(
        "each => { each.style.overflow = 'auto'; each.style.maxBlockSize = '20px'; }"
    )
    drag(page, waiting[1], by=180)
    until(page, lambda: status(waiting[1]) == "published", "it is not approved")


def test_one_at_a_time_the_message_keeps_no_room_for_itself(
    open_as: Open, waiting: list[str]
) -> None:
    """It stands on the buttons wherever they are, which do not move when it comes and goes."""
    phone = PHONE | {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
    page = open_as("mona", OLDEST, **phone)
    page.keyboard.press("j")
    page.keyboard.press("z")
    acts, toast = page.locator("#cards > .current .acts"), page.locator(".toast")
    expect(page.locator("#cards > .current .conversation")).to_be_visible()
    before = acts.bounding_box()
    assert before and before["height"] <= 120 and before["y"] + before["height"] == 740
    page.keyboard.press("f")
    expect(toast).to_be_visible()
    expect(page.locator("#cards > .current .conversation")).to_be_visible()
    assert acts.bounding_box() == before
    for down in (0, 60, 400):
        page.evaluate("down => scrollTo(0, down)", down)
        page.wait_for_function(STANDS_ON)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("u")
    expect(toast).to_have_count(0)
    until(page, lambda: acts.bounding_box() == before, "the buttons moved")


STANDS_ON = """() => { const [acts, toast] = [".current .acts", ".toast"].map((each) =>
    document.querySelector(each).getBoundingClientRect());
    return toast.bottom <= acts.top + 1 && toast.bottom >= acts.top - 12; }"""


def test_back_closes_what_covers_the_page(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", "/dashboard/log", **PHONE)
    page.goto(page.url.replace("/dashboard/log", OLDEST))
    card = page.locator(f"#c-{waiting[1]}")
    drawer, picker = page.locator("#drawer"), card.locator(".reject .picker")
    for _ in range(2):  # the second time with the history entry of the first
        card.locator(".name").tap()
        expect(drawer.locator(".theirs")).to_be_visible()
        page.go_back()
        expect(drawer).to_be_hidden()
        card.locator("summary", has_text="Reject").tap()
        expect(picker).to_be_visible()
        page.keyboard.press("Escape")
        expect(picker).to_be_hidden()
    page.keyboard.press("z")
    card.locator("summary", has_text="Reject").tap()
    expect(picker).to_be_visible()
    page.go_back()  # one thing at a time
    expect(picker).to_be_hidden()
    expect(page.locator("#position")).to_be_visible()
    page.go_back()
    expect(page.locator("#position")).to_be_hidden()
    page.go_back()
    page.wait_for_url("**/dashboard/log")
    page.go_forward()
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(drawer).to_be_hidden()


def test_one_at_a_time_is_left_at_the_current_card(open_as: Open, waiting: list[str]) -> None:
    """The button that leads there is above the cards, where the current one cannot be seen."""
    page = open_as("mona", OLDEST, **PHONE | {"reduced_motion": "reduce"})
    page.get_by_role("button", name="Tools").tap()
    for close in (page.go_back, lambda: page.locator(".single-bar button").tap()):
        page.locator(f"#c-{waiting[2]}").focus()
        page.evaluate("scrollTo(0, 0)")
        page.locator(".tools [data-action=single]").tap()
        expect(page.locator("#position")).to_be_visible()
        if close == page.go_back:
            page.locator("#cards > .current .approve-form button").tap()
            told(page, "Approved.")
        close()
        expect(page.locator("#position")).to_be_hidden()
        top = "(card) => card.getBoundingClientRect().top + 1"
        current = page.locator("#cards > .current .card")
        missing = "the card is not just below the header"
        until(page, lambda: 108 <= current.evaluate(top) <= 124, missing)  # noqa: B023
        if close == page.go_back:
            page.get_by_role("button", name="Undo").tap()
            expect(page.locator("#cards .card")).to_have_count(5)


def test_nothing_touches_what_is_beside_it(open_as: Open, people: Cast) -> None:
    page = open_as("mona", "/dashboard/log", **PHONE)
    boxes = [page.locator(f".filters [name={each}]") for each in ("action", "since", "until")]
    above, since, until_ = (each.bounding_box() for each in boxes)
    assert above and since and until_ and since["x"] + since["width"] + 8 <= until_["x"]
    assert until_["x"] + until_["width"] <= above["x"] + above["width"]
    page.goto(page.url.replace("/log", "/appeals"))
    lead, empty = (page.locator(each).bounding_box() for each in ("p.muted", ".panel.empty"))
    assert lead and empty and lead["y"] + lead["height"] + 16 <= empty["y"]


def test_what_is_heated_is_said_once_a_shift(open_as: Open, waiting: list[str]) -> None:
    """One line on the queue's pages, which is not said again until there is more."""
    heat(1)
    page = open_as("mona", OLDEST, **PHONE)
    alarm = page.get_by_text("1 heated conversation")
    box = page.locator("#health .notice").bounding_box()
    assert box is not None and box["height"] < 60
    page.locator("#health").get_by_role("button", name="Close").tap()
    expect(alarm).to_have_count(0)
    with page.expect_response("**/live?*"):
        look_again(page)
    page.reload()
    expect(page.locator("#cards .card").first).to_be_visible()
    expect(alarm).to_have_count(0)


def heat(count: int) -> None:
    """Make so many conversations heated."""
    with unit_of_work():
        for each in db.session.scalars(select(Thread).limit(count)):
            each.hot_since = clock.now()


def test_signed_out_meanwhile(open_as: Open, waiting: list[str]) -> None:
    """Whatever is asked, the page says so, leads to signing in and back, and keeps what was typed."""
    page = open_as("mona", OLDEST)
    dialog = page.get_by_role("dialog", name="You’ve been signed out")
    card = page.locator(f"#c-{waiting[1]}")
    page.context.clear_cookies()
    card.focus()
    page.keyboard.press("n")  # a part of a page
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    card.focus()
    page.keyboard.press("d")
    card.get_by_label("Note for moderators").fill("As last week.")
    card.locator(".reject .picker").get_by_label("Spam").check()
    card.locator(".reject .picker").get_by_role("button", name="Reject").click()  # a form
    expect(dialog).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)  # the dialog says it
    dialog.get_by_role("link", name="Sign in").click()
    page.fill("[name=email]", "mona@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**" + OLDEST)
    expect(card).to_be_focused()
    card.locator("summary", has_text="Reject").click()
    expect(card.get_by_label("Note for moderators")).to_have_value("As last week.")
    assert status(waiting[1]) == "pending"
