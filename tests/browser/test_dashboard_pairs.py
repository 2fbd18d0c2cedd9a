"""Commands of two keys: where the first finds nothing, the second decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.accounts.commands import change_setting
from commentsvc.moderation.sharing import canned
from tests.browser.conftest import status
from tests.browser.desk import OLDEST
from tests.browser.test_dashboard_hour import card, held
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
USELESS = "This key does nothing here."
ALONE = "No other waiting comments are like this one."
#: Keys that find nothing on a card that is like no other, on a site without canned messages.
LOST = {
    "y 3": ALONE,
    "y +": ALONE,
    "y Shift+Digit1": ALONE,
    "y f": ALONE,
    "y e": ALONE,
    "y l": ALONE,
    "d m f": USELESS,
    "d m 1": USELESS,
    "q m 1 1": USELESS,
    "d y 3": USELESS,
    "d b 1 1": USELESS,
    "g 9": USELESS,
    "g -": USELESS,
    "g j": USELESS,
}


def try_each(page: Page, lost: dict[str, str]) -> None:
    """Press them one after the other; each says that it does nothing, and decides nothing."""
    asked: list[str] = []
    page.on("request", lambda made: asked.append(made.url) if made.method == "POST" else None)
    for keys, words in lost.items():
        page.evaluate("document.getElementById('toasts').replaceChildren()")
        *before, last = keys.split()
        for key in before:
            page.keyboard.press(key)
        if before[-1] != "g":
            expect(page.locator(".toast"), keys).to_contain_text(words)
            page.evaluate("document.getElementById('toasts').replaceChildren()")
        page.keyboard.press(last)
        expect(page.locator(".toast"), keys).to_contain_text(words)
        page.keyboard.press("Escape")
        expect(page.locator(".card details.reject[open]"), keys).to_have_count(0)
    assert [each for each in asked if "/decisions" in each] == []


def test_it_works(open_as: Open, people: Cast) -> None:
    ids = held(people, 3)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    try_each(page, LOST)
    expect(page.locator("#cards .card")).to_have_count(3)
    for keys in ("y s", "y ArrowDown", "y Escape"):  # whatever decides nothing is a new beginning
        for key in (*keys.split(), "f", "u"):
            page.keyboard.press(key)
            if key == "f":
                expect(page.locator("#cards .card"), keys).to_have_count(2)
        expect(page.locator("#cards .card")).to_have_count(3)
    page.keyboard.press("y")
    page.keyboard.press("j")  # another kind of key: the digit means the next card
    page.keyboard.press("2")
    expect(card(page, ids[1])).to_have_count(0)
    for key in ("d", "2", "2"):  # a command that has found something leaves nothing behind
        page.keyboard.press(key)
    expect(page.locator("#cards .card")).to_have_count(0)


def test_on_a_comment_s_own_page(open_as: Open, people: Cast) -> None:
    (only,) = held(people, 1)
    page = open_as("mona", f"/dashboard/comments/{only}")
    page.keyboard.press("Escape")
    try_each(page, {keys: words for keys, words in LOST.items() if keys not in {"g j"}})
    assert status(only) == "pending"


@pytest.mark.parametrize("key", ["w", "h", "b", "m", "t"])
def test_nobody_to_sanction(open_as: Open, people: Cast, key: str) -> None:
    """The drawer shows colleagues without a form."""
    said = post(people.site, "A word of ours.", user=people.olga).comment.public_id
    page = open_as("mona", f"{OLDEST}&queue=all")
    page.keyboard.press("j")
    page.keyboard.press(key)
    expect(page.locator("#drawer h2").first).to_have_text("Olga")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text(USELESS)
    expect(page.locator("#cards .card")).to_have_count(1)
    assert status(said) == "published"


def test_the_letter_of_canned_messages_has_another_meaning(open_as: Open, people: Cast) -> None:
    """Whatever key pre-moderates: in the list of reasons, “m” is the one of canned messages."""
    (only,) = held(people, 1)
    change_setting(people.mona, "keys", lambda _kept: {"premoderate": "ö"})
    page = open_as("mona", OLDEST)
    for key in ("j", "d", "m", "1"):
        page.keyboard.press(key)
    expect(page.locator(".toast")).to_contain_text(USELESS)
    assert status(only) == "pending"
    canned.add(people.site, "Insults", {"en": "Dear {name}: {rule}."}, by=people.mona)
    page.reload()
    for key in ("j", "d", "m", "1"):
        page.keyboard.press(key)
    expect(card(page, only).locator("[name=message]")).to_have_value("Dear P0: {rule}.")
    page.keyboard.press("1")
    expect(page.locator("#cards .card")).to_have_count(0)
