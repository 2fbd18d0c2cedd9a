"""Selecting in a hand: the bar, and the sheet with what can be done about all that is selected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.moderation.sharing import canned
from tests.browser.desk import OLDEST, four_held, phone
from tests.browser.held import scrolled
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

PHONE = phone(390, 740, reduced_motion="reduce")


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Six held comments, the last of them far below the first window."""
    more = ["The ferry's captain is an idiot.", "What a stupid idiot wrote about the lamp?"]
    canned.add(people.site, "Sorry", {"en": "{name}, see the rule."}, by=people.mona)
    return four_held(people) + [
        post(people.site, each, name=f"L{n}").comment.public_id for n, each in enumerate(more)
    ]


def select(page: Page, ids: list[str]) -> int:
    """Tap the boxes of these cards; returns how far down the page then is."""
    for each in ids:
        tick = page.locator(f"#c-{each} .tick")
        tick.evaluate("each => each.scrollIntoView({block: 'center', behavior: 'instant'})")
        tick.tap()
    expect(page.locator("#selected")).to_contain_text(f"{len(ids)} comments selected")
    scrolled(page, 200)
    return int(page.evaluate("scrollY"))


def tops(page: Page) -> list[float]:
    """Where the cards stand."""
    return page.locator("#cards .card").evaluate_all(
        "all => all.map((each) => Math.round(each.getBoundingClientRect().top))"
    )


def test_it_works(open_as: Open, waiting: list[str]) -> None:
    """A sheet over the cards, which stay where they are, from its opening to its end."""
    page = open_as("mona", "/dashboard/log", **PHONE)
    page.goto(page.url.replace("/dashboard/log", OLDEST))
    stood = select(page, waiting[-2:])
    before, form = tops(page), page.locator("#bulk")
    reject = page.locator("[data-action=selected-reject]")
    closings = (
        lambda: form.get_by_role("button", name="Cancel").tap(),
        page.go_back,
        lambda: page.keyboard.press("Escape"),
    )
    for close in closings:
        reject.tap()
        expect(form.locator("[name=reason]")).to_be_focused()
        expect(form.get_by_text("2 comments selected")).to_be_in_viewport(ratio=1)
        for name in ("Preview selected", "Preview all matches", "Cancel"):
            expect(form.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        for name in ("reason", "ban", "canned"):
            expect(form.locator(f"[name={name}]")).to_be_in_viewport(ratio=1)
        box = form.bounding_box()
        assert box and box["y"] + box["height"] == 740 and box["height"] <= 0.6 * 740
        assert (tops(page), page.evaluate("scrollY")) == (before, stood)
        close()
        expect(form).to_be_hidden()
        assert (tops(page), page.evaluate("scrollY")) == (before, stood)
        expect(page.locator(".tick:checked")).to_have_count(2)
        expect(page.locator(f"#c-{waiting[-1]}")).to_be_focused()


def test_from_the_sheet_to_the_preview_and_back(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST, **PHONE)
    select(page, waiting[-2:])
    form = page.locator("#bulk")
    page.locator("[data-action=selected-bulk]").tap()
    expect(form.locator("[name=action]")).to_be_focused()
    form.locator("[name=action]").select_option("reject")
    form.get_by_role("button", name="Preview selected").tap()
    expect(form.locator(".error")).to_be_in_viewport(ratio=1)
    form.locator("[name=reason]").select_option("spam")
    form.get_by_role("button", name="Preview selected").tap()
    page.wait_for_url("**/dashboard/bulk/**")
    expect(page.locator("h1")).to_have_text("Reject 2 comments")
    page.get_by_role("link", name="Cancel").tap()
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(page.locator(".tick:checked")).to_have_count(2)
    expect(page.locator(f"#c-{waiting[-1]}")).to_be_focused()


def test_back_leaves_the_dashboard_from_the_cards_alone(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", "/dashboard/log", **PHONE)
    page.goto(page.url.replace("/dashboard/log", OLDEST))
    page.get_by_role("button", name="Tools").tap()
    summary, form = page.locator(".many > summary"), page.locator("#bulk")
    at = summary.bounding_box()
    summary.tap()  # a sheet from there as well
    expect(form.get_by_role("button", name="Preview selected")).to_be_in_viewport(ratio=1)
    assert summary.bounding_box() == at
    page.go_back()
    expect(form).to_be_hidden()
    expect(summary).to_be_focused()
    page.go_back()
    page.wait_for_url("**/dashboard/log")


def test_one_at_a_time_it_opens_over_the_card(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", OLDEST, **PHONE)
    page.get_by_role("button", name="Tools").tap()
    page.get_by_role("button", name="One at a time").tap()
    page.locator("#cards > .current .tick").tap()
    page.locator("[data-action=selected-reject]").tap()
    preview = page.locator("#bulk").get_by_role("button", name="Preview selected")
    expect(preview).to_be_in_viewport(ratio=1)
    page.go_back()
    expect(preview).to_be_hidden()
    expect(page.locator("#position")).to_be_visible()


def test_on_a_desktop_it_is_never_opened_unseen(open_as: Open, waiting: list[str]) -> None:
    """One card at a time has no tools: as for the filter, all cards are shown again."""
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    for key in ("j", "z", "x", "d"):
        page.keyboard.press(key)
    reason = page.locator("#bulk [name=reason]")
    expect(reason).to_be_focused()
    expect(reason).to_be_in_viewport(ratio=1)
    expect(page.locator("#bulk").get_by_role("button", name="Cancel")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(f"#c-{waiting[0]}")).to_be_focused()
    expect(page.locator(f"#c-{waiting[0]}")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1024, 1280])
def test_what_was_done_is_said_in_one_line(open_as: Open, waiting: list[str], width: int) -> None:
    """Beside the card's text, under its reasons, there is room for it."""
    viewport = {"width": width, "height": 800}
    page = open_as("mona", OLDEST, viewport=viewport, reduced_motion="reduce")
    for key in ("j", "x", "j", "x", "2"):
        page.keyboard.press(key)
    page.wait_for_url("**/dashboard/bulk/**")
    page.locator(".save .danger").press("Enter")
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    words = page.locator(".toast > span").first
    expect(words).to_have_text("Reject 2 comments · Done")
    box, why = (
        page.locator(".toast").bounding_box(),
        page.locator(".card .why").first.bounding_box(),
    )
    assert words.evaluate("each => each.offsetHeight") < 30
    assert box and why and box["x"] >= why["x"]


@pytest.mark.parametrize("locale", ["en", "de", "fr", "ar"])
def test_the_bar_has_two_rows(open_as: Open, waiting: list[str], locale: str) -> None:
    """What is selected, and below it, side by side, the two decisions."""
    page = open_as("mona", OLDEST, **PHONE | {"locale": locale})
    for width in (360, 390, 480, 600, 760):
        page.set_viewport_size({"width": width, "height": 740})
        page.locator(".tick").first.set_checked(True)
        bar = page.locator("#selected")
        expect(bar).to_be_visible()
        boxes = {
            name: bar.locator(f"[data-action=selected-{name}]").bounding_box()
            for name in ("approve", "reject", "bulk", "none")
        }
        approve, reject, many, none = boxes.values()
        assert approve and reject and many and none
        assert approve["y"] == reject["y"] > many["y"] == none["y"], width
        assert abs(approve["width"] - reject["width"]) < 2, width
        assert min(none["width"], none["height"]) >= 39.5
        assert page.evaluate("document.documentElement.scrollWidth") == width
    name = bar.locator("[data-action=selected-none]").inner_text()
    assert name  # its sign stands for it; screen readers read it


RING = """(field) => { const name = field.labels[0].querySelector("span").getBoundingClientRect();
    const { outlineWidth, outlineOffset } = getComputedStyle(field);
    const ring = parseFloat(outlineWidth) + parseFloat(outlineOffset);
    return field.getBoundingClientRect().top - ring - name.bottom; }"""


@pytest.mark.parametrize("locale", ["en", "de", "es", "nl", "ar"])
def test_the_sheet_of_a_card_cuts_off_nothing(
    open_as: Open, waiting: list[str], locale: str
) -> None:
    """Its last reason is read whole, and a field's ring lies beside the field's name."""
    page = open_as("mona", OLDEST, **PHONE | {"locale": locale})
    page.set_viewport_size({"width": 360, "height": 740})
    card = page.locator(f"#c-{waiting[1]}")
    card.locator(".reject > summary").tap()
    sheet = card.locator(".reject .picker")
    expect(sheet.locator(".to-words")).to_be_in_viewport(ratio=1)
    cut = sheet.evaluate("each => each.scrollHeight - each.clientHeight")
    assert cut <= 0
    sheet.locator(".to-words").tap()
    expect(sheet.locator("[name=canned]")).to_be_focused()
    sheet.locator("[name=note]").focus()
    assert sheet.locator("[name=note]").evaluate(RING) >= -1
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    card.locator(".tick").tap()
    page.locator("[data-action=selected-reject]").tap()
    expect(page.locator("#bulk [name=reason]")).to_be_focused()
    assert page.locator("#bulk [name=reason]").evaluate(RING) >= -1
