"""An author edits a comment while somebody fills in a form on its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.commands import undo
from commentsvc.posting import commands as posting
from commentsvc.threads.commands import comment_by_public_id
from tests.browser.conftest import status
from tests.browser.desk import OLDEST
from tests.browser.test_dashboard_anew import poll, rejected
from tests.browser.test_dashboard_hour import card
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_an_edit_takes_no_form_away_from_whoever_fills_it_in(open_as: Open, people: Cast) -> None:
    """The new text is shown above the form, which says so; what is typed goes on."""
    made = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("d")
    message = card(page, made).locator("[name=message]")
    message.click()
    page.keyboard.type("Please be")
    posting.edit(made, "You utter idiot.", user=people.rita)
    poll(page)
    expect(card(page, made).locator(".said")).to_contain_text("You utter idiot.")
    expect(card(page, made).locator(".picker .late")).to_contain_text("has edited this comment")
    expect(message).to_be_focused()
    page.keyboard.type(" kind, no more 2 of it.")
    expect(message).to_have_value("Please be kind, no more 2 of it.")
    page.keyboard.press("Escape")
    poll(page)
    expect(card(page, made).locator(".late")).to_have_count(0)
    expect(card(page, made).locator(".outcome")).to_contain_text("has edited this comment")
    version = str(comment_by_public_id(made).version)
    expect(card(page, made)).to_have_attribute("data-version", version)
    assert status(made) == "pending"


@pytest.mark.parametrize("key", ["d", "y", "r"])
@pytest.mark.parametrize("size", [(1280, 600), (1280, 480), (360, 640)])
def test_a_form_covers_no_text_that_changes_under_it(
    open_as: Open, people: Cast, size: tuple[int, int], key: str
) -> None:
    """However low the window is; the field in use stays in view, too."""
    text = "You idiot, number {}. " + "More of it follows in these words. " * 4
    ids = [post(people.site, text.format(n), user=people.rita).comment.public_id for n in range(3)]
    viewport = {"width": size[0], "height": size[1]}
    page = open_as("mona", OLDEST, reduced_motion="reduce", viewport=viewport)
    for each in "j", "j", key:
        page.keyboard.press(each)
    one = card(page, ids[1])
    form = one.locator(".reply-form, details[open] .picker")
    field = form.locator("textarea, [name=ban]").last
    field.focus()
    posting.edit(ids[1], "You utter idiot. " + text.format(1), user=people.rita)
    poll(page)
    expect(one.locator(".said")).to_contain_text("You utter idiot.")
    expect(form.locator(".late")).to_contain_text("has edited this comment")
    expect(one.locator(".reading")).to_be_in_viewport(ratio=0.99)
    seen, over = one.locator(".reading").bounding_box(), form.bounding_box()
    assert seen and over and seen["y"] + seen["height"] <= over["y"] + 1
    expect(form.get_by_role("button").last).to_be_in_viewport(ratio=0.99)
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=0.9)


#: The time to read a changed text is over when `window.read()` says so.
HOLDING = """(() => {
    const wait = window.setTimeout, held = [];
    window.setTimeout = (then, time, ...more) => time === 2400 ? held.push(then) : wait(then, time, ...more);
    window.read = () => { for (const each of held.splice(0)) each(); };
})()"""


@pytest.mark.parametrize("then", ["edited", "decided"])
def test_a_text_that_was_read_late_takes_no_later_version_away(
    open_as: Open, people: Cast, then: str
) -> None:
    """The card is decided at the first press, though it changed twice while its form was open."""
    made = post(people.site, "You idiot.", user=people.rita).comment.public_id
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    page.evaluate(HOLDING)
    page.keyboard.press("j")
    page.keyboard.press("d")
    posting.edit(made, "You utter idiot.", user=people.rita)
    poll(page)
    expect(card(page, made).locator(".said")).to_contain_text("You utter idiot.")
    if then == "decided":
        undo(rejected(made, people).public_id, by=people.olga)
        with page.expect_response(lambda answer: "_cards=" in answer.url):
            poll(page)
    page.keyboard.press("Escape")
    if then == "edited":
        posting.edit(made, "You silly idiot.", user=people.rita)
    poll(page)
    version = str(comment_by_public_id(made).version)
    expect(card(page, made)).to_have_attribute("data-version", version)
    page.evaluate("read()")
    assert card(page, made).get_attribute("data-version") == version  # not only until it is asked
