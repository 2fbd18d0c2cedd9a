"""Sending from the box on a bad line: what is on its way stands still, and what waits can be called back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import box, write
from tests.browser.held import Held, until

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

COMMENTS = "**/api/v1/comments?*"


def pass_pauses(page: Page, frame: Frame, words: str) -> None:
    """Let the pauses between attempts pass, until the form says this."""
    said = frame.locator("#write .tell", has_text=words)

    def is_said() -> bool:
        page.clock.fast_forward(1000)
        return said.is_visible()

    until(page, is_said, f"it never said {words}")


def test_what_waits_is_called_back_and_what_is_sent_stands_still(
    page: Page, people: Cast, article: str
) -> None:
    page.clock.install()
    page.goto(article)
    frame = box(page)
    area, go = frame.locator("#write textarea"), frame.locator("#write .go")
    cancel, said = frame.locator("#write [data-do=shut]"), frame.locator("#write .tell")
    held = Held(page, COMMENTS)
    write(frame, "- Never sent")
    held.wait()
    # on its way: nothing typed, marked or pressed changes or hides it
    expect(area).to_have_js_property("readOnly", True)
    expect(cancel).to_be_disabled()
    area.press("Control+b")
    for key in ("x", "Enter", "Escape"):
        area.press(key)
    expect(area).to_have_value("- Never sent")
    expect(frame.locator("#write.open")).to_be_visible()
    # between two attempts it is given up, by Cancel as by going on
    held.lose()
    expect(said).to_have_text("No connection. Trying again…")
    area.press_sequentially("!")
    expect(go).to_have_text("Post comment")
    expect(go).to_be_enabled()
    expect(said).to_be_empty()
    go.click()
    held.lose()
    expect(said).to_have_text("No connection. Trying again…")
    cancel.click()
    kept = frame.locator("#write + .tell")
    expect(kept).to_have_text("Your text is kept as a draft. Discard draft")
    kept.get_by_role("button").click()
    expect(area).to_have_value("")
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(300)
    assert not held.routes
    expect(frame.locator("#list > .c")).to_have_count(0)
    expect(frame.locator("#write.open")).to_have_count(0)


def test_it_is_sent_once_the_connection_is_back(page: Page, people: Cast, article: str) -> None:
    """After the pauses too; and whoever begins to write without one gets the form then."""
    page.clock.install()
    page.goto(article)
    frame = box(page)
    expect(frame.locator("#write textarea")).to_be_visible()
    page.context.set_offline(True)
    frame.locator("#write textarea").click()
    expect(frame.locator("p.tell.bad")).to_contain_text("couldn’t be loaded")
    page.context.set_offline(False)
    expect(frame.locator("#write .go")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    write(frame, "From a tunnel.")
    pass_pauses(page, frame, "We’ll send it when you’re back online.")
    page.clock.fast_forward(60_000)
    expect(frame.locator("#list .text")).to_have_count(0)
    page.context.set_offline(False)
    expect(frame.locator("#list .text")).to_have_text("From a tunnel.")


def test_a_corrected_comment_is_no_repetition(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "The old bridge over the river is closed again since yesterday evening.")
    mine = frame.locator("#list > .c")
    mine.locator("[data-action=edit]").click()
    area = mine.locator("form textarea")
    for text, asks in (
        ("The old bridge over the river is closed again since yesterday.", False),
        ("You idiot.", True),
    ):
        area.fill(text)
        mine.locator("form .go").click()
        if asks:
            ask = frame.get_by_role("alertdialog")
            expect(ask.locator("[type=submit]")).to_have_text("Save anyway")
        else:
            expect(mine.locator(".text")).to_have_text(text)
            mine.locator("[data-action=edit]").click()
